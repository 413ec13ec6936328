from __future__ import annotations

from typing import Any

import pytest

from einlint.verification.expressions import Refused
from einlint.verification.problems import QuestionError
from einlint.verification.question import parse_question

PAIR: dict[str, Any] = {"tensors": {"x": "b n"}, "a": "x", "b": "x + 0"}


def test_the_axes_of_a_form_come_in_order_and_once() -> None:
    question = parse_question({**PAIR, "tensors": {"x": "b 1 n", "y": "n b 2"}})
    assert question.axes(question.forms[0]) == ("b", "n")


def test_missing_fields_take_their_defaults() -> None:
    question = parse_question({**PAIR, "constraints": None, "dtypes": None, "mutates": None})
    assert question.framework == "torch" and not question.constraints and not question.mutates


def test_a_scalar_has_no_axes() -> None:
    assert parse_question({**PAIR, "tensors": {"x": ""}}).forms == ({"x": ()},)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tensors": None}, "at least one tensor"),
        ({"tensors": {}}, "at least one tensor"),
        ({"tensors": {"x y": "b"}}, "not an identifier"),
        ({"tensors": {"x": "b-1"}}, "not an identifier"),
        ({"tensors": {"x": 3}}, "must be text"),
        ({"a": 3}, "must be text"),
        ({"tensors_alt": [{"y": "b"}]}, "`x` has no axes in every form"),
        ({"tensors_alt": {"x": "b"}}, "must be a list"),
        ({"constraints": ["n > 3"]}, "is not `name = expression`"),
        ({"constraints": ["n = m / 2"]}, "may use only"),
        ({"constraints": ["n = __import__('os')"]}, "may use only"),
        ({"constraints": ["n ="]}, "is not `name = expression`"),
        ({"constraints": ["n = ("]}, "does not parse"),
        ({"sizes": {"n": -1}}, "0 or more"),
        ({"sizes": {"n": "3"}}, "0 or more"),
        ({"dtypes": {"y": "int64"}}, "not among the tensors"),
        ({"dtypes": {"x": "object"}}, "not known"),
        ({"framework": "jax"}, "`torch` or `numpy`"),
        ({"framework": "numpy", "dtypes": {"x": "bfloat16"}}, "no `bfloat16`"),
    ],
)
def test_what_is_wrong_is_said(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        parse_question({**PAIR, **fields})


def test_a_missing_field_is_said() -> None:
    with pytest.raises(QuestionError, match="`b` is missing"):
        parse_question({"tensors": {"x": "b"}, "a": "x"})


def test_an_expression_that_is_not_run_is_refused() -> None:
    with pytest.raises(Refused, match="`open` is not a function"):
        parse_question({**PAIR, "a": "open('f')"})
