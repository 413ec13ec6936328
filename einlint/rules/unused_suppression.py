"""EIN902 unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import UnknownSelector, matching, rule
from einlint.suppressions import Suppression, UnusedSuppression


@rule("EIN902", "unused-suppression", subject=UnusedSuppression)
def unused_suppression(unused: UnusedSuppression) -> Iterator[Report]:
    """A suppression comment, or one of its codes, silences nothing."""
    comment = unused.suppression
    if unused.codes is None:
        if not comment.noqa:
            yield Report(comment.span, "this comment silences nothing")
        return
    for code in unused.codes:
        if comment.noqa and not code.startswith("EIN"):
            continue
        subject = "this comment" if unused.codes == comment.codes else f"`{code}` in this comment"
        yield from _of_code(subject, comment, code, unused.enabled)


def _of_code(subject: str, comment: Suppression, code: str, enabled: frozenset[str]) -> Iterator[Report]:
    try:
        codes = matching(code)
    except UnknownSelector as error:
        yield Report(comment.span, f"{subject} silences nothing: {error}")
        return
    if codes & enabled:
        yield Report(comment.span, f"{subject} silences nothing: there is no `{code}` here")
