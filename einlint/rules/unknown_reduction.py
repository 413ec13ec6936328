"""EIN106 unknown-reduction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import REDUCTIONS
from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule
from einlint.rules.swapped_arguments import is_pattern

_ALSO_TAKEN = ("rearrange", "repeat")
_USUAL = {
    **dict.fromkeys(("avg", "average"), "mean"),
    **dict.fromkeys(("amax", "maximum"), "max"),
    **dict.fromkeys(("amin", "minimum"), "min"),
    **dict.fromkeys(("product", "mul", "multiply"), "prod"),
    "add": "sum",
}
_CHOICES = f"pass {', '.join(f'`{name}`' for name in REDUCTIONS)} or a function"


@rule("EIN106", "unknown-reduction", subject=Call)
def unknown_reduction(call: Call) -> Iterator[Report]:
    """The reduction of a `reduce` is neither one that einops knows nor a callable."""
    node = call.arguments.get("reduction")
    if call.callee.kind is not Kind.REDUCE or node is None:
        return
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        yield Report(call.source.span(node), f"`{node.value!r}` is not a reduction: {_CHOICES}")
    for text in call.reductions:
        if text.value not in (*REDUCTIONS, *_ALSO_TAKEN) and not is_pattern(text):
            yield Report(text.span(call.source, 0, 0), _message(text.value))


def _message(name: str) -> str:
    meant = _USUAL.get(name.lower()) or _misspelled(name.lower())
    return f"unknown reduction `{name}`" + (f", did you mean `{meant}`?" if meant else f": {_CHOICES}")


def _misspelled(name: str) -> str | None:
    """The reduction one letter away: `median` does not mean `mean`."""
    import difflib

    return next(iter(difflib.get_close_matches(name, REDUCTIONS, n=1, cutoff=0.85)), None)
