"""What `--fix`, `--diff` and `--show-fixes` do with the files of a run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from einlint.cache import kept_in
from einlint.discovery import Discovery
from einlint.findings import Finding
from einlint.lazily import dataclass
from einlint.session import Linted, Progress

if TYPE_CHECKING:
    from einlint.fixing import Outcome


@dataclass(frozen=True, slots=True)
class FixMode:
    """The options of a run about fixes."""

    unsafe: bool = False
    only_diff: bool = False
    show: bool = False
    apply: bool = False
    device: str = "auto"
    cache: bool = True
    isolated: bool = False
    quiet: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Fixing:
    """The files afterwards, how many findings were fixed, and what to print.

    `output` is what stdout gets instead of a report: a diff, or the text that was given, fixed.
    """

    linted: list[Linted]
    count: int = 0
    output: str | None = None
    summary: str = ""
    changed: bool = False


def fix_files(linted: list[Linted], mode: FixMode) -> Fixing:
    """Fix the files of a run. Raises Unavailable."""
    if not any(finding.intent is not None for file in linted for finding in file.findings):
        if mode.device == "cuda":
            _require_cuda()
        return Fixing(
            linted, output=_text_of(linted, mode), summary="No errors would be fixed." if mode.only_diff else ""
        )
    from einlint.fixing import repair, show
    from einlint.judging import Unverified
    from einlint.judging import judge as judge_for

    folder = kept_in(Discovery(isolated=mode.isolated).config_of(os.getcwd())) if mode.cache else None
    with judge_for(mode.device, folder) as judge:
        warning = f"warning: {judge.reason}\n" if isinstance(judge, Unverified) else ""
        if not (mode.apply or mode.only_diff):
            return Fixing(show(linted, judge, mode.progress), summary=warning)
        outcome = repair(linted, judge, mode.unsafe, mode.progress)
        if mode.only_diff:
            said = f"{warning}Would fix {outcome.count} error{'s' * (outcome.count != 1)}."
            return Fixing(linted, outcome.count, outcome.difference, said, bool(outcome.changes))
        left, applied = _written(linted, outcome)
        said = warning + (_listed(applied) if mode.show else "")
        said += _verdicts(applied) if mode.show or not mode.quiet else ""
        said += _reasons(left) if mode.show else ""
        return Fixing(left, sum(map(len, applied.values())), _text_of(outcome.linted, mode), said, bool(applied))


def _require_cuda() -> None:
    """Say so where there is none, also if nothing is to be verified."""
    from einlint.judging import Verifier

    with Verifier("cuda"):
        pass


def _written(before: Sequence[Linted], outcome: Outcome) -> tuple[list[Linted], dict[str, list[Finding]]]:
    """Write every change; a file that cannot be written says so and is reported as it was."""
    from einlint.writing import write

    texts = {file.path for file in before if file.is_text}
    asked = (change for change in outcome.changes if change[0] not in texts)
    failed = {path: reason for path, old, new in asked if (reason := write(path, old, new))}
    left = [
        replace(old, notes=(*old.notes, failed[old.path])) if old.path in failed else new
        for old, new in zip(before, outcome.linted, strict=True)
    ]
    return left, {path: findings for path, findings in outcome.applied.items() if path not in failed}


def _text_of(linted: Sequence[Linted], mode: FixMode) -> str | None:
    """The text that was given, as it is now; it goes to stdout."""
    if not mode.apply or mode.only_diff:
        return None
    return next((file.data.decode("utf-8", "surrogateescape") for file in linted if file.is_text), None)


def _listed(applied: dict[str, list[Finding]]) -> str:
    """What was fixed where, as ruff lists it."""
    rows = []
    for path, findings in applied.items():
        rows.append(f"{path}:")
        kinds = Counter((f.code, f.name, _told(f)) for f in findings)
        rows += [f"    {count} × {code} ({name}{told})" for (code, name, told), count in sorted(kinds.items())]
    return "Fixed:\n" + "\n".join(rows) + "\n" if rows else ""


def _told(finding: Finding) -> str:
    """How far the fix may be trusted, on what evidence, and what it changes."""
    if finding.fix is None:
        return ""
    differs = f"differs in {' and '.join(finding.fix.differs_in)}" if finding.fix.differs_in else ""
    return "".join(f", {part}" for part in (finding.fix.safety.value, finding.fix.verdict, differs) if part)


def _verdicts(applied: dict[str, list[Finding]]) -> str:
    """On what evidence all of it was fixed."""
    found = Counter(f.fix.verdict or "not in need of verification" for fs in applied.values() for f in fs if f.fix)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in found.most_common())
    return f"Fixes in {len(applied)} files: {counts}\n" if len(applied) > 1 else ""


def _reasons(left: Sequence[Linted]) -> str:
    """Why the rest was left alone."""
    found = Counter((f.code, f.name, f.unfixed) for file in left for f in file.findings if f.unfixed)
    rows = [f"    {count} × {code} ({name}): {reason}" for (code, name, reason), count in found.most_common()]
    return "Left alone:\n" + "\n".join(rows) + "\n" if rows else ""
