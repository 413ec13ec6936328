"""Lowered code against `torch.einsum`: `python tests/benchmarks/lowered_einsum.py [NAME ...] [--size N] [--rounds N]`.

For 22 equations at 3 sizes: CPU time of the lowered code over that of `torch.einsum`, forward and forward with
backward, and the peaks of allocated memory. One thread; rounds of both alternate, and the fastest of each counts. Aims:
a geometric mean of at most 0.65 forward and 0.80 with backward, no ratio above 1.05 and 1.10, no peak above 1.0 but
where a note says why. `--short` measures the short forms, which are not safe everywhere; `--no-opt-einsum` keeps
`torch.einsum` from searching for a path, as where opt_einsum is not installed; `--code NAME=EXPRESSION` measures
another form.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402

from einlint.patterns.equations import Dialect, parse_equation  # noqa: E402
from einlint.rewrites.lowering import Style, lower_einsum  # noqa: E402

CASES = Path(__file__).with_suffix(".json")
Step = Callable[[], Any]


@dataclass(frozen=True)
class Form:
    """An equation and the code that is measured for it."""

    name: str
    equation: str
    expression: str
    note: str
    shapes: list[list[list[int]]]

    @property
    def operands(self) -> list[str]:
        return [f"x{k}" for k in range(len(self.shapes[0]))]


def forms(chosen: Sequence[str], other: dict[str, str], style: Style) -> list[Form]:
    found = []
    for case in json.loads(CASES.read_text("utf-8")):
        if not chosen or case["name"] in chosen:
            pattern = parse_equation(case["equation"], Dialect.TORCH)
            made = lower_einsum(pattern, [f"x{k}" for k in range(len(pattern.inputs))], style)
            code = other.get(case["name"], made.expression)
            found.append(Form(case["name"], case["equation"], code, made.note, case["shapes"]))
    return found


def compiled(some: Sequence[Form], folder: str) -> ModuleType:
    """A module with two functions for each form: `einsum_NAME` and `lowered_NAME`."""
    lines = ["import math", "import torch", "import torch.nn.functional as F"]
    for form in some:
        arguments = ", ".join(form.operands)
        lines += [f"def einsum_{form.name}({arguments}):", f"    return torch.einsum({form.equation!r}, {arguments})"]
        lines += [f"def lowered_{form.name}({arguments}):", f"    return {form.expression}"]
    path = Path(folder) / "forms.py"
    path.write_text("\n".join(lines), "utf-8")
    spec = importlib.util.spec_from_file_location("forms", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def steps(function: Callable[..., Any], shapes: list[list[int]]) -> tuple[Step, Step]:
    """The forward pass, and the forward and backward pass."""
    torch.manual_seed(0)
    plain = [torch.randn(shape) for shape in shapes]
    learnt = [each.clone().requires_grad_() for each in plain]
    cotangent = torch.randn_like(function(*plain))

    def both() -> Any:
        return torch.autograd.grad(function(*learnt), learnt, cotangent)

    return lambda: function(*plain), both


def ratio(one: Step, other: Step, rounds: int) -> tuple[float, float]:
    """CPU seconds of `one` over those of `other`, and the seconds of `other`."""
    best = [float("inf"), float("inf")]
    sides = (one, other)
    first = min(_timed(other, 1) for _ in range(3))
    count = max(1, int(0.004 / max(first, 1e-9)))
    for number in range(rounds):
        for side in (0, 1) if number % 2 else (1, 0):
            best[side] = min(best[side], _timed(sides[side], count))
    return best[0] / best[1], best[1]


def _timed(step: Step, count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - start) / count


def peak(step: Step) -> int:
    """The most bytes that were allocated at once during a step."""
    step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profiler:
        kept = step()
    del kept
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    total = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        total += event.nbytes()
        most = max(most, total)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", type=int, choices=(0, 1, 2))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--code", action="append", default=[], metavar="NAME=EXPRESSION")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--no-opt-einsum", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.backends.opt_einsum.enabled = not options.no_opt_einsum
    other = dict(each.split("=", 1) for each in options.code)
    some = forms(options.names, other, Style(exact=not options.short))
    measured: list[tuple[float, float]] = []
    heads = ("case", "size", "einsum us", "forward", "both", "mem f", "mem f+b")
    print("{:14}{:>5}{:>11}{:>9}{:>9}{:>9}{:>9}  code".format(*heads))
    with tempfile.TemporaryDirectory() as folder:
        module = compiled(some, folder)
        for form in some:
            for size, shapes in enumerate(form.shapes):
                if options.size in (None, size):
                    measured.append(row(form, size, shapes, module, options.rounds))
    for title, values in zip(("forward", "with backward"), zip(*measured, strict=True), strict=True):
        print(f"{title}: geometric mean {geometric_mean(values):.3f}, worst {max(values):.2f}")


def row(form: Form, size: int, shapes: list[list[int]], module: ModuleType, rounds: int) -> tuple[float, float]:
    functions = [getattr(module, f"{kind}_{form.name}") for kind in ("lowered", "einsum")]
    (forward, both), (einsum_forward, einsum_both) = (steps(function, shapes) for function in functions)
    first, seconds = ratio(forward, einsum_forward, rounds)
    second, _ = ratio(both, einsum_both, rounds)
    memory = [peak(ours) / peak(theirs) for ours, theirs in ((forward, einsum_forward), (both, einsum_both))]
    shown = f"{form.expression}  {form.note}" if size == 0 else ""
    figures = f"{seconds * 1e6:11.0f}{first:9.2f}{second:9.2f}{memory[0]:9.2f}{memory[1]:9.2f}"
    print(f"{form.name:14}{size:5}{figures}  {shown}", flush=True)
    return first, second


if __name__ == "__main__":
    main()
