"""Fixes have the form that the targets demand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from einlint.fixes import fix
from einlint.judging import Verifier
from einlint.registry import PORTABILITY, matching
from einlint.settings import Settings
from einlint.targets.model import ANY_FORM, Form
from einlint.targets.table import aims
from tests.targets.cases import HEADER

SPLIT = "rearrange(x, 'b (h w) d -> h b w d', h=2)"


@pytest.fixture(scope="module")
def judge() -> Iterator[Verifier]:
    with Verifier("cpu") as verifier:
        yield verifier


def fixed(expression: str, judge: Verifier, *targets: str) -> str:
    """The expression after all safe fixes."""
    code = f"{HEADER}def f(x: Tensor, y: Tensor):\n    return {expression}\n"
    settings = Settings(matching(PORTABILITY), targets=targets)
    after = fix(code.encode(), "/nowhere/case.py", settings, judge).data.decode()
    found = re.search(r"^    return (.*)$", after, re.MULTILINE)
    assert found
    return found[1]


def test_the_strictest_demand_counts() -> None:
    strict = Form(max_rank=5) & Form(max_rank=4, diagonal=False) & ANY_FORM
    assert strict == Form(max_rank=4, diagonal=False)


@pytest.mark.parametrize(
    ("target", "form"),
    [
        ("torchscript", ANY_FORM),
        ("onnx", Form(diagonal=False, multi_dot=False, half_output=False)),
        ("onnx-legacy@13", Form(diagonal=False, matrix_transpose=False, multi_dot=False)),
        ("onnx-legacy@12", Form(diagonal=False, matrix_transpose=False, multi_dot=False, unflatten=False)),
        ("coreml", Form(max_rank=5)),
    ],
)
def test_what_a_target_demands(target: str, form: Form) -> None:
    assert aims((target,))[0].form == form


@pytest.mark.parametrize(
    ("targets", "wanted"),
    [
        (("torchscript",), "x.unflatten(1, (2, -1)).transpose(0, 1)"),
        (("torchscript", "onnx-legacy@12"), "x.reshape(x.shape[0], 2, x.shape[1] // 2, x.shape[2]).transpose(0, 1)"),
        (("onnx-legacy@12",), SPLIT),
    ],
)
def test_a_fix_has_the_form_that_all_targets_allow(targets: tuple[str, ...], wanted: str, judge: Verifier) -> None:
    assert fixed(SPLIT, judge, *targets) == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("torch.einsum('ij->i', x.half())", "torch.einsum('ij->i', x.half())"),
        ("torch.einsum('ij->i', x.bfloat16())", "torch.einsum('ij->i', x.bfloat16())"),
        ("torch.einsum('ij->ji', x.half())", "x.half().T"),
        ("torch.einsum('ij->i', x)", "x.sum(1)"),
    ],
)
def test_no_sum_of_a_half_type_that_may_be_an_output(expression: str, wanted: str, judge: Verifier) -> None:
    assert fixed(expression, judge, "rknn", "onnx") == wanted
    assert "einsum" not in fixed(expression, judge, "rknn", "onnx-legacy")


def test_a_layer_becomes_one_that_keeps_within_the_rank(judge: Verifier) -> None:
    code = f"{HEADER}patches = Rearrange('b c (h p) (w q) -> b (h w) (p q c)', p=4, q=4)\n"
    settings = Settings(matching(PORTABILITY), targets=("coreml",))
    done = fix(code.encode(), "/nowhere/case.py", settings, judge, unsafe=True)  # it copies where all sizes are 1
    assert ([f.code for f in done.applied], done.left) == (["EIN411"], [])
