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
from einlint.dimensions import symbol
from einlint.dimensions.dim import product
from einlint.findings import Intent
from einlint.patterns.model import Axis as Written
from einlint.patterns.model import Expression, Group
from einlint.program.terms import Axis
from einlint.shapes.objects import AxisName, Known, Step
from einlint.shapes.patterns import LABELLED
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, WITH_PATTERN, Inspector
from einlint.silent.naming import dimension_name
from einlint.silent.pairing import aligned
from einlint.silent.repairs import LETTERS, Question, pattern_repair, suggested


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
        if exchanged and _counts(inspector, run, tensor, reading, place, exchanged, {p.axis.name: p for p in pairs}):
            _report(inspector, run, step, place, exchanged)
            return
    inspector.read_in(run.memory.frame).update([each.text for each in reading.pattern.inputs])


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
    if all(pair.written.name == pair.known.text for pair in pairs):
        return []
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
    inspector: Inspector, run: Run, tensor: Known, reading: Reading, place: int, pairs: Sequence[Pair],
    named: Mapping[str, Pair],
) -> bool:  # fmt: skip
    """Whether exchanged names are certainly a mistake."""
    frame = run.memory.frame
    within = len({pair.group for pair in pairs}) == 1
    if is_grid([(p.axis, p.written.name, p.known.text) for p in named.values()], reading.pattern.inputs[place]):
        return False
    if not within and any(pair.known.frame is not frame for pair in pairs):
        return False
    if any(pair.known.how.startswith(LABELLED) and len(pair.known.text) == 1 for pair in pairs):
        return False
    if within and all(_is_another_split(tensor, pair) for pair in pairs) and inspector.is_merged_back(run, reading):
        return False
    expression = reading.pattern.inputs[place]
    if expression.text in inspector.read_in(frame) or _is_alphabet(expression):
        return False
    true = {pair.written.name: pair.known.text for pair in pairs}
    return not _treated_alike(reading, place, true)


def _is_another_split(tensor: Known, pair: Pair) -> bool:
    """Whether a name was given by splitting the very tensor that is split again: windows and a grid, on purpose."""
    origin = tensor.origin
    return origin is not None and origin.how.startswith("read as") and pair.known.row == origin.row


def is_grid(pairs: Sequence[tuple[Axis, str, str]], expression: Expression) -> bool:
    """Whether several dimensions of two axes are read the other way round: windows become a grid, on purpose."""
    names = {written: known for _, written, known in pairs}
    groups = [[axis.name for axis in group.axes] for group in expression.groups if len(group.axes) == 2]
    return sum(names.get(a) == b and names.get(b) == a for a, b in groups) > 1


def _is_alphabet(expression: Expression) -> bool:
    """Whether the names only count, in whatever order: `a b c`, `k j i`."""
    names = sorted(axis.name for axis in expression.axes)
    return all(len(n) == 1 for n in names) and all(ord(b) - ord(a) == 1 for a, b in itertools.pairwise(names))


def _treated_alike(reading: Reading, place: int, true: Mapping[str, str]) -> bool:
    """Whether the operation does the same with the true names, or keeps the exchanged axes side by side."""
    inputs = [each.text.replace("...", " ... ") for each in reading.pattern.inputs]
    output = "" if reading.pattern.output is None else reading.pattern.output.text
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
    read = reading.pattern.inputs[place].text
    meant = " and ".join(f"its `{pair.written.name}` is `{pair.known.text}`" for pair in pairs[:3])
    intent = _read_by_name(step, place, pairs)
    told = f"{meant}, {_data(first, pairs)}{suggested(intent)}"
    message = f"`{name}` is ({shape}), and the pattern calls it `{read}`: {told}"
    rows = {pair.known.row: f"`{pair.known.text}`: {pair.known.how}" for pair in pairs}
    span = reading.span(first.written.start, first.written.end)
    facts = [(how, row) for row, how in rows.items()]
    inspector.suspect(run, "swapped-axis-names", step.node, message, facts, span, intent)


def _read_by_name(step: Step, place: int, pairs: Sequence[Pair]) -> Intent | None:
    """The repair: the pattern calls each axis by its name, as if the operand were permuted first."""
    reading = step.reading
    if reading is None or reading.pattern.output is None or len(step.operands) > 1 or step.function != "rearrange":
        return _of_einsum(reading, place, pairs) if reading is not None and step.function == "einsum" else None
    expression, output = reading.pattern.inputs[0], reading.pattern.output
    if expression.ellipsis is not None or any(axis.is_number for axis in (*expression.axes, *output.axes)):
        return None
    start, end, content = _renamed_text(reading, pairs)
    letters = {name: LETTERS[at] for at, name in enumerate(dict.fromkeys(axis.name for axis in expression.axes))}
    if any(axis.name not in letters for axis in output.axes):
        return None
    true = {pair.written.name: pair.known.text for pair in pairs}
    question = Question("torch")
    question.tensor("x", [product(symbol(letters[_true(a, true)]) for a in g.axes) for g in expression.groups])
    given = "".join(
        f", {letters[a.name]}={question.length(symbol(letters[a.name]))}"
        for g in expression.groups for a in g.axes if len(g.axes) > 1
    )  # fmt: skip
    read = _lettered(expression, letters, {})
    new, left = _lettered(output, letters, {}), _lettered(expression, letters, true)
    apart = " ".join(letters[_true(a, true)] for g in expression.groups for a in g.axes)
    order = " ".join(letters[a.name] for g in expression.groups for a in g.axes)
    moved = f"rearrange(rearrange(x, '{left} -> {apart}'{given}), '{apart} -> {order}')"
    together = f"rearrange({moved}, '{order} -> {read}')"
    intended = f"rearrange({together}, '{read} -> {new}'{given})"
    asked = question.asking(intended, f"rearrange(x, '{left} -> {new}'{given})")
    return pattern_repair(reading, start, end, content, asked)


def _of_einsum(reading: Reading, place: int, pairs: Sequence[Pair]) -> Intent | None:
    """The same of an operand of an einsum."""
    inputs, output = reading.pattern.inputs, reading.pattern.output
    if output is None or any(each.ellipsis is not None for each in (*inputs, output)):
        return None
    names = dict.fromkeys(axis.name for each in inputs for axis in each.axes)
    if len(names) > len(LETTERS) or any(len(group.axes) != 1 for each in (*inputs, output) for group in each.groups):
        return None
    letters = {name: LETTERS[at] for at, name in enumerate(names)}
    true = {pair.written.name: pair.known.text for pair in pairs}
    start, end, content = _renamed_text(reading, pairs)
    question = Question("torch")
    texts = []
    for at, each in enumerate(inputs):
        shape = [letters[_true(axis, true if at == place else {})] for axis in each.axes]
        question.tensor(f"x{at}", [symbol(letter) for letter in shape])
        texts.append("".join(shape))
    result = "".join(letters[axis.name] for axis in output.axes)
    operands = [f"x{at}" for at in range(len(inputs))]
    new = f"torch.einsum('{','.join(texts)}->{result}', {', '.join(operands)})"
    read = "".join(letters[axis.name] for axis in inputs[place].axes)
    operands[place] = f"rearrange(x{place}, '{' '.join(texts[place])} -> {' '.join(read)}')"
    texts[place] = read
    intended = f"torch.einsum('{','.join(texts)}->{result}', {', '.join(operands)})"
    return pattern_repair(reading, start, end, content, question.asking(intended, new))


def _renamed_text(reading: Reading, pairs: Sequence[Pair]) -> tuple[int, int, str]:
    """The stretch of the pattern that holds the exchanged names, and that with the true ones."""
    ordered = sorted(pairs, key=lambda pair: pair.written.start)
    text, at, content = reading.pattern.text, ordered[0].written.start, ""
    for pair in ordered:
        content += text[at : pair.written.start] + pair.known.text
        at = pair.written.end
    return ordered[0].written.start, at, content


def _true(axis: Written, names: Mapping[str, str]) -> str:
    return names.get(axis.name, axis.name)


def _lettered(expression: Expression, letters: Mapping[str, str], true: Mapping[str, str]) -> str:
    texts = [" ".join(letters[_true(axis, true)] for axis in group.axes) for group in expression.groups]
    return " ".join(t if len(g.axes) == 1 else f"({t})" for t, g in zip(texts, expression.groups, strict=True))


def _data(first: Pair, pairs: Sequence[Pair]) -> str:
    others = [pair for pair in pairs if pair is not first]
    one, other = first.known.text, others[0].known.text
    return f"so `{first.written.name}` 1 holds what belongs to {one} 1, over all {other}"


OPERATIONS.append((contradicted_names, frozenset({WITH_PATTERN})))
