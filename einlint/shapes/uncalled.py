"""Layers that nothing calls where it can be seen: their input is unknown but for what they read of it themselves."""

from __future__ import annotations

from typing import Any

from einlint.shapes.dispatch import call
from einlint.shapes.objects import Hole, Sequential
from einlint.shapes.patterns import PatternLayer
from einlint.shapes.run import Run


def read_uncalled(run: Run) -> None:
    """Call the layers with patterns that a reading made and did not call, those of one Sequential in a row."""
    while run.modules:
        module, node = run.modules.pop()
        if any(each.reading.call.node not in run.applied for each in _pattern_layers(module)):
            call(run, module, [Hole("input")], {}, node)


def _pattern_layers(module: Any) -> list[PatternLayer]:
    parts = module.modules or () if isinstance(module, Sequential) else (module,)
    return [part for part in parts if isinstance(part, PatternLayer)]
