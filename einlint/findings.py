"""What einlint reports: positions, spans, text edits, fixes and findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from einlint.lazily import dataclass


class Position(NamedTuple):
    """A place in a file. Rows and columns start at 1; columns count characters, not bytes."""

    row: int
    column: int


class Span(NamedTuple):
    """A stretch of a file; the end is exclusive."""

    start: Position
    end: Position


class Safety(str, Enum):
    """How far a fix may be trusted.

    safe: wherever the original returns, the new code returns the same;
    unsafe: it differs in one stated way; display: a human must decide.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Edit(NamedTuple):
    """Replace the text of `span` by `content`.

    Fixes may have a `shared` insertion in common: it is made once.
    """

    span: Span
    content: str
    shared: bool = False


class Fix(NamedTuple):
    """Edits that belong together and what they achieve; `verdict` is None until it was verified.

    `differs_in` names what the new code changes, `devices` where both versions ran.
    """

    message: str
    edits: tuple[Edit, ...]
    safety: Safety
    verdict: str | None = None
    differs_in: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class Repair(NamedTuple):
    """New text that gives data the order that the code around it expects, where the old one does not.

    `question` is a line of `einlint equiv --file`: `a` is the data in the intended order, `b` what the new text gives.
    """

    content: str
    question: str


class Intent(NamedTuple):
    """What a fix would do: the name of a rewrite, the call it rewrites, and how safe it can be at best.

    Building and verifying it comes later. `comment` is the new text where it is a comment that changes, which needs
    neither. `repair` is the new text of the span where values are to change.
    """

    rewrite: str
    span: Span
    safety: Safety = Safety.SAFE
    comment: str = ""
    repair: Repair | None = None


class Related(NamedTuple):
    """Another place that explains a finding; `path` is None for the file of the finding."""

    message: str
    span: Span
    path: str | None = None


class Report(NamedTuple):
    """What a rule yields: where, and one plain sentence. The registry adds code and name."""

    span: Span
    message: str
    related: tuple[Related, ...] = ()
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one file.

    `cell` is the 1-based notebook cell that rows are counted in; `unfixed` is why the intent has no fix.
    """

    code: str
    name: str
    message: str
    span: Span
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    cell: int | None = None
    intent: Intent | None = None
    unfixed: str = ""


Fresh = Callable[[Sequence[Finding], bytes], Sequence[Finding]]
"""Picks findings by the content of their file."""
