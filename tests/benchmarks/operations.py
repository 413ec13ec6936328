"""Every operation that inference reads, with what it gives: two versions of einlint that infer the same print the same.

    python -m tests.benchmarks.operations PATH... > before.txt

A line has the place and name of the operation, its result (lengths, lineages of axes and which axes are one), how many
facts are known after it, and whether it was refused; suspicions of detectors are between them. Numbers that make names
different are left out. For changes that make inference faster: findings are few, and say little of what they rest on.
"""

from __future__ import annotations

import ast
import re
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from einlint.cli import main
from einlint.dimensions import Dim
from einlint.program.terms import Axis
from einlint.shapes.objects import Hole, Known, Listing
from einlint.shapes.run import Run
from einlint.silent.inspector import Inspector

_DEEPEST = 3
_NUMBER = re.compile(r"[@#]\d+|(?<=~)\d+")


def length(size: Dim) -> str:
    """A length with names that do not change from run to run."""
    terms = str(size).replace("- ", "+ -").split(" + ")
    return "+".join(sorted(_NUMBER.sub("", term) for term in terms))


def origin(axis: Axis, depth: int = 0) -> str:
    """The axes that an axis was made from."""
    lineage = axis.lineage
    if lineage is None or depth > _DEEPEST:
        return ""
    parents = ",".join(length(parent.size) + origin(parent, depth + 1) for parent in lineage.axes)
    return f"<{lineage.kind} {parents} {length(lineage.start)} {length(lineage.step)}>"


def shown(value: Any) -> str:
    """A value of the interpreter."""
    if isinstance(value, Known):
        numbers: dict[str, int] = {}
        same = [numbers.setdefault(axis.name, len(numbers)) for axis in value.axes]
        dims = "; ".join(" ".join(length(axis.size) + origin(axis) for axis in dimension) for dimension in value.dims)
        return f"({dims}) {same} {value.dtype} {value.framework}"
    if isinstance(value, Listing):
        return "list" if value.items is None else shown(value.items)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return shown([*value, *value.values()])
    if isinstance(value, Hole):
        return "?"
    return length(value) if isinstance(value, Dim) else _NUMBER.sub("", repr(value))


def watch() -> None:
    """Print what happens from now on."""
    operate, suspect = Run.operate, Inspector.suspect

    def operated(run: Run, operation: Any, arguments: Any, node: ast.expr, what: str, *about: Any, **named: Any) -> Any:
        before = len(run.found)
        result = operate(run, operation, arguments, node, what, *about, **named)
        place = f"{Path(run.finder.source.path).name}:{node.lineno}:{node.col_offset}"
        refused = " refused" if len(run.found) > before else ""
        print(f"{place} {what} {shown(result)} {len(run.memory.sizes)}{refused}", file=sys.__stdout__)
        return result

    def suspected(
        inspector: Inspector, run: Run, rule: str, where: ast.expr, message: str, *a: Any, **named: Any
    ) -> None:
        print(f"{where.lineno} {rule}: {_NUMBER.sub('', message)}", file=sys.__stdout__)
        suspect(inspector, run, rule, where, message, *a, **named)

    Run.operate, Inspector.suspect = operated, suspected  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    watch()
    with redirect_stdout(StringIO()):
        main([*sys.argv[1:], "--no-cache", "--isolated", "--jobs", "1", "--exit-zero"], standalone_mode=False)
