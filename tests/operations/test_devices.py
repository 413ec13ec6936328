"""Every writing of the operations table on each device: what holds for the library on the CPU holds there."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
import torch

from einlint.verification.expressions import Refused, parse
from einlint.verification.running import Case, Pair, judge
from tests.devices import DEVICES
from tests.operations.cases import TORCH, texts
from tests.program.following import library, specification, symbols


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("spec", TORCH)
def test_a_device_gives_what_the_cpu_gives(spec: str, device: str) -> None:
    shapes = specification(spec)
    sizes = dict(zip(symbols(shapes), (4, 6, 3, 2), strict=False))
    case = Case({name: tuple(size.value(sizes) for size in shape) for name, shape in shapes.items()}, "fine", 1)
    wrong = [text for text in texts(TORCH[spec]) if not _agrees(text, case, device)]
    assert wrong == []


def _agrees(text: str, case: Case, device: str) -> bool:
    """The same exception, or the same shape, dtype and value but for rounding."""
    torch.set_default_dtype(torch.float64)
    warnings.simplefilter("ignore")  # pytest undoes it
    try:
        side = parse(text, case.shapes)
        pair = Pair(library(), side, side, "torch", {})
        there = replace(pair, device=device)
        here = pair.run(side, pair.operands(case))
        found = pair.difference(here, there.run(side, there.operands(case)))
        return found is None or judge(there, case, found) == "equal" or found.relative <= 1e-9
    except Refused:
        return True
    finally:
        torch.set_default_dtype(torch.float32)
