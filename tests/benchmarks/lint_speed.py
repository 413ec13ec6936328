"""How fast einlint lints, as ratios to its peers measured side by side in one run.

    dense     einlint (cold, warm) and pyrefly with its einops and torch stubs on vit-pytorch
              aims: 0.8 and 0.25 of the wall time of pyrefly
    sparse    einlint (cold, warm) and `ruff check --no-cache` on diffusers        aims: 1.0 and 0.5 of ruff's wall time
    flake8    flake8 with the plugin (cold, warm) and without on vit-pytorch and on click   aims: at most 1.15 and 1.01
    stdin     one file of vit-pytorch on standard input: through flake8 with the plugin (cold, warm) and without, and
              through einlint                                                              aim: at most 60 ms more
    imports   the heavy modules that plain linting imports                         aim: none

Every contestant runs once per round, in turn, after one round that does not count; medians of all rounds are
printed, and ratios to the last contestant. CPU seconds include child processes, memory is that of the largest process.
Nothing is asserted. Packages and tools are pinned and fetched from the registry on the first run.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.measuring import PEERS, ROOT, Contestant, compare, environment, tree
from tests.packages import DENSE, PYREFLY_STUBS, SPARSE, WITHOUT_CALLS, Package, fetch

HEAVY = {"torch", "numpy", "libcst", "rich"}

IGNORED: list[str] = []
"""What einlint leaves out: `--ignore EIN2` shows what inference costs."""


def linting(own: Path, *paths: str) -> Contestant:
    left_out = [argument for codes in IGNORED for argument in ("--ignore", codes)]
    return Contestant([f"{own / 'python'}", "-m", "einlint", *paths, "--no-cache", "--isolated", *left_out])


def warm(cold: Contestant, folder: str) -> Contestant:
    """The same with a cache, which the round that does not count fills."""
    command = [argument for argument in cold.command if argument != "--no-cache"]
    return replace(cold, command=command, environment={"EINLINT_CACHE_DIR": folder})


def both(own: Path, package: Package, peer: str, command: list[str], rounds: int) -> None:
    cold = linting(own, f"{tree(package)}")
    with tempfile.TemporaryDirectory() as cache:
        contestants = {"einlint": cold, "einlint, warm": warm(cold, cache), peer: Contestant(command)}
        compare(package.name, contestants, rounds)


def dense(peers: Path, own: Path, rounds: int) -> None:
    fetch(*PYREFLY_STUBS)
    stubs = [f"--site-packages-path={package.folder}" for package in PYREFLY_STUBS]
    pyrefly = [f"{peers / 'pyrefly'}", "check", "--preset=default", "--summary=none"]
    pyrefly += ["--skip-interpreter-query", "--python-version=3.12", *stubs, f"{tree(DENSE)}"]
    both(own, DENSE, "pyrefly", pyrefly, rounds)


def sparse(peers: Path, own: Path, rounds: int) -> None:
    ruff = [f"{peers / 'ruff'}", "check", "--no-cache", "--isolated", f"{tree(SPARSE)}"]
    both(own, SPARSE, "ruff", ruff, rounds)


def flake8(peers: Path, own: Path, rounds: int) -> None:
    for package in (DENSE, WITHOUT_CALLS):
        ours, theirs = (
            Contestant([f"{programs / 'flake8'}", "--isolated", f"{tree(package)}"]) for programs in (own, peers)
        )
        configuration = tree(package) / "pyproject.toml"
        configuration.write_text(f"[tool.einlint]\nignore = {IGNORED}\n", encoding="utf-8")
        try:
            with tempfile.TemporaryDirectory() as cache:
                contestants = {"flake8 with einlint": ours, "the same, warm": warm(ours, cache), "flake8": theirs}
                compare(package.name, contestants, rounds)
        finally:
            configuration.unlink()


def stdin(peers: Path, own: Path, rounds: int) -> None:
    path = tree(DENSE) / "vit_pytorch" / "vit.py"
    data = path.read_bytes()
    ours, theirs = (
        Contestant([f"{programs / 'flake8'}", "--isolated", f"--stdin-display-name={path}", "-"], data)
        for programs in (own, peers)
    )
    einlint = replace(linting(own, "-", f"--stdin-filename={path}"), stdin=data)
    with tempfile.TemporaryDirectory() as cache:
        contestants = {"einlint": einlint, "flake8 with einlint": ours, "the same, warm": warm(ours, cache)}
        found = compare("vit.py on stdin", {**contestants, "flake8": theirs}, rounds)
    added, again = (1000 * (found[name].wall - found["flake8"].wall) for name in list(contestants)[1:])
    print(f"  the plugin adds {added:.0f} ms, {again:.0f} ms when it is warm")


def imports(_: Path, own: Path, __: int) -> None:
    python, *arguments = linting(own, f"{tree(DENSE)}").command
    done = subprocess.run([python, "-v", *arguments], capture_output=True, encoding="utf-8", check=False)
    imported = set(re.findall(r"^import '([\w.]+)'", done.stderr, re.MULTILINE))
    print(f"\nplain linting imports {len(imported)} modules; heavy ones: {sorted(imported & HEAVY) or 'none'}")


SECTIONS = {"dense": dense, "sparse": sparse, "flake8": flake8, "stdin": stdin, "imports": imports}


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
