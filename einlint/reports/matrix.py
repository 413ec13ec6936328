"""The matrix of calls and targets, for people and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from einlint.portability import Reason, Use
from einlint.reports.places import place, printable, url_of

if TYPE_CHECKING:
    from rich.table import Table

_WIDEST_CALL = 60
_WIDTH_OF_A_PIPE, _WIDTH_OF_A_TARGET = 140, 16


def as_json(uses: Sequence[Use], targets: Sequence[str]) -> str:
    """All of it."""
    summary = [
        {
            "name": name, "calls": len(uses), "taken": _taken(uses, name), "taken_when_fixed": _fixed(uses, name),
            "broken": _broken(uses),
        }
        for name in targets
    ]  # fmt: skip
    return json.dumps({"targets": summary, "calls": [_use_as_json(use) for use in uses]}, indent=2) + "\n"


def as_text(uses: Sequence[Use], targets: Sequence[str]) -> str:
    """A table, the reasons of each "no", and a line for each target."""
    from rich.console import Console

    width = None if sys.stdout and sys.stdout.isatty() else _WIDTH_OF_A_PIPE + _WIDTH_OF_A_TARGET * len(targets)
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        if uses:
            console.print(_table(uses, targets))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([*lines, *_reasons(uses), *_summary(uses, targets)]) + "\n"


def _table(uses: Sequence[Use], targets: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("call", "", *targets, box=box.SIMPLE_HEAD, pad_edge=False)
    for use in uses:
        marks = (Text(*_mark(use, name)) for name in targets)
        table.add_row(Text(place(use.path, use.span.start, use.cell)), Text(_short(use.text)), *marks)
    return table


def _mark(use: Use, target: str) -> tuple[str, str]:
    """What the table says of a call and a target, and in which colour."""
    codes = ", ".join(dict.fromkeys(reason.code for reason in use.reasons[target]))
    return ("broken", "magenta") if use.broken else (codes, "red") if codes else ("yes", "green")


def _short(text: str) -> str:
    return printable(text if len(text) <= _WIDEST_CALL else f"{text[: _WIDEST_CALL - 3]}...")


def _reasons(uses: Sequence[Use]) -> list[str]:
    """Each reason once, where it is, however many targets share it."""
    lines = []
    for use in uses:
        told = (use.broken, *use.reasons.values())
        found = dict.fromkeys((reason.code, reason.message) for reasons in told for reason in reasons)
        lines += [f"{place(use.path, use.span.start, use.cell)}: {code} {message}" for code, message in found]
    return [*lines, ""] if lines else []


def _summary(uses: Sequence[Use], targets: Sequence[str]) -> list[str]:
    calls = f"{len(uses)} call{'s' * (len(uses) != 1)}"
    widest = max(map(len, targets), default=0)
    broken = f", {_broken(uses)} broken" if _broken(uses) else ""
    return [f"{name:{widest}} takes {_taken(uses, name)} of {calls}{_after(uses, name)}{broken}" for name in targets]


def _after(uses: Sequence[Use], name: str) -> str:
    fixed = _fixed(uses, name)
    return "" if fixed is None or _taken(uses, name) + _broken(uses) == len(uses) else f", {fixed} after --fix"


def _taken(uses: Sequence[Use], name: str) -> int:
    return sum(use.taken(name) for use in uses)


def _broken(uses: Sequence[Use]) -> int:
    return sum(bool(use.broken) for use in uses)


def _fixed(uses: Sequence[Use], name: str) -> int | None:
    """How many calls a target takes after `--fix`, None where that was not tried."""
    untried = any(reason.fixable is None for use in uses for reason in use.reasons[name])
    return None if untried else sum(use.taken_when_fixed(name) for use in uses)


def _use_as_json(use: Use) -> dict[str, Any]:
    start, end = use.span
    return {
        "filename": use.path, "cell": use.cell,
        "location": start._asdict(), "end_location": end._asdict(), "call": use.text,
        "broken": [_reason_as_json(reason) for reason in use.broken],
        "targets": {name: [_reason_as_json(reason) for reason in reasons] for name, reasons in use.reasons.items()},
    }  # fmt: skip


def _reason_as_json(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code, "name": reason.name, "message": reason.message,
        "fixable": reason.fixable, "url": url_of(reason.name),
    }  # fmt: skip
