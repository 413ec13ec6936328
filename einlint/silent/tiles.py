"""Two arrays that are repeated alike, each as often as the other is long, and used together.

Together they should go through all pairs; both tiled (or both with each entry repeated), entry i of one only ever meets
one entry of the other. One of them has to be tiled, the other to repeat each entry.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

from einlint.dimensions import symbol
from einlint.findings import Intent
from einlint.names import last_name
from einlint.shapes.objects import Hole
from einlint.shapes.run import Run
from einlint.silent.inspector import UNKNOWN_CALLS, Inspector
from einlint.silent.repairs import Question, repair, text_of
from einlint.silent.uses import assigned_to, later_reads, parents

_INTERLEAVES = frozenset({"repeat_interleave"})
_TILES = frozenset({"tile"})
_EVENLY = {"linspace": 2, "arange": 0}
"""Functions that make a vector, and the place of the argument that says how long, where it is the only one or last."""


class Copies(NamedTuple):
    """A vector that is repeated: whether entry by entry, its text, its length, how often, as texts of lengths."""

    interleaved: bool
    text: str
    length: str
    times: str


def repeated_alike(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report the second of two vectors that are repeated alike by each other's length and used in one expression."""
    way = _way(node)
    if given != 1 or not run.active or way is None:
        return
    body = run.active[-1]
    calls = inspector.finder.names.calls_between(getattr(body, "lineno", 1), node.lineno)
    earlier = [call for call in calls if call is not node and _way(call) is way]
    own = _copies(body, node) if earlier else None
    if own is None or own.length == own.times:
        return
    for other in earlier:
        found = _copies(body, other)
        if found is not None and found[2:] == own[:1:-1] and _meet(body, node, other):
            _report(inspector, run, node, own, found, other.lineno)
            return


def _report(inspector: Inspector, run: Run, node: ast.Call, own: Copies, other: Copies, row: int) -> None:
    if own.interleaved:
        message = (
            f"each entry of `{own.text}` and of `{other.text}` is repeated, as often as the other has entries: entry 0 "
            f"of one meets the first entries of the other only, not every entry; tile one of them instead"
        )
    else:
        message = (
            f"`{own.text}` and `{other.text}` are both tiled, each as often as the other is long: entry 0 of one meets "
            f"entry 0 of the other only, not every entry; repeat each entry of one of them instead"
        )
    what = "repeated" if own.interleaved else "tiled"
    places = [(f"`{other.text}` is {what} here", row)]
    inspector.suspect(run, "repeat-order", node, message, places, intent=_other_way(inspector, node, own))


def _other_way(inspector: Inspector, node: ast.Call, own: Copies) -> Intent | None:
    """The repair: entries are repeated where the whole was tiled, or the other way round."""
    texts = [text_of(inspector.source, each) for each in (node.func, *node.args)]
    if None in texts or len(node.args) == 2 and last_name(node.func) == "repeat_interleave":
        return None
    function, *given = [text for text in texts if text is not None]
    owner, dot, name = function.rpartition(".")
    of_numpy = len(given) == 2
    other = {"tile": "repeat", "repeat": "tile"} if of_numpy else {"repeat_interleave": "repeat"}
    renamed = other.get(name, "repeat_interleave")
    if not dot:
        return None
    question = Question("numpy" if of_numpy else "torch")
    question.tensor("x", [symbol("a")])
    many = question.length(symbol("r"))
    code = f"np.{renamed}(x, {many})" if of_numpy else f"x.{renamed}({many})"
    group = "(r a)" if own.interleaved else "(a r)"
    asked = question.asking(f"repeat(x, 'a -> {group}', r={many})", code)
    return repair(inspector.source.span(node), f"{owner}.{renamed}({', '.join(given)})", asked)


def _way(call: ast.Call) -> bool | None:
    """Whether a call repeats each entry; None for one that repeats nothing."""
    name, of_numpy = last_name(call.func), len(call.args) == 2
    if name in _INTERLEAVES or name == "repeat" and of_numpy:
        return True
    return False if name in _TILES or name == "repeat" else None


def _copies(body: ast.AST, call: ast.Call) -> Copies | None:
    """What a call repeats."""
    way = _way(call)
    if way is None or call.keywords or not 1 <= len(call.args) <= 2:
        return None
    whole = call.args[0] if len(call.args) == 2 else getattr(call.func, "value", None)
    length = _length_of_vector(body, whole) if whole is not None else ""
    count = _number(body, call.args[-1])
    return Copies(way, ast.unparse(whole), length, count) if whole is not None and length and count else None


def _length_of_vector(body: ast.AST, node: ast.expr) -> str:
    """The length of a vector, as text: the number that it was made with, or that of a name."""
    if isinstance(node, ast.Name):
        found = [value for name, value in _assignments(body) if name == node.id]
        made = _length_of_vector(body, found[0]) if len(found) == 1 and isinstance(found[0], ast.Call) else ""
        return made or f"len({node.id})"
    if isinstance(node, ast.Call) and last_name(node.func) in _EVENLY:
        place = _EVENLY[last_name(node.func) or ""]
        return _number(body, node.args[place]) if len(node.args) == place + 1 else ""
    return ""


def _number(body: ast.AST, node: ast.expr) -> str:
    """A number as text; the length of a vector as the length that it was made with."""
    if isinstance(node, ast.Call) and last_name(node.func) == "len" and node.args:
        return _length_of_vector(body, node.args[0]) if isinstance(node.args[0], ast.Name) else ""
    if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.value, ast.Name):
        return _length_of_vector(body, node.value)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return _length_of_vector(body, node.value.value) if isinstance(node.value.value, ast.Name) else ""
    if isinstance(node, ast.Name):
        found = [value for name, value in _assignments(body) if name == node.id]
        return (_number(body, found[0]) if len(found) == 1 and not isinstance(found[0], ast.Name) else "") or node.id
    return ast.unparse(node) if isinstance(node, ast.Attribute) else ""


@lru_cache(1)
def _assignments(body: ast.AST) -> list[tuple[str, ast.expr]]:
    """The names that a function assigns, with their values; asked several times of one function."""
    found: list[tuple[str, ast.expr]] = []
    for statement in ast.walk(body):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name):
                found.append((target.id, value))
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = zip(target.elts, value.elts, strict=False)
                found += [(name.id, each) for name, each in pairs if isinstance(name, ast.Name)]
    return found


def _meet(body: ast.AST, one: ast.Call, other: ast.Call) -> bool:
    """Whether both results are arguments of one call, or operands of one operator."""
    around = parents(body)
    names = [assigned_to(each, around) for each in (one, other)]
    if not all(names):
        return around.get(one) is around.get(other)
    first, second = ({around.get(read) for read in later_reads(body, name, one.lineno)} for name in names)
    return any(isinstance(each, (ast.Call, ast.BinOp, ast.Tuple, ast.List)) for each in first & second)


UNKNOWN_CALLS.append(repeated_alike)
