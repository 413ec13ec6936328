"""Patterns that name the same axes of one dimension in two orders.

Inference need not know any tensor for this. Certain where a function splits a dimension into named axes, works on them
with a matrix product or attention and merges the same names in another order, or the other way round; where it does so
with other axes between the parts; and where one pattern stands against several that agree. The layers that a class
makes count as one function. Left alone: both orders in one pattern (a shuffle), two orders that are each split and
merged (windows and grids), two that are only split, or only merged, one that is merged after it was split (a transposed
copy), orders in the two arms of an `if`, axes that an einsum between them gives anew under an old name (a Fourier
transform in steps).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from einlint.callables import Kind
from einlint.calls import CallFinder, Reading
from einlint.findings import Position, Related, Span
from einlint.names import last_name
from einlint.patterns.model import Group
from einlint.silent.enclosing import Enclosing, Scope
from einlint.silent.history import CONTRACTIONS
from einlint.silent.repairs import regrouped
from einlint.silent.siblings import unlike_siblings
from einlint.silent.suspicion import Suspicion

_RULE = "split-merge-order"
_KINDS = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)
_ATTENTION = ("attn", "attend", "attention")
Order = tuple[str, ...]


class Verb(Enum):
    """What a pattern does with the axes of a group."""

    SPLIT = "split"
    MERGE = "merged"
    REPEAT = "repeated"


class Use(NamedTuple):
    """A group of named axes in a pattern. `is_apart` says that on the other side other axes stand between them."""

    order: Order
    verb: Verb
    is_apart: bool
    group: Group
    reading: Reading

    @property
    def row(self) -> int:
        return self.reading.call.node.lineno

    @property
    def is_split(self) -> bool:
        return self.verb is Verb.SPLIT


def disagreements(finder: CallFinder, found: Iterable[Suspicion]) -> Iterator[Suspicion]:
    """Groups in another order than the code around them has; none of a function in which an order is suspected."""
    around: dict[Scope, list[Reading]] = defaultdict(list)
    einsums: dict[Scope, list[Reading]] = defaultdict(list)
    classes = Enclosing(finder.names.class_nodes)
    every = Enclosing([*finder.names.functions, *finder.names.class_nodes])
    for call in finder.calls():
        readings = finder.readings(call)
        if len(readings) != 1 or not readings[0].valid:
            continue
        if call.callee.kind in (Kind.EINSUM, Kind.EQUATION):
            holding = every.of(call.node.lineno)
            if holding is not None:
                einsums[holding].append(readings[0])
        if call.callee.kind in _KINDS and readings[0].pattern.output:
            yield from unlike_siblings(readings[0])
            holding = (classes if call.callee.layer else every).of(call.node.lineno)
            if holding is not None:
                around[holding].append(readings[0])
    suspected = [each.span.start.row for each in found]
    for scope, readings in around.items():
        if not any(scope.lineno <= row <= (scope.end_lineno or row) for row in suspected):
            yield from _reversed(scope, readings, einsums[scope])


def _reversed(scope: Scope, readings: Sequence[Reading], einsums: Sequence[Reading]) -> Iterator[Suspicion]:
    """Groups of the same axes in two orders, of which one is odd."""
    by_axes: dict[frozenset[str], dict[Order, list[Use]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        for use in _uses(reading):
            by_axes[frozenset(use.order)][use.order].append(use)
    reported: set[Group] = set()
    for orders in by_axes.values():
        if len(orders) != 2:
            continue
        some, others = orders.values()
        if not {id(use.reading) for use in some} & {id(use.reading) for use in others}:
            odd = _odd(scope, some, others)
            if odd is not None and odd[0].group not in reported and not _are_new(odd, einsums):
                reported.add(odd[0].group)
                yield _suspicion(*odd)


def _are_new(uses: tuple[Use, Use], einsums: Sequence[Reading]) -> bool:
    """Whether a matrix gives one of their axes anew between two uses: `m o, o n -> m n` makes `m` of `o`."""
    first, last = sorted(use.row for use in uses)
    for pattern in (each.pattern for each in einsums if first <= each.call.node.lineno <= last):
        operands = [[group.text for group in each.groups if not group.is_spread] for each in pattern.inputs]
        made = [group.text for group in pattern.output.groups if not group.is_spread] if pattern.output else []
        if len(operands) != 2 or not set(uses[0].order).issubset(made):
            continue
        for matrix, held in (operands, operands[::-1]):
            changed = [pair for pair in zip(made, held, strict=False) if pair[0] != pair[1]]
            is_mapped = len(held) == len(made) and [sorted(pair) for pair in changed] == [sorted(matrix)]
            if is_mapped and changed[0][0] in uses[0].order:
                return True
    return False


def _uses(reading: Reading) -> Iterator[Use]:
    """The groups of several named axes, and these without the first: `(qkv h d)` holds `(h d)`.

    Where a pattern makes some of the axes new, it repeats.
    """
    output = reading.pattern.output
    assert output is not None
    left = reading.pattern.inputs[0]
    for expression, other, verb in ((left, output, Verb.SPLIT), (output, left, Verb.MERGE)):
        several = [group for group in expression.groups if len(group.axes) > 1]
        places = {axis.name: at for at, group in enumerate(other.groups) for axis in group.axes} if several else {}
        for group in several:
            whole = tuple(axis.name for axis in group.axes)
            if len(set(whole)) < len(whole) or not all(map(str.isidentifier, whole)):
                continue
            for names in (whole, whole[1:]):
                if len(names) > 1:
                    at = sorted(places.get(name, 0) for name in names)
                    own = verb if left.identifiers.issuperset(names) else Verb.REPEAT
                    yield Use(names, own, at[-1] - at[0] >= len(names), group, reading)


def _odd(scope: Scope, some: Sequence[Use], others: Sequence[Use]) -> tuple[Use, Use] | None:
    """The use that stands against the rest, and one of these."""
    few, many = sorted((some, others), key=lambda uses: (len({use.is_split for use in uses}), len(uses)))
    ways, against = ({use.is_split for use in each} for each in (few, many))
    if len(ways) > 1 or ways == against or not _is_computed(scope, [*few, *many]):
        return None
    if len(against) == 1:
        return _of_two(scope, few, many)
    alike = [use for use in many if use.is_split is few[0].is_split]
    if len(few) == 1 and len(alike) > 1:
        return few[0], next(use for use in many if use.is_split is not few[0].is_split)
    return _contradicted(scope, few, many)


def _of_two(scope: Scope, few: Sequence[Use], many: Sequence[Use]) -> tuple[Use, Use] | None:
    """One order that is only split and another that is only merged: the one with fewer uses, or the later one."""
    if not any(use.verb is Verb.MERGE for use in (*few, *many)):
        return None
    if len(few) < len(many):
        return few[0], many[0]
    if isinstance(scope, ast.ClassDef) and not (few[0].is_apart and many[0].is_apart):
        return None
    one, other = sorted((few[-1], many[-1]), key=lambda use: use.row)
    return None if _are_alternatives(scope, one, other) else (other, one)


def _contradicted(scope: Scope, few: Sequence[Use], many: Sequence[Use]) -> tuple[Use, Use] | None:
    """An order that is only merged before the other one is split, or only split where the other one is merged."""
    if isinstance(scope, ast.ClassDef):
        return None
    for one in few:
        for other in many:
            meets = one.is_split is not other.is_split and (one.is_split or one.row < other.row)
            if meets and _is_computed(scope, [one, other]) and not _are_alternatives(scope, one, other):
                return one, other
    return None


def _is_computed(scope: Scope, uses: Sequence[Use]) -> bool:
    """Whether a matrix product, an einsum or attention stands between the first and the last of the uses.

    Layers are made in any order: of a class it may stand anywhere.
    """
    rows = [use.row for use in uses]
    for node in ast.walk(scope):
        if isinstance(node, (ast.Call, ast.BinOp)):
            if not isinstance(scope, ast.ClassDef) and not min(rows) <= node.lineno <= max(rows):
                continue
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                return True
            name = last_name(node.func) if isinstance(node, ast.Call) else ""
            if name in CONTRACTIONS or any(word in name.lower() for word in _ATTENTION):
                return True
    return False


def _are_alternatives(scope: Scope, one: Use, other: Use) -> bool:
    """Whether two uses are in the two arms of an `if`."""
    for node in ast.walk(scope):
        if isinstance(node, ast.If) and node.orelse:
            arms = [(arm[0].lineno, arm[-1].end_lineno or 0) for arm in (node.body, node.orelse)]
            held = [next((k for k, (a, b) in enumerate(arms) if a <= use.row <= b), None) for use in (one, other)]
            if None not in held and held[0] != held[1]:
                return True
    return False


def _suspicion(odd: Use, other: Use) -> Suspicion:
    mine, theirs = (f"({' '.join(use.order)})" for use in (odd, other))
    a, b = next((a, b) for a, b in zip(odd.order, odd.order[1:], strict=False) if _after(other.order, a, b))
    places = (_index(use.order, b) for use in (odd, other))
    message = (
        f"`{mine}` is {odd.verb.value} here, and `{theirs}` is {other.verb.value} at line {other.row}: with 2 of each, "
        f"`{a}` 0, `{b}` 1 stands at {next(places)} in `{mine}` and at {next(places)} in `{theirs}`"
    )
    start = Position(other.row, 1)
    related = (Related(f"{other.verb.value} as `{theirs}`", Span(start, start)),)
    first = [axis.name for axis in odd.group.axes][: -len(odd.order)]
    intent = regrouped(odd.reading, odd.group, [*first, *other.order])
    return Suspicion(_RULE, odd.reading.span(odd.group.start, odd.group.end), message, related, intent)


def _after(order: Order, one: str, other: str) -> bool:
    return order.index(one) > order.index(other)


def _index(order: Order, name: str) -> int:
    """Where the element stands that has index 1 along one axis and 0 along the others, which are all 2 long."""
    return int(2 ** (len(order) - 1 - order.index(name)))
