"""Whether a side with bindings may write into a value that is read again: index programs do not follow that."""

from __future__ import annotations

import ast

from einlint.verification.expressions import Expression, dotted

_NUMPY_METHODS = frozenset("fill put sort partition byteswap resize".split())
_NUMPY_FUNCTIONS = frozenset(
    f"numpy.{name}" for name in "copyto fill_diagonal put put_along_axis place putmask".split()
)  # fmt: skip
_STATISTICS = frozenset(f"torch.nn.functional.{name}" for name in ("batch_norm", "instance_norm", "embedding"))


def written(side: Expression, framework: str) -> str | None:
    """The first call of a side with bindings that may write into one of its operands."""
    if not side.bindings:
        return None
    bound = side.tensors.union(*(binding.names for binding in side.bindings))
    has_arrays = framework == "numpy" or any(_last(node) in ("numpy", "asnumpy") for node in side.nodes())
    calls = (node for node in side.nodes() if isinstance(node, ast.Call))
    return next((ast.unparse(call.func) for call in calls if _writes(call, dotted(call.func, bound), has_arrays)), None)


def _writes(call: ast.Call, path: str | None, has_arrays: bool) -> bool:
    name = _last(call.func)
    if name.endswith("_") or path in _NUMPY_FUNCTIONS or path in _STATISTICS:
        return True
    if path is None and has_arrays and name in _NUMPY_METHODS:
        return True
    if any(keyword.arg in ("inplace", "copy", None) for keyword in call.keywords):
        return True
    # `F.relu(x, True)` and `nn.ReLU(True)` write in place.
    in_nn = path is not None and path.startswith("torch.nn.")
    return in_nn and any(isinstance(a, ast.Starred) or getattr(a, "value", None) is True for a in call.args)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""
