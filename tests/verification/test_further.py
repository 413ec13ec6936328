"""What a rewrite must also keep: low precision, integers and other devices."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from einlint.failures import Unavailable
from einlint.verification import devices, further
from einlint.verification.further import decided
from einlint.verification.magnitude import sums_products
from einlint.verification.question import parse_question
from einlint.verification.verdict import Verdict
from einlint.verification.workers import WorkerProcess

pytest.importorskip("torch")
pytest.importorskip("einops")

INTEGERS = ("int32", "int8", "uint8")
HALF = ("bfloat16", "float16")

# tensors, what is written, what would be written, what differs besides values in float64
REWRITES: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("x: b n d; y: b m d", "einsum(x, y, 'b n d, b m d -> b n m')", "x @ y.mT", ()),
    ("u: n; v: n", "einsum(u, v, 'n, n ->')", "u @ v", ()),
    ("x: b n", "rearrange(rearrange(x, 'b n -> n b'), 'n b -> n b 1')", "rearrange(x, 'b n -> n b 1')", ()),
    ("x: b n; y: b n", "x - y", "-(y - x)", ()),
    ("x: b n", "x.softmax(1)", "torch.softmax(x, 1)", ()),
    ("x: b n", "x * 1", "x + 64 - 64", (*HALF, "float32")),
    ("x: b n; y: n m", "x @ y", "(x.unsqueeze(2) * y).sum(1)", ("autocast", "float16", *INTEGERS)),
    ("x: b n; y: n m", "(x.unsqueeze(2) * y).sum(1)", "x @ y", ("autocast", "float16", *INTEGERS)),
    # a sum keeps int32 as einsum's dot and is int64 otherwise; products alone overflow in float16
    ("u: n; v: n", "einsum(u, v, 'n, n ->')", "(u * v).sum()", ("autocast", "float16", *INTEGERS)),
    ("x: b n", "x.mean(1)", "x.sum(1) / x.shape[1]", ("float16",)),
    ("x: b n", "x.softmax(1)", "x.exp() / x.exp().sum(1, keepdim=True)", HALF),
    ("x: b n", "x.var(1, correction=0)", "(x**2).mean(1) - x.mean(1) ** 2", HALF),
]


def rewritten(worker: WorkerProcess, tensors: str, a: str, b: str, **fields: Any) -> Verdict:
    axes = dict(part.strip().split(":") for part in tensors.split(";"))
    return decided(parse_question({"tensors": axes, "a": a, "b": b, **fields}), worker, rewrite=True)


@pytest.mark.parametrize(("tensors", "a", "b", "differs"), REWRITES)
def test_what_a_rewrite_changes_is_named(
    worker: WorkerProcess, tensors: str, a: str, b: str, differs: tuple[str, ...]
) -> None:
    verdict = rewritten(worker, tensors, a, b)
    assert verdict.verdict in ("proved", "tested"), verdict.message
    assert sorted(name for name in verdict.differs_in if not name.startswith("cuda")) == sorted(differs)


PRODUCTS: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("numpy", "x: b i j; y: b j k", "np.einsum('bij,bjk->bik', x, y)", "x @ y", ()),
    ("torch", "x: b i j; y: b j k; z: b k l", "torch.einsum('bij,bjk,bkl->bil', x, y, z)", "x @ y @ z", ()),
    (
        "torch",
        "x: b l d; y: b l n; z: b l d",
        "einsum(x, y, z, 'b l d, b l n, b l d -> b l d n')",
        "y.unsqueeze(2) * (x * z).unsqueeze(3)",
        (),
    ),
    # numpy promises an order: it multiplies three operands element by element, so no sum of two of them overflows
    ("numpy", "x: i j; y: j k; z: k l", "np.einsum('ij,jk,kl->il', x, y, z)", "x @ y @ z", ("float16",)),
    ("torch", "x: b n; y: n m", "x @ y", "(x.unsqueeze(2) * y).sum(1)", ("autocast", "float16", *INTEGERS)),
]


@pytest.mark.parametrize(("framework", "tensors", "a", "b", "differs"), PRODUCTS)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_what_differs_does_not_hang_on_the_data(
    worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch, seed: int, framework: str, tensors: str, a: str, b: str,
    differs: tuple[str, ...],
) -> None:  # fmt: skip
    """einsum of numpy adds up float16 in float16, and the product of matrices is nearer to the truth."""
    monkeypatch.setattr(further, "_SEED", seed)
    found = rewritten(worker, tensors, a, b, framework=framework).differs_in
    assert sorted(name for name in found if not name.startswith("cuda")) == sorted(differs)


def test_a_rewrite_may_lose_an_error(worker: WorkerProcess) -> None:
    """The mean of integers raises."""
    assert not set(rewritten(worker, "x: n", "x.mean()", "x.sum() / len(x)").differs_in) & {*INTEGERS, "int64"}


def test_a_declared_dtype_stays(worker: WorkerProcess) -> None:
    verdict = rewritten(worker, "m: n; x: n", "x * m", "torch.where(m, x, x * 0)", dtypes={"m": "bool"})
    assert verdict.differs_in == ()


def test_equiv_speaks_of_declared_dtypes_only(worker: WorkerProcess) -> None:
    question = parse_question({"tensors": {"x": "b n"}, "a": "x.mean(1)", "b": "x.sum(1) / x.shape[1]"})
    verdict = decided(question, worker)
    assert verdict.differs_in == ()
    assert verdict.devices == worker.devices


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("x @ y", True),
        ("einsum(x, y, 'b n, n m -> m')", True),
        ("x.mean(1)", True),
        ("torch.cat([x, 2 * x])", True),
        ("x - x.flip(0)", False),
        ("-x", False),
        ("x.exp()", False),
        ("x.amax(1)", False),
    ],
)
def test_absolute_values_bound_sums_of_products(text: str, adds: bool) -> None:
    question = parse_question({"tensors": {"x": "b n", "y": "n m"}, "a": text, "b": text})
    assert sums_products(question.left, "torch", question.forms[0], {"b": 2, "n": 3, "m": 5}) is adds


def test_every_device_is_asked(worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another name of the CPU stands for another device."""
    monkeypatch.setattr(worker, "devices", ("cpu", "cpu:0"))
    verdict = rewritten(worker, "x: b n", "x.mean(1)", "x.sum(1) / x.shape[1]")
    assert verdict.differs_in == ("cpu:0 float16", "float16")
    assert verdict.side_effects["cpu:0 float16"]["kind"] == "value"
    assert verdict.devices == ("cpu", "cpu:0")
    wrong_there = {"a": "torch.ones(x.shape[0]) * x", "b": "x", "tensors": {"x": "n"}}
    assert decided(parse_question(wrong_there), worker).differs_in == ("aliasing",)


def test_cuda_that_is_not_there_is_said() -> None:
    with pytest.raises(Unavailable, match="torch sees no CUDA device"):
        devices.check("cuda", ["cpu"])
    devices.check("auto", ["cpu"])
    devices.check("cuda", ["cpu", "cuda"])


def test_a_worker_gets_the_variables_that_say_which_gpu_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    assert not devices.environment("cpu")
    assert devices.environment("auto")["CUDA_VISIBLE_DEVICES"] == "1"
    assert "SECRET" not in devices.environment("cuda")
