"""Two arrays that are both tiled, each as often as the other is long, and used together.

Together they should go through all pairs; tiled both, entry i of one only ever meets entry i of the other, modulo their
lengths. One of them has to repeat each entry instead (`np.repeat`, `repeat_interleave`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.names import last_name
from einlint.shapes.objects import Hole
from einlint.shapes.run import Run
from einlint.silent.inspector import UNKNOWN_CALLS, Inspector
from einlint.silent.uses import assigned_to, later_reads, parents


def tiled_both(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report the second of two arrays that are tiled by the length of each other and then used in one expression."""
    if name != "tile" or given != 1 or len(node.args) != 2 or not run.active:
        return
    body = run.active[-1]
    around = parents(body)
    own = _tile(body, node)
    if own is None:
        return
    array, count = own
    earlier = (each for each in ast.walk(body) if isinstance(each, ast.Call) and each.lineno < node.lineno)
    for other in earlier:
        if _tile(body, other) == (count, array) and _meet(body, around, node, other):
            message = (
                f"`{array}` and `{count}` are both tiled, each as often as the other is long: entry 0 of one meets "
                f"entry 0 of the other only, not every entry; repeat each entry of one of them instead"
            )
            inspector.suspect(run, "repeat-order", node, message, [(f"`{count}` is tiled here", other.lineno)])
            return


def _tile(body: ast.AST, call: ast.Call) -> tuple[str, str] | None:
    """The array that a call tiles, and the one whose length says how often."""
    if last_name(call.func) != "tile" or len(call.args) != 2 or not isinstance(call.args[0], ast.Name):
        return None
    count = _length_of(body, call.args[1])
    return (call.args[0].id, count) if count and count != call.args[0].id else None


def _length_of(body: ast.AST, node: ast.expr) -> str:
    """The name of the array that a number is the length of."""
    if isinstance(node, ast.Call) and last_name(node.func) == "len" and node.args:
        return node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.value, ast.Name):
        return node.value.id
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return node.value.value.id if isinstance(node.value.value, ast.Name) else ""
    if isinstance(node, ast.Name):
        found = [value for name, value in _assignments(body) if name == node.id]
        return _length_of(body, found[0]) if len(found) == 1 and not isinstance(found[0], ast.Name) else ""
    return ""


def _assignments(body: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for statement in ast.walk(body):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name):
                yield target.id, value
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = zip(target.elts, value.elts, strict=False)
                yield from ((name.id, each) for name, each in pairs if isinstance(name, ast.Name))


def _meet(body: ast.AST, around: dict[ast.AST, ast.AST], one: ast.Call, other: ast.Call) -> bool:
    """Whether both results are arguments of one call, or operands of one operator."""
    names = [assigned_to(each, around) for each in (one, other)]
    if not all(names):
        return around.get(one) is around.get(other)
    first, second = ({around.get(read) for read in later_reads(body, name, one.lineno)} for name in names)
    return any(isinstance(each, (ast.Call, ast.BinOp, ast.Tuple, ast.List)) for each in first & second)


UNKNOWN_CALLS.append(tiled_both)
