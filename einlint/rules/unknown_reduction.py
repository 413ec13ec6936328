"""EIN106 unknown-reduction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import REDUCTIONS, did_you_mean, quoted
from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule

_ALSO_TAKEN = ("rearrange", "repeat")
_USUAL = {"avg": "mean", "average": "mean", "amax": "max", "maximum": "max", "amin": "min", "minimum": "min"}


@rule("EIN106", "unknown-reduction", subject=Call)
def unknown_reduction(call: Call) -> Iterator[Report]:
    """The reduction of a `reduce` is neither one that einops knows nor a callable."""
    node = call.arguments.get("reduction")
    if call.callee.kind is not Kind.REDUCE or node is None:
        return
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        yield Report(call.source.span(node), f"`{node.value!r}` is not a reduction: pass {quoted(REDUCTIONS)} or a function")
    for text in call.reductions:
        if text.value not in (*REDUCTIONS, *_ALSO_TAKEN):
            yield Report(text.span(call.source, 0, 0), _message(text.value))


def _message(name: str) -> str:
    suggestion = f", did you mean `{_USUAL[name]}`?" if name in _USUAL else did_you_mean(name, REDUCTIONS)
    return f"unknown reduction `{name}`{suggestion or f': einops has {quoted(REDUCTIONS)}'}"
