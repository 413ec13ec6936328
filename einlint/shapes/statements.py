"""What statements do to memory."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from einlint.claims.model import Claim
from einlint.findings import Position, Span
from einlint.names import expects_failure
from einlint.shapes.calling import method_of
from einlint.shapes.conditions import assume, truth
from einlint.shapes.diagnosis import shown
from einlint.shapes.evidence import annotation_of, claimed, comment_at, refuted
from einlint.shapes.expressions import SYMBOLS, any_element, iterate_mapped, operated, sequence, value_of
from einlint.shapes.memory import Snapshot, covers
from einlint.shapes.objects import (
    Class,
    Function,
    Hole,
    Instance,
    Known,
    Listing,
    Mapped,
    Method,
    Origin,
    ShapeOf,
    forget,
    integer,
)  # fmt: skip
from einlint.shapes.patterns import unpacked_shape
from einlint.shapes.run import Run

_MOST_READINGS = 3


def read_block(run: Run, body: Sequence[ast.stmt]) -> bool:
    """Read statements in order; whether the end is reached."""
    for statement in body:
        handler = _HANDLERS.get(statement.__class__)
        goes_on = handler is None or handler(run, statement)
        if run.watch is not None:
            run.watch(statement, None)
        if not goes_on:
            return False
    return True


def bind(run: Run, target: ast.expr, value: Any) -> None:
    """Assign a value to a target."""
    names = run.memory.frame.names
    if run.watch is not None:
        run.watch(target, value)
    if isinstance(target, ast.Name):
        if isinstance(value, Method):  # `push = parts.append`
            forget(value)
        if isinstance(value, Hole) and not value.name:
            value.name = target.id
        names[target.id] = Hole(target.id) if target.id in run.names.shared else value
    elif isinstance(target, (ast.Tuple, ast.List)):
        _bind_all(run, target, value)
    elif isinstance(target, ast.Attribute):
        receiver = value_of(run, target.value)
        if isinstance(receiver, Known):  # `x.shape = ...`, `x.data = ...`
            run.memory.change(receiver)
        elif not isinstance(receiver, Instance):
            run.changed.append(receiver)
            if isinstance(target.value, ast.Attribute):  # `layer.weight.data = ...`
                run.changed.append(value_of(run, target.value.value))
        else:
            inside = getattr(run.active[-1], "name", "") if run.active else ""
            kept = inside == "__init__" and not is_set_elsewhere(run, receiver.cls, target.attr)
            scope = run.names.scopes.get(receiver.cls.node)
            kept = kept and method_of(run, receiver.cls, target.attr) is None
            kept = kept and scope is not None and target.attr not in scope.bindings
            run.memory.attributes[receiver, target.attr] = value if kept else Hole(target.attr)
    elif isinstance(target, ast.Subscript):
        forget(value_of(run, target.value))
    elif isinstance(target, ast.Starred):
        bind(run, target.value, Hole())


def is_set_elsewhere(run: Run, cls: Class, name: str) -> bool:
    """Whether anything but `__init__` may assign an attribute of a class: methods of related classes, too."""
    return name in run.names.reassigned or name in run.names.foreign_attributes


def _bind_all(run: Run, target: ast.Tuple | ast.List, value: Any) -> None:
    value = run.memory.current(value)
    count = len(target.elts)
    starred = [at for at, e in enumerate(target.elts) if isinstance(e, ast.Starred)]
    if isinstance(value, ShapeOf) or isinstance(value, tuple) and not starred:
        items = unpacked_shape(run, target, value)
    elif isinstance(value, Mapped) and not starred:
        items = iterate_mapped(run, value, count)
    elif isinstance(value, Known) and not starred and value.dims:
        items = [run.operate(lambda: run.domain.subscript(value, 0), target, "unpacking", [])] * count
    else:
        items = sequence(run, value)
    if items is not None and starred:
        items = _spread(items, count, starred[0])
    if items is None or len(items) != count:
        shared = any_element(run, value)
        unknown = isinstance(shared, Hole)
        for place, element in enumerate(target.elts):
            bind(run, element, _part(value, place, count) if unknown else shared)
        return
    for element, item in zip(target.elts, items, strict=True):
        bind(run, element, item)


def _part(value: Any, place: int, count: int) -> Hole:
    return value.member(("part", place, count)) if isinstance(value, Hole) else Hole()


def _spread(items: list[Any], count: int, star: int) -> list[Any] | None:
    """The items with those that a starred name takes in one list."""
    after = count - star - 1
    if len(items) < count - 1:
        return None
    middle = Listing(list(items[star : len(items) - after]))
    return [*items[:star], middle, *items[len(items) - after :]]


def _assign(run: Run, node: ast.Assign) -> bool:
    value = value_of(run, node.value)
    for target in node.targets:
        if isinstance(target, (ast.Tuple, ast.List)) and _is_miscounted(run, target, value, node.value):
            value = Hole()
        bind(run, target, value)
    if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        _heed_comment(run, node, node.targets[0].id)
    return True


def _heed_comment(run: Run, statement: ast.stmt, name: str) -> None:
    """A comment tells the shape of what is unknown; of what is known it may be stale."""
    comment = comment_at(run.finder, statement)
    if comment is None or comment.name not in ("", name) or any(word in name for word in _NO_TENSORS):
        return
    if ";" in run.finder.source.lines[comment.row - 1].partition("#")[0]:
        return
    value = run.memory.current(run.memory.frame.names[name])
    if isinstance(value, Known):
        if refuted(comment.claim, value, {}, run) and not _tells_elements(comment.claim, value):
            start = Position(comment.row, comment.column)
            span = Span(start, Position(comment.row, comment.column + len(comment.claim.text)))
            reason = f"the comment says `{comment.claim.text}`"
            fitting = _fitting(run, comment.claim, value)
            details = {"operands": ((f"`{name}`", value),), "span": span, "comment": fitting}
            run.contradict(_name_of(statement), "comment", reason, **details)
    elif isinstance(value, Hole) and not value.parents and not value.numeric:
        claim = claimed(run, comment.claim, Origin(comment.row, "by the comment"), {}, name)
        if isinstance(claim, Known):
            run.memory.holes[value] = replace(claim, hearsay=comment.row)


def _tells_elements(claim: Claim, tensor: Known) -> bool:
    """Whether a comment such as `(cx, cy, w, h)` may name the elements of the last axis."""
    last = tensor.shape[-1].constant if tensor.dims else None
    return len(tensor.dims) < 2 or last == len(claim.axes)


def _fitting(run: Run, claim: Claim, tensor: Known) -> str:
    """What a shape comment should say, in the brackets that it has; empty where a length has no name."""
    lengths = []
    for dimension, length in zip(tensor.dims, tensor.shape, strict=True):
        names = [run.labels.get(axis.name, "") for axis in dimension]
        lengths.append("*".join(names) if names and all(names) else shown(length))
    if any("?" in length for length in lengths) or claim.text[:1] not in ("(", "["):
        return ""
    return f"{claim.text[0]}{', '.join(lengths)}{claim.text[-1]}"


_NO_TENSORS = ("shape", "size", "dims", "perm", "axes")


def _name_of(statement: Any) -> ast.expr:
    found: ast.expr = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return found


def _is_miscounted(run: Run, target: ast.Tuple | ast.List, value: Any, written: ast.expr) -> bool:
    """Whether a tuple has another number of values than there are names for it; that is noted."""
    if isinstance(value, ShapeOf):
        known = run.memory.current(value.hole)
        value = known.shape if isinstance(known, Known) else None
    if not isinstance(value, tuple):
        return False
    names = len(target.elts)
    starred = any(isinstance(element, ast.Starred) for element in target.elts)
    if len(value) == names or starred and len(value) >= names - 1:
        return False
    least = f"at least {names - 1}" if starred else f"{names}"
    reason = f"`{ast.unparse(written)}` has {len(value)} values, and {least} are unpacked"
    run.contradict(target, "unpacking", reason)
    return True


def _annotated(run: Run, node: ast.AnnAssign) -> bool:
    if node.value is None:
        return True
    value = value_of(run, node.value)
    claim = annotation_of(run.finder, node.annotation, run.names.module)
    frame = run.memory.frame
    if isinstance(value, Known):
        if refuted(claim, value, frame.sizes, run):
            operands = ((f"`{ast.unparse(node.target)}`", value),)
            run.contradict(node.target, "annotation", f"it is annotated `{claim.text}`", operands=operands)
            value = Hole()
    elif isinstance(value, Hole) and isinstance(claim, Claim):
        value = claimed(run, claim, Origin(node.lineno, "annotated"), frame.sizes, value.name)
    bind(run, node.target, value)
    if isinstance(node.target, ast.Name):
        _heed_comment(run, node, node.target.id)
    return True


def _augmented(run: Run, node: ast.AugAssign) -> bool:
    if isinstance(node.target, ast.Name):
        left = value_of(run, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        right = value_of(run, node.value)
        whole = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
        symbol = SYMBOLS.get(node.op.__class__, "")
        result = operated(run, symbol, left, right, whole, (node.target, node.value))
        # in place, the shape of a tensor stays
        if isinstance(left, Listing):  # also under its other names
            grown = result if isinstance(result, Listing) and not run.nesting else Listing(None, Hole())
            left.items, left.element = grown.items, grown.element
            result = left
        in_place = isinstance(left, Known) and symbol != "@" and "torch" in (left.framework, run.framework)
        bind(run, node.target, left if in_place else result)
    else:
        value_of(run, node.value)
        bind(run, node.target, Hole())
    return True


def _expression(run: Run, node: ast.Expr) -> bool:
    value_of(run, node.value)
    return True


def _if(run: Run, node: ast.If) -> bool:
    decided = truth(value_of(run, node.test))
    if decided is not None:
        return _under(run, node.test, decided, node.body if decided else node.orelse)
    before = run.memory.copy()
    with run.perhaps():
        first = _under(run, node.test, True, node.body)
        one = run.memory.copy()
        run.memory.restore(before)
        second = _under(run, node.test, False, node.orelse)
    run.unsure |= first is not second
    if first and second:
        run.memory.join([one, run.memory.copy()])
    elif first:
        run.memory.restore(one)
    return first or second


def _under(run: Run, test: ast.expr, holds: bool, body: Sequence[ast.stmt]) -> bool:
    assume(run, test, holds)
    run.nesting += 1
    try:
        return read_block(run, body)
    finally:
        run.nesting -= 1


def _for(run: Run, node: ast.For | ast.AsyncFor) -> bool:
    over = value_of(run, node.iter)

    def enter() -> None:
        element = any_element(run, over)
        if isinstance(over, range) or _is_range(node.iter):
            element = integer("i")
        bind(run, node.target, element)

    return _after_loop(run, _loop(run, enter, node.body), node.orelse)


def _is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _while(run: Run, node: ast.While) -> bool:
    def enter() -> None:
        value_of(run, node.test)

    return _after_loop(run, _loop(run, enter, node.body), node.orelse)


def _after_loop(run: Run, breaks: list[Snapshot] | None, orelse: Sequence[ast.stmt]) -> bool:
    """What follows a loop: its `else`, or the ways that left by `break`.

    What follows a body that always leaves the function is not read: only a loop of nothing leads there.
    """
    if breaks is None:
        return False
    with run.perhaps():
        ended = read_block(run, orelse)
    ways = [*breaks, run.memory.copy()] if ended else breaks
    if ways:
        run.memory.join(ways)
    return bool(ways)


def _loop(run: Run, enter: Callable[[], None], body: Sequence[ast.stmt]) -> list[Snapshot] | None:
    """Read a body until what is known before it does not change any more.

    Gives the ways that leave by `break`, None where the body always leaves the function.
    """
    returned = len(run.memory.frame.returned)
    breaks: list[Snapshot] = []
    for reading in range(_MOST_READINGS):
        start = run.memory.copy()
        ways = [start.again()]
        found = len(run.found)
        breaks = []
        run.exits.append((ways, breaks))
        run.nesting += 1
        try:
            with run.perhaps():
                enter()
                ended = read_block(run, body)
        finally:
            run.nesting -= 1
            run.exits.pop()
        if not ended and len(ways) == 1 and not breaks:
            return None
        run.unsure |= not ended or bool(breaks) or len(run.memory.frame.returned) > returned
        if ended:
            ways.append(run.memory.copy())
        run.memory.join(ways)
        if _is_stable(start, run.memory.copy()):
            return breaks
        if reading == _MOST_READINGS - 1:
            for name, value in run.memory.frame.names.items():
                if name not in start.names or not covers(start.names[name], value):
                    run.memory.frame.names[name] = Hole()
            del run.found[found:]
            return breaks
        del run.found[found:]
    return breaks


def _is_stable(start: Snapshot, end: Snapshot) -> bool:
    return all(name in start.names and covers(start.names[name], value) for name, value in end.names.items()) and all(
        key in start.attributes and covers(start.attributes[key], value) for key, value in end.attributes.items()
    )


def _leave(run: Run, node: ast.Break | ast.Continue) -> bool:
    if run.exits:
        again, out = run.exits[-1]
        (out if isinstance(node, ast.Break) else again).append(run.memory.copy())
    return False


def _with(run: Run, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value_of(run, item.context_expr)
        if item.optional_vars is not None:
            bind(run, item.optional_vars, Hole())
    if not any(expects_failure(item.context_expr) for item in node.items):
        return read_block(run, node.body)
    before = run.memory.copy()
    with run.perhaps():
        ways = [run.memory.copy()] if read_block(run, node.body) else []
    run.memory.restore(before)
    _forget(run, node.body)
    run.memory.join([*ways, run.memory.copy()])
    return True


def _try(run: Run, node: Any) -> bool:
    """What a handler finds is unknown: the body may have stopped anywhere."""
    before = run.memory.copy()
    run.nesting += 1
    found = len(run.found)
    ended = read_block(run, node.body)
    if node.handlers:  # what fails there is expected to
        del run.found[found:]
    ended = ended and read_block(run, node.orelse)
    ways = [run.memory.copy()] if ended else []
    unsure, run.unsure = run.unsure, True
    for handler in node.handlers:
        run.memory.restore(before.again())
        _forget(run, node.body)
        if handler.name:
            run.memory.frame.names[handler.name] = Hole()
        if read_block(run, handler.body):
            ways.append(run.memory.copy())
    run.nesting -= 1
    run.unsure = unsure or bool(node.handlers)
    if ways:
        run.memory.join(ways)
    final = read_block(run, node.finalbody)
    return bool(ways) and final


def _forget(run: Run, body: Sequence[ast.stmt]) -> None:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                run.memory.frame.names[node.id] = Hole()


def _return(run: Run, node: ast.Return) -> bool:
    value = None if node.value is None else value_of(run, node.value)
    claim = run.memory.frame.result
    if isinstance(claim, Claim) and node.value is not None and isinstance(value, Known):
        _check_result(run, claim, node.value, value)
    run.memory.frame.returned.append((_settled(run, value), run.memory.copy()))
    return False


def _check_result(run: Run, claim: Claim, node: ast.expr, value: Known) -> None:
    if refuted(claim, value, run.memory.frame.sizes, run):
        written = f"`{node.id}`" if isinstance(node, ast.Name) else "the value"
        run.contradict(node, "annotation", f"the result is annotated `{claim.text}`", operands=((written, value),))


def _settled(run: Run, value: Any) -> Any:
    value = run.memory.current(value)
    return tuple(_settled(run, item) for item in value) if isinstance(value, tuple) else value


def _raise(run: Run, node: ast.Raise) -> bool:
    return False


def _assert(run: Run, node: ast.Assert) -> bool:
    value_of(run, node.test)
    assume(run, node.test, True)
    return True


def _definition(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = run.memory.frame.names
    names[node.name] = Function(node, run.memory.frame)
    scope = run.names.scopes.get(node)
    if scope is not None and scope.elsewhere:
        names.update(dict.fromkeys(scope.elsewhere, Hole()))
    return True


def _class_definition(run: Run, node: ast.ClassDef) -> bool:
    run.memory.frame.names[node.name] = Class(node)
    return True


def _delete(run: Run, node: ast.Delete) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.memory.frame.names[target.id] = Hole()
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            forget(value_of(run, target.value))
    return True


def _match(run: Run, node: Any) -> bool:
    value_of(run, node.subject)
    before = run.memory.copy()
    ways = [before.again()]
    for case in node.cases:
        run.memory.restore(before.again())
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                run.memory.frame.names[name] = Hole()
        with run.perhaps():
            ended = read_block(run, case.body)
        run.unsure |= not ended
        if ended:
            ways.append(run.memory.copy())
    run.memory.join(ways)
    return True


_HANDLERS: dict[type, Callable[[Run, Any], bool]] = {
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Expr: _expression, ast.If: _if,
    ast.For: _for, ast.AsyncFor: _for, ast.While: _while, ast.With: _with, ast.AsyncWith: _with, ast.Try: _try,
    ast.Return: _return, ast.Raise: _raise, ast.Assert: _assert, ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition, ast.ClassDef: _class_definition, ast.Delete: _delete, ast.Break: _leave,
    ast.Continue: _leave,
}  # fmt: skip
for _newer, _handler in (("TryStar", _try), ("Match", _match)):
    if hasattr(ast, _newer):
        _HANDLERS[getattr(ast, _newer)] = _handler
