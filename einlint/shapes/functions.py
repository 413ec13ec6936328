"""Calls of functions of the file: their bodies are read with what is known of the arguments."""

from __future__ import annotations

import ast
from typing import Any

from einlint.names import Scope, called_name, parameters
from einlint.shapes.dispatch import CALLABLES, EXPRESSIONS, call, read_block, unknown_call, value_of
from einlint.shapes.docstrings import heed_docstring
from einlint.shapes.evidence import refuted
from einlint.shapes.hints import parameter_hints
from einlint.shapes.memory import joined
from einlint.shapes.objects import Frame, Function, Hole, Instance, Known, Partial
from einlint.shapes.parameters import annotated, bind_arguments, defaults_of, unknown_parameter
from einlint.shapes.run import DEEPEST_CALL, Run

HARMLESS = frozenset({"staticmethod", "property", "no_grad", "typecheck", "autocast", "jaxtyped", "beartype"})
"""Decorators that leave what a function returns as it is."""


def called_function(
    run: Run, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None
) -> Any:
    """Read the body of a function of the file with these arguments."""
    definition = function.node
    scope = run.names.scopes.get(definition)
    deep = len(run.callers) >= DEEPEST_CALL or definition in run.active
    if scope is None or deep or not _is_plain(run, definition, scope):
        run.memory.forget_attributes(function.receiver)
        return unknown_call(run, args, kwargs)
    given = args if function.receiver is None or is_static(definition) else [function.receiver, *args]
    frame = run.activation(scope, function.frame)
    if not bind_arguments(run, definition, given, kwargs, frame):
        return unknown_call(run, args, kwargs)
    if node is not None and not isinstance(definition, ast.Lambda) and not _as_annotated(run, definition, frame, node):
        return Hole()
    caller = run.memory.frame
    is_inside = node is not None and not isinstance(definition, ast.Lambda)
    unsure = run.unsure
    if is_inside:
        run.unsure = unsure and bool(run.callers)
        run.callers.append(node)  # type: ignore[arg-type]
    run.active.append(definition)
    run.memory.frame = frame
    run.memory.callers.append(caller)
    found = len(run.found)
    try:
        result = _result(run, definition, frame)
        if is_inside and len(run.found) == found and Known in [value.__class__ for value in args]:
            run.served.setdefault(definition, set()).add(run.callers[-1])
        return result
    finally:
        run.memory.frame, run.unsure = caller, unsure
        run.memory.callers.pop()
        run.active.pop()
        if is_inside:
            run.callers.pop()


def _as_annotated(run: Run, definition: Any, frame: Frame, node: ast.Call) -> bool:
    """Whether the arguments are what the annotations of a function say; what is not is noted."""
    for parameter in parameters(definition.args):
        value = run.memory.current(frame.names.get(parameter.arg))
        claim = annotated(run, parameter.annotation) if isinstance(value, Known) else None
        if claim is not None and refuted(claim, value, frame.sizes, run):
            reason = f"`{definition.name}` annotates it as `{claim.text}`"
            run.contradict(node, "annotation", reason, operands=((f"`{parameter.arg}`", value),))
            return False
    frame.result = annotated(run, definition.returns)
    return True


def _result(run: Run, definition: Any, frame: Frame) -> Any:
    if isinstance(definition, ast.Lambda):
        return value_of(run, definition.body)
    if read_block(run, definition.body):
        frame.returned.append((None, run.memory.copy()))
    if not frame.returned:
        return Hole()
    run.memory.join([way for _, way in frame.returned])
    result = frame.returned[0][0]
    for value, _ in frame.returned[1:]:
        result = joined(result, value)
    return result


def is_static(definition: Any) -> bool:
    """Whether a method is called without an object."""
    return any(getattr(d, "id", "") == "staticmethod" for d in getattr(definition, "decorator_list", []))


def _is_plain(run: Run, definition: Any, scope: Scope) -> bool:
    """Whether calling a function means to read its body: no generator, no decorator that may change it."""
    if isinstance(definition, ast.Lambda):
        return True
    if not isinstance(definition, ast.FunctionDef) or scope.is_generator or scope.elsewhere:
        return False
    return HARMLESS.issuperset([called_name(d) for d in definition.decorator_list])


def read_with_unknown(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, receiver: Instance | None) -> None:
    """Read a function with unknown arguments."""
    frame = run.activation(run.names.scopes.get(node, run.names.module), None)
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = defaults_of(node.args)
    docstring = ast.get_docstring(node) or ""
    hints = parameter_hints(node, docstring, run.finder.source.lines)
    caller, run.memory.frame = run.memory.frame, frame
    for parameter in parameters(node.args):
        value = frame.names[parameter.arg] = unknown_parameter(run, parameter, defaults.get(parameter.arg), frame)
        if isinstance(value, Hole):
            value.hint = hints.get(parameter.arg)
    optional = {name for name, default in defaults.items() if isinstance(default, ast.Constant)}
    heed_docstring(run, node, docstring, frame, but=optional)
    frame.result = annotated(run, node.returns)
    static = any(called_name(d) in ("staticmethod", "classmethod") for d in node.decorator_list)
    if receiver is not None and positional and not static:
        frame.names[positional[0].arg] = receiver
    for extra in (node.args.vararg, node.args.kwarg):
        if extra is not None:
            frame.names[extra.arg] = Hole(extra.arg)
    run.active.append(node)
    try:
        ended = read_block(run, node.body)
        ways = [way for _, way in frame.returned] + ([run.memory.copy()] if ended else [])
        if ways:
            run.memory.join(ways)
    finally:
        run.active.pop()
        run.memory.frame = caller


def _partial(run: Run, partial: Partial, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return call(run, partial.function, [*partial.args, *args], {**partial.kwargs, **kwargs}, node)


def _lambda(run: Run, node: ast.Lambda) -> Function:
    return Function(node, run.memory.frame)


CALLABLES.update({Function: called_function, Partial: _partial})
EXPRESSIONS[ast.Lambda] = _lambda
