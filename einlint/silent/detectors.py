"""Every detector, loaded."""

from __future__ import annotations

from einlint.silent import (  # noqa: F401 - each enters what it looks for into the tables of the inspector
    aliases,
    attention,
    idle,
    names,
    orders,
    own_lengths,
    repeats,
    scramble,
    squeezes,
    statistics,
    tiles,
    units,
)
from einlint.silent.inspector import Inspector

__all__ = ["Inspector"]
