from __future__ import annotations

from collections.abc import Iterator

import pytest

from einlint.verification.workers import WorkerProcess
from tests.devices import DEVICES


@pytest.fixture(scope="session", params=DEVICES)
def worker(request: pytest.FixtureRequest) -> Iterator[WorkerProcess]:
    process = WorkerProcess(device=request.param)
    yield process
    process.close()
