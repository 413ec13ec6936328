"""EIN414 unexported-function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.annotations import is_annotated
from einlint.targets.exported import ExportedFunction
from einlint.targets.model import Feature

_CONVERT = frozenset({"long", "int", "to", "flatten", "view", "reshape"})


@rule("EIN414", "unexported-function", subject=ExportedFunction)
def unexported_function(function: ExportedFunction) -> Iterator[Report]:
    """An exporter does not take a function of torch, or unrolls it."""
    last = function.name.rpartition(".")[2]
    if last == "repeat_interleave":
        last = f"{last} by {_repeats(function)}"
    for limit in function.aim.limits(Feature.FUNCTION):
        if function.name in limit.functions or last in limit.functions and _is_torch(function):
            yield function.report(limit, _quoted(last))


def _quoted(what: str) -> str:
    """`repeat_interleave` by a tensor."""
    name, space, how = what.partition(" ")
    return f"`{name}`{space}{how}"


def _is_torch(function: ExportedFunction) -> bool:
    """Whether what is called is a function of torch, or a method of something that no library is known to be."""
    return (
        function.name.startswith("torch.") or "." not in function.name and isinstance(function.node.func, ast.Attribute)
    )


def _repeats(function: ExportedFunction) -> str:
    """What the number of repeats is: a number, a tensor that is given to the model, or something else."""
    node = function.node
    place = 1 if function.name.startswith("torch.") else 0
    given = next((k.value for k in node.keywords if k.arg == "repeats"), None)
    repeats = given or (node.args[place] if len(node.args) > place else None)
    if isinstance(repeats, ast.Constant):
        return "a number"
    while isinstance(repeats, ast.Call) and isinstance(repeats.func, ast.Attribute) and repeats.func.attr in _CONVERT:
        repeats = repeats.func.value
    is_tensor = isinstance(repeats, ast.Name) and is_annotated(repeats.id, function.scope, function.finder)
    return "a tensor" if is_tensor else "something"
