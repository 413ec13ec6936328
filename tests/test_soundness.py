"""Pairs that differ are never proved or tested, transformations never different. `EINLINT_EXAMPLES` runs more."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from einlint.verification.workers import WorkerProcess
from tests.soundness import Judge, by_all, campaign

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "2000"))
PARTS = 4


@pytest.fixture(scope="module")
def verification() -> Iterator[Judge]:
    worker = WorkerProcess()
    yield by_all(worker)
    worker.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("equal", [True, False], ids=["transformations", "mutations"])
def test_no_unequal_pair_is_proved(equal: bool, part: int) -> None:
    counts, wrong = campaign(range(part, EXAMPLES, PARTS), equal)
    assert wrong == []
    assert not equal or counts["equal, proved"] > counts["equal, open"] > 0


@pytest.mark.parametrize("equal", [True, False], ids=["transformations", "mutations"])
def test_no_verdict_is_wrong(equal: bool, verification: Judge) -> None:
    first = 10_000_000
    counts, wrong = campaign(range(first, first + EXAMPLES // 8), equal, verification)
    assert wrong == []
    assert not equal or counts["equal, tested"] and counts["equal, proved"] > counts["equal, unknown"]
