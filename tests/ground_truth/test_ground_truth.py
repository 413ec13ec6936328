"""What inference says of the models of published packages is true where they run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from einlint.dimensions import dim, symbol
from tests.ground_truth.__main__ import record
from tests.ground_truth.agreement import agree
from tests.ground_truth.figures import Figures, compare, recorded
from tests.ground_truth.inference import infer
from tests.ground_truth.tracing import Execution
from tests.packages import PACKAGES, Unreachable, fetch

pytest.importorskip("torch")
SMALL = [package for package in PACKAGES if package.name in ("perceiver-pytorch", "timesformer-pytorch")]
"""They need nothing but torch and einops."""

N, M, H = symbol("n@1"), symbol("m@2"), symbol("~h@3")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the columns of a call are known since Python 3.11")
def test_no_model_contradicts_what_is_inferred(tmp_path: Path) -> None:
    try:
        fetch(*SMALL)
    except Unreachable as error:
        pytest.skip(str(error))
    figures, _ = compare(recorded(record(package.folder, tmp_path) for package in SMALL))
    assert not figures.contradictions and not figures.apart and not figures.failures
    assert figures.executed >= 40 and figures.groups >= 15
    assert figures.counts["rank after"] / figures.executed > 0.7


@pytest.mark.parametrize(
    ("inferred", "real"),
    [
        ([(N, dim(3))], [(5, 3)]),
        ([None], [(5, 3)]),
        ([(N * M, N)], [(6, 2)]),
        ([("list", (N,), (N,))], [("list", (4,), (4,))]),
        ([(H - 1,)], [(0,)]),
        ([(N // 2 * H,), (H,)], [(6,), (2,)]),
    ],
)
def test_these_can_be_the_real_shapes(inferred: Sequence[Any], real: Sequence[Any]) -> None:
    assert agree(inferred, real) is True


@pytest.mark.parametrize(
    ("inferred", "real"),
    [
        ([(N, dim(3))], [(5, 4)]),
        ([(N, N)], [(5, 4)]),
        ([("around", (0, N), (-1, N))], [(5, 4, 3)]),
        ([(N,)], [(5, 4)]),
        ([(2 * N,)], [(5,)]),
        ([(N + 3,)], [(2,)]),
        ([(N * M, N)], [(6, 4)]),
        ([("list", (N,), (N,))], [("list", (4,), (3,))]),
        ([(N,)], [("list", (4,))]),
        ([(N // 2 * H,), (H,)], [(7,), (2,)]),
    ],
)
def test_these_cannot(inferred: Sequence[Any], real: Sequence[Any]) -> None:
    assert agree(inferred, real) is False


def test_a_wrong_inference_is_seen(tmp_path: Path) -> None:
    figures = _compared(tmp_path, Execution(((2, 3, 4),), (2, 12)))
    assert not figures.contradictions and figures.counts["rank before"] == 1
    assert _compared(tmp_path, Execution(((2, 3, 4),), (2, 13))).contradictions
    assert _compared(tmp_path, Execution(((2, 3),), (2, 3))).contradictions


_MODEL = """
from einops import rearrange

def f(x):
    b, n, d = x.shape
    return rearrange(x, 'b n d -> b (n d)')
"""


def _compared(folder: Path, execution: Execution) -> Figures:
    path = folder / "model.py"
    path.write_text(_MODEL)
    found = infer(path)
    figures = Figures()
    figures.add(next(iter(found.calls)), [execution], found)
    return figures
