"""Inference is never wrong about a program that is run: ranks, sizes, and which lines run. `EINLINT_EXAMPLES` runs
more of them."""

from __future__ import annotations

import ast
import os
import traceback
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from einlint.calls import CallFinder
from einlint.shapes.analysis import readings
from einlint.shapes.objects import Known, Listing
from einlint.shapes.run import Exhausted, Run
from einlint.source import Source, parse

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")
pytest.importorskip("einops")

from tests.shapes.torch_programs import Program, programs  # noqa: E402 (it needs torch)

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "300"))
Place = tuple[int, str]
Callers = tuple[int, ...]
"""The rows of the calls that led to a place."""
Values = dict[Place, list[tuple[Callers, Any]]]
_INLINE = ("<lambda>", "<listcomp>", "<genexpr>")


class _Showing(ast.NodeTransformer):
    """After every assignment, `_see(row, name, value)`."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for block in ("body", "orelse"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                setattr(node, block, [each for s in statements for each in (s, *_seen(s))])
        return node


def _seen(statement: ast.stmt) -> Iterator[ast.stmt]:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        for name in (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)):
            yield ast.fix_missing_locations(ast.parse(f"_see({statement.lineno}, {name!r}, {name})").body[0])


def executed(text: str) -> tuple[Values, set[int]]:
    """What every assignment of a program gave, and the rows that it raised on."""
    seen: Values = defaultdict(list)

    def see(row: int, name: str, value: Any) -> None:
        codes = ((frame.f_code, row) for frame, row in traceback.walk_stack(None))
        rows = [row for code, row in codes if code.co_filename == "<program>" and code.co_name not in _INLINE]
        seen[row, name].append((tuple(rows[:0:-1]), shape_of(value)))

    tree = _Showing().visit(ast.parse(text))
    tree.body = [each for statement in tree.body for each in (*ast.parse("_seed(0)").body, statement)]
    names = {"_see": see, "_seed": torch.manual_seed}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(tree, "<program>", "exec"), names)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return seen, {f.lineno for f in frames if f.filename == "<program>" and f.lineno is not None}
    return seen, set()


def shape_of(value: Any) -> Any:
    """What a real value is compared by."""
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return ("tensor", *value.shape)
    if isinstance(value, (tuple, list)):
        return [shape_of(item) for item in value]
    return value


def settled(run: Run, value: Any) -> Any:
    """What an inferred value is compared by, as it is now; `...` stands for what is not known."""
    value = run.memory.current(value)
    if isinstance(value, Known):
        return ("tensor", *(... if size.constant is None else size.constant for size in value.shape))
    if isinstance(value, Listing):
        value = None if value.items is None else tuple(value.items)
        return list if value is None else settled(run, value)
    if isinstance(value, tuple):
        return [settled(run, item) for item in value]
    return value if value is None or isinstance(value, (bool, int, str)) else ...


def covers(inferred: Any, real: Any) -> bool:
    """Whether what was inferred may be said of a real value."""
    if inferred is ... or inferred is list:
        return inferred is ... or isinstance(real, list)
    if isinstance(inferred, (tuple, list)):
        alike = type(real) is type(inferred) and len(real) == len(inferred)
        return alike and all(map(covers, inferred, real))
    return bool(inferred == real) and isinstance(real, type(inferred))


def inferred(text: str) -> tuple[list[tuple[bool, Values]], list[Any]]:
    """For each reading, whether it is of the script, and what it says of assignments; and what contradicts itself."""
    source = parse(text, "program.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    finder.calls()
    roots, found = [], []
    for run, read in readings(finder, list(range(1, len(source.lines) + 1))):
        said: Values = defaultdict(list)

        def watch(node: ast.AST, value: Any, run: Any = run, said: Any = said) -> None:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and (run.in_script or not run.callers):
                said[node.lineno, node.id].append((tuple(call.lineno for call in run.callers), settled(run, value)))

        run.watch = watch
        with suppress(Exhausted):
            read()
        roots.append((run.in_script, said))
        found += run.found
    return roots, found


def mistakes_of(text: str) -> list[str]:
    """What inference says of a program and execution contradicts."""
    real, raised = executed(text)
    roots, found = inferred(text)
    wrong = []
    for (row, name), values in real.items():
        for in_script, said in roots:
            for callers, value in values:
                # a function that is read with unknown arguments says what holds wherever it is called
                claims = [claim for there, claim in said[row, name] if there == (callers if in_script else ())]
                if claims and not any(covers(claim, value) for claim in claims):
                    wrong.append(f"row {row}: {name} is {value}, inferred {claims}")
    ran: dict[int, set[Callers]] = defaultdict(set)
    for (row, _), values in real.items():
        if row not in raised:
            ran[row].update(callers for callers, _ in values)
    for each in found:
        callers = tuple(call.lineno for call in each.callers)
        rows = range(each.node.lineno, (each.node.end_lineno or each.node.lineno) + 1)
        # what would come after the failure may contradict itself, too
        if not raised or any(callers in ran[row] or not callers and ran[row] for row in rows):
            wrong.append(f"row {each.node.lineno} runs: {each.reason}")
    return wrong


def test_nothing_wrong_is_said_of_programs() -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(programs())
    def check(program: Program) -> None:
        assert mistakes_of(program.text) == [], program.text

    check()


@given(st.sampled_from([("x = torch.zeros(2, 3)", 0), ("x = torch.zeros(2)\ny = x @ torch.zeros(3)", 2)]))
def test_the_comparison_sees_what_is_wrong(case: tuple[str, int]) -> None:
    text, row = case
    _, found = inferred("import torch\n" + text)
    assert [each.node.lineno for each in found] == [row + 1] * bool(row)
    ((_, said),), _ = inferred("import torch\nx = torch.zeros(2, 3)")
    assert said == {(2, "x"): [((), ("tensor", 2, 3))]}
    assert covers(("tensor", 2, ...), ("tensor", 2, 3)) and not covers(("tensor", 2, 3), ("tensor", 3, 2))
