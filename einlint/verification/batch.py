"""Many questions before a few workers; the answers come in the order of the questions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any

from einlint.verification.cache import VerdictCache
from einlint.verification.expressions import Refused
from einlint.verification.further import decided
from einlint.verification.problems import QuestionError
from einlint.verification.question import parse_question
from einlint.verification.verdict import Verdict
from einlint.verification.workers import WorkerProcess

Json = dict[str, Any]
Fields = Mapping[str, Any]


@contextmanager
def running(count: int | None = None, device: str = "cpu") -> Iterator[Workers]:
    """A few workers, ended in any case."""
    workers = Workers(count, device)
    try:
        workers.start()
        yield workers
    finally:
        workers.close()


class Workers:
    """A few worker processes; whoever is free answers the next question. Each starts when it is first asked."""

    def __init__(self, count: int | None, device: str = "cpu") -> None:
        self.count = count or min(2, os.cpu_count() or 1)
        self.device = device
        self._all = [WorkerProcess(device=device) for _ in range(self.count)]
        self._free: LifoQueue[WorkerProcess] = LifoQueue()
        for worker in self._all:
            self._free.put(worker)

    def start(self) -> None:
        """Start all, so that they load their libraries at the same time."""
        for worker in self._all:
            worker.start()
        if self.device == "cuda":
            self.require()  # before anything is asked

    def close(self) -> None:
        for worker in self._all:
            worker.close()

    def require(self) -> None:
        """Raises Unavailable where the device that was asked for is not there."""
        self._all[0].missing(())

    def decide(self, fields: Fields, cache: VerdictCache | None = None, rewrite: bool = False) -> Verdict:
        """The verdict on one question, be it about a rewrite; what is wrong with the question is its message."""
        try:
            question = parse_question(fields)
        except (Refused, QuestionError) as problem:
            return Verdict("unknown", message=str(problem))
        known = cache.get(question) if cache is not None else None
        if known is not None:
            return known
        worker = self._free.get()
        try:
            verdict = decided(question, worker, rewrite)
        finally:
            self._free.put(worker)
        if cache is not None:
            cache.put(question, verdict)
        return verdict

    def map(self, work: Callable[[str], Json], lines: Iterable[str]) -> Iterator[Json]:
        """`work` on each line, a few at a time, in order; lines are read as they are needed."""
        with ThreadPoolExecutor(self.count) as pool:
            waiting: list[Future[Json]] = []
            for line in lines:
                waiting.append(pool.submit(work, line))
                if len(waiting) > 4 * self.count:
                    yield waiting.pop(0).result()
            yield from (future.result() for future in waiting)


def answers(lines: Iterable[str], workers: Workers, cache: VerdictCache | None = None) -> Iterator[Json]:
    """One answer for each line that is not blank; a broken line is answered too."""
    return workers.map(lambda line: _answer(line, workers, cache), (line for line in lines if line.strip()))


def _answer(line: str, workers: Workers, cache: VerdictCache | None) -> Json:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return as_json(None, Verdict("unknown", message="the line is not JSON"))
    if not isinstance(fields, dict):
        return as_json(None, Verdict("unknown", message="the line is not a JSON object"))
    try:
        return as_json(fields.get("id"), workers.decide(fields, cache))
    except Exception as error:  # one broken pair must not end the run
        return as_json(fields.get("id"), Verdict("unknown", message=f"internal error: {type(error).__name__}: {error}"))


def as_json(identifier: object, verdict: Verdict) -> Json:
    """DESIGN section 8, with the evidence."""
    answer: Json = {"id": identifier, "verdict": verdict.verdict, "differs_in": list(verdict.differs_in)}
    if verdict.witness is not None:
        answer |= {"witness": verdict.witness.sizes, "form": verdict.witness.form, "data": verdict.witness.recipe}
    if verdict.side_effects:
        answer["side_effects"] = verdict.side_effects
    if verdict.devices:
        answer["devices"] = list(verdict.devices)
    if verdict.message:
        answer["message"] = verdict.message
    return answer
