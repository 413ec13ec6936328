"""A rewrite of one call: the edits, how far they may be trusted, and the question that verifies them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from einlint.findings import Edit, Safety

if TYPE_CHECKING:
    pass


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
_MODULES = ("rearranges", "eject", "layers", "exported")


def builds(*names: str) -> Callable[[Builder], Builder]:
    """Register the builder of a rewrite under the names that intents carry."""

    def register(builder: Builder) -> Builder:
        for name in names:
            BUILDERS[name] = builder
        return builder

    return register


def builder(name: str) -> Builder:
    """The builder of a rewrite; what follows a colon in its name are demands on the form of the code."""
    for module in _MODULES:
        importlib.import_module(f"einlint.rewrites.{module}")
    kind, colon, demands = name.partition(":")
    return partial(BUILDERS[kind], demands=demands) if colon else BUILDERS[kind]
