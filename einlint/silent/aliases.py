"""Writes into tensors that share their memory.

Certain where an entry of an expanded tensor is assigned, which assigns it in every copy; and where the result of a
permuting pattern is changed in place while both it and the tensor that it is a view of are read later.
"""

from __future__ import annotations

import ast

from einlint.program.terms import Axis
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.inspector import IN_PLACE, WRITES, Inspector
from einlint.silent.naming import axis_name, shape_in_names
from einlint.silent.repairs import cloned, framework_of
from einlint.silent.repeats import is_copy
from einlint.silent.uses import later_reads

_EXPANDS = frozenset({"expand", "expand_as", "broadcast_to"})
_VIEWS = frozenset(
    {"transpose", "permute", "swapaxes", "swapdims", "movedim", "moveaxis", "mT", "T", "unsqueeze", "squeeze"}
)


def written_copy(inspector: Inspector, run: Run, tensor: Known, target: ast.expr) -> None:
    """Report an assignment to an entry of an expanded tensor."""
    if not isinstance(target, ast.Subscript) or tensor.framework == "numpy":
        return
    expanded = _expanded(tensor)
    if expanded is None:
        return
    index = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    for part, dimension in zip(index, tensor.dims, strict=False):
        if isinstance(part, ast.Constant) and part.value in (..., None):
            return
        axis = next((axis for axis in dimension if is_copy(axis)), None)
        if axis is not None and not _is_whole(part):
            if not _is_computed(inspector, run, target, expanded):
                _report_copy(inspector, run, tensor, target, axis, expanded)
            return


def _is_computed(inspector: Inspector, run: Run, target: ast.Subscript, expanded: Step) -> bool:
    """Whether a name holds what arithmetic with a number made of an expanded tensor, which is new memory."""
    if not isinstance(target.value, ast.Name):
        return False
    name, rows = target.value.id, range(expanded.node.lineno, target.lineno)
    return any(
        isinstance(node, ast.Assign)
        and (node.end_lineno or node.lineno) in rows
        and isinstance(node.value, (ast.BinOp, ast.UnaryOp))
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
        for node in ast.walk(inspector.body_read(run))
    )


def _is_whole(part: ast.expr) -> bool:
    return isinstance(part, ast.Slice) and part.lower is None and part.upper is None


def _expanded(tensor: Known) -> Step | None:
    """The expand that a tensor is a view of."""
    step = tensor.made
    for _ in range(10):
        if step is None or not step.operands:
            return None
        if step.function in _EXPANDS:
            return step
        if step.reading is not None and step.function == "repeat":
            output = step.reading.pattern.output
            plain = output is not None and all(len(group.axes) < 2 for group in output.groups)
            return step if plain else None
        if step.function not in _VIEWS:
            return None
        step = step.operands[0].made
    return None


def _report_copy(
    inspector: Inspector, run: Run, tensor: Known, target: ast.Subscript, axis: Axis, expanded: Step
) -> None:
    name, along = ast.unparse(target.value), axis_name(run, axis)
    message = (
        f"`{name}` {shape_in_names(run, tensor)} is expanded along `{along}`, where all entries are one memory: what "
        f"is written to `{along}` 0 is in `{along}` 1 as well; copy it first, with `clone()` or `repeat`"
    )
    intent = cloned(inspector.source, expanded.node, framework_of(expanded) or "torch")
    inspector.suspect(run, "shared-write", target, message, [("expanded here", expanded.node.lineno)], intent=intent)


def changed_view(inspector: Inspector, run: Run, tensor: Known, target: ast.expr) -> None:
    """Report a tensor that is changed in place, is a view of another, and both are read later."""
    step = tensor.made
    if not isinstance(target, ast.Name) or step is None or not _is_view(step):
        return
    base = step.nodes[0]
    body = inspector.body_read(run)
    if not isinstance(base, ast.Name) or base.id == target.id:
        return
    row = target.end_lineno or target.lineno
    own, other = (next(later_reads(body, name, row), None) for name in (target.id, base.id))
    if own is None or other is None or _is_assigned(body, base.id, step.node.lineno, row):
        return
    message = (
        f"`{target.id}` is a view of `{base.id}`: what is changed here is changed in `{base.id}` too, which is "
        f"read at line {other.lineno}: each entry of one is an entry of the other; copy it first"
    )
    places = [("the view", step.node.lineno), ("read here", other.lineno)]
    intent = cloned(inspector.source, step.node, tensor.framework or run.framework)
    inspector.suspect(run, "shared-write", target, message, places, intent=intent)


def _is_view(step: Step) -> bool:
    """Whether a pattern only moves and splits dimensions, which copies nothing."""
    if step.reading is None or step.function != "rearrange" or len(step.operands) != 1:
        return False
    output = step.reading.pattern.output
    return output is not None and all(len(group.axes) < 2 for group in output.groups)


def _is_assigned(body: ast.AST, name: str, first: int, last: int) -> bool:
    names = (node for node in ast.walk(body) if isinstance(node, ast.Name) and node.id == name)
    return any(not isinstance(n.ctx, ast.Load) and first <= n.lineno <= last for n in names)


WRITES.append(written_copy)
IN_PLACE.append(changed_view)
