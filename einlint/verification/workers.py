"""Worker processes seen from the parent: start, ask, kill on wall time, start again."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from einlint.verification import devices

Json = dict[str, Any]
WALL_SECONDS = 30.0
START_SECONDS = 120.0

# The child gets neither the parent's environment nor its directory, so it is told where einlint lies.
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from einlint.verification.worker import main; main()"


class WorkerFailed(Exception):
    """The worker died or was killed; the message says why."""


class WorkerProcess:
    """One child. It is started at the first question and after each death."""

    def __init__(self, wall_seconds: float = WALL_SECONDS, device: str = "cpu") -> None:
        self.wall_seconds = wall_seconds
        self.device = device
        self.devices: tuple[str, ...] = ()
        self.versions: dict[str, str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pending = b""

    def start(self) -> None:
        """Start the child if it does not run; it loads torch meanwhile."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="einlint-")
        root = str(Path(__file__).resolve().parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _BOOT, root, self.device],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=self._folder.name, env={**_environment(), **devices.environment(self.device)},
        )  # fmt: skip
        self.versions = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def ask(self, request: Json) -> Json:
        """The answer to one request; raises `WorkerFailed` when there is none in time."""
        self.start()
        process = self._process
        assert process is not None and process.stdin is not None
        try:
            self._greeted()
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            return self._line(self.wall_seconds)
        except TimeoutError:
            self.close()
            raise WorkerFailed(f"the expressions ran longer than {self.wall_seconds:g} seconds") from None
        except (OSError, EOFError, ValueError):
            self.close()
            raise WorkerFailed("the process that ran the expressions died, probably at a limit") from None

    def missing(self, packages: Iterable[str]) -> list[str]:
        """Which of the packages the child cannot import."""
        self.start()
        try:
            self._greeted()
        except (OSError, EOFError, ValueError):
            self.close()
            raise WorkerFailed("the process that runs the expressions does not start") from None
        return [name for name in packages if name not in (self.versions or {})]

    def _greeted(self) -> None:
        if self.versions is None:
            greeting = self._line(START_SECONDS)
            self.devices = tuple(greeting["devices"])
            devices.check(self.device, self.devices)
            self.versions = greeting["ready"]

    def _line(self, seconds: float) -> Json:
        process = self._process
        assert process is not None and process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise EOFError
                self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        answer: Json = json.loads(line)
        return answer

    def close(self) -> None:
        """Kill the child and remove its directory."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._process, self._folder, self._pending = None, None, b""


def _environment() -> dict[str, str]:
    """Empty, but for what Windows needs to start a process, and one thread for each numeric library."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**kept, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
