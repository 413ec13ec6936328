"""Groups of axes whose order contradicts other groups that are written with the same names.

Inference need not know any tensor for this. Certain where a function splits a dimension into two named axes, works on
them with a matrix product or attention and merges the same names in the other order, or the other way round; and where
one pattern treats two dimensions alike but for the order: `(p1 h) (w p2)`, or `(h p1) (w p2)` merged to
`(w h) (p1 p2)`.
Left alone: both orders in one pattern (a shuffle), an order that is both split and merged (windows and grids), names of
which `repeat` makes one.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from einlint.callables import Kind
from einlint.calls import CallFinder, Reading
from einlint.findings import Position, Related, Span
from einlint.names import last_name
from einlint.patterns.model import Expression, Group
from einlint.silent.history import CONTRACTIONS
from einlint.silent.repairs import regrouped
from einlint.silent.suspicion import Suspicion

_RULE = "split-merge-order"
_KINDS = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NUMBERED = re.compile(r"(.*?)(\d+)")
Order = tuple[str, ...]


class Use(NamedTuple):
    """A group of two axes in a pattern: split on its left side, merged on its right."""

    order: Order
    is_merge: bool
    group: Group
    reading: Reading

    @property
    def row(self) -> int:
        return self.reading.call.node.lineno

    @property
    def verb(self) -> str:
        return "merged" if self.is_merge else "split"


def disagreements(finder: CallFinder, found: Iterable[Suspicion]) -> Iterator[Suspicion]:
    """Groups in another order than the code around them has; none of a function in which an order is suspected."""
    by_function: dict[ast.AST, list[Reading]] = defaultdict(list)
    functions = finder.names.functions
    for call in finder.calls():
        readings = finder.readings(call)
        if (
            call.callee.kind in _KINDS
            and len(readings) == 1
            and readings[0].valid
            and readings[0].pattern.output is not None
        ):
            yield from _unlike_siblings(readings[0])
            around = [f for f in functions if f.lineno <= call.node.lineno <= (f.end_lineno or f.lineno)]
            if around and not call.callee.layer:
                by_function[max(around, key=lambda f: f.lineno)].append(readings[0])
    suspected = [each.span.start.row for each in found]
    for function, readings in by_function.items():
        assert isinstance(function, _DEFINITIONS)
        if not any(function.lineno <= row <= (function.end_lineno or row) for row in suspected):
            yield from _reversed_later(function, readings)


def _reversed_later(function: ast.AST, readings: Sequence[Reading]) -> Iterator[Suspicion]:
    """Groups that are split in one order and merged in the other one."""
    uses = [use for reading in readings for use in _uses(reading)]
    by_order: dict[Order, list[Use]] = defaultdict(list)
    for use in uses:
        by_order[use.order].append(use)
    for order, some in by_order.items():
        others = by_order.get(order[::-1], [])
        if order < order[::-1] and others and not {id(u.reading) for u in some} & {id(u.reading) for u in others}:
            odd = _odd(some, others)
            if odd is not None and _is_computed(function, [*some, *others]):
                against = others if odd in some else some
                other = next(use for use in against if use.is_merge is not odd.is_merge)
                yield _suspicion(odd, other)


def _uses(reading: Reading) -> Iterator[Use]:
    """The groups of two named axes, those that a pattern makes new left out."""
    output = reading.pattern.output
    assert output is not None
    read = reading.pattern.inputs[0].identifiers
    for expression, is_merge in ((reading.pattern.inputs[0], False), (output, True)):
        for group in expression.groups:
            names = tuple(axis.name for axis in group.axes)
            if len(set(names)) == 2 and all(name.isidentifier() and name in read for name in names):
                yield Use(names, is_merge, group, reading)


def _odd(some: Sequence[Use], others: Sequence[Use]) -> Use | None:
    """The use that stands against the rest: one of several, or the last where one split meets one merge."""
    sides, other_sides = ({use.is_merge for use in each} for each in (some, others))
    if len(sides) == len(other_sides) == 2 or sides == other_sides:
        return None
    if len(sides) == len(other_sides):
        few, many = (some, others) if len(some) < len(others) else (others, some)
        if len(few) < len(many):
            return few[0]
        return max((few[-1], many[-1]), key=lambda use: use.row)
    few, many = (some, others) if len(sides) < 2 else (others, some)
    alike = [use for use in many if use.is_merge == few[0].is_merge]
    return few[0] if len(few) == 1 and len(alike) > 1 else None


def _is_computed(function: ast.AST, uses: Sequence[Use]) -> bool:
    """Whether a matrix product, an einsum or attention stands between the first and the last of the uses."""
    rows = [use.row for use in uses]
    for node in ast.walk(function):
        if isinstance(node, (ast.Call, ast.BinOp)) and min(rows) <= node.lineno <= max(rows):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                return True
            name = last_name(node.func) if isinstance(node, ast.Call) else ""
            if name in CONTRACTIONS or name == "scaled_dot_product_attention":
                return True
    return False


def _suspicion(odd: Use, other: Use) -> Suspicion:
    a, b = odd.order
    message = (
        f"`({a} {b})` is {odd.verb} here, and `({b} {a})` is {other.verb} at line {other.row}: with 2 of each, "
        f"`{a}` 0, `{b}` 1 stands at 1 in `({a} {b})` and at 2 in `({b} {a})`"
    )
    start = Position(other.row, 1)
    related = (Related(f"{other.verb} as `({b} {a})`", Span(start, start)),)
    intent = regrouped(odd.reading, odd.group, odd.order[::-1])
    return Suspicion(_RULE, odd.reading.span(odd.group.start, odd.group.end), message, related, intent)


def _unlike_siblings(reading: Reading) -> Iterator[Suspicion]:
    """Two groups of one side with numbered axes at unlike places, or merged in unlike orders."""
    left, right = reading.pattern.inputs[0], reading.pattern.output
    assert right is not None
    for side, other in ((left, right), (right, left)):
        pairs = [g for g in side.groups if len(g.axes) == 2 and all(axis.name.isidentifier() for axis in g.axes)]
        for one, two in itertools.combinations(pairs, 2):
            found = _at_unlike_places(one, two) or _in_unlike_orders(one, two, other)
            if found and {axis.name for axis in (*one.axes, *two.axes)} <= left.identifiers & right.identifiers:
                yield Suspicion(_RULE, reading.span(two.start, two.end), found)
                return


def _at_unlike_places(one: Group, two: Group) -> str:
    """`(p1 h) (w p2)`."""
    (a, b), (c, d) = ([axis.name for axis in group.axes] for group in (one, two))
    if _are_numbered(a, b) or _are_numbered(c, d):  # `(p1 p2) (p3 p4)`: four of a kind
        return ""
    for x, y in ((a, d), (b, c)):
        if _are_numbered(x, y):
            outer, inner = (x, y) if x == a else (y, x)
            message = f"`{outer}` is the outer axis of its group and `{inner}` the inner one of its own, in"
            return f"{message} `{one.text}` and `{two.text}`: one counts blocks, the other elements within a block"
    return ""


def _are_numbered(one: str, other: str) -> bool:
    found = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return bool(found[0] and found[1] and found[0][1] == found[1][1] and found[0][2] != found[1][2])


def _in_unlike_orders(one: Group, two: Group, other: Expression) -> str:
    """`(h p1) (w p2)` on one side, `(w h) (p1 p2)` on the other."""
    (a, b), (c, d) = ([axis.name for axis in group.axes] for group in (one, two))
    place = {axis.name: (k, at) for k, group in enumerate(other.groups) for at, axis in enumerate(group.axes)}
    if not {a, b, c, d} <= set(place) or not (place[a][0] == place[c][0] != place[b][0] == place[d][0]):
        return ""
    if (place[a] < place[c]) is (place[b] < place[d]):
        return ""
    outer, inner = _before(place, a, c), _before(place, b, d)
    return (
        f"`{one.text}` and `{two.text}` go with `{outer[0]}` before `{outer[1]}` and with `{inner[0]}` before "
        f"`{inner[1]}`: blocks are counted in one order, the elements within a block in the other"
    )


def _before(place: Mapping[str, tuple[int, int]], one: str, other: str) -> tuple[str, str]:
    return (one, other) if place[one] < place[other] else (other, one)
