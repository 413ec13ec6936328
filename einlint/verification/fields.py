"""The fields of a question about two expressions, as `einlint equiv` reads them from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def question_fields(
    framework: str, forms: Sequence[Mapping[str, str]], a: str, b: str, constraints: Sequence[str] = ()
) -> dict[str, Any]:
    """Whether `a` equals `b`: each form gives the dimensions of every tensor, as `{"x": "b n 3"}`."""
    first, *others = ({**form} for form in forms)
    return {
        "id": a, "framework": framework, "tensors": first, "tensors_alt": others, "constraints": [*constraints],
        "a": a, "b": b,
    }  # fmt: skip
