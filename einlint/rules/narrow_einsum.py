"""EIN310 narrow-einsum."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from einlint.callables import Kind
from einlint.calls import Call, Reading
from einlint.findings import Report
from einlint.names import Binding, last_name
from einlint.patterns.dialects import Dialect
from einlint.registry import rule

_LARGEST = {"uint8": 255, "int8": 127, "int16": 32767, "uint16": 65535}
_TRUTHS = frozenset({"bool", "bool_"})
_MAKERS = frozenset(
    "array asarray ascontiguousarray zeros ones full empty zeros_like ones_like full_like arange frombuffer".split()
)
_SAME = frozenset({"copy", "reshape", "transpose", "ravel", "squeeze"})
_DEEPEST = 6
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@rule("EIN310", "narrow-einsum", subject=Reading)
def narrow_einsum(reading: Reading) -> Iterator[Report]:
    """An einsum of numpy multiplies and adds integers of 8 or 16 bits in that type, where they wrap around."""
    call = reading.call
    if call.callee.kind is not Kind.EQUATION or call.callee.dialect is not Dialect.NUMPY or "dtype" in call.keywords:
        return
    if any(keyword.arg in ("dtype", "out", None) for keyword in call.node.keywords) or not call.operands_known:
        return
    types = [_dtype(call, operand, 0) for operand in call.operands]
    if types and all(each in _TRUTHS for each in types) and _is_summed(reading) and _is_counted(call):
        message = (
            "all operands are bool, so this einsum is true or false: True + True is True, and what is computed with it "
            "counts 1 for any number; convert an operand to an integer"
        )
        yield Report(call.span, message)
        return
    if not types or any(each not in _LARGEST for each in types) or not _grows(reading):
        return
    widest = max((each for each in types if each), key=lambda each: _LARGEST[each])
    largest = _LARGEST[widest]
    message = (
        f"all operands are `{widest}`, and so is every product and sum, which wraps around above {largest}: "
        f"{_example(widest)}; convert an operand or pass `dtype=`"
    )
    yield Report(call.span, message)


def _is_summed(reading: Reading) -> bool:
    output = reading.pattern.output
    kept = {axis.name for axis in output.axes} if output is not None else set()
    return any(axis.name not in kept for expression in reading.pattern.inputs for axis in expression.axes)


def _is_counted(call: Call) -> bool:
    """Whether the result is computed with, where it is written or by its name."""
    scope = call.scope
    name = next((n for n, bound in scope.bindings.items() if any(b.value is call.node for b in bound)), "")
    for node in ast.walk(call.source.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
            for side in (node.left, node.right):
                if side is call.node or name and isinstance(side, ast.Name) and side.id == name:
                    return node.lineno >= call.node.lineno
    return False


def _example(name: str) -> str:
    root = {"uint8": 16, "int8": 12, "int16": 182, "uint16": 256}[name]
    bits = 8 if name.endswith("8") else 16
    wrapped = root * root % (1 << bits)
    wrapped -= (1 << bits) if not name.startswith("u") and wrapped >= 1 << (bits - 1) else 0
    return f"{root} * {root} gives {wrapped}"


def _grows(reading: Reading) -> bool:
    """Whether the elements of the result are products or sums."""
    pattern = reading.pattern
    output = pattern.output
    return len(pattern.inputs) > 1 or output is not None and len(output.axes) < len(set(pattern.inputs[0].axes))


def _dtype(call: Call, node: ast.expr, depth: int) -> str:
    """The type of the elements of an array where the code says it, else empty."""
    if depth > _DEEPEST:
        return ""
    if isinstance(node, ast.Name):
        scope = call.scope.owner(node.id)
        bindings = scope.bindings.get(node.id, []) if scope is call.scope and scope is not None else []
        value = _latest(bindings, call.node.lineno)
        return "" if value is None else _dtype(call, value, depth + 1)
    if isinstance(node, ast.Compare):
        return "bool" if len(node.ops) == 1 and isinstance(node.ops[0], _COMPARISONS) else ""
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        if name == "astype" and node.args:
            return _named(node.args[0])
        if name in _LARGEST:
            return name
        given = next((keyword.value for keyword in node.keywords if keyword.arg == "dtype"), None)
        if name in _MAKERS:
            return _named(given) if given is not None else ""
        if name in _SAME and isinstance(node.func, ast.Attribute):
            return _dtype(call, node.func.value, depth + 1)
    return _dtype(call, node.value, depth + 1) if isinstance(node, ast.Subscript) else ""


def _latest(bindings: Sequence[Binding], row: int) -> ast.expr | None:
    """The value that was assigned last before a row, None where a binding cannot be read."""
    if any(binding.value is None and binding.row == 0 and len(bindings) < 2 for binding in bindings):
        return None
    values = [b.value for b in bindings if b.value is not None and (b.value.end_lineno or b.value.lineno) < row]
    return max(values, key=lambda value: value.lineno, default=None)


def _named(node: Any) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return last_name(node) or ""
