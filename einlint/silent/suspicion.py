"""What inference found to be the wrong data. Light: the rules import it whether anything is inferred or not."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Intent, Related, Report, Span
from einlint.lazily import dataclass


@dataclass(frozen=True)
class Suspicion:
    """Something that runs and gives other data than the code around it expects.

    `rule` is the name of the rule that reports it, `related` are the places that gave each fact, `intent` is the
    repair where later use determines the intended order.
    """

    rule: str
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    intent: Intent | None = None


def reports(suspicion: Suspicion, rule: str) -> Iterator[Report]:
    """The report of a suspicion, for the rule about its kind."""
    if suspicion.rule == rule:
        yield Report(suspicion.span, suspicion.message, suspicion.related, suspicion.intent)
