"""Verdicts, side effects and smallest witnesses, with real libraries in a real worker."""

from __future__ import annotations

from typing import Any

import pytest

from einlint.verification import symbolic
from einlint.verification.further import decided
from einlint.verification.question import parse_question
from einlint.verification.verdict import Verdict, decide
from einlint.verification.workers import WorkerProcess

pytest.importorskip("torch")
pytest.importorskip("einops")

EQUAL: list[tuple[str, str, str, dict[str, Any]]] = [
    ("x: b n", "x.mean(1)", "x.sum(1) / x.shape[1]", {}),
    ("x: b n", "x.softmax(1)", "x.exp() / x.exp().sum(1, keepdim=True)", {}),
    ("x: b n", "x.var(1, correction=0)", "(x**2).mean(1) - x.mean(1) ** 2", {}),
    ("x: n", "x[:64].sum()", "x.sum()", {"constraints": ["n <= 64"]}),
    ("x: b n", "x.sum(1)", "reduce(x, 'b n -> b', 'sum')", {"dtypes": {"x": "bfloat16"}}),
    ("x: b n", "np.concatenate([x, x], 1)", "np.tile(x, (1, 2))", {"framework": "numpy"}),
    ("w: n n", "(w * w).prod(0).prod(0) - (w * w).prod(1).prod(0)", "w.sum() * 0", {"sizes": {"n": 2}}),
    ("x: b n", "x.sum(1)", "x.float().sum(1).half()", {"dtypes": {"x": "float16"}}),
    ("x: b n", "x.softmax(1)", "x.float().softmax(1).bfloat16()", {"dtypes": {"x": "bfloat16"}}),
    ("x: b n", "x.float().sum(1)", "x.double().sum(1).float()", {"dtypes": {"x": "bfloat16"}}),
    ("x: b n", "-x if 2 < x.shape[1] < 4 else x", "-x if x.shape[1] > 2 and x.shape[1] < 4 else x", {}),
    ("x: b n", "x[0] if x.shape[0] and not x.shape[1] > 99 else x[0]", "x[0]", {}),
    ("x: b n", "x.sum(1) if x.shape[0] > 1 or x.ndim == 2 else x", "x.sum(1)", {}),
    ("x: b n", "rearrange(x, **{'pattern': 'b n -> n b'})", "x.t()", {}),
    ("x: h w; y: N", "rearrange(x, 'h w -> (h w)') * y", "x.flatten() * y", {"constraints": ["N = h*w"]}),
]

# name, tensors, a, b, further fields, the smallest witness, what differs
DIFFERENT: list[tuple[str, str, str, dict[str, Any], dict[str, int], str]] = [
    ("x: n", "x[:64].sum()", "x.sum()", {}, {"n": 65}, "value"),
    ("x: n", "x[:2**6].sum()", "x.sum()", {}, {"n": 65}, "value"),
    ("x: b n", "x.view(-1)[:30].sum()", "x.sum()", {}, {"b": 4, "n": 8}, "value"),
    ("q: b i d", "(q @ q.mT).tril(300)", "q @ q.mT", {}, {"b": 1, "i": 302, "d": 1}, "value"),
    ("x: b n", "x.abs().amax(1)", "x.amax(1).abs()", {}, {"b": 1, "n": 2}, "value"),
    ("x: b n", "x.round()", "(x + 0.5).floor()", {}, {"b": 1, "n": 1}, "value"),
    ("x: b n", "x.clamp(max=99.5)", "x", {}, {"b": 1, "n": 1}, "value"),
    ("x: b n", "(x > 3).sum()", "(x >= 3).sum()", {}, {"b": 1, "n": 1}, "value"),
    ("x: b n", "x.softmax(1)", "x.softmax(1, dtype=torch.float32)", {}, {"b": 1, "n": 1}, "dtype"),
    ("x: b n", "x.sum(1) / max(x.shape[1], 1)", "x.mean(1)", {"constraints": ["n >= 0"]}, {"b": 1, "n": 0}, "value"),
    ("A: n m", "torch.einsum('ii->', A)", "A.trace()", {}, {"n": 1, "m": 2}, "exception"),
    ("x: b n", "x.mean(1)", "x.sum(1) * 0.3333", {"sizes": {"n": 3}}, {"b": 1, "n": 3}, "value"),
    ("x: b n", "x.float().double()", "x", {}, {"b": 1, "n": 1}, "value"),
    ("x: n", "x[:600].abs().amax(0)", "x.abs().amax(0)", {}, {"n": 601}, "value"),
    ("x: n", "x[-600:].amax(0)", "x.amax(0)", {}, {"n": 601}, "value"),
    ("x: n", "x[:600].sort().values[0]", "x.sort().values[0]", {}, {"n": 601}, "value"),
    ("x: n", "x[-600:].amin(0)", "x.amin(0)", {"dtypes": {"x": "int64"}}, {"n": 601}, "value"),
    ("x: b n", "x[:, :600].argmax(1)", "x.argmax(1)", {}, {"b": 1, "n": 601}, "value"),
    ("x: b n", "x[:, :200].amax(1)", "x.amax(1)", {}, {"b": 1, "n": 201}, "value"),
    ("x: b n", "x * 2 / 2", "x", {"dtypes": {"x": "float16"}}, {"b": 1, "n": 1}, "value"),
    ("x: b n", "x.mean(1)", "x.sum(1) / x.shape[1]", {"dtypes": {"x": "float16"}}, {"b": 1, "n": 2}, "value"),
    ("x: b n", "x if x.shape[0] > 5 or not x.shape[1] > 7 else -x", "x", {}, {"b": 1, "n": 8}, "value"),
    ("x: b n", "x * 2 if 2 < x.shape[1] < 4 else x", "x", {}, {"b": 1, "n": 3}, "value"),
    ("x: a b", "(x.flatten().add_(1), x)[1]", "x", {"mutates": True}, {"a": 1, "b": 1}, "value"),
]

EFFECTS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("x: b n", "x.amax(1)", "x.max(1).values", ("gradient",)),
    ("x: b n", "F.relu(x)", "x.clamp(min=0)", ("gradient",)),
    ("x: b n", "x.abs()", "torch.where(x >= 0, x, -x)", ("gradient",)),
    ("u: n; v: n", "u @ v", "(u * v).sum()", ("autocast",)),
    ("x: b n", "x.unsqueeze(0).expand(4, -1, -1)", "x.unsqueeze(0).repeat(4, 1, 1)", ("aliasing",)),
    ("x: b n", "x.view(-1)", "x.reshape(-1)", ("strides",)),
    ("x: b n", "x.softmax(-1).sum(-1)", "torch.ones(x.shape[0])", ()),
    ("x: b n", "(x, x.abs())", "(x, torch.where(x >= 0, x, -x))", ("gradient",)),
    ("x: b n", "[x, x.sum(1)]", "[x * 1, x.sum(1)]", ("aliasing",)),
]


def verdict_of(worker: WorkerProcess, tensors: str, a: str, b: str, **fields: Any) -> Verdict:
    axes = dict(part.strip().split(":") for part in tensors.split(";"))
    return decided(parse_question({"tensors": axes, "a": a, "b": b, **fields}), worker)


@pytest.fixture(autouse=True)
def everything_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about testing alone: no proofs, and no doubts about the operations table."""
    monkeypatch.setattr(symbolic, "prove", lambda question: False)
    monkeypatch.setattr(symbolic, "undescribed", lambda question: None)


@pytest.mark.parametrize(("tensors", "a", "b", "fields"), EQUAL)
def test_equal(worker: WorkerProcess, tensors: str, a: str, b: str, fields: dict[str, Any]) -> None:
    assert verdict_of(worker, tensors, a, b, **fields).verdict == "tested"


@pytest.mark.parametrize(("tensors", "a", "b", "fields", "sizes", "kind"), DIFFERENT)
def test_different_with_the_smallest_witness(
    worker: WorkerProcess, tensors: str, a: str, b: str, fields: dict[str, Any], sizes: dict[str, int], kind: str
) -> None:
    verdict = verdict_of(worker, tensors, a, b, **fields)
    assert verdict.verdict == "different" and verdict.witness is not None
    assert verdict.witness.sum == sum(sizes.values()), verdict.witness
    assert verdict.differs_in == (kind,)


@pytest.mark.parametrize(("tensors", "a", "b", "effects"), EFFECTS)
def test_side_effects_are_named(worker: WorkerProcess, tensors: str, a: str, b: str, effects: tuple[str, ...]) -> None:
    verdict = verdict_of(worker, tensors, a, b)
    assert (verdict.verdict, verdict.differs_in) == ("tested", effects)


@pytest.mark.parametrize(("a", "effects"), [("x[::2]", ("aliasing",)), ("x[::2] + 0", ())])
def test_arrays_that_share_memory(worker: WorkerProcess, a: str, effects: tuple[str, ...]) -> None:
    verdict = verdict_of(worker, "x: b n", a, "x[::2].copy()", framework="numpy")
    assert (verdict.verdict, verdict.differs_in) == ("tested", effects)


def test_a_witness_names_its_form(worker: WorkerProcess) -> None:
    verdict = verdict_of(
        worker, "x: b c h", "rearrange(x, 'b ... -> b (...)')", "x.flatten(1)", tensors_alt=[{"x": "b n"}, {"x": "b"}]
    )
    assert verdict.witness is not None and (verdict.witness.form, verdict.witness.sizes) == (2, {"b": 1})


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("x.view(7, 11, 13)", "rearrange(x, '(a b c) -> a b c', a=11, b=7, c=13)", "both sides raise"),
        ("x[:10**9].sum()", "x.sum()", "too large to test"),
        ("x if 'a' + 'b' else x", "x", "operators on strings are not allowed"),
        ("x * 2 ** (x.shape[0] + 70)", "x", "an exponent of"),
        ("x.sum([0] * (10**7 + x.shape[0]))", "x.sum()", "items is too long"),
        ("x.sum(**[('dim', 0)])", "x.sum()", "only a dict of names may follow"),
        ("'ab'[x.shape[0] - 1]", "x", "a string cannot be indexed"),
        ("[x for y in 'ab']", "[x, x]", "a string cannot be iterated"),
        ("F.scaled_dot_product_attention(x, x, x, dropout_p=0.5)", "x", "dropout is random"),
        ("torch.func.functional_call(torch.nn.Linear(1, 1), {}, (x,))", "x", "would be random"),
    ],
)
def test_unknown_says_why(worker: WorkerProcess, a: str, b: str, message: str) -> None:
    fields = {"constraints": ["n <= 900"]} if "both" in message else {}
    verdict = verdict_of(worker, "x: n", a, b, **fields)
    assert verdict.verdict == "unknown" and message in verdict.message


def test_a_proof_does_not_stand_against_a_counterexample(
    worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symbolic, "prove", lambda question: True)
    assert verdict_of(worker, "x: n", "x", "x + x").verdict == "different"
    assert verdict_of(worker, "x: n", "2 * x", "x + x").verdict == "proved"


def test_without_tests_only_a_proof_counts(worker: WorkerProcess) -> None:
    question = parse_question({"tensors": {"x": "n"}, "a": "x", "b": "x"})
    assert decide(question, worker, tests=False).verdict == "unknown"


def test_the_default_dtype_of_one_pair_does_not_reach_the_next(worker: WorkerProcess) -> None:
    assert verdict_of(worker, "x: n", "torch.eye(x.shape[0]) @ x", "x * 1").verdict == "tested"
    assert (
        verdict_of(worker, "x: n", "torch.eye(x.shape[0], dtype=torch.float64)", "torch.eye(x.shape[0])").verdict
        == "tested"
    )


def test_rounding_of_large_numbers_that_cancel_is_no_difference(worker: WorkerProcess) -> None:
    """Some data rounds alike in float32 by chance, and for larger sizes float32 overflows."""
    columns, rows = "torch.mul(w, w).prod(0)", "(w * w).flip(0).prod(0).flip(0)"
    a = f"{columns}.prod(0) - (w * w).mT.prod(1).prod(0)"
    verdict = verdict_of(worker, "w: n n", a, f"{rows}.prod(0) - (w * w).prod(1).prod(0)")
    assert verdict.verdict != "different"


def test_rounding_of_products_that_float32_does_not_show_is_no_difference(worker: WorkerProcess) -> None:
    """Of 16 whole numbers float64 rounds the product otherwise in another layout, and float32 does not."""
    a = "torch.cat([y.mT.prod(-1), y.mT.prod(2)]) - torch.cat([y.mT.prod(2), y.mT.prod(2)])"
    b = "torch.cat([y.mT.contiguous().prod(-1), y.mT.contiguous().prod(2)]) - torch.cat([y.mT.prod(2), y.mT.prod(2)])"
    assert verdict_of(worker, "y: 2 n n", a, b).verdict != "different"
