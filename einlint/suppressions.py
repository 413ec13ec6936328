"""Comments that silence findings: `# noqa: EIN101`, `# einlint: ignore[EIN101]`, `# flake8: noqa`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from einlint.comments import comments
from einlint.findings import Position, Span
from einlint.lazily import regex

_CODES = r"[A-Za-z]+[0-9]+(?:[,\s]+[A-Za-z]+[0-9]+)*"
_NOQA = regex(rf"#\s*noqa(?![-\w])(?::\s?(?P<codes>{_CODES}))?", re.IGNORECASE)
_FILE = regex(rf"#\s*flake8[:=]\s*noqa(?::\s?(?P<codes>{_CODES}))?\s*$", re.IGNORECASE)
_IGNORE = regex(r"#\s*einlint:\s*(?P<kind>ignore-file|ignore)(?![-\w])(?:\s*\[(?P<codes>[^\]]*)\])?")


class Suppression(NamedTuple):
    """One comment. `codes` are as written, None for all; `whole_file` reaches every row."""

    span: Span
    codes: tuple[str, ...] | None
    noqa: bool
    whole_file: bool = False

    def covers(self, code: str, name: str, rows: Collection[int]) -> bool:
        """Whether the comment silences a rule on any of these rows."""
        return (self.whole_file or self.span.start.row in rows) and bool(self.covering(code, name))

    def covering(self, code: str, name: str) -> tuple[str | None, ...]:
        """Those of the codes that a rule is silenced by, (None,) where there are none."""
        if self.codes is None:
            return (None,)
        return tuple(c for c in self.codes if code.startswith(c) or name == c)


class UnusedSuppression(NamedTuple):
    """A comment that silenced nothing, as a whole (`codes` is None) or by `codes`; `enabled` are all that were on."""

    suppression: Suppression
    codes: tuple[str, ...] | None
    enabled: frozenset[str]


def suppressions(lines: list[str]) -> list[Suppression]:
    """The suppression comments of a file; text in strings does not count."""
    text = "\n".join(lines)
    if "einlint:" not in text and "noqa" not in text.lower():
        return []
    return [s for row, column, text in comments(lines) for s in _parse(row, column, text)]


def may_be_unused(lines: list[str]) -> bool:
    """Whether there may be a comment that is reported where it silences nothing: one of ours, or one with a code of
    ours. In most files there is none, and no other comment matters to a file without findings."""
    return any("einlint:" in line or _names_us(line.lower()) for line in lines if "#" in line)


def _names_us(line: str) -> bool:
    return "ein" in line and "noqa" in line


def _parse(row: int, column: int, comment: str) -> Iterator[Suppression]:
    if match := _FILE.search(comment):
        yield Suppression(_span(row, column, match), _split(match["codes"]), noqa=True, whole_file=True)
    elif match := _NOQA.search(comment):
        yield Suppression(_span(row, column, match), _split(match["codes"]), noqa=True)
    if match := _IGNORE.search(comment):
        whole = match["kind"] == "ignore-file"
        yield Suppression(_span(row, column, match), _split(match["codes"]), noqa=False, whole_file=whole)


def _span(row: int, column: int, match: re.Match[str]) -> Span:
    return Span(Position(row, column + match.start()), Position(row, column + match.end()))


def _split(codes: str | None) -> tuple[str, ...] | None:
    if codes is None:
        return None
    words = [word for word in re.split(r"[,\s]+", codes) if word]
    return tuple(dict.fromkeys(word.upper() if "-" not in word and word[-1].isdigit() else word for word in words))
