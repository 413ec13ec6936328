"""Which mutants einlint finds, with the rules that are on by default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from einlint.checking import check
from einlint.registry import enabled_codes
from einlint.settings import Settings
from tests.mutation.running import Kept

Spot = tuple[str, int]
"""The code of a finding and its line, which an edit does not change."""


@dataclass
class Figures:
    """What einlint says of mutants: the rules that find each one, if any."""

    by: dict[Kept, tuple[str, ...]] = field(default_factory=dict)

    @property
    def missed(self) -> list[Kept]:
        return [kept for kept, codes in self.by.items() if not codes]

    def __str__(self) -> str:
        kinds = sorted({kept.mutant.kind for kept in self.by})
        rows = [self._row(kind, [kept for kept in self.by if kept.mutant.kind == kind]) for kind in kinds]
        return "\n".join([*rows, self._row("all kinds", list(self.by))])

    def _row(self, name: str, some: list[Kept]) -> str:
        found = [codes for kept in some if (codes := self.by[kept])]
        share = 100 * len(found) / max(1, len(some))
        rules = Counter(codes[0] for codes in found).most_common()
        return f"{name:16} {len(found):4} of {len(some):4} {share:4.0f} %  {', '.join(f'{c} {n}' for c, n in rules)}"


def judged(mutants: Iterable[Kept]) -> Figures:
    """A mutant is found when its file has a finding that the original has not."""
    figures = Figures()
    for kept in mutants:
        new = spots(kept.path, kept.mutant.applied(Path(kept.path).read_bytes())) - original(kept.path)
        figures.by[kept] = tuple(sorted({code for code, _ in new}, key=lambda code: (code[:4] != "EIN3", code)))
    return figures


@cache
def original(path: str) -> frozenset[Spot]:
    return spots(path, Path(path).read_bytes())


def spots(path: str, data: bytes) -> frozenset[Spot]:
    checked = check(data, path, Settings(enabled_codes(None)))
    return frozenset((finding.code, finding.span.start.row) for finding in checked.findings)


def described(kept: Kept) -> str:
    """The place of a mutant, its line before, and what became of it."""
    before = Path(kept.path).read_bytes()
    lines = [data.decode().splitlines() for data in (before, kept.mutant.applied(before))]
    rows = range(kept.mutant.row - 1, kept.mutant.end_row)
    texts = ["\n".join(text[row].strip() for row in rows if row < len(text)) for text in lines]
    old, new = (text.replace("\n", "\n      ") for text in texts)
    return f"{kept.path}:{kept.mutant.row} {kept.mutant.kind}\n    - {old}\n    + {new}"
