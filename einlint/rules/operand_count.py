"""EIN108 operand-count."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Reading, dialect_of
from einlint.findings import Report
from einlint.patterns.dialects import Dialect
from einlint.patterns.equation_problems import operand_problem
from einlint.registry import rule

_TAKE_LISTS = (Dialect.TORCH, Dialect.GENERIC)
"""Dialects whose single operand may be a list of all of them."""


@rule("EIN108", "operand-count", subject=Reading)
def operand_count(reading: Reading) -> Iterator[Report]:
    """An einsum has more or fewer operands than its pattern has inputs."""
    call = reading.call
    if call.callee.kind not in (Kind.EINSUM, Kind.EQUATION) or reading.sublists or not call.operands_known:
        return
    dialect = dialect_of(call) if call.callee.kind is Kind.EQUATION else Dialect.GENERIC
    operands = call.operands
    if call.callee.kind is Kind.EQUATION and dialect in _TAKE_LISTS and len(operands) == 1:
        if not isinstance(operands[0], (ast.List, ast.Tuple)):
            return
        operands = tuple(operands[0].elts)
    elif any(isinstance(node, (ast.List, ast.Tuple)) for node in operands) and call.callee.kind is Kind.EINSUM:
        return  # not-a-tensor reports it
    if not operands or any(isinstance(node, ast.Starred) for node in operands):
        return
    problem = operand_problem(reading.pattern, len(operands), dialect)
    if problem is not None:
        yield Report(reading.span(problem.start, problem.end), problem.message)
