"""One file through all layers: text in, findings out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from einlint.findings import Finding


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the findings of a file: part of the cache key.

    `aliases` maps further dotted names to names einlint knows, as `{"mylib.fold": "einops.rearrange"}`.
    `noqa` says whether `# noqa` comments are ours to apply (flake8 applies them itself).
    """

    enabled: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    noqa: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings of one file, sorted by position.

    `dependencies` are the other files that were read for it (re-exports), by absolute path with the
    hash of their content, None where no such file existed: a cached result holds while these hold.
    """

    findings: tuple[Finding, ...]
    dependencies: Mapping[str, str | None] = field(default_factory=dict)


def mentions_calls(data: bytes, settings: Settings) -> bool:
    """Whether a file can hold anything to report: the byte search that skips most files."""
    raise NotImplementedError


def check(data: bytes, path: str, settings: Settings) -> Checked:
    """Check one file (`.py`, `.pyi`, `.ipynb`); never raises for any content."""
    raise NotImplementedError


def check_tree(tree: ast.AST, lines: list[str], path: str, settings: Settings) -> Checked:
    """Check a file that the caller (flake8) has already read and parsed."""
    raise NotImplementedError
