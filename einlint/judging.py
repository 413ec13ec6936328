"""The judge of fixes: verification in a worker that is started when the first question comes."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from einlint.failures import Unavailable
from einlint.fixes import Answer

if TYPE_CHECKING:
    from typing_extensions import Self

NEEDED = ("torch", "numpy", "einops")


class Verifier:
    """Answers whether a rewrite is equal. Use it as a context manager: it ends its worker."""

    def __init__(self) -> None:
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            names = ", ".join(missing)
            raise Unavailable(
                f"fixes are verified before they are applied, and that needs {names}: install `einlint[torch]`"
            )
        from einlint.verification.workers import WorkerProcess

        self._worker = WorkerProcess()
        self._answers: dict[str, Answer] = {}

    def __call__(self, question: Mapping[str, Any]) -> Answer:
        key = repr(sorted(question.items()))
        if key not in self._answers:
            self._answers[key] = self._decided(question)
        return self._answers[key]

    def _decided(self, question: Mapping[str, Any]) -> Answer:
        from einlint.verification.expressions import Refused
        from einlint.verification.problems import QuestionError
        from einlint.verification.question import parse_question
        from einlint.verification.verdict import decide

        try:
            verdict = decide(parse_question(question), self._worker)
        except (Refused, QuestionError) as error:
            return Answer("unknown", note=str(error))
        return Answer(verdict.verdict, verdict.differs_in, verdict.message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._worker.close()
