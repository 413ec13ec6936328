"""The judge of fixes: verification in a worker that is started when the first question comes."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from einlint.failures import Unavailable
from einlint.fixes import Answer

if TYPE_CHECKING:
    from typing_extensions import Self

    from einlint.verification.question import Question
    from einlint.verification.verdict import Verdict

NEEDED = ("torch", "numpy", "einops")


class Verifier:
    """Answers whether a rewrite is equal. Use it as a context manager: it ends its worker.

    `folder` is where verdicts are kept, None for nowhere.
    """

    def __init__(self, device: str = "auto", folder: str | None = None) -> None:
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            names = ", ".join(missing)
            raise Unavailable(
                f"fixes are verified before they are applied, and that needs {names}: install `einlint[torch]`"
            )
        from einlint.verification import devices
        from einlint.verification.cache import VerdictCache
        from einlint.verification.workers import WorkerProcess

        self._worker = WorkerProcess(device=device)
        self._answers: dict[str, Answer] = {}
        scope = f"rewrite on {devices.expected(device)}"
        self._cache = None if folder is None else VerdictCache(Path(folder), scope)

    def __call__(self, question: Mapping[str, Any]) -> Answer:
        key = repr(sorted(question.items()))
        if key not in self._answers:
            self._answers[key] = self._decided(question)
        return self._answers[key]

    def _decided(self, question: Mapping[str, Any]) -> Answer:
        from einlint.verification.expressions import Refused
        from einlint.verification.problems import QuestionError
        from einlint.verification.question import parse_question

        try:
            verdict = self._verdict(parse_question(question))
        except (Refused, QuestionError) as error:
            return Answer("unknown", note=str(error))
        return Answer(verdict.verdict, verdict.differs_in, verdict.message, verdict.devices)

    def _verdict(self, question: Question) -> Verdict:
        from einlint.verification.further import decided

        known = self._cache.get(question) if self._cache is not None else None
        verdict = known or decided(question, self._worker, rewrite=True)
        if self._cache is not None and known is None:
            self._cache.put(question, verdict)
        return verdict

    def __enter__(self) -> Self:
        if self._worker.device == "cuda":
            self._worker.missing(())  # raises Unavailable before anything is fixed
        return self

    def __exit__(self, *exception: object) -> None:
        self._worker.close()
