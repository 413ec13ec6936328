"""How fast einlint lints, as ratios to its peers measured side by side in one run.

    dense     einlint and pyrefly with its einops and torch stubs on vit-pytorch     aim: at most 0.8 of pyrefly
    sparse    einlint and `ruff check` on diffusers                                  aim: at most 2 of ruff
    flake8    flake8 with and without the plugin on vit-pytorch and on click         aim: at most 1.10 and 1.02
    imports   the heavy modules that plain linting imports                           aim: none

Every contestant runs once per round, in turn, after one round that does not count; medians of all rounds are
printed. CPU seconds include child processes, memory is that of the largest process. Nothing is cached between
runs and nothing is asserted. Packages and tools are pinned and fetched from the registry on the first run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.packages import CACHE, DENSE, PYREFLY_STUBS, SPARSE, WITHOUT_CALLS, Package, fetch  # noqa: E402

PEERS = ("flake8==7.5.0", "pyrefly==1.4.1", "ruff==0.17.6")
HEAVY = {"torch", "numpy", "libcst", "rich"}


class Cost(NamedTuple):
    """What one run of a command took."""

    wall: float
    cpu: float
    megabytes: float


def measure(command: Sequence[str]) -> Cost:
    """Run a command in an empty folder, whatever it prints and however it ends."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = 0  # wait4 has reaped it
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(title: str, contestants: Mapping[str, Sequence[str]], rounds: int) -> None:
    """Print what each contestant costs and the ratio of the first to the second."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, command in contestants.items():
            costs[name].append(measure(command))
    medians = {name: Cost(*map(median, zip(*runs[1:], strict=True))) for name, runs in costs.items()}
    ours, theirs = medians.values()
    print(f"\n{title}\n{'':32}{'wall s':>10}{'CPU s':>10}{'MB':>10}")
    for name, cost in medians.items():
        print(f"  {name:30}{cost.wall:10.3f}{cost.cpu:10.3f}{cost.megabytes:10.0f}")
    print(f"  {'ratio':30}" + "".join(f"{a / b:10.2f}" for a, b in zip(ours, theirs, strict=True)), flush=True)


def environment(name: str, *requirements: str) -> Path:
    """The folder of programs of a virtual environment with these packages, made on the first run."""
    folder = CACHE / name
    if not folder.is_dir():
        venv.create(folder, with_pip=True)
    programs = folder / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check", *requirements], check=True)
    return programs


def tree(package: Package) -> Path:
    fetch(package)
    return package.folder


IGNORED: list[str] = []
"""What einlint leaves out: `--ignore EIN2` shows what inference costs."""


def linting(own: Path, package: Package) -> list[str]:
    left_out = [argument for codes in IGNORED for argument in ("--ignore", codes)]
    return [f"{own / 'python'}", "-m", "einlint", f"{tree(package)}", "--no-cache", "--isolated", *left_out]


def dense(peers: Path, own: Path, rounds: int) -> None:
    fetch(*PYREFLY_STUBS)
    stubs = [f"--site-packages-path={package.folder}" for package in PYREFLY_STUBS]
    pyrefly = [f"{peers / 'pyrefly'}", "check", "--preset=default", "--summary=none"]
    pyrefly += ["--skip-interpreter-query", "--python-version=3.12", *stubs, f"{tree(DENSE)}"]
    compare(DENSE.name, {"einlint": linting(own, DENSE), "pyrefly": pyrefly}, rounds)


def sparse(peers: Path, own: Path, rounds: int) -> None:
    ruff = [f"{peers / 'ruff'}", "check", "--no-cache", "--isolated", f"{tree(SPARSE)}"]
    compare(SPARSE.name, {"einlint": linting(own, SPARSE), "ruff": ruff}, rounds)


def flake8(peers: Path, own: Path, rounds: int) -> None:
    for package in (DENSE, WITHOUT_CALLS):
        with_plugin, without = (
            [f"{programs / 'flake8'}", "--isolated", f"{tree(package)}"] for programs in (own, peers)
        )
        configuration = tree(package) / "pyproject.toml"
        configuration.write_text(f"[tool.einlint]\nignore = {IGNORED}\n", encoding="utf-8")
        try:
            compare(package.name, {"flake8 with einlint": with_plugin, "flake8": without}, rounds)
        finally:
            configuration.unlink()


def imports(_: Path, own: Path, __: int) -> None:
    python, *arguments = linting(own, DENSE)
    done = subprocess.run([python, "-v", *arguments], capture_output=True, encoding="utf-8", check=False)
    imported = set(re.findall(r"^import '([\w.]+)'", done.stderr, re.MULTILINE))
    print(f"\nplain linting imports {len(imported)} modules; heavy ones: {sorted(imported & HEAVY) or 'none'}")


SECTIONS = {"dense": dense, "sparse": sparse, "flake8": flake8, "imports": imports}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="measure this; may be repeated")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each contestant (default: %(default)s)")
    parser.add_argument("--ignore", action="append", default=[], help="codes that einlint leaves out; may be repeated")
    arguments = parser.parse_args()
    IGNORED.extend(arguments.ignore)
    peers, own = environment("peers", *PEERS), environment("einlint", PEERS[0], str(ROOT))
    for name in arguments.only or SECTIONS:
        SECTIONS[name](peers, own, arguments.rounds)


if __name__ == "__main__":
    main()
