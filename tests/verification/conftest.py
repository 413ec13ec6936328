from __future__ import annotations

from collections.abc import Iterator

import pytest

from einlint.verification.workers import WorkerProcess


@pytest.fixture(scope="session")
def worker() -> Iterator[WorkerProcess]:
    process = WorkerProcess()
    yield process
    process.close()
