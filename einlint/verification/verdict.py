"""The verdict on a question: proved, tested, different or unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from einlint.dimensions.steps import TooLarge, at_most
from einlint.verification import symbolic
from einlint.verification.degree import degree
from einlint.verification.question import Question
from einlint.verification.recipes import hidden_chance
from einlint.verification.reduction import smallest
from einlint.verification.search import Findings, Search, Witness
from einlint.verification.workers import WorkerFailed, WorkerProcess

Json = dict[str, Any]
_MOST_STEPS = 250_000


@dataclass(frozen=True)
class Verdict:
    """What verification says of a question, and on what evidence."""

    verdict: str
    differs_in: tuple[str, ...] = ()
    message: str = ""  # why it is unknown
    witness: Witness | None = None
    shown: Json = field(default_factory=dict)  # the witness's data and both results
    side_effects: dict[str, Json] = field(default_factory=dict)
    runs: int = 0
    chance: float | None = None  # that the data hides a difference at a tested size; None where rounding occurred
    devices: tuple[str, ...] = ()


def decide(question: Question, worker: WorkerProcess, tests: bool = True) -> Verdict:
    """Prove and test; without tests only a proof counts."""
    proved = symbolic.prove(question)
    if not tests:
        return Verdict("proved") if proved else Verdict("unknown", message="not proved, and tests are off")
    try:
        missing = worker.missing(["numpy", "torch"] if question.framework == "torch" else ["numpy"])
        if missing:
            return Verdict("unknown", message=f"running them needs {' and '.join(missing)}: install `einlint[torch]`")
        with at_most(_MOST_STEPS):
            return _tested(Search(question, worker), proved)
    except TooLarge:
        return Verdict("unknown", message="the sizes that are allowed and decide something are too many to list")
    except WorkerFailed as failure:
        return Verdict("unknown", message=str(failure))


def _tested(search: Search, proved: bool) -> Verdict:
    found: list[Findings] = []
    for number in range(len(search.plans)):
        found.append(search.values(number))
        witness = found[-1].witness
        if witness is not None:
            return _different(search, witness)
    problems = [problem for findings in found for problem in findings.problems]
    if not problems and not any(findings.ran for findings in found):
        problems = ["both sides raise at every size that was tried"]
    missing = None if proved else symbolic.undescribed(search.question)
    if missing is not None:
        problems = [*problems, f"the table does not say which sizes decide something: {missing}"]
    if problems:
        return Verdict("unknown", message=problems[0])
    effects = _side_effects(search, found)
    rounded = any(findings.rounded for findings in found)
    return Verdict(
        "proved" if proved else "tested",
        tuple(sorted(effects)),
        side_effects=effects,
        runs=sum(findings.runs for findings in found),
        chance=None if rounded else hidden_chance(degree(search.question), len(search.draws)),
    )


def _different(search: Search, witness: Witness) -> Verdict:
    witness = smallest(search, witness)
    form = search.question.forms[witness.form]
    if "different" not in search.ask("compare", form, [witness.case])[0]:
        return Verdict("unknown", message="a difference was seen once and could not be reproduced")
    shown = search.ask("show", form, [witness.case])[0]
    return Verdict("different", (witness.kind,), witness=witness, shown=shown)


def _side_effects(search: Search, found: list[Findings]) -> dict[str, Json]:
    """The first evidence of each, over all forms."""
    effects: dict[str, Json] = {}
    for number, findings in enumerate(found):
        if findings.aliasing is not None:
            effects.setdefault("aliasing", findings.aliasing)
        if findings.ran:
            asks = {"strides": search.strides}
            if search.question.framework == "torch":
                asks |= {"gradient": search.gradient, "autocast": search.autocast}
            for name, ask in asks.items():
                evidence = None if name in effects else ask(number, findings.ran)
                if evidence is not None:
                    effects[name] = evidence
    return effects
