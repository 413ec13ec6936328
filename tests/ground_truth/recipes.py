"""Small models of packages whose description shows none: package name to programs."""

from __future__ import annotations

RECIPES: dict[str, tuple[str, ...]] = {}
