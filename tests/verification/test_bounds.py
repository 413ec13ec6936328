"""Whatever is asked, the proof and the search for sizes end after a bounded number of steps."""

from __future__ import annotations

from typing import Any

import pytest

from einlint.dimensions.steps import TooLarge, at_most, step
from einlint.verification import symbolic
from einlint.verification.question import parse_question
from einlint.verification.verdict import decide
from einlint.verification.workers import WorkerProcess

TENSORS = {"x": "n n", "y": "n n", "z": "a b c d"}
EINSUM = "torch.einsum('a,b,c,d,e,f->abcdef', x[0], x[0], x[0], x[0], x[0], x[0])"

HOSTILE = {
    "a sum of products": ("+".join(["x*y"] * 39), "+".join(["y*x"] * 38) + "+x"),
    "a product of one matrix": ("@".join(["x"] * 39), "@".join(["x"] * 38) + "@y"),
    "powers of sums": ("((((x+y)**4)**4)**4)**4", "x"),
    "a power of sizes": ("x*(z.shape[0]+z.shape[1]+z.shape[2]+z.shape[3])**63", "y"),
    "powers of powers of sizes": ("x*((((x.shape[0]**63)**63)**63)**63)", "y"),
    "powers of powers of numbers": ("x[:((((10**18)**63)**63)**63)**63]", "y"),
    "divisions of powers": ("x*" + "(" * 8 + "z.shape[0]" + "//2+1)**9" * 8, "y"),
    "remainders of powers": ("x*" + "(" * 12 + "z.shape[0]" + "%7+z.shape[1])**4" * 12, "y"),
    "squares of functions": ("x" + ".square().exp()" * 19, "y"),
    "many reshapes": ("z" + "".join(f".reshape(z.shape[{k % 4}], -1)" for k in range(15)), "z"),
    "many orders": (f"{EINSUM}.exp().amax() * {EINSUM}.exp().sum()", f"{EINSUM}.sum()"),
    "a long loop": ("[(x*y+x)**4 for i in range(8000)][0]", "x"),
    "a long product": ("x[:math.prod([math.prod([2**62]*8000)]*8000)]", "x"),
}


@pytest.mark.parametrize(("a", "b"), HOSTILE.values(), ids=HOSTILE)
def test_a_proof_ends(a: str, b: str) -> None:
    question = parse_question({"tensors": TENSORS, "a": a, "b": b})
    assert not symbolic.prove(question)
    symbolic.undescribed(question)


CONSTRAINTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "even and odd": (["n = 2*a*b*c*d", "n = 2*e + 1"], {}),
    "squares of squares": ([f"n{i} = n{i + 1}*n{i + 1} + m{i}" for i in range(25)], {"tensors": {"x": "n25"}}),
}


@pytest.mark.parametrize(("constraints", "fields"), CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_a_search_for_sizes_ends(worker: WorkerProcess, constraints: list[str], fields: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    question = {"tensors": {"x": "n"}, "a": "x", "b": "x + 0", "constraints": constraints, **fields}
    assert decide(parse_question(question), worker).verdict in ("proved", "unknown")


def test_steps_are_counted_within_a_budget_only() -> None:
    step(10**9)
    with at_most(3):
        step(2)
        with at_most(100):  # the outer budget counts
            step()
            with pytest.raises(TooLarge):
                step()
    step()
