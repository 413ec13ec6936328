"""Reading is bounded: in steps and in operations for each place to start from, whatever the code."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from einlint.calls import CallFinder
from einlint.shapes import assuming
from einlint.shapes.analysis import readings
from einlint.shapes.run import Exhausted
from einlint.source import Source, parse
from tests.shapes.huge_programs import PROGRAMS

MOST_STEPS = 30_001
MOST_OPERATIONS = 10_000
"""Runs of operations of the table from one place to start from."""
HANGS = 60.0
"""Seconds that no file takes by far: this is no measurement."""


class Counting(assuming.Assuming):
    """Made once for every run of an operation."""

    made = 0

    def __init__(self, *answers: Any) -> None:
        Counting.made += 1
        super().__init__(*answers)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_reading_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assuming, "Assuming", Counting)
    source = parse(PROGRAMS[name](), "huge.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    rows = sorted({call.node.lineno for call in finder.calls()})
    assert rows
    start = time.monotonic()
    for run, read in readings(finder, rows):
        Counting.made = 0
        with suppress(Exhausted):
            read()
        assert run.steps <= MOST_STEPS
        assert Counting.made <= MOST_OPERATIONS
        assert run.found == []
    assert time.monotonic() - start < HANGS
