"""Random pairs of expressions: correct transformations, and mutations whose truth is found by running both.

`python tests/soundness.py 100000 [seed] [--judge prover|all]` counts verdicts and prints every wrong one. A judge
is the prover alone, or the whole verification. Wrong: a pair that differs is proved or tested, or a correct
transformation is said to differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einlint.dimensions import Facts
from einlint.program.deciding import Decider, use_decider
from einlint.verification.expressions import Expression, Refused, parse
from einlint.verification.proof import Tensors, prove
from einlint.verification.question import parse_question
from einlint.verification.verdict import decide
from einlint.verification.worker import forget_lengths
from einlint.verification.workers import WorkerProcess
from tests.mutants import altered
from tests.program.following import Raised, data, library, run, specification, symbols
from tests.random_programs import Invalid, World, grown, has_pole, mutated, render, transformed

SPECS = (
    "x: a b c; y: a b c; w: c d",
    "x: n n m; y: n n m; w: m n",
    "x: n n n; y: n n n; w: n n",
    "x: 2 n n; y: 2 n n; w: n 2",
    "x: a b c; y: a 1 c; w: c d",
    "x: n m; y: m n; w: n n",
    "x: 2 m; y: m 2; w: 2 2",
    "x: a b c d; y: a b c d; w: d b",
    "x: n; y: n; w: n m",
    "x: a b 1; y: a b 1; w: 1 d",
    "x: 1 b c; y: 1 b c; w: c 1",
)
SIZES = (
    (3, 4, 2, 5), (4, 3, 5, 2), (2, 2, 2, 2), (1, 1, 1, 1), (1, 3, 2, 2), (2, 1, 3, 2), (3, 2, 1, 3), (6, 5, 4, 3),
    (2, 3, 4, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two expressions over the tensors of a specification."""

    spec: str
    one: str
    other: str

    @property
    def expressions(self) -> tuple[Expression, Expression]:
        names = specification(self.spec)
        return parse(self.one, names), parse(self.other, names)


Judge = Callable[[Pair], str]


def pair(seed: int, equal: bool) -> Pair | None:
    """A program and a transformation of it, or a mutation."""
    source = random.Random(seed)
    world = World(source.choice(SPECS), source)
    tree = grown(world, source.randrange(1, 5))
    if equal and has_pole(tree):
        return None
    kind = source.randrange(3)
    try:
        other = render(transformed(tree if equal or kind else mutated(tree, world), world), world)
        return Pair(world.spec, render(tree, world), other if equal or kind == 0 else altered(other, source))
    except Invalid:
        return None


def by_proof(made: Pair) -> str:
    """The prover alone: `proved` or `open`."""
    try:
        return "proved" if prove(*made.expressions, Tensors("torch", specification(made.spec))) else "open"
    finally:
        use_decider(Decider(Facts()))


def by_all(worker: WorkerProcess) -> Judge:
    """The whole verification: its verdict."""

    def judge(made: Pair) -> str:
        tensors = dict(each.split(":") for each in made.spec.replace(" ", "  ").split(";"))
        fields = {"tensors": {name.strip(): axes for name, axes in tensors.items()}, "a": made.one, "b": made.other}
        return decide(parse_question(fields), worker).verdict

    return judge


def differ(made: Pair) -> Mapping[str, int] | None:
    """Sizes for which the two expressions differ when they are run; None when none was seen."""
    forget_lengths(library().modules["einops"])
    shapes, sides = specification(made.spec), made.expressions
    for values in SIZES:
        sizes = dict(zip(symbols(shapes), values, strict=False))
        arrays = data(shapes, sizes, {}, sum(values))
        a, b = (_ran(side, arrays) for side in sides)
        if not _equal(a, b):
            return sizes
    return None


def _ran(side: Expression, arrays: Mapping[str, Any]) -> Any:
    try:
        return run(side, "torch", {name: np.trunc(array) for name, array in arrays.items()})
    except AssertionError:  # torch.tensordot
        return Raised()


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Raised) or isinstance(other, Raised):
        return bool(one == other)
    if not hasattr(one, "numpy") or not hasattr(other, "numpy"):
        return type(one) is type(other) and bool(one == other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    a, b = one.numpy(), other.numpy()
    scale = np.abs(np.where(np.isfinite(a), a, 0)).max(initial=1.0)
    return bool(np.isclose(a, b, rtol=1e-9, atol=1e-9 * scale, equal_nan=True).all())


def campaign(seeds: Sequence[int], equal: bool, judge: Judge = by_proof) -> tuple[Counter[str], list[str]]:
    """Counts, and the pairs on which the judge is wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        made = pair(seed, equal)
        if made is None:
            continue
        try:
            verdict, witness = judge(made), differ(made)
        except Refused:
            counts["refused"] += 1
            continue
        counts[f"{'equal' if witness is None else 'different'}, {verdict}"] += 1
        if verdict in ("proved", "tested") if witness is not None else verdict == "different" and equal:
            wrong.append(f"{seed}: {made.spec} | {made.one} | {made.other} | {verdict} | {witness and dict(witness)}")
    return counts, wrong


def main() -> int:
    """Run both halves and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--judge", choices=["prover", "all"], default="prover")
    parser.add_argument("--only", choices=["transformations", "mutations"])
    arguments = parser.parse_args()
    worker = WorkerProcess()
    failed = 0
    halves = {"transformations": True, "mutations": False}
    for title, equal in halves.items() if arguments.only is None else [(arguments.only, halves[arguments.only])]:
        began = time.perf_counter()
        seeds = range(arguments.seed, arguments.seed + arguments.count)
        counts, wrong = campaign(seeds, equal, by_all(worker) if arguments.judge == "all" else by_proof)
        print(f"{title}, {arguments.judge}: {dict(counts)}, {time.perf_counter() - began:.0f} s")
        print("\n".join([*wrong, f"{len(wrong)} wrong"]), flush=True)
        failed += len(wrong)
    worker.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
