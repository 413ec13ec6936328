"""What commands cost, measured side by side in one run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.packages import CACHE, Package, fetch

ROOT = Path(__file__).parents[2]
PEERS = ("flake8==7.5.0", "pyrefly==1.4.1", "ruff==0.17.6")


class Cost(NamedTuple):
    """What one run of a command took. CPU seconds include child processes, memory is that of the largest process."""

    wall: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Contestant:
    """A command, what it reads from standard input, and the variables of its environment."""

    command: Sequence[str]
    stdin: bytes = b""
    environment: Mapping[str, str] | None = None


def measure(contestant: Contestant) -> Cost:
    """Run a command in an empty folder, whatever it prints and however it ends."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as stdin:
        stdin.write(contestant.stdin)
        stdin.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(
            contestant.command,
            cwd=folder,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | (contestant.environment or {}),
        )
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = 0  # wait4 has reaped it
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(title: str, contestants: Mapping[str, Contestant], rounds: int) -> dict[str, Cost]:
    """Print what each contestant costs and its ratio to the last one: medians of the rounds after the first."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, contestant in contestants.items():
            costs[name].append(measure(contestant))
    medians = {name: Cost(*map(median, zip(*runs[1:], strict=True))) for name, runs in costs.items()}
    last = [*medians.values()][-1]
    print(f"\n{title}\n{'':32}{'wall s':>10}{'CPU s':>10}{'MB':>10}{'wall':>12}{'CPU':>10}{'MB':>10}")
    for name, cost in medians.items():
        ratios = "".join(f"{a / b:10.2f}" for a, b in zip(cost, last, strict=True)) if cost is not last else ""
        print(f"  {name:30}{cost.wall:10.3f}{cost.cpu:10.3f}{cost.megabytes:10.0f}  {ratios}", flush=True)
    return medians


def environment(name: str, *requirements: str) -> Path:
    """The folder of programs of a virtual environment with these packages, made on the first run."""
    folder = CACHE / name
    if not folder.is_dir():
        venv.create(folder, with_pip=True)
    programs = folder / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check", *requirements], check=True)
    return programs


def tree(package: Package) -> Path:
    """The folder of a package."""
    fetch(package)
    return package.folder
