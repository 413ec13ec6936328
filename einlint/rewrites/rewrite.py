"""A rewrite of one call: the new code, how far it may be trusted, and the question that verifies it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst

from einlint.calls import Reading
from einlint.findings import Safety


class Refusal(Exception):
    """The call is not rewritten; the message says why."""


@dataclass(frozen=True)
class Rewrite:
    """`question` has the fields of `einlint equiv` (DESIGN section 8), operands replaced by fresh tensors."""

    message: str
    code: str
    safety: Safety
    question: Mapping[str, Any]


Builder = Callable[[Reading, cst.Call], Rewrite]

BUILDERS: dict[str, Builder] = {}


def builds(name: str) -> Callable[[Builder], Builder]:
    """Register the builder of a rewrite under the name that intents carry."""

    def register(builder: Builder) -> Builder:
        BUILDERS[name] = builder
        return builder

    return register


def builder(name: str) -> Builder:
    """The builder of a rewrite."""
    importlib.import_module("einlint.rewrites.rearranges")
    return BUILDERS[name]
