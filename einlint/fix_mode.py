"""What `--fix`, `--diff` and `--show-fixes` do with the files of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from einlint.findings import Finding
from einlint.session import Linted


@dataclass(frozen=True, slots=True)
class FixMode:
    """The options of a run about fixes."""

    unsafe: bool = False
    only_diff: bool = False
    show: bool = False
    apply: bool = False


@dataclass(frozen=True, slots=True)
class Fixing:
    """The files afterwards, how many findings were fixed, and what to print.

    `output` is what stdout gets instead of a report: a diff, or the fixed text of stdin.
    """

    linted: list[Linted]
    count: int = 0
    output: str = ""
    summary: str = ""
    exit_code: int = 0


def fix_files(linted: list[Linted], mode: FixMode) -> Fixing:
    """Fix the files of a run. Raises Unavailable."""
    if not any(finding.intent is not None for file in linted for finding in file.findings):
        return Fixing(linted, summary="No errors would be fixed." if mode.only_diff else "")
    from einlint.fixing import repair, show
    from einlint.judging import Verifier

    with Verifier() as judge:
        if not (mode.apply or mode.only_diff):
            return Fixing(show(linted, judge))
        outcome = repair(linted, judge, mode.unsafe)
        count = outcome.count
        if mode.only_diff:
            said = f"Would fix {count} error{'s' * (count != 1)}."
            return Fixing(linted, count, outcome.difference, said, int(bool(outcome.changes)))
        left = _written(outcome.linted, outcome.changes)
        said = _listed(outcome.applied) if mode.show else ""
        return Fixing(show(left, judge) if mode.show else left, count, *_of_stdin(outcome.changes, said))


def _written(linted: Sequence[Linted], changes: Sequence[tuple[str, bytes, bytes]]) -> list[Linted]:
    """Write every change; a file that cannot be written says so and is reported as it was."""
    from einlint.fixing import write

    failed = {path: reason for path, *contents in changes if path != "-" and (reason := write(path, *contents))}
    return [replace(f, notes=(*f.notes, failed[f.path])) if f.path in failed else f for f in linted]


def _of_stdin(changes: Sequence[tuple[str, bytes, bytes]], said: str) -> tuple[str, str]:
    """The fixed text of stdin, which goes to stdout."""
    text = next((after.decode("utf-8", "replace") for path, _, after in changes if path == "-"), "")
    return text, said


def _listed(applied: dict[str, list[Finding]]) -> str:
    """What was fixed where, as ruff lists it."""
    rows = []
    for path, findings in applied.items():
        rows.append(f"{path}:")
        kinds = Counter((f.code, f.name, f.fix.verdict if f.fix else "") for f in findings)
        rows += [f"    {count} × {code} ({name}, {verdict})" for (code, name, verdict), count in sorted(kinds.items())]
    return "Fixed:\n" + "\n".join(rows) + "\n" if rows else ""
