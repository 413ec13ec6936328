"""One file through all layers: bytes in, findings out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from einlint.calls import Call, CallFinder, Problems, Reading
from einlint.findings import Finding, Position, Span
from einlint.registry import Rule, rules
from einlint.settings import Checked, Settings
from einlint.shapes.contradiction import Contradiction
from einlint.silent.suspicion import Suspicion
from einlint.source import Source, Unreadable, parse, read
from einlint.suppressions import Suppression, UnusedSuppression, may_be_unused, suppressions
from einlint.texts import conditions
from einlint.unused import UnusedImport, unused_imports

if TYPE_CHECKING:
    from einlint.notebooks import Notebook


MOST_INFERRED = 1_000_000
"""Characters of a file whose shapes are inferred: with more, the time for a file would be over before its patterns are
reported."""


def check(data: bytes, path: str, settings: Settings) -> Checked:
    """Check one file (`.py`, `.pyi`, `.ipynb`), whatever it contains."""
    return check_marked(data, path, settings) if settings.marks.are_in(data) else Checked(())


def check_marked(data: bytes, path: str, settings: Settings) -> Checked:
    """The same for a file of which it is known that it has the marks."""
    if path.endswith(".ipynb"):
        return _check_notebook(data, path, settings)
    source = read(data, path)
    return _check_source(source, settings) if isinstance(source, Source) else _unreadable(source, settings)


def check_tree(tree: ast.AST, lines: list[str], path: str, settings: Settings) -> Checked:
    """Check a file that the caller (flake8) has already read and parsed; lines may keep their ends."""
    if not isinstance(tree, ast.Module):
        return Checked(())
    return _check_source(Source(path, [line.rstrip("\r\n") for line in lines], tree), settings)


def _check_notebook(data: bytes, path: str, settings: Settings) -> Checked:
    from einlint.notebooks import read_notebook

    try:
        notebook = read_notebook(data)
    except ValueError as error:
        start = Position(1, 1)
        return _unreadable(Unreadable("unreadable-file", Span(start, start), f"not a notebook: {error}"), settings)
    source = parse("\n".join(notebook.lines), path, cells=True)
    if isinstance(source, Unreadable):
        return _unreadable(source, settings)
    checked = _check_source(source, settings)
    return replace(checked, findings=tuple(_in_cell(finding, notebook) for finding in checked.findings))


def _in_cell(finding: Finding, notebook: Notebook) -> Finding:
    """The finding with rows counted in its cell."""
    start, end = finding.span
    cell, row = notebook.cells[start.row - 1]
    shift = start.row - row
    related = tuple(r._replace(span=_moved(r.span, shift)) for r in finding.related)
    intent = finding.intent
    if intent is not None and notebook.cells[intent.span.start.row - 1][0] != cell:
        intent = None  # what is to change stands in another cell than the finding
    intent = intent and intent._replace(span=_moved(intent.span, shift))
    return replace(finding, span=_moved(Span(start, end), shift), cell=cell, related=related, intent=intent)


def _moved(span: Span, shift: int) -> Span:
    return Span(*(Position(row - shift, column) for row, column in span))


def _unreadable(problem: Unreadable, settings: Settings) -> Checked:
    if problem.newer:
        return Checked((), notes=(problem.message,))
    found = (f for rule in _enabled(settings, Unreadable) for f in rule.findings(problem))
    return Checked(tuple(found))


def _check_source(source: Source, settings: Settings) -> Checked:
    finder = CallFinder(source, dict(settings.aliases))
    calls = finder.calls()
    found = {finding: None for call in calls for finding in _of_showable(finder, call, settings)}
    large = sum(map(len, source.lines)) > MOST_INFERRED
    if not large:
        found |= dict.fromkeys(_of_inference(finder, calls, settings, [f.span for f in found]))
    found |= dict.fromkeys(_of_targets(finder, calls, settings))
    found |= dict.fromkeys(_of_imports(finder, settings))
    kept = _unsuppressed(source, list(found), settings)
    notes = (
        (f"larger than {MOST_INFERRED // 1_000_000} MB: only its patterns were checked, no shapes",) if large else ()
    )
    return Checked(tuple(sorted(kept, key=lambda f: (f.span, f.code))), finder.project.dependencies, notes)


def _of_imports(finder: CallFinder, settings: Settings) -> Iterator[Finding]:
    enabled = _enabled(settings, UnusedImport)
    return (
        finding
        for unused in (unused_imports(finder) if enabled else ())
        for r in enabled
        for finding in r.findings(unused)
    )


def preload(settings: Settings) -> None:
    """Load what infers shapes, before processes are forked that would each load it."""
    if _enabled(settings, Contradiction) or _enabled(settings, Suspicion):
        import einlint.silent.detectors  # noqa: F401
        from einlint.operations.table import entries

        entries()


def _of_inference(finder: CallFinder, calls: list[Call], settings: Settings, reported: list[Span]) -> list[Finding]:
    """The findings about shapes and data, where nothing is reported yet; what infers them is loaded when needed."""
    shapes, data = _enabled(settings, Contradiction), _enabled(settings, Suspicion)
    if not shapes and not data:
        return []
    from einlint.shapes.analysis import contradictions
    from einlint.silent.detectors import Inspector

    inspector = Inspector(finder) if data else None
    further = set(inspector.rows_of_interest()) if inspector is not None else set[int]()
    if not calls and not further:
        return []
    found = contradictions(finder, calls, inspector, further)
    wrong = [*((each, finder.source.span(each.node), shapes) for each in found)]
    silent = [(each, each.span, data) for each in inspector.suspicions()] if inspector is not None else []
    fresh = [(e, rules) for e, w, rules in (*wrong, *silent) if not any(w.start <= s.start < w.end for s in reported)]
    return [finding for each, rules in fresh for rule in rules for finding in rule.findings(each)]


def _of_targets(finder: CallFinder, calls: list[Call], settings: Settings) -> Iterator[Finding]:
    """What the configured targets do not take; each target on the way to several is asked once."""
    if not settings.targets:
        return
    from einlint.targets.exported import Exported, ExportedFunction, exported
    from einlint.targets.table import aims_on_the_way

    if _enabled(settings, Exported) or _enabled(settings, ExportedFunction):
        for subject in exported(finder, calls, aims_on_the_way(settings.targets)):
            for rule in _enabled(settings, type(subject)):
                yield from rule.findings(subject)


def _of_showable(finder: CallFinder, call: Call, settings: Settings) -> list[Finding]:
    """The findings of a call; none where it holds an integer of so many digits that Python does not show it."""
    try:
        return _of_call(finder, call, settings)
    except ValueError:
        return []


def _of_call(finder: CallFinder, call: Call, settings: Settings) -> list[Finding]:
    """The findings of one call; those that its `partial(...)` has already are left to that."""
    found = [finding for rule in _enabled(settings, Call) for finding in rule.findings(call)]
    swapped = any(finding.name == "swapped-arguments" for finding in found)
    readings = [] if swapped else finder.readings(call)
    alternatives = [list(_of_reading(reading, settings)) for reading in readings]
    if len(conditions(reading.text for reading in readings)) > 1:
        alternatives = _in_all(alternatives)
    found += [finding for alternative in alternatives for finding in alternative]
    if call.origin is not None:
        there = {(f.code, f.message) for f in _of_call(finder, call.origin, settings)}
        found = [f for f in found if (f.code, f.message) not in there]
        found = [replace(f, span=_inside(call, f.span)) for f in found]
    return found


def _inside(call: Call, span: Span) -> Span:
    """`span` if it lies in the call, else what is called: a pattern may stand in an earlier `partial(...)`."""
    whole = call.source.span(call.node)
    return span if whole.start <= span.start and span.end <= whole.end else call.span


def _of_reading(reading: Reading, settings: Settings) -> Iterator[Finding]:
    subject = reading if reading.valid else Problems(reading)
    return (finding for rule in _enabled(settings, type(subject)) for finding in rule.findings(subject))


def _in_all(alternatives: list[list[Finding]]) -> list[list[Finding]]:
    """What every text has: under several conditions not every combination of arms may occur."""
    common = frozenset.intersection(*(frozenset(f.code for f in found) for found in alternatives))
    return [[f for f in found if f.code in common] for found in alternatives[:1]]


def _enabled(settings: Settings, subject: type) -> tuple[Rule, ...]:
    return _rules_of(settings.enabled, subject.__name__)


@cache
def _rules_of(enabled: frozenset[str], subject: str) -> tuple[Rule, ...]:
    """The rules that are on for a kind of subject."""
    return tuple(rule for rule in rules().values() if rule.subject == subject and rule.code in enabled)


def _unsuppressed(source: Source, found: list[Finding], settings: Settings) -> list[Finding]:
    """The findings that no comment silences, with one more for each comment that silences nothing."""
    needed = found or may_be_unused(source.lines)
    comments = [s for s in suppressions(source.lines) if settings.noqa or not s.noqa] if needed else []
    if not comments:
        return found
    by_row = _by_row(comments)
    used: set[tuple[Suppression, str | None]] = set()
    kept = []
    for finding in found:
        covering = _covering(finding, _rows(source, finding.span), by_row)
        used.update((c, code) for c in covering for code in c.covering(finding.code, finding.name))
        if not covering:
            kept.append(finding)
    unused = [UnusedSuppression(s, idle, settings.enabled) for s in comments if (idle := _idle(s, used)) != ()]
    late = {f: None for s in unused for rule in _enabled(settings, UnusedSuppression) for f in rule.findings(s)}
    return kept + [f for f in late if all(s.codes is None for s in _covering(f, {f.span.start.row}, by_row))]


def _idle(comment: Suppression, used: set[tuple[Suppression, str | None]]) -> tuple[str, ...] | None:
    """The codes of a comment that silenced nothing; None for one without codes."""
    if comment.codes is None:
        return () if (comment, None) in used else None
    return tuple(code for code in comment.codes if (comment, code) not in used)


def _by_row(comments: list[Suppression]) -> dict[int, list[Suppression]]:
    """The comments of each row; those for the whole file are in row 0."""
    by_row: dict[int, list[Suppression]] = {}
    for comment in comments:
        by_row.setdefault(0 if comment.whole_file else comment.span.start.row, []).append(comment)
    return by_row


def _covering(finding: Finding, rows: set[int], by_row: dict[int, list[Suppression]]) -> list[Suppression]:
    near = (comment for row in (0, *rows) for comment in by_row.get(row, ()))
    return [comment for comment in near if comment.covers(finding.code, finding.name, rows)]


def _rows(source: Source, span: Span) -> set[int]:
    """Rows where a comment reaches a finding: its own, and the first and last of its statement."""
    row = span.start.row
    statement = source.statements.get(row)
    if statement is None:
        return {row}
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body and isinstance(body, list) else statement.end_lineno or statement.lineno
    return {row, statement.lineno, max(last, statement.lineno)}
