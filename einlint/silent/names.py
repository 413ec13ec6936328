"""Names that a pattern gives to axes that have these names already, in another order.

Certain where a pattern permutes the names that an unpacking, an annotation, a comment or an earlier pattern of the same
function gave to the same axes: no axis has a new name, some have each other's. A mere renaming never is that. Left
alone: labels of one letter that an einsum chose, a pattern that an earlier call of the function was written with (its
names count positions), a pattern that treats the exchanged axes alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from einlint.calls import Reading
from einlint.patterns.model import Axis as Written
from einlint.patterns.model import Expression, Group
from einlint.program.terms import Axis
from einlint.shapes.objects import AxisName, Known, Step
from einlint.shapes.patterns import LABELLED
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, Inspector
from einlint.silent.naming import dimension_name
from einlint.silent.pairing import aligned


class Pair(NamedTuple):
    """An axis with the name that it has and the one that a pattern gives it, and the group that holds that."""

    axis: Axis
    known: AxisName
    written: Written
    group: Group


def contradicted_names(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a pattern that gives axes each other's names."""
    reading = step.reading
    if reading is None or len(step.operands) != len(reading.pattern.inputs):
        return
    for place, (tensor, expression) in enumerate(zip(step.operands, reading.pattern.inputs, strict=True)):
        pairs = list(_pairs(run, expression, tensor))
        exchanged = cycle(pairs)
        if exchanged and _counts(inspector, run, reading, place, exchanged, {p.axis.name: p for p in pairs}):
            _report(inspector, run, step, place, exchanged)
            return
    inspector.patterns_read.setdefault(id(run.memory.frame), set()).update(map(_text, reading.pattern.inputs))
    inspector.kept.append(run.memory.frame)


def _pairs(run: Run, expression: Expression, tensor: Known) -> list[Pair]:
    """The axes that have a name already, with the names of the pattern, where groups and dimensions agree."""
    found = []
    for group, dimension in aligned(expression, tensor.dims):
        if len(group.axes) == len(dimension):
            for written, axis in zip(group.axes, dimension, strict=True):
                known = run.axis_name(axis, anywhere=len(dimension) > 1)
                if known is not None and not written.is_number:
                    found.append(Pair(axis, known, written, group))
    return found


def cycle(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs whose names are exchanged: the new names are the old ones, all of them, in another order."""
    old = {pair.known.text: pair for pair in pairs}
    if len(old) < len(pairs):
        return []
    found: list[Pair] = []
    for pair in pairs:
        ring = [pair]
        while ring[-1].written.name in old and len(ring) <= len(pairs):
            ring.append(old[ring[-1].written.name])
            if ring[-1] is pair:
                break
        if len(ring) > 2 and ring[-1] is pair:
            found.append(pair)
    return found


def _counts(
    inspector: Inspector, run: Run, reading: Reading, place: int, pairs: Sequence[Pair], named: Mapping[str, Pair]
) -> bool:
    """Whether exchanged names are certainly a mistake."""
    frame = run.memory.frame
    within = len({pair.group for pair in pairs}) == 1
    if is_grid([(p.axis, p.written.name, p.known.text) for p in named.values()], reading.pattern.inputs[place]):
        return False
    if not within and any(pair.known.frame is not frame for pair in pairs):
        return False
    if any(pair.known.how.startswith(LABELLED) and len(pair.known.text) == 1 for pair in pairs):
        return False
    expression = reading.pattern.inputs[place]
    if _text(expression) in inspector.patterns_read.get(id(frame), ()) or _is_alphabet(expression):
        return False
    true = {pair.written.name: pair.known.text for pair in pairs}
    return not _treated_alike(reading, place, true)


def is_grid(pairs: Sequence[tuple[Axis, str, str]], expression: Expression) -> bool:
    """Whether several dimensions of two axes are read the other way round: windows become a grid, on purpose."""
    names = {written: known for _, written, known in pairs}
    groups = [[axis.name for axis in group.axes] for group in expression.groups if len(group.axes) == 2]
    return sum(names.get(a) == b and names.get(b) == a for a, b in groups) > 1


def _text(expression: Expression) -> str:
    return " ".join(group.text for group in expression.groups)


def _is_alphabet(expression: Expression) -> bool:
    """Whether the names only count, in whatever order: `a b c`, `k j i`."""
    names = sorted(axis.name for axis in expression.axes)
    return all(len(n) == 1 for n in names) and all(ord(b) - ord(a) == 1 for a, b in itertools.pairwise(names))


def _treated_alike(reading: Reading, place: int, true: Mapping[str, str]) -> bool:
    """Whether the operation does the same with the true names, or keeps the exchanged axes side by side."""
    inputs = [_text(each).replace("...", " ... ") for each in reading.pattern.inputs]
    output = "" if reading.pattern.output is None else _text(reading.pattern.output)
    actual = list(inputs)
    actual[place] = " ".join(_renamed(inputs[place], true))
    if _canonical([*inputs, output]) == _canonical([*actual, output]):
        return True
    elsewhere = set().union(*(each.split() for at, each in enumerate(inputs) if at != place), set())
    before = [word for word in _words(inputs[place]) if word in true]
    after = [word for word in _words(output) if word in true]
    joined = " ".join(before)
    return before == after and elsewhere.isdisjoint(true) and joined in inputs[place] and joined in output


def _renamed(text: str, names: Mapping[str, str]) -> list[str]:
    return [names.get(word, word) for word in _words(text)]


def _words(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").split()


def _canonical(texts: Sequence[str]) -> list[list[str]]:
    """Texts with names replaced by the order in which they are met."""
    numbers: dict[str, str] = {}
    return [[w if w in ("(", ")") else numbers.setdefault(w, f"{len(numbers)}") for w in _words(t)] for t in texts]


def _report(inspector: Inspector, run: Run, step: Step, place: int, pairs: Sequence[Pair]) -> None:
    reading, tensor = step.reading, step.operands[place]
    assert reading is not None
    name, first = step.written(place), pairs[0]
    shape = ", ".join(dimension_name(run, dimension) for dimension in tensor.dims)
    read = _text(reading.pattern.inputs[place])
    meant = " and ".join(f"its `{pair.written.name}` is `{pair.known.text}`" for pair in pairs[:3])
    message = f"`{name}` is ({shape}), and the pattern calls it `{read}`: {meant}, {_data(first, pairs)}"
    rows = {pair.known.row: f"`{pair.known.text}`: {pair.known.how}" for pair in pairs}
    span = reading.span(first.written.start, first.written.end)
    facts = [(how, row) for row, how in rows.items()]
    inspector.suspect(run, "swapped-axis-names", step.node, message, facts, span)


def _data(first: Pair, pairs: Sequence[Pair]) -> str:
    others = [pair for pair in pairs if pair is not first]
    one, other = first.known.text, others[0].known.text
    return f"so `{first.written.name}` 1 holds what belongs to {one} 1, over all {other}"


OPERATIONS.append(contradicted_names)
