"""What a file and a call cost in ever larger monorepos, and how much memory it takes.

    python tests/benchmarks/monorepo.py --folder /tmp/monorepo

The trees are made once in the folder, 100 modules to a package, one in ten with calls: of these, one in ten gets its
functions from the helper of its package, which gets them from einops. Of each size the cold run and the warm one are
measured, in turn. Aims: a file of the largest tree costs at most 1.1 times one of the smallest, and 150 MB a process.
Memory is the largest resident set of any one process: what forked processes share counts for each of them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.measuring import ROOT, Contestant, Cost, measure

PLAIN = '''"""Service {number}."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)


@dataclass
class Service{number}:
    """Keeps what was asked."""

    name: str = "service-{number}"
    answers: dict[str, int] = field(default_factory=dict)

    def ask(self, question: str, retries: int = 3) -> int:
        for attempt in range(retries):
            if question in self.answers:
                return self.answers[question]
            logger.info("attempt %d of %d for %s", attempt, retries, question)
            self.answers[question] = len(question) * {number}
        raise LookupError(question)


def total(services: list[Service{number}]) -> int:
    return sum(value for service in services for value in service.answers.values())
'''
MODEL = '''"""Model {number}."""

import torch
from torch import nn
from {source} import rearrange, repeat


class Attention{number}(nn.Module):
    def __init__(self, dim, heads=8, dim_head=64):
        super().__init__()
        self.heads = heads
        self.scale = dim_head**-0.5
        self.to_qkv = nn.Linear(dim, heads * dim_head * 3, bias=False)
        self.to_out = nn.Linear(heads * dim_head, dim)

    def forward(self, x, mask=None):
        b, n, _ = x.shape
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        q, k, v = (rearrange(t, "b n (h d) -> b h n d", h=self.heads) for t in (q, k, v))
        scores = torch.einsum("b h i d, b h j d -> b h i j", q, k) * self.scale
        if mask is not None:
            scores = scores.masked_fill(~repeat(mask, "b j -> b h i j", h=self.heads, i=n), -1e9)
        out = torch.einsum("b h i j, b h j d -> b h i d", scores.softmax(dim=-1), v)
        return self.to_out(rearrange(out, "b h n d -> b n (h d)"))
'''
HELPER = "from einops import rearrange, reduce, repeat\n"
CALLS = 4
"""The calls in a model."""


def make(folder: Path, files: int) -> None:
    """Write a tree, unless it is there."""
    if (folder / "done").exists():
        return
    for number in range(files):
        package = folder / f"team{number // 10_000}" / f"project{number // 1000 % 10}" / f"package{number // 100 % 10}"
        if number % 100 == 0:
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").write_text("")
            (package / "helpers.py").write_text(HELPER)
        elif number % 10 == 1:
            source = ".helpers" if number % 100 == 91 else "einops"
            (package / f"model{number}.py").write_text(MODEL.format(number=number, source=source))
        else:
            (package / f"service{number}.py").write_text(PLAIN.format(number=number))
    (folder / "pyproject.toml").write_text("[tool.einlint]\n")
    (folder / "done").touch()


def cost(folder: Path, cache: Path, *arguments: str) -> Cost:
    command = [sys.executable, "-m", "einlint", str(folder), "--quiet", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "EINLINT_CACHE_DIR": str(cache)}
    return measure(Contestant(command, environment=environment))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "einlint-monorepo"))
    parser.add_argument("--files", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3, help="runs of trees below 100,000 files, whose medians count")
    arguments = parser.parse_args()
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "einlint")], check=True)
    for files in arguments.files:
        make(arguments.folder / str(files), files)
    time.sleep(3)  # until the files are old enough for the cache
    empty = arguments.folder / "empty"
    empty.mkdir(exist_ok=True)
    print(f"{'files':>10}{'run':>8}{'wall s':>10}{'CPU s':>10}{'MB':>8}{'ms/file':>10}{'ms/call':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        start = min(cost(empty, Path(scratch, "empty"), "--no-cache").cpu for _ in range(5))
        print(f"{0:>10}{'':>8}{'':>10}{start:>10.3f}")
        for files in arguments.files:
            rounds = arguments.rounds if files < 100_000 else 1
            runs: dict[str, list[Cost]] = {"cold": [], "warm": []}
            for number in range(rounds):
                for kind in runs:
                    runs[kind].append(cost(arguments.folder / str(files), Path(scratch, f"{files}-{number}")))
            for kind, costs in runs.items():
                one = Cost(*map(median, zip(*costs, strict=True)))
                each = 1000 * (one.cpu - start) / files
                calls = 10 / CALLS
                print(f"{files:>10}{kind:>8}{one.wall:>10.2f}{one.cpu:>10.2f}{one.megabytes:>8.0f}", end="")
                print(f"{each:>10.3f}{each * calls:>10.3f}", flush=True)
            size = sum(entry.stat().st_size for entry in os.scandir(Path(scratch, f"{files}-0")))
            print(f"{'':>10}the cache has {size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
