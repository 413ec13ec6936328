"""What code changes by ways that are not read: `globals()[...] =`, `exec`, `vars(x)`, `setattr`, `self.x.t_()`."""

from __future__ import annotations

import ast
from typing import NamedTuple

from einlint.names import Names

RESHAPES = frozenset(
    """resize_ resize_as_ resize set_ squeeze_ unsqueeze_ transpose_ swapaxes_ swapdims_ t_ as_strided_ permute_
    moveaxis_""".split()
)
"""Methods that change the shape of their receiver in place."""
_READS = frozenset({"get", "keys", "values", "items", "copy"})


class Afar(NamedTuple):
    """Whether any name of the module, or any attribute, may be assigned from afar, and the attributes that are."""

    names: bool
    every_attribute: bool
    attributes: frozenset[str]

    def sets(self, attribute: str) -> bool:
        """Whether an attribute of some object may be assigned, or its tensor be given another shape."""
        return self.every_attribute or attribute in self.attributes


def read_afar(names: Names, tree: ast.Module) -> Afar:
    """Read every call of a file once."""
    attributes: set[str] = set()
    every = in_module = False
    for call, _ in names.calls:
        function = call.func
        if isinstance(function, ast.Name):
            every |= function.id == "vars" and bool(call.args)
            in_module |= function.id == "exec" or function.id == "globals" and not in_module and _leaks(tree)
            if function.id in ("setattr", "delattr") and len(call.args) > 1:
                name, owner = call.args[1], call.args[0]
                if isinstance(name, ast.Constant):
                    attributes.add(str(name.value))
                else:
                    every |= not isinstance(owner, ast.Name)
        elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Attribute):
            if function.attr in RESHAPES:
                attributes.add(function.value.attr)
            of_self = isinstance(function.value.value, ast.Name) and function.value.value.id == "self"
            every |= function.value.attr == "__dict__" and function.attr not in _READS and not of_self
    return Afar(in_module, every, frozenset(attributes))


def _leaks(tree: ast.Module) -> bool:
    """Whether a file does more with `globals()` than to look a name up."""
    calls = {n for n in ast.walk(tree) if isinstance(n, ast.Call) and _is_globals(n)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            or (isinstance(node, ast.Attribute) and node.attr in _READS)
        ):
            calls.discard(node.value)
        elif isinstance(node, ast.Compare):
            calls.difference_update(node.comparators)
    return bool(calls)


def _is_globals(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "globals"
