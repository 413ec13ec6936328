"""What a verdict costs: `python tests/benchmarks/equiv_speed.py PAIRS.jsonl [--slowest N] [--profile]`.

One pair after the other before one worker that has loaded torch: wall and CPU milliseconds for each pair, those
of the worker included; then all of them before two workers. Aim: a median under 20 ms, 205 pairs in a minute.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from einlint.verification.batch import answers, running  # noqa: E402
from einlint.verification.question import parse_question  # noqa: E402
from einlint.verification.verdict import decide  # noqa: E402
from einlint.verification.workers import WorkerProcess  # noqa: E402

WARM_UP = {"tensors": {"x": "n"}, "a": "x * 2", "b": "x + x"}


class Cost(NamedTuple):
    """Milliseconds, the CPU's in this process and in the worker."""

    wall: float
    parent: float
    worker: float
    name: str
    verdict: str


def clocks(worker: WorkerProcess) -> tuple[float, float, float]:
    assert worker.pid is not None
    child = time.clock_gettime(~worker.pid << 3 | 2)  # what clock_getcpuclockid(3) of Linux gives for a process
    return time.perf_counter(), time.process_time(), child


def measure(pair: dict[str, Any], worker: WorkerProcess) -> Cost:
    before = clocks(worker)
    verdict = decide(parse_question(pair), worker)
    wall, parent, child = ((b - a) * 1000 for a, b in zip(before, clocks(worker), strict=True))
    return Cost(wall, parent, child, str(pair.get("id", pair["a"])), verdict.verdict)


def told(title: str, values: Sequence[float]) -> str:
    most = quantiles(values, n=20)[-1]
    return f"  {title:18}{median(values):10.1f}{mean(values):10.1f}{most:10.1f}{max(values):10.1f}{sum(values):12.0f}"


def one_by_one(pairs: Sequence[dict[str, Any]], slowest: int) -> None:
    worker = WorkerProcess()
    decide(parse_question(WARM_UP), worker)
    costs = [measure(pair, worker) for pair in pairs]
    worker.close()
    print(f"{len(costs)} pairs, one worker: {dict(Counter(cost.verdict for cost in costs))}")
    print(f"  {'ms for a pair':18}{'median':>10}{'mean':>10}{'p95':>10}{'most':>10}{'total':>12}")
    print(told("wall", [cost.wall for cost in costs]))
    print(told("CPU", [cost.parent + cost.worker for cost in costs]))
    print(told("CPU of the parent", [cost.parent for cost in costs]))
    print(told("CPU of the worker", [cost.worker for cost in costs]))
    for cost in sorted(costs, reverse=True)[:slowest]:
        print(f"  {cost.wall:8.0f}{cost.parent:8.0f}{cost.worker:8.0f}  {cost.verdict:10}{cost.name}")


def all_at_once(pairs: Sequence[dict[str, Any]]) -> None:
    began = time.perf_counter()
    with running(2) as workers:
        for _ in answers(map(json.dumps, pairs), workers):
            pass
    print(
        f"{len(pairs)} pairs, two workers on {os.cpu_count()} CPUs: {time.perf_counter() - began:.1f} s, with the start"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--slowest", type=int, default=0, help="list so many pairs: wall, parent, worker")
    parser.add_argument("--profile", action="store_true", help="profile the parent by own time and stop")
    arguments = parser.parse_args()
    pairs = [json.loads(line) for line in arguments.pairs.read_text(encoding="utf-8").splitlines() if line.strip()]
    if arguments.profile:
        with cProfile.Profile() as profile:
            one_by_one(pairs, arguments.slowest)
        profile.print_stats("tottime")
        return
    one_by_one(pairs, arguments.slowest)
    all_at_once(pairs)


if __name__ == "__main__":
    main()
