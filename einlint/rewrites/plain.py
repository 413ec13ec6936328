"""Which rearranges can be simplified: what the rules ask of every call, so nothing heavy is imported here."""

from __future__ import annotations

import ast

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.patterns.model import Expression


def is_identity(reading: Reading) -> bool:
    """Whether a rearrange without lengths leaves every axis in its place. With lengths it is a check of sizes."""
    left, right = reading.pattern.inputs[0], reading.pattern.output
    if not is_plain(reading) or right is None or reading.call.lengths or any(len(g.axes) > 1 for g in left.groups):
        return False
    return _names_in(left) == _names_in(right) and left.identifiers == right.identifiers


def _names_in(side: Expression) -> list[list[str]]:
    """The dimensions of a side; a bracketed ellipsis is one, a bare one is many."""
    return [
        [f"({a.name})" if a.is_ellipsis and group.bracketed else a.name for a in group.axes] for group in side.groups
    ]


def is_plain(reading: Reading) -> bool:
    """Whether a reading is a valid call of the function rearrange on one tensor, every length known."""
    call = reading.call
    is_call = call.callee.kind is Kind.REARRANGE and not call.callee.layer and call.complete and call.origin is None
    takes_one = len(call.tensors) == 1 and not isinstance(call.tensors[0], (ast.List, ast.ListComp))
    return is_call and reading.valid and call.lengths_known and not call.misuse and takes_one
