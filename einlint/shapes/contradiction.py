"""What inference found to contradict itself. Light: the rules import it whether anything is inferred or not."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from einlint.calls import Reading
from einlint.findings import Span
from einlint.lazily import dataclass
from einlint.source import Source

if TYPE_CHECKING:
    from einlint.shapes.objects import Known


@dataclass(frozen=True, eq=False)
class Contradiction:
    """An operation that the library refuses for all sizes that the code allows.

    `node` is the expression, `what` the dotted name of the operation, `reason` why it is refused; `operands` are the
    tensors with their source text, `lengths` the axis lengths of an einops call, `span` where it is seen if not at
    the expression, `callers` the calls that led to it, outermost first. `function` names the function that was called
    last, where other calls of it in the file are fine: then the call is at fault. `start` is the function that was read
    when it was found, None for the module. `comment` is what a stale comment
    should say.
    """

    source: Source
    node: ast.expr
    what: str
    reason: str
    operands: Sequence[tuple[str, Known]] = ()
    reading: Reading | None = None
    lengths: Mapping[str, Any] = field(default_factory=dict)
    layer: str = ""
    span: Span | None = None
    callers: tuple[ast.Call, ...] = ()
    function: str = ""
    start: ast.AST | None = None
    comment: str = ""
