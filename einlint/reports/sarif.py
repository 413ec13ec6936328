"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from einlint import __version__
from einlint.config import ancestors
from einlint.findings import Finding, Fix, Span
from einlint.registry import Rule, find_rule
from einlint.reports.places import url_of
from einlint.reports.styles import Style
from einlint.session import Linted

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    """One run with the rules that were broken."""
    root = _repository(os.getcwd())
    codes = sorted({finding.code for file in linted for finding in file.findings})
    driver = {
        "name": "einlint",
        "version": __version__,
        "informationUri": "https://github.com/einlint/einlint",
        "rules": [_rule(find_rule(code)) for code in codes],
    }
    results = [_result(_uri(file.path, root), finding) for file in linted for finding in file.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.page},
        "helpUri": url_of(rule.name),
        "defaultConfiguration": {"level": "error"},
    }


def _result(uri: str, finding: Finding) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": _region(finding.span)}
    result = {
        "ruleId": finding.code,
        "level": "error",
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
    if finding.fix is None or finding.cell is not None:  # the rows of a cell are not those of the file
        return result
    return result | {"fixes": [_fix(uri, finding.fix)]}


def _fix(uri: str, fix: Fix) -> dict[str, Any]:
    edits = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}} for edit in fix.edits]
    change = {"artifactLocation": {"uri": uri}, "replacements": edits}
    return {"description": {"text": fix.message}, "artifactChanges": [change]}


def _region(span: Span) -> dict[str, int]:
    start, end = span
    return {"startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column}


def _uri(path: str, root: str) -> str:
    """Relative to the repository, where the path lies in it."""
    inside = path.removeprefix(os.path.join(root, ""))
    return quote(os.fsencode(inside.replace(os.sep, "/")))


def _repository(folder: str) -> str:
    return next((above for above in ancestors(folder) if os.path.exists(os.path.join(above, ".git"))), folder)
