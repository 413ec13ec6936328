"""What a call is given, as the code has it: its tensor and its lengths."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from einlint.dimensions import Dim
from einlint.shapes.dispatch import value_of
from einlint.shapes.objects import Step
from einlint.shapes.objects import length as integer_of
from einlint.shapes.run import Run


def tensor_of(node: ast.Call, given: int) -> ast.expr:
    """The tensor of a method, or of a function that is given so many arguments after it."""
    return node.args[0] if len(node.args) > given else getattr(node.func, "value", node)


def others_of(step: Step, call: ast.Call) -> list[ast.expr]:
    """The arguments of a call besides its tensor."""
    return call.args if step.is_method else call.args[1:]


def lengths_of(run: Run, nodes: Sequence[ast.expr]) -> list[Dim | None]:
    """The lengths that are written one by one or as one value, None for what is not known to be an integer."""
    values = [value_of(run, each) for each in nodes]
    values = list(values[0]) if len(values) == 1 and isinstance(values[0], tuple) else values
    return [integer_of(run.memory.current(value)) for value in values]
