"""A rewrite of one call: the edits, how far they may be trusted, and the question that verifies them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from einlint.findings import Edit, Safety


class Refusal(Exception):
    """The call is not rewritten; the message says why."""


@dataclass(frozen=True)
class Rewrite:
    """`question` has the fields of `einlint equiv` (DESIGN section 8), operands replaced by fresh tensors.

    It is None where no value changes.
    """

    message: str
    edits: tuple[Edit, ...]
    safety: Safety
    question: Mapping[str, Any] | None


Builder = Callable[..., Rewrite]

BUILDERS: dict[str, Builder] = {}
PLACED: dict[str, Builder] = {}
"""The builders of what stands at a span of a file and is no call of einops."""
_MODULES = ("rearranges", "eject", "layers", "exported", "unused", "lengths", "wholes")


def builds(*names: str) -> Callable[[Builder], Builder]:
    """Register the builder of a rewrite under the names that intents carry."""

    def register(builder: Builder) -> Builder:
        for name in names:
            BUILDERS[name] = builder
        return builder

    return register


def builds_at(name: str) -> Callable[[Builder], Builder]:
    """Register a builder that takes the file and a span."""

    def register(builder: Builder) -> Builder:
        PLACED[name] = builder
        return builder

    return register


def placed(name: str) -> Builder | None:
    """The builder of a rewrite of what stands at a span, None where the rewrite is that of a call."""
    _load()
    return PLACED.get(name)


def _load() -> None:
    for module in _MODULES:
        importlib.import_module(f"einlint.rewrites.{module}")


def builder(name: str) -> Builder:
    """The builder of a rewrite; what follows a colon in its name are demands on the form of the code."""
    _load()
    kind, colon, demands = name.partition(":")
    return partial(BUILDERS[kind], demands=demands) if colon else BUILDERS[kind]
