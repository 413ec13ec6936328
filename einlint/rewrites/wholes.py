"""A tensor that is taken apart and stacked again, as a whole."""

from __future__ import annotations

from einlint.callables import Kind
from einlint.findings import Edit, Safety
from einlint.rewrites.forms import Placeholders, reduction_of
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.surroundings import Site
from einlint.targets.iterated import is_whole, iterated


@builds("whole-tensor")
def whole_tensor(site: Site) -> Rewrite:
    """`rearrange(list(x), ...)` as `rearrange(x, ...)`."""
    call, pattern = site.call, site.reading.pattern
    node = call.arguments.get("tensor")
    tensor = None if node is None else iterated(node, call.scope)
    if node is None or tensor is None or not is_whole(node, tensor):
        raise Refusal("its operand is no tensor that was taken apart")
    names, renamed = Placeholders(site), canonical(pattern)
    for axis, length in call.lengths.items():
        names.length(axis, length.value)
    words = f", {reduction_of(site)!r}" if call.callee.kind is Kind.REDUCE else ""
    lengths = "".join(f", {renamed[axis]}={size_of(text)}" for axis, text in names.lengths.items())
    rest = f"{pattern_text(pattern, renamed)!r}{words}{lengths}"
    a, b = (f"{call.callee.name}({operand}, {rest})" for operand in ("[*x]", "x"))
    asked = question("torch", {"x": pattern.inputs[0]}, names.lengths, renamed, a, b)
    edit = Edit(site.file.source.span(node), site.file.code(tensor))
    return Rewrite("Take the tensor as a whole", (edit,), Safety.SAFE, asked)
