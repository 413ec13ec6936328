"""Lengths that exporters do not follow become arithmetic that they do, and the same number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einlint.fixes import Answer, fix
from einlint.judging import Verifier
from einlint.registry import matching
from einlint.settings import Settings
from tests.targets.cases import HEADER

SIGNATURE = "def f(x: Tensor, y: Tensor, p: int, q):\n    b, n, d = x.shape\n"


@pytest.fixture(scope="module")
def judge() -> Iterator[Verifier]:
    with Verifier("cpu") as verifier:
        yield verifier


def proved(question: Mapping[str, Any]) -> Answer:
    return Answer("proved")


def fixed(statement: str, judge: Any, target: str, unsafe: bool = False) -> str:
    """The statement after all fixes."""
    code = f"{HEADER}{SIGNATURE}    return {statement}\n"
    rules = Settings(matching("EIN412") | matching("EIN413"), targets=(target,))
    after = fix(code.encode(), "/nowhere/case.py", rules, judge, unsafe=unsafe).data.decode()
    return after.removeprefix(f"{HEADER}{SIGNATURE}    return ").removesuffix("\n")


@pytest.mark.parametrize("target", ["onnx", "onnx-legacy"])
@pytest.mark.parametrize(
    ("length", "wanted"),
    [
        ("len(y)", "y.shape[0]"),
        ("int(len(y) // 2)", "y.shape[0] // 2"),
        ("int(x.shape[0] // 3)", "x.shape[0] // 3"),
        ("int(n // p) * 2", "(n // p) * 2"),
        ("int(n * 2 / 3)", "n * 2 // 3"),
        ("int((n + 1) / 2)", "(n + 1) // 2"),
        ("-(-n // 4) * 4", "((n + 3) // 4) * 4"),
    ],
)
def test_exact_lengths_are_safe(length: str, wanted: str, target: str, judge: Verifier) -> None:
    assert fixed(f"repeat(y, 'b d -> b n d', n={length})", judge, target) == f"repeat(y, 'b d -> b n d', n={wanted})"


@pytest.mark.parametrize(
    ("length", "wanted"), [("math.ceil((n + 1) / 2)", "(n + 2) // 2"), ("math.floor(n / 2)", "n // 2")]
)
def test_quotients_that_only_the_legacy_exporter_freezes(length: str, wanted: str, judge: Verifier) -> None:
    code = "repeat(y, 'b d -> b n d', n={})"
    assert fixed(code.format(length), judge, "onnx-legacy") == code.format(wanted)
    assert fixed(code.format(length), judge, "onnx") == code.format(length)


@pytest.mark.parametrize("length", ["int(n**0.5)", "int(math.sqrt(n))", "math.isqrt(n)", "int(np.sqrt(n))"])
def test_the_root_of_a_size_is_followed_by_the_dynamo_exporter(length: str, judge: Verifier) -> None:
    code = "rearrange(x, 'b (h w) d -> b d h w', h={})"
    safe = fixed(code.format(length), judge, "onnx")
    unsafe = fixed(code.format(length), judge, "onnx", unsafe=True)
    assert (safe, fixed(safe, judge, "onnx-legacy", unsafe=True)) == (code.format(length),) * 2
    assert unsafe.replace(" ", "") == code.format("torch.sym_int(n**0.5)").replace(" ", "")


@pytest.mark.parametrize(
    "length",
    ["int(n // q)", "int((n - 7) / 2)", "int(n / p)", "int(n * 0.5)", "round(n**0.5)", "min(n, d)", "int(n / -2)"],
)
def test_no_fix_where_the_number_may_be_another(length: str, judge: Verifier) -> None:
    code = f"repeat(y, 'b d -> b n d', n={length})"
    assert fixed(code, judge, "onnx-legacy", unsafe=True) == code


@pytest.mark.parametrize(
    "operand", ["list(x)", "[*x]", "[t for t in x]", "list(x.unbind(0))", "[x[i] for i in range(x.shape[0])]"]
)
def test_a_tensor_stays_whole(operand: str, judge: Verifier) -> None:
    code = "rearrange({}, 'b (n k) d -> n k b d', k=p)"
    assert fixed(code.format(operand), judge, "onnx") == code.format(operand), "another tensor's memory"
    assert fixed(code.format(operand), judge, "onnx", unsafe=True) == code.format("x")
    reduced = "reduce({}, 'b n d -> n d', 'max')"
    assert fixed(reduced.format(operand), judge, "onnx") == reduced.format("x")


@pytest.mark.parametrize("operand", ["[2 * t for t in x]", "[x[0] for t in x]", "[y[i] for i in range(len(x))]"])
def test_other_lists_stay(operand: str, judge: Verifier) -> None:
    code = f"rearrange({operand}, 'b n d -> n b d')"
    assert fixed(code, judge, "onnx", unsafe=True) == code


@pytest.mark.parametrize("code", ["torch.einsum('ij,ij->ij', list(x))", "rearrange([x, y], 'k b d -> b k d')"])
def test_the_equation_says_how_many_operands_there_are(code: str, judge: Verifier) -> None:
    assert fixed(code, judge, "onnx", unsafe=True) == code


NUMBERS = st.sampled_from(["n", "b", "x.shape[1]", "3", "12", "len(y)"])
DIVIDENDS = st.recursive(
    NUMBERS,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(
    DIVIDENDS,
    st.integers(1, 9),
    st.sampled_from(["int({} / {})", "math.ceil({} / {})", "int({} // {})", "-(-n // {1})"]),
)
def test_the_new_code_is_the_same_number(dividend: str, divisor: int, form: str) -> None:
    """Whatever is rewritten is equal, for all sizes up to 12; nothing else verifies it here."""
    length = form.format(dividend, divisor)
    new = fixed(f"repeat(y, 'b d -> b n d', n={length})", proved, "onnx-legacy")
    new = new.removeprefix("repeat(y, 'b d -> b n d', n=").removesuffix(")")
    for n in range(1, 13):
        for b in (1, 5, 8):
            names = {"n": n, "b": b, "x": _Shaped(b, n, 7), "y": _Shaped(b, 4), "math": math, "len": len, "int": int}
            assert eval(new, {"__builtins__": {}}, names) == eval(length, {"__builtins__": {}}, names)


class _Shaped:
    """Something with a shape."""

    def __init__(self, *shape: int) -> None:
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]
