"""Verdicts on disk, as JSON. A verdict holds for one question, one einlint and one set of library versions."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from einlint.store import SUFFIX, Store, digest_of
from einlint.verification.expressions import Expression
from einlint.verification.question import Question
from einlint.verification.search import Witness
from einlint.verification.verdict import Verdict

_LIBRARIES = ("torch", "numpy", "einops", "opt_einsum")
_PACKAGES = ("dimensions", "program", "operations", "verification")


class VerdictCache:
    """Verdicts by question.

    `scope` is what a verdict covers besides the question: the devices, and whether it is about a rewrite.
    """

    def __init__(self, folder: Path, scope: str = "cpu") -> None:
        self._store = Store(os.path.join(folder, "verdicts" + SUFFIX))
        self.scope = scope

    def get(self, question: Question) -> Verdict | None:
        value = self._store.get(self._key(question))
        try:
            return None if value is None else _verdict(json.loads(value))
        except (ValueError, TypeError, KeyError):
            return None

    def put(self, question: Question, verdict: Verdict) -> None:
        """Unknown is not kept: it may be for lack of time or memory."""
        if verdict.verdict == "unknown":
            return
        self._store.put(self._key(question), json.dumps(asdict(verdict)).encode())
        self._store.save()  # each one took seconds to find

    def _key(self, question: Question) -> bytes:
        key = json.dumps([_normal(question), self.scope, versions(), _code()], sort_keys=True)
        return digest_of(key.encode())


def _normal(question: Question) -> list[Any]:
    """The question without spaces, comments and brackets that mean nothing."""
    return [
        _unparsed(question.left), _unparsed(question.right), [dict(form) for form in question.forms],
        [[c.name, c.relation, ast.unparse(c.body)] for c in question.constraints], dict(question.sizes),
        dict(question.dtypes), question.framework, question.mutates,
    ]  # fmt: skip


def _unparsed(side: Expression) -> str:
    return "\n".join((*(binding.text for binding in side.bindings), ast.unparse(side.body)))


@functools.cache
def versions() -> dict[str, str]:
    """The installed versions of the libraries that decide what an expression gives."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


@functools.cache
def _code() -> str:
    """A digest of the code that decides, so that no verdict outlives it."""
    root = Path(__file__).resolve().parents[1]
    files = sorted(file for package in _PACKAGES for file in (root / package).glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _verdict(fields: dict[str, Any]) -> Verdict:
    witness = fields.pop("witness")
    fields |= {name: tuple(fields[name]) for name in ("differs_in", "devices")}
    return Verdict(**fields, witness=None if witness is None else Witness(**witness))
