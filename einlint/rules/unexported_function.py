"""EIN414 unexported-function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.findings import Report
from einlint.names import last_name
from einlint.registry import rule
from einlint.resolution import Dotted
from einlint.targets.exported import ExportedFunction, is_annotated
from einlint.targets.model import Feature


@rule("EIN414", "unexported-function", subject=ExportedFunction)
def unexported_function(function: ExportedFunction) -> Iterator[Report]:
    """An exporter does not take a function of torch, or unrolls it."""
    last = function.name.rpartition(".")[2]
    for limit in function.aim.limits(Feature.FUNCTION):
        if function.name not in limit.functions and not (last in limit.functions and _is_torch(function)):
            continue
        if last != "repeat_interleave" or _repeats_a_tensor(function):
            yield function.report(limit, f"`{last}`")


def _is_torch(function: ExportedFunction) -> bool:
    """Whether what is called is a function of torch, or a method of something that no library is known to be."""
    return (
        function.name.startswith("torch.") or "." not in function.name and isinstance(function.node.func, ast.Attribute)
    )


def _repeats_a_tensor(function: ExportedFunction) -> bool:
    """Whether the number of repeats is certainly a tensor."""
    node = function.node
    place = 1 if function.name.startswith("torch.") else 0
    given = next((k.value for k in node.keywords if k.arg == "repeats"), None)
    repeats = given or (node.args[place] if len(node.args) > place else None)
    if isinstance(repeats, ast.Name):
        return is_annotated(repeats.id, function.scope, function.finder)
    if not isinstance(repeats, ast.Call):
        return False
    referent = function.finder.resolve(repeats.func, function.scope)
    return isinstance(referent, Dotted) and last_name(repeats.func) in ("tensor", "as_tensor", "arange", "bincount")
