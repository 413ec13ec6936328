"""A run on a real Dask cluster, whose workers are killed meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from einlint import executors
from einlint.checking import check
from einlint.config import Overrides
from einlint.executors import connected
from einlint.failures import Unavailable
from einlint.session import Options, lint
from einlint.settings import Checked, Settings

pytest.importorskip("distributed")
import distributed

pytestmark = pytest.mark.filterwarnings("default")  # of Dask's own

ROOT = Path(__file__).parents[1]
BAD = "from einops import rearrange\nrearrange(x, 'a b')\n"
FILES = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    """Two worker processes, which are started again when they are killed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "critical")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as running:
            yield running


@pytest.fixture
def address(cluster: distributed.LocalCluster) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for number in range(FILES):
        Path(f"m{number}.py").write_text(BAD * (number % 3) + "# einops\n" + "#" * 20_000, "utf-8")
    return tmp_path


def noted(data: bytes, path: str, settings: Settings) -> Checked:
    """A check that says which process did it, and takes a moment."""
    time.sleep(0.02)
    Path(f"{path}.{os.getpid()}.checked").touch()
    return check(data, path, settings)


def checked_by(folder: Path) -> set[int]:
    return {int(path.suffixes[-2][1:]) for path in folder.glob("*.checked")}


def test_the_command_line(address: str) -> None:
    local = einlint("--no-cache")
    assert local.returncode == 1
    remote = einlint("--no-cache", f"--executor={address}")
    assert (remote.stdout, remote.stderr, remote.returncode) == (local.stdout, "", 1)


def einlint(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "einlint", "--output-format=concise", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("victims", [1, 2])
def test_workers_are_killed_during_the_run(address: str, folder: Path, victims: int) -> None:
    def kill() -> None:
        while len(checked_by(folder)) < 2:
            time.sleep(0.01)
        for victim in [*checked_by(folder)][:victims]:
            os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with connected(address) as remote:
        options = Options(cache=False, executor=remote.executor, jobs=20, check=noted)
        linted = lint(["."], Overrides(), options)
    killer.join(10)
    assert not killer.is_alive()
    assert os.getpid() not in checked_by(folder)
    assert linted == lint(["."], Overrides(), Options(cache=False))
    assert len(linted) == FILES
    deadline = time.monotonic() + 20
    with distributed.Client(address.replace("dask://", "tcp://"), set_as_default=False) as client:
        while len(client.ncores()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)


def test_an_address_that_is_none() -> None:
    done = einlint("--executor=ray://nowhere:1")
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr == "Error: `ray://nowhere:1` is no address of an executor: expected `dask://HOST:PORT`\n"


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 0.2)
    with pytest.raises(Unavailable, match="no Dask scheduler answers at"), connected("dask://127.0.0.1:1"):
        pass


def test_workers_of_another_version(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "__version__", "9.9")
    with pytest.raises(Unavailable, match=r"no worker with einlint 9\.9, but einlint \d"), connected(address):
        pass


def test_distributed_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Unavailable, match=r"install `einlint\[dask\]`"), connected("dask://127.0.0.1:1"):
        pass
