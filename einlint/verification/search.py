"""Asks a worker about one question, and adds up what the answers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from einlint.verification.constants import compared, seeds_needed
from einlint.verification.degree import degree
from einlint.verification.plan import SizePlan
from einlint.verification.question import Assignment, Form, Question
from einlint.verification.recipes import COMPARED, ORDERED, RECIPES, draws_needed
from einlint.verification.workers import WorkerProcess

Json = dict[str, Any]
Draw = tuple[str, int]  # a recipe and a seed
Case = tuple[Assignment, str, int]

_BATCH = 256
_THOROUGH = 10
_GRADIENT_RECIPES = ("fine", "constant", "zeros", "ties", "edges")


@dataclass(frozen=True)
class Witness:
    """Sizes and data on which the sides differ, and in what: shape, dtype, exception or value."""

    form: int
    sizes: Assignment
    recipe: str
    seed: int
    kind: str

    @property
    def sum(self) -> int:
        return sum(self.sizes.values())

    @property
    def case(self) -> Case:
        return self.sizes, self.recipe, self.seed


@dataclass
class Findings:
    """What the runs of one form added up to."""

    witness: Witness | None = None
    aliasing: Json | None = None
    ran: list[Assignment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    runs: int = 0
    rounded: bool = False


class Search:
    """One question before one worker."""

    def __init__(self, question: Question, worker: WorkerProcess) -> None:
        self.question = question
        self.worker = worker
        self.plans = [SizePlan(question, form) for form in question.forms]
        self.constants = compared((question.left, question.right))
        self.draws: tuple[Draw, ...] = tuple(("fine", seed) for seed in range(1, draws_needed(degree(question)) + 1))

    def ask(self, action: str, form: Form, cases: Sequence[Case], strict: bool = False, **changes: Any) -> list[Json]:
        """The answers, one for each case up to the first that ends the matter: strictly, one over the limits does.

        `changes` are fields of the pair that differ from the question's, such as its dtypes.
        """
        question = self.question
        pair = {
            "a": question.left.text, "b": question.right.text, "tensors": form, "framework": question.framework,
            "dtypes": question.dtypes, "mutates": question.mutates, "device": "cpu", **changes,
        }  # fmt: skip
        answer = self.worker.ask({"do": action, "pair": pair, "cases": cases, "strict": strict})
        return answer.get("answers") or [{"refused": answer["refused"], "stop": True}]

    def first(self, number: int, sizes: Sequence[Assignment], draws: Sequence[Draw]) -> Witness | None:
        """The first of these sizes at which the sides differ."""
        cases: list[Case] = [(some, *draw) for some in sizes for draw in draws]
        for start in range(0, len(cases), _BATCH):
            batch = cases[start : start + _BATCH]
            answers = self.ask("compare", self.question.forms[number], batch)
            if "different" in answers[-1]:
                return Witness(number, *batch[len(answers) - 1], answers[-1]["different"])
        return None

    def values(self, number: int) -> Findings:
        """Compare shape, dtype and values over the planned sizes of a form."""
        plan, found = self.plans[number], Findings()
        small = plan.small()
        if not small:
            found.problems.append("the constraints allow no size that was tried")
        for cases, required in self._stages(plan, small):
            self._compare(number, cases, found, required)
            if found.witness is not None or found.problems:
                return found
        beyond = plan.unreachable()
        if beyond is not None:
            found.problems.append(f"sizes around `{beyond}` are too large to test")
        return found

    def _stages(self, plan: SizePlan, small: Sequence[Assignment]) -> Iterator[tuple[list[Case], bool]]:
        """What is run one after the other, and whether a case that cannot be run leaves the question open."""
        yield self._thorough(small[:_THOROUGH], plan.core), True
        yield self._compared(plan, [*small[:_THOROUGH], *(some for some in plan.core if some not in small)]), True
        yield self._drawn(small[_THOROUGH:]), True
        known = {tuple(sizes.values()) for sizes in small}
        yield self._drawn([sizes for sizes in plan.wide() if tuple(sizes.values()) not in known]), False
        yield [(sizes, recipe, 1) for sizes in plan.long() for recipe in ("fine", "ties")], False
        thresholds = plan.thresholds()
        yield self._drawn(thresholds) + [(sizes, recipe, 1) for sizes in thresholds for recipe in ORDERED], True

    def _drawn(self, sizes: Sequence[Assignment]) -> list[Case]:
        return [(some, *draw) for some in sizes for draw in self.draws]

    def _thorough(self, small: Sequence[Assignment], core: Sequence[Assignment]) -> list[Case]:
        cases: list[Case] = [(sizes, *draw) for sizes in small for draw in (("whole", 1), *self.draws)]
        return cases + [(sizes, recipe, 3 + place) for place, sizes in enumerate(core) for recipe in RECIPES]

    def _compared(self, plan: SizePlan, sizes: Sequence[Assignment]) -> list[Case]:
        """Data that meets, at each of these sizes, every number with which the expressions compare values."""
        if not self.constants:
            return []
        return [(some, *draw) for some in sizes for draw in self._meeting(plan.form, plan.counts(some))]

    def _meeting(self, form: Form, counts: Iterable[int]) -> list[Draw]:
        dtypes = [self.question.dtypes.get(name, "float64") for name in form]
        needed = seeds_needed(self.constants, list(zip(dtypes, counts, strict=True)))
        return [(COMPARED, seed) for seed in range(needed)]

    @property
    def compared(self) -> list[Draw]:
        """Draws that meet all those numbers at every size."""
        return max((self._meeting(form, [1] * len(form)) for form in self.question.forms), key=len)

    def _compare(self, number: int, cases: Sequence[Case], found: Findings, required: bool) -> None:
        """Nothing more is run once the sides differ or a size that is required cannot be run."""
        for start in range(0, len(cases), _BATCH):
            if found.witness is not None or found.problems:
                return
            batch = cases[start : start + _BATCH]
            answers = self.ask("compare", self.question.forms[number], batch, strict=required)
            for case, answer in zip(batch, answers, strict=False):
                self._add(number, case, answer, found, required)

    def _add(self, number: int, case: Case, answer: Json, found: Findings, required: bool) -> None:
        sizes = case[0]
        found.runs += 1
        if "different" in answer:
            found.witness = Witness(number, *case, answer["different"])
        elif "refused" in answer:
            if required or "limit" not in answer:
                found.problems.append(answer["refused"])
        elif "raised" not in answer:
            found.rounded |= "rounded" in answer
            if "unclear" in answer:
                found.problems.append(f"a gap of {answer['unclear']:.1e} is neither rounding nor clearly more")
            if "aliasing" in answer and found.aliasing is None:
                left, right = answer["aliasing"]
                found.aliasing = {"sizes": sizes, "a_shares": left, "b_shares": right}
            if not found.ran or found.ran[-1] is not sizes:
                found.ran.append(sizes)

    def gradient(self, number: int, ran: Sequence[Assignment]) -> Json | None:
        """The first of a few sizes and kinds of data, ties and zeros among them, where gradients differ."""
        core = [sizes for sizes in self.plans[number].core if sizes in ran]
        some = [*core, *(ran[place] for place in (len(ran) // 4, len(ran) // 2) if ran[place] not in core)]
        cases: list[Case] = [(sizes, recipe, 5) for recipe in _GRADIENT_RECIPES for sizes in some]
        answers = self.ask("gradient", self.question.forms[number], cases)
        if not answers[-1].get("differs"):
            return None
        sizes, recipe, _ = cases[len(answers) - 1]
        return {"sizes": sizes, "data": recipe}

    def strides(self, number: int, ran: Sequence[Assignment]) -> Json | None:
        """Where operands that are not contiguous make a difference that contiguous ones do not."""
        cases: list[Case] = [(sizes, "fine", 6) for sizes in self.plans[number].core if sizes in ran]
        answers = self.ask("strides", self.question.forms[number], cases) if cases else [{}]
        if not answers[-1].get("differs"):
            return None
        return {"sizes": cases[len(answers) - 1][0], "kind": answers[-1]["kind"]}

    def autocast(self, number: int, ran: Sequence[Assignment]) -> Json | None:
        """The result's dtypes under autocast, at sizes of 2 or as near to that as both sides run."""
        sizes = min(ran, key=lambda sizes: (sum(size < 2 for size in sizes.values()), sum(sizes.values())))
        answer = self.ask("autocast", self.question.forms[number], [(sizes, "fine", 1)])[-1]
        return {"sizes": sizes, "result": answer["result"]} if answer.get("differs") else None
