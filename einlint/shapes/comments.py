"""Shape comments at the end of a statement: evidence of what is unknown, claims of what is known."""

from __future__ import annotations

import ast
from typing import Any

from einlint.claims.model import Claim
from einlint.dimensions import Dim
from einlint.findings import Position, Span
from einlint.lazily import replace
from einlint.names import last_name
from einlint.shapes.diagnosis import shown
from einlint.shapes.evidence import claimed, comment_at, refuted
from einlint.shapes.hints import comment_hint
from einlint.shapes.objects import Hole, Known, Origin
from einlint.shapes.run import Run

_SEPARATORS = (" x ", ", ", ",")
_SEVERAL = frozenset("chunk split tensor_split unbind map zip list tuple sorted".split())
"""Functions that give several tensors: a comment tells the shape of each."""
_NO_TENSORS = ("shape", "size", "dims", "perm", "axes")


def heed_comment(run: Run, statement: ast.stmt, name: str) -> None:
    """A comment tells the shape of what is unknown; of what is known it may be stale."""
    row = statement.end_lineno or statement.lineno
    line = run.finder.source.lines[row - 1]
    if "#" not in line:
        return
    value = run.memory.current(run.memory.frame.names[name])
    if isinstance(value, Hole):
        value.hint = comment_hint(line, row) or value.hint
    comment = comment_at(run.finder, statement)
    if comment is None or comment.name not in ("", name) or any(word in name for word in _NO_TENSORS):
        return
    if ";" in line.partition("#")[0]:
        return
    if isinstance(value, Known):
        is_refuted = refuted(comment.claim, value, {}, run) and not _tells_elements(comment.claim, value)
        if is_refuted and not _tells_the_step_before(run, comment.claim, value, statement):
            start = Position(comment.row, comment.column)
            span = Span(start, Position(comment.row, comment.column + len(comment.claim.text)))
            reason = f"the comment says `{comment.claim.text}`"
            fitting = _fitting(run, comment.claim, value)
            details = {"operands": ((f"`{name}`", value),), "span": span, "comment": fitting}
            run.contradict(_name_of(statement), "comment", reason, **details)
    elif isinstance(value, Hole) and not value.parents and not value.numeric and not _gives_several(statement):
        claim = claimed(run, comment.claim, Origin(comment.row, "by the comment"), _unpacked(run), name)
        if isinstance(claim, Known):
            run.memory.holes[value] = replace(claim, hearsay=Origin(comment.row, "comment"))


def _gives_several(statement: Any) -> bool:
    return isinstance(statement.value, ast.Call) and last_name(statement.value.func) in _SEVERAL


def _unpacked(run: Run) -> dict[str, Dim]:
    """The lengths that the function unpacked from shapes, by the names that it gave them."""
    names = run.memory.frame.names.items()
    found = {name: run.memory.current(value) for name, value in names if isinstance(value, Dim)}
    return {name: value for name, value in found.items() if isinstance(value, Dim) and shown(value) == name}


def _tells_elements(claim: Claim, tensor: Known) -> bool:
    """Whether a comment such as `(cx, cy, w, h)` may name the elements of the last axis."""
    last = tensor.shape[-1].constant if tensor.dims else None
    return len(tensor.dims) < 2 or last == len(claim.axes)


def _tells_the_step_before(run: Run, claim: Claim, tensor: Known, statement: Any) -> bool:
    """Whether the comment after `x.reshape(b, h, w).sum(1)` is about what is summed."""
    made = tensor.made
    if made is None or made.node is not statement.value or not made.operands or not isinstance(made.nodes[0], ast.Call):
        return False
    before = made.operands[0]
    return len(before.dims) != len(tensor.dims) and not refuted(claim, before, {}, run)


def _fitting(run: Run, claim: Claim, tensor: Known) -> str:
    """What a shape comment should say, in its brackets and with its separator; empty where a length has no name."""
    lengths = []
    for dimension, length in zip(tensor.dims, tensor.shape, strict=True):
        names = [run.labels.get(axis.name, "") for axis in dimension]
        lengths.append("*".join(names) if names and all(names) else shown(length))
    if any("?" in length for length in lengths) or claim.text[:1] not in ("(", "["):
        return ""
    between = next((each for each in _SEPARATORS if each in claim.text), ", ")
    return f"{claim.text[0]}{between.join(lengths)}{claim.text[-1]}"


def _name_of(statement: Any) -> ast.expr:
    found: ast.expr = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return found
