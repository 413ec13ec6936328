"""What the annotations of parameters say."""

from __future__ import annotations

import ast

from einlint.calls import CallFinder
from einlint.names import BindingKind, Scope, last_name, parameters


def is_annotated(name: str, scope: Scope, finder: CallFinder, as_type: str = "Tensor") -> bool:
    """Whether a name is a parameter that is annotated with a type, and never assigned."""
    owner = scope.owner(name)
    bindings = [] if owner is None else owner.bindings[name]
    if len(bindings) != 1 or bindings[0].kind is not BindingKind.OPAQUE:
        return False
    definition = finder.names.nodes.get(id(owner))
    if not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    annotations = (each.annotation for each in parameters(definition.args) if each.arg == name)
    return any(annotation is not None and last_name(annotation) == as_type for annotation in annotations)
