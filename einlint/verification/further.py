"""What is asked once two sides agree: CUDA where it is there and, of a rewrite, low precision and integers.

`equiv` speaks of the declared dtypes and of the CPU, so what differs here leaves its verdict and is named beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from einlint.verification.magnitude import sums_products
from einlint.verification.question import Assignment, Question
from einlint.verification.search import Search
from einlint.verification.verdict import Verdict, decide
from einlint.verification.workers import WorkerFailed, WorkerProcess

Json = dict[str, Any]
DTYPES = ("float32", "bfloat16", "float16", "int64", "int32", "int8", "uint8")
_MODERATE = ("fine", "whole", "tiny")
_WHOLE_RANGE = (*_MODERATE, "full", "near")
_SEED = 11


def decided(question: Question, worker: WorkerProcess, rewrite: bool = False) -> Verdict:
    """The verdict, with what differs on other devices and, for a rewrite, in other dtypes."""
    verdict = decide(question, worker)
    agree = verdict.verdict in ("proved", "tested")
    devices = worker.devices if agree and question.framework == "torch" else worker.devices[:1]
    if agree and (rewrite or len(devices) > 1):
        try:
            verdict = _with(verdict, _Further(question, worker, devices).effects(rewrite))
        except WorkerFailed as failure:
            return Verdict("unknown", message=str(failure))
    return replace(verdict, devices=devices)


def _with(verdict: Verdict, found: Mapping[str, Json]) -> Verdict:
    effects = {**verdict.side_effects, **found}
    return replace(verdict, side_effects=effects, differs_in=tuple(sorted(effects)))


class _Further:
    """One question, asked again."""

    def __init__(self, question: Question, worker: WorkerProcess, devices: Sequence[str]) -> None:
        self.question = question
        self.devices = devices
        self.search = Search(question, worker)

    def effects(self, rewrite: bool) -> dict[str, Json]:
        """What differs, by its name: a dtype, a device, or both."""
        asked = self._asked(rewrite)
        found = {name: self._first(action, recipes, changes) for name, action, recipes, changes in asked}
        return {name: evidence for name, evidence in found.items() if evidence is not None}

    def _asked(self, rewrite: bool) -> Iterator[tuple[str, str, tuple[str, ...], Json]]:
        """The name of a difference, the action that looks for it, and the data and fields it takes."""
        for device in self.devices:
            if device != "cpu":
                yield device, "compare", _WHOLE_RANGE, {"device": device}
            for dtype in DTYPES if rewrite else ():
                if self.question.framework == "torch" or dtype != "bfloat16":
                    name = dtype if device == "cpu" else f"{device} {dtype}"
                    recipes = _MODERATE if dtype == "float32" else _WHOLE_RANGE
                    yield name, "depart", recipes, {"device": device, "dtypes": self._all(dtype)}

    def _all(self, dtype: str) -> dict[str, str]:
        """The operands that no dtype is declared for, in another one."""
        return {name: dtype for form in self.question.forms for name in form} | dict(self.question.dtypes)

    def _first(self, action: str, recipes: Sequence[str], changes: Json) -> Json | None:
        """The first sizes and data where the sides differ."""
        for number, form in enumerate(self.question.forms):
            cases = [(sizes, recipe, _SEED) for sizes in self._sizes[number] for recipe in recipes]
            fields = {**changes, "sums_products": self._sums_products}
            answers = self.search.ask(action, form, cases, **fields) if cases else [{}]
            if "different" in answers[-1]:
                sizes, recipe, _ = cases[len(answers) - 1]
                return {"sizes": sizes, "kind": answers[-1]["different"], "data": recipe}
        return None

    @cached_property
    def _sizes(self) -> list[list[Assignment]]:
        return [[*plan.core, *plan.long()[-1:]] or plan.small()[:1] for plan in self.search.plans]

    @cached_property
    def _sums_products(self) -> bool:
        question = self.question
        tried = [(form, sizes[-1]) for form, sizes in zip(question.forms, self._sizes, strict=True) if sizes]
        return all(sums_products(question.left, question.framework, *one) for one in tried)
