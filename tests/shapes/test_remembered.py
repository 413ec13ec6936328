"""An outcome that is remembered is the one that the operation gives now, but for the names of what it makes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from einlint.calls import CallFinder
from einlint.dimensions import dim
from einlint.operations import notation
from einlint.program.value import Value
from einlint.shapes import remembered, run
from einlint.shapes.analysis import readings
from einlint.shapes.assuming import Outcome, explore
from einlint.shapes.memory import tensor
from einlint.shapes.objects import Origin, size
from einlint.shapes.run import Exhausted
from einlint.source import Source, parse

FILES = sorted(p for folder in ("cases", "clean") for p in (Path(__file__).parent / folder).rglob("*.py"))
NOWHERE = Origin(0, "")


def numbered(arguments: Any, outcome: Outcome | None) -> Hashable:
    """An outcome in terms of its arguments."""
    if outcome is None:
        return None
    numbering = remembered._Numbering()
    numbering.add([*arguments, *outcome.results])
    lineages = tuple(len(axis.lineage.axes) if axis.lineage else 0 for axis in numbering.axes)
    return tuple(numbering.tokens), lineages, len(outcome.learned)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_remembered_as_explored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []

    def both(operation: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome | None:
        there = remembered.outcome_of(operation, arguments)
        here = explore(lambda: operation(*arguments))
        with suppress(remembered._Unnumbered):
            if numbered(arguments, there) != numbered(arguments, here):
                wrong.append((operation, arguments, there, here))
        return there

    monkeypatch.setattr(run, "outcome_of", both)
    source = parse(path.read_text(encoding="utf-8"), str(path))
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    for _, read in readings(finder, sorted({call.node.lineno for call in finder.calls()})):
        with suppress(Exhausted):
            read()
    assert not wrong


def test_names_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_known", {})
    for name in ("first", "second"):
        batch, inner = size(name), size("inner")
        x = tensor([batch, inner], NOWHERE)
        outcome = remembered.outcome_of(notation.apply, (x, "b (h d) -> b h d", "rearrange", {"h": size("h")}))
        assert outcome is not None
        (result,) = outcome.results
        assert result.shape[0] == batch
        assert any(learned.other == inner for learned in outcome.learned)
    assert len(remembered._known) == 1


def test_what_an_operation_makes_is_new_each_time() -> None:
    x = tensor([size("n")], NOWHERE)
    outcomes = [remembered.outcome_of(notation.apply, (x, "n -> n k", "repeat", {"k": dim(3)})) for _ in range(2)]
    first, second = (outcome.results[0].dims[1] for outcome in outcomes if outcome is not None)
    assert first[0].size == second[0].size == dim(3)
    assert first != second


def test_axes_that_are_one_are_told_from_axes_that_are_equal() -> None:
    n = size("n")
    x, y = tensor([n], NOWHERE), tensor([n], NOWHERE)
    assert remembered.numbered((x, x)) != remembered.numbered((x, y))


def test_what_made_an_operand_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_known", {})
    x = tensor([size("b"), size("n")], NOWHERE)
    outcome = remembered.outcome_of(notation.apply, (x, "b n -> n b", "rearrange", {}))
    assert outcome is not None
    ((kept, *_),) = remembered._known.values()
    assert kept is not None
    assert [result.__class__ for result in kept.results] == [Value]
    assert kept.results[0].dims == outcome.results[0].dims
