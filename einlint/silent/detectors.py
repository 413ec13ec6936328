"""Every detector, loaded: each module enters what it looks for into the tables of the inspector."""

from __future__ import annotations

from einlint.silent import aliases, attention, names, orders, repeats, scramble, squeezes, statistics, tiles, units  # noqa: F401
from einlint.silent.inspector import Inspector

__all__ = ["Inspector"]
