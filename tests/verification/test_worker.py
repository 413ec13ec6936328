"""What the worker keeps from one run to the next: nothing that changes a result."""

from __future__ import annotations

import pytest

from einlint.verification.question import parse_question
from einlint.verification.verdict import decide
from einlint.verification.workers import WorkerProcess

pytest.importorskip("torch")
pytest.importorskip("einops")


@pytest.mark.parametrize("length", ["2.0", "True + 1.0"])
def test_einops_does_not_take_a_length_for_another_that_is_equal(worker: WorkerProcess, length: str) -> None:
    for whole in ("repeat(x, 'n -> (r n)', r=2)", f"repeat(x, 'n -> (r n)', r={length})"):
        fields = {"tensors": {"x": "n"}, "a": whole, "b": f"repeat(x, 'n -> (r n)', r={length})"}
        verdict = decide(parse_question(fields), worker)
        assert verdict.verdict == ("different" if "r=2)" in whole else "unknown")
        assert verdict.differs_in == (("exception",) if "r=2)" in whole else ())
