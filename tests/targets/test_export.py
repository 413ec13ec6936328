"""A slice of what `python -m tests.targets` does in full: the rules say what happens, and fixes export."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("onnxscript", reason="the exporters of torch need onnxscript")
pytest.importorskip("onnxruntime", reason="exported models run in onnxruntime")

from einlint.fixes import fix
from einlint.judging import Verifier
from einlint.registry import matching
from einlint.settings import Settings
from tests.targets import forms
from tests.targets.agreement import answers
from tests.targets.cases import CASES, PATTERNS, Case, model_of
from tests.targets.exporting import Exporter, outcome

OFTEN_WRONG = tuple(
    case
    for case in CASES
    if case.expression
    in (
        "torch.einsum('bij,bjk->bik', x, y)",
        "torch.einsum('AB,BC', x, y)",
        "torch.einsum('b...c->bc', x)",
        "torch.einsum('ij,jk,kl->il', x, y, z)",
        "torch.einsum('ij->i', x.to(torch.int32))",
        "repeat(x, 'b d -> b n d', n=len(x))",
        "rearrange(x, '(k n) d -> k n d', n=int(x.shape[0] // 3))",
    )
)
_LENGTHS = ("n=len(x)", "=int(x.shape[0] // 3)", "=-(-x", "(list(x), 'b", "math.ceil(")
FROZEN = tuple(case for case in CASES if any(length in case.expression for length in _LENGTHS))


@pytest.mark.parametrize("path", ["onnx-legacy@12", "onnxruntime through onnx-legacy"])
def test_the_rules_say_what_happens_with_the_legacy_exporter(path: str) -> None:
    assert [(a.case.name, a.codes, a.happened[:2]) for a in answers(CASES, path) if not a.agrees] == []


@pytest.mark.parametrize("case", OFTEN_WRONG, ids=lambda case: case.name)
def test_the_rules_say_what_happens_in_onnxruntime(case: Case) -> None:
    (answer,) = answers((case,), "onnxruntime")
    assert answer.agrees, (answer.codes, answer.happened)


@pytest.fixture(scope="module")
def judge() -> Iterator[Verifier]:
    with Verifier("cpu") as verifier:
        yield verifier


@pytest.mark.parametrize("case", forms.CASES[::4], ids=lambda case: case.name)
def test_plain_code_exports_and_runs(case: Case, judge: Verifier) -> None:
    (form,) = forms.forms((case,), judge, ("onnx-legacy@13",))
    assert form.wrong == []
    assert form.code or case not in forms.LOWERED


@pytest.mark.parametrize("case", FROZEN, ids=lambda case: case.name)
def test_fixed_lengths_follow_the_input(case: Case, judge: Verifier) -> None:
    settings = Settings(matching("EIN412") | matching("EIN413"), targets=("onnx-legacy@17",))
    done = fix(case.code.encode(), "/nowhere/case.py", settings, judge, unsafe=True)
    assert (len(done.applied), done.left) == (1, [])
    tensors = case.tensors(case.first), case.tensors(case.second)
    assert outcome(model_of(done.data.decode()), *tensors, Exporter(17, legacy=True))[:2] == ("right", "")


def test_plain_code_keeps_within_the_rank_of_a_target(judge: Verifier) -> None:
    deep = tuple(case for case in PATTERNS if case.expression.startswith("rearrange") and "(h p)" in case.expression)
    (form,) = forms.forms(deep, judge, ("coreml,onnx", "coreml,onnx-legacy@17"))
    assert form.wrong == []
    assert [found.rank <= forms.LIMITED for found in form.outcomes.values()] == [True, True]
