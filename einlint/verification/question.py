"""The pair that is asked about: two expressions, the tensors they read and the sizes those may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from einlint.verification.constraints import Constraint, parse_constraint
from einlint.verification.expressions import Expression, parse
from einlint.verification.problems import QuestionError

Axes = tuple["str | int", ...]
Form = Mapping[str, Axes]
Assignment = dict[str, int]

DTYPES = frozenset(
    "float16 bfloat16 float32 float64 complex64 complex128 bool int8 int16 int32 int64 uint8".split()
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """Two checked expressions, equal or not for every allowed size of every form."""

    left: Expression
    right: Expression
    forms: tuple[Form, ...]
    constraints: tuple[Constraint, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    dtypes: Mapping[str, str] = field(default_factory=dict)
    framework: str = "torch"
    mutates: bool = False

    def axes(self, form: Form) -> tuple[str, ...]:
        """The named axes of a form, in order of appearance."""
        return tuple(dict.fromkeys(axis for axes in form.values() for axis in axes if isinstance(axis, str)))


def parse_question(fields: Mapping[str, Any]) -> Question:
    """Read the fields of DESIGN section 8; raises `QuestionError` or `Refused` with one sentence."""
    for name in ("tensors", "a", "b"):
        if name not in fields:
            raise QuestionError(f"the field `{name}` is missing")
    forms = tuple(_form(form) for form in (fields["tensors"], *_typed(fields, "tensors_alt", list)))
    names = frozenset().union(*forms)
    sides = [parse(_text(fields, side), names) for side in ("a", "b")]
    constraints = tuple(parse_constraint(text) for text in _typed(fields, "constraints", list))
    framework = fields.get("framework") or "torch"
    if framework not in ("torch", "numpy"):
        raise QuestionError(f"the framework must be `torch` or `numpy`, not `{framework}`")
    question = Question(
        sides[0], sides[1], forms, constraints, _sizes(fields), _dtypes(fields, names), framework,
        bool(fields.get("mutates")),
    )  # fmt: skip
    _check_names(question)
    return question


def _typed(fields: Mapping[str, Any], name: str, kind: type) -> Any:
    value = fields.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise QuestionError(f"the field `{name}` must be a {kind.__name__}")
    return value


def _text(fields: Mapping[str, Any], side: str) -> str:
    text = fields[side]
    if not isinstance(text, str):
        raise QuestionError(f"the field `{side}` must be text")
    return text


def _form(tensors: Any) -> Form:
    if not isinstance(tensors, dict) or not tensors:
        raise QuestionError("the field `tensors` must map at least one tensor to its axes")
    return {_identifier(name, "tensor"): _axes(axes) for name, axes in tensors.items()}


def _identifier(name: Any, what: str) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise QuestionError(f"the {what} name `{name}` is not an identifier")
    return name


def _axes(text: Any) -> Axes:
    if not isinstance(text, str):
        raise QuestionError("the axes of a tensor must be text such as `b n d`")
    return tuple(
        int(word) if word.isdecimal() and len(word) < 10 else _identifier(word, "axis") for word in text.split()
    )


def _sizes(fields: Mapping[str, Any]) -> dict[str, int]:
    sizes = _typed(fields, "sizes", dict)
    for name, size in sizes.items():
        if type(size) is not int or size < 0:
            raise QuestionError(f"the size of `{name}` must be an integer of 0 or more")
    return {_identifier(name, "axis"): size for name, size in sizes.items()}


def _dtypes(fields: Mapping[str, Any], names: frozenset[str]) -> dict[str, str]:
    dtypes = _typed(fields, "dtypes", dict)
    for name, dtype in dtypes.items():
        if name not in names:
            raise QuestionError(f"the tensor `{name}` of `dtypes` is not among the tensors")
        if dtype not in DTYPES:
            raise QuestionError(f"the dtype `{dtype}` of `{name}` is not known")
    if fields.get("framework") == "numpy" and "bfloat16" in dtypes.values():
        raise QuestionError("numpy has no `bfloat16`")
    return dict(dtypes)


def _check_names(question: Question) -> None:
    """Every form must give every tensor that the expressions read."""
    used = question.left.read | question.right.read
    for form in question.forms:
        missing = used - form.keys()
        if missing:
            raise QuestionError(f"the tensor `{min(missing)}` has no axes in every form")
