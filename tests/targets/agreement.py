"""Whether the rules say of a case what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from einlint.checking import check
from einlint.registry import PORTABILITY, matching
from einlint.settings import Settings
from tests.targets.cases import Case, model_of
from tests.targets.exporting import Exporter, Outcome, outcome

DYNAMIC, AUTO = Exporter(), Exporter(auto=True)
ANY, ORT = ("reference", "onnxruntime"), ("onnxruntime",)
PATHS: dict[str, tuple[tuple[str, ...], tuple[Exporter, ...], tuple[str, ...]]] = {
    "onnx": (("onnx",), (DYNAMIC, AUTO), ANY),
    "onnxruntime": (("onnxruntime",), (DYNAMIC, AUTO), ORT),
    "onnxruntime through onnx-legacy": (("onnx-legacy@17", "onnxruntime"), (Exporter(17, legacy=True),), ORT),
    **{f"onnx-legacy@{k}": ((f"onnx-legacy@{k}",), (Exporter(k, legacy=True),), ANY) for k in (20, 17, 13, 12, 11)},
}
"""The ways to a target: what einlint is asked for, how the model is exported, and what may run it."""


class Answer(NamedTuple):
    """What einlint reports of a case on one path, and the worst that happened to it."""

    case: Case
    path: str
    codes: tuple[str, ...]
    happened: Outcome

    @property
    def agrees(self) -> bool:
        return bool(self.codes) is (self.happened.word != "right")


def answers(cases: tuple[Case, ...], path: str) -> Iterator[Answer]:
    """What einlint says and what happens, on one path."""
    targets, exporters, runtimes = PATHS[path]
    for case in cases:
        yield Answer(case, path, reported(case, targets), happened(case, exporters, runtimes))


def reported(case: Case, targets: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that are reported."""
    settings = Settings(matching(PORTABILITY), targets=targets)
    return tuple(finding.code for finding in check(case.code.encode(), "/nowhere/case.py", settings).findings)


def happened(case: Case, exporters: tuple[Exporter, ...], runtimes: tuple[str, ...]) -> Outcome:
    """The first thing that went wrong with any exporter; of several runtimes one has to take the model."""
    tensors = case.tensors(case.first), case.tensors(case.second)
    found = Outcome("right")
    for exporter in exporters:
        for runtime in runtimes:
            found = outcome(model_of(case.code), *tensors, exporter, runtime)
            if found.word in ("right", "not exported"):
                break
        if found.word != "right":
            return found
    return found
