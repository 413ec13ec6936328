"""The judge of fixes: verification in workers that are started when questions come."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from einlint.failures import Unavailable
from einlint.fixes import UNASKED, Answer

if TYPE_CHECKING:
    from typing_extensions import Self

NEEDED = ("torch", "numpy", "einops")


class Verifier:
    """Answers whether rewrites are equal, to several threads at once. Use it as a context manager: it ends its workers.

    `folder` is where verdicts are kept, None for nowhere.
    """

    def __init__(self, device: str = "auto", folder: str | None = None, jobs: int | None = None) -> None:
        if missing():
            raise Unavailable(_told(missing()))
        from einlint.verification import devices
        from einlint.verification.batch import Workers
        from einlint.verification.cache import VerdictCache

        self._workers = Workers(jobs, device)
        self._answers: dict[str, Future[Answer]] = {}
        self._lock = Lock()
        scope = f"rewrite on {devices.expected(device)}"
        self._cache = None if folder is None else VerdictCache(Path(folder), scope)

    def __call__(self, question: Mapping[str, Any]) -> Answer:
        """The answer; who asks what is being answered waits for that."""
        key = repr(sorted(question.items()))
        with self._lock:
            answer = self._answers.get(key)
            first = answer is None
            if answer is None:
                answer = self._answers[key] = Future()
        if first:
            try:
                answer.set_result(self._decided(question))
            except BaseException as error:
                answer.set_exception(error)
        return answer.result()

    def _decided(self, question: Mapping[str, Any]) -> Answer:
        try:
            verdict = self._workers.decide(question, self._cache, rewrite=True)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            return Answer("unknown", note=f"an error of einlint, please report it: {type(error).__name__}: {error}")
        return Answer(verdict.verdict, verdict.differs_in, verdict.message, verdict.devices)

    def __enter__(self) -> Self:
        if self._workers.device == "cuda":
            self._workers.require()  # before anything is fixed
        return self

    def __exit__(self, *exception: object) -> None:
        self._workers.close()


class Unverified:
    """Stands in where what verifies is not installed: only fixes that need no verification are applied."""

    def __init__(self) -> None:
        self.reason = _told(missing())

    def __call__(self, question: Mapping[str, Any]) -> Answer:
        return Answer(UNASKED, note=self.reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """There is nothing to end."""


def judge(device: str, folder: str | None) -> Verifier | Unverified:
    """What answers questions here. Raises Unavailable where CUDA was asked for and cannot be had."""
    return Unverified() if missing() and device != "cuda" else Verifier(device, folder)


def missing() -> list[str]:
    """What verification needs and is not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def _told(names: list[str]) -> str:
    needed = ", ".join(names)
    return f"fixes are verified before they are applied, and that needs {needed}: install `einlint[torch]`"
