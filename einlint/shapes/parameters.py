"""What the parameters of a function stand for: the arguments of a call, or what annotations and defaults say."""

from __future__ import annotations

import ast
from typing import Any

from einlint.shapes.dispatch import value_of
from einlint.shapes.evidence import annotation_of, claimed, or_none
from einlint.shapes.fields import object_of
from einlint.shapes.objects import Frame, Hole, Origin, integer
from einlint.shapes.run import Run

_LITERAL = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)


def defaults_of(spec: ast.arguments) -> dict[str, ast.expr]:
    """The default of each parameter that has one."""
    positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(reversed(positional), reversed(spec.defaults), strict=False))
    return found | {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}


def bind_arguments(run: Run, definition: Any, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> bool:
    """Bind the arguments to the parameters as Python does; False where that fails."""
    spec = definition.args
    positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    every = [*positional, *[a.arg for a in spec.kwonlyargs]]
    names = frame.names
    names.update(zip(positional, args, strict=False))
    if len(args) > len(positional):
        if spec.vararg is None:
            return False
        names[spec.vararg.arg] = tuple(args[len(positional) :])
    elif spec.vararg is not None:
        names[spec.vararg.arg] = ()
    extra = {}
    for name, value in kwargs.items():
        if name in every:
            if name in names:
                return False
            names[name] = value
        else:
            extra[name] = value
    if extra and spec.kwarg is None:
        return False
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = dict(extra)
    missing = [name for name in every if name not in names]
    defaults = defaults_of(spec) if missing else {}
    for name in missing:
        if name not in defaults:
            return False
        names[name] = value_of(run, defaults[name]) if _is_literal(defaults[name]) else Hole(name)
    return True


def _is_literal(node: ast.expr) -> bool:
    """Whether a default is the same wherever it is read."""
    return isinstance(node, ast.Constant) or all(isinstance(each, _LITERAL) for each in ast.walk(node))


def unknown_parameter(run: Run, parameter: ast.arg, default: ast.expr | None, frame: Frame) -> Any:
    """What the annotation says, or an integer where the default is one; otherwise unknown."""
    if isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "int":
        return integer(parameter.arg)
    is_init = frame.scope.name == "__init__"
    if isinstance(default, ast.Constant) and type(default.value) is int and parameter.annotation is None and is_init:
        return integer(parameter.arg)
    claim = annotated(run, parameter.annotation)
    if claim is not None:
        value = claimed(run, claim, Origin(parameter.lineno, "annotated"), frame.sizes, parameter.arg)
        is_optional = isinstance(default, ast.Constant) and default.value is None
        return or_none(value, parameter.arg) if is_optional else value
    if (found := object_of(run, parameter.annotation, parameter.arg)) is not None:
        return found
    # a factor of 1.0 may be a tensor for some caller, but not for one that makes a module
    made = isinstance(default, ast.Constant) and type(default.value) is float and is_init
    written = isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "float"
    return Hole(parameter.arg, numeric=made or written)


def annotated(run: Run, annotation: ast.expr | None) -> Any:
    return None if annotation is None else annotation_of(run.finder, annotation, run.names.module)
