"""Which dimensions of a reshape hold the same elements before and after."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from einlint.dimensions.dim import ONE, Dim, Quotient, product, symbol
from einlint.dimensions.steps import TooLarge

Fraction = tuple[Dim, Dim]


class Block(NamedTuple):
    """Dimensions `before` that become dimensions `after` and share no element with the others."""

    before: range
    after: range


def blocks(before: Sequence[Dim], after: Sequence[Dim]) -> list[Block]:
    """The smallest stretches of two shapes of equally many elements that a reshape turns into each other.

    Floor divisions are taken as exact, which they are where the reshape succeeds. Cuts are found from both ends; what
    remains in the middle is one block.
    """
    left = _cuts(before, after)
    i, j = left[-1]
    right = [(len(before) - a, len(after) - b) for a, b in reversed(_cuts(before[i:][::-1], after[j:][::-1]))]
    cuts = left + right
    found = [Block(range(a, c), range(b, d)) for (a, b), (c, d) in itertools.pairwise(cuts)]
    return [block for block in found if block.before or block.after]


def reconciled(before: Sequence[Dim], after: Sequence[Dim]) -> tuple[list[Dim], list[Dim]] | None:
    """Two shapes of equally many elements, with what that says of one length put in: one that is all that the other
    shape lacks. None where more is open: `b*h*w` and `batch*ht*wd`, of which the other shape knows `ht`."""
    (a, b), (c, d) = exact(product(before)), exact(product(after))
    one, other = a * d, c * b
    if one == other:
        return list(before), list(after)
    for name in sorted(one.symbols & other.symbols):
        factor = symbol(name)
        while (less := one.exact(factor)) is not None and (fewer := other.exact(factor)) is not None:
            one, other = less, fewer
    if one.name is None and other.name is None and (_mention(before, other.symbols) or _mention(after, one.symbols)):
        return None
    for own, rest, mine, theirs in ((before, after, one, other), (after, before, other, one)):
        places = [at for at, size in enumerate(own) if same_length(size, mine)]
        if len(places) == 1 and mine.constant is None and not any(same_length(size, mine) for size in rest):
            found = [theirs if at == places[0] else size for at, size in enumerate(own)]
            return (found, list(rest)) if own is before else (list(rest), found)
    return None


def _mention(shape: Sequence[Dim], symbols: frozenset[str]) -> bool:
    return any(not size.symbols.isdisjoint(symbols) for size in shape)


def _cuts(before: Sequence[Dim], after: Sequence[Dim]) -> list[tuple[int, int]]:
    """The places, from the left, up to which both shapes have the same product."""
    found = [(0, 0)]
    i = j = 0
    while (step := _first_cut(before[i:], after[j:])) is not None:
        i, j = i + step[0], j + step[1]
        found.append((i, j))
    return found


def _first_cut(before: Sequence[Dim], after: Sequence[Dim]) -> tuple[int, int] | None:
    """How many lengths of each shape it takes until both have the same product."""
    if not before or not after:
        return None
    if before[0] == after[0]:
        return 1, 1
    own, other = _products(before), _products(after)
    pairs = ((i, j) for i, one in enumerate(own, 1) for j, two in enumerate(other, 1) if _same(one, two))
    return next(pairs, None)


def _products(sizes: Sequence[Dim]) -> list[Fraction]:
    products = [exact(sizes[0])]
    for size in sizes[1:]:
        top, bottom = exact(size)
        products.append((products[-1][0] * top, products[-1][1] * bottom))
    return products


def _same(one: Fraction, other: Fraction) -> bool:
    try:
        return one[0] * other[1] == other[0] * one[1]
    except TooLarge:
        return False


def exact(size: Dim) -> Fraction:
    """A length as a fraction without floor divisions."""
    if len(size.terms) != 1:
        return size, ONE
    ((monomial, coefficient),) = size.terms
    if not any(atom.__class__ is Quotient for atom, _ in monomial):
        return size, ONE
    top, bottom = Dim.of({(): coefficient}), ONE
    for atom, power in monomial:
        if isinstance(atom, Quotient):
            (a, b), (c, d) = exact(atom.numerator), exact(atom.denominator)
            numerator, denominator = a * d, b * c
        else:
            numerator, denominator = Dim.of({((atom, 1),): 1}), ONE
        top, bottom = top * numerator**power, bottom * denominator**power
    return top, bottom


def same_length(one: Dim, other: Dim) -> bool:
    """Whether two lengths are equal where their floor divisions are exact."""
    return one == other or _same(exact(one), exact(other))


def stride(sizes: Sequence[Dim], place: int) -> Fraction:
    """How many elements one step along a dimension skips."""
    return exact(product(sizes[place + 1 :]))


def same_stride(one: Fraction, other: Fraction) -> bool:
    return _same(one, other)
