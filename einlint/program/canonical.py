"""When are two terms the same? A key that does not depend on names, order, or how sums are grouped.

Bound axes are numbered by trying the orders that their uses leave open (a bounded number); pairs of
axes that always occur as `h * size(d) + d` are fused; equal products are added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, permutations, product
from typing import Any

from einlint.dimensions import INDEX, Dim, symbol
from einlint.dimensions.steps import step
from einlint.program.guards import once, turned
from einlint.program.poles import is_settled
from einlint.program.terms import (
    Along,
    Axis,
    Contract,
    Factor,
    Fold,
    Guard,
    Linear,
    Map,
    Ratio,
    Read,
    Select,
    Size,
    Unprovable,
    add,
    is_finite,
    scale,
    subs,
    subs_contract,
)

_MOST_ORDERS = 720
_MOST_CASES = 16
_COMMUTATIVE = frozenset({"maximum", "minimum", "eq", "ne", "and", "or", "add", "mul"})

Names = Mapping[str, str]
Key = tuple[Any, ...]


def key_of(term: Linear, names: Names, inner: bool = True) -> Key:
    """The key of a term; `names` gives the labels of the indices that are free in it.

    An `inner` term is an argument of a function, which can make the rounding of a cancellation large.
    """
    parts: dict[Key, list[Any]] = {}
    for ratio, contract in _expanded(term).parts:
        contract, ratio = _without_sizes(contract, ratio)
        key = _contract_key(contract, names)
        entry = parts.setdefault(key, [Ratio(Fraction(0)), True])
        entry[0] = entry[0] + ratio
        entry[1] = entry[1] and all(map(is_finite, contract.factors))
    for total, finite in parts.values():
        if total.is_zero and (inner or not finite):
            raise Unprovable("values cancel, which leaves their rounding or what is not finite")
    return tuple(sorted((k, _ratio_key(total)) for k, (total, _) in parts.items() if not total.is_zero))


def _ratio_key(ratio: Ratio) -> Key:
    reduced = ratio.reduced
    number = (reduced.number.numerator, reduced.number.denominator)
    return (number, reduced.numerator.key, reduced.denominator.key)


def _without_sizes(contract: Contract, ratio: Ratio) -> tuple[Contract, Ratio]:
    """Sizes that are factors become part of the coefficient."""
    bound = {axis.name for axis in contract.axes}
    kept = []
    for each in contract.factors:
        if (
            isinstance(each, Size)
            and bound.isdisjoint(each.value.symbols)
            and not any(INDEX in s for s in each.value.symbols)
        ):
            ratio = ratio * Ratio(Fraction(1), each.value)
        else:
            kept.append(each)
    return Contract(contract.axes, tuple(kept)), ratio


def _expanded(term: Linear) -> Linear:
    """The term with every sum over the few cases of a `Select` written out, and fixed selections taken.

    A guard counts once however often it is a factor, and one that holds only beyond 0 is 1 minus its opposite.
    """
    done = Linear(())
    todo = list(term.parts)
    while todo:
        ratio, contract = todo.pop()
        contract = Contract(contract.axes, tuple(once(contract.factors)))
        opposite = turned(contract)
        if opposite is not None:
            todo += scale(opposite, ratio).parts
            if len(todo) > 256:
                raise Unprovable("too many cases")
            continue
        chosen = _taken(contract)
        if chosen is not None:
            others, picked = chosen
            todo += [(ratio * r, Contract(contract.axes + c.axes, others + c.factors)) for r, c in picked.parts]
            if len(todo) > 256:
                raise Unprovable("too many cases")
            continue
        axis = next((a for a in contract.axes if _selects(contract, a)), None)
        if axis is None:
            done = add(done, Linear(((ratio, contract),)))
            continue
        rest = Contract(tuple(a for a in contract.axes if a is not axis), contract.factors)
        size = axis.size.constant or 0
        todo += [(ratio, subs_contract(rest, {axis.name: Dim.of({(): i})})) for i in range(size)]
    return done


def _taken(contract: Contract) -> tuple[tuple[Factor, ...], Linear] | None:
    """The other factors and the case of the first selection whose index is a number."""
    for at, each in enumerate(contract.factors):
        if isinstance(each, Select) and each.index.constant is not None:
            others = contract.factors[:at] + contract.factors[at + 1 :]
            return others, each.cases[each.index.constant]
    return None


def _selects(contract: Contract, axis: Axis) -> bool:
    """Whether a bound axis of few values decides a selection."""
    size = axis.size.constant
    if size is None or size > _MOST_CASES:
        return False
    return any(axis.name in index.symbols for f in contract.factors for index in selections(f))


def selections(value: Factor) -> Iterator[Dim]:
    """The index of every selection inside a factor."""
    step()
    if isinstance(value, Select):
        yield value.index
        inner: tuple[Linear, ...] = value.cases
    elif isinstance(value, Map):
        inner = value.arguments
    elif isinstance(value, (Fold, Along)):
        inner = (value.body,)
    else:
        return
    for term in inner:
        for _, contract in term.parts:
            for each in contract.factors:
                yield from selections(each)


def _contract_key(contract: Contract, names: Names) -> Key:
    contract = _fused(contract)
    best: Key | None = None
    for numbering in _numberings(contract.axes, contract.factors, names):
        labels = {**names, **numbering}
        sizes = tuple(_dim_key(a.size, labels) for a in sorted(contract.axes, key=lambda a: numbering[a.name]))
        key = (sizes, tuple(sorted(_factor_key(f, labels) for f in contract.factors)))
        best = key if best is None or key < best else best
    assert best is not None
    return best


def _numberings(axes: tuple[Axis, ...], factors: tuple[Factor, ...], names: Names) -> Iterator[dict[str, str]]:
    """Labels for bound axes: those that their uses tell apart in order, the others in every order."""
    if not axes:
        yield {}
        return
    classes: dict[Key, list[Axis]] = {}
    blank = {**names, **{axis.name: "~" for axis in axes}}
    for axis in axes:
        marked = {**blank, axis.name: "~~"}
        signature = (_dim_key(axis.size, names), tuple(sorted(_factor_key(f, marked) for f in factors)))
        classes.setdefault(signature, []).append(axis)
    groups = [classes[signature] for signature in sorted(classes)]
    count = 1
    for group in groups:
        for i in range(2, len(group) + 1):
            count *= i
    if count > _MOST_ORDERS:
        raise Unprovable(f"{count} orders of identical axes")
    for order in product(*(permutations(group) for group in groups)):
        yield {axis.name: f"~{len(names) + i:03}" for i, axis in enumerate(chain.from_iterable(order))}


def _fused(contract: Contract) -> Contract:
    """Pairs of bound axes that occur only as `h * size(d) + d` become one axis, as often as possible."""
    axes, body = fuse(contract.axes, Linear(((Ratio(Fraction(1)), Contract((), contract.factors)),)))
    return Contract(axes, body.parts[0][1].factors)


def fuse(axes: tuple[Axis, ...], body: Linear) -> tuple[tuple[Axis, ...], Linear]:
    """Fuse bound axes of a body where it only depends on their combined index."""
    for high in axes:
        for low in axes:
            if high is low:
                continue
            whole = Axis(f"{high.name}{low.name}", high.size * low.size)
            merged = subs(body, {low.name: whole.index - high.index * low.size})
            if high.name not in merged.symbols and low.name not in merged.symbols:
                rest = tuple(a for a in axes if a is not high and a is not low)
                return fuse((*rest, whole), merged)
    return axes, body


def _dim_key(value: Dim, labels: Names) -> Key:
    return value.subs({s: symbol(labels[s]) for s in value.symbols if s in labels}).key


def _factor_key(value: Factor, labels: Names) -> Key:
    step()
    if isinstance(value, Read):
        return ("read", value.origin, tuple(_dim_key(i, labels) for i in value.index))
    if isinstance(value, Size):
        return ("size", _dim_key(value.value, labels))
    if isinstance(value, Guard):
        return ("guard", _dim_key(value.condition, labels))
    if isinstance(value, Select):
        return ("select", _dim_key(value.index, labels), tuple(key_of(c, labels) for c in value.cases))
    if isinstance(value, Map):
        if value.function == "pow" and not is_settled(value):
            raise Unprovable("the sign of a zero decides the sign of an infinite quotient")
        arguments = [key_of(a, labels) for a in value.arguments]
        ordered = sorted(arguments) if value.function in _COMMUTATIVE else arguments
        return ("map", value.function, value.options, tuple(ordered))
    if isinstance(value, Fold):
        return _fold_key(value, labels)
    return _along_key(value, labels)


def _fold_key(value: Fold, labels: Names) -> Key:
    inner = value.body.only
    if isinstance(inner, Fold) and inner.function == value.function:
        return _fold_key(Fold(value.function, value.axes + inner.axes, inner.body), labels)
    axes, body = fuse(value.axes, value.body)
    factors = tuple(f for _, c in body.parts for f in c.factors)
    keys = []
    for numbering in _numberings(axes, factors, labels):
        sizes = tuple(_dim_key(a.size, labels) for a in sorted(axes, key=lambda a: numbering[a.name]))
        keys.append(("fold", value.function, sizes, key_of(body, {**labels, **numbering})))
    return min(keys)


def _along_key(value: Along, labels: Names) -> Key:
    keys = []
    orders = permutations(range(len(value.axes))) if not value.ordered else [tuple(range(len(value.axes)))]
    for order in orders:
        numbering = {value.axes[k].name: f"~{len(labels) + i:03}" for i, k in enumerate(order)}
        sizes = tuple(_dim_key(value.axes[k].size, labels) for k in order)
        index = tuple(_dim_key(value.index[k], labels) for k in order)
        body = key_of(value.body, {**labels, **numbering})
        keys.append(("along", value.function, value.options, sizes, index, body))
    return min(keys)
