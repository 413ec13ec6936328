"""Arithmetic in the text of a shape: `h*w`, `dim-1`, `(n + 1) // 2`, `{self.dim}`."""

from __future__ import annotations

import operator
from collections.abc import Callable

from einlint.dimensions import Dim, dim, symbol
from einlint.lazily import regex

_LONGEST = 80
_TOKEN = regex(r"\s*(?:(?P<number>\d+)|(?P<name>[^\W\d][\w.]*'*|\{[^{}]+\})|(?P<sign>\*\*|//|[-+*/%(),]))")
_UNSIGNED, _POWER = 3, 4
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": _POWER}


class NotASize(ValueError):
    """The text is no arithmetic at all."""


def read_size(text: str) -> Dim | None:
    """The polynomial that is written; None for a size that is none, as `h / 2` or `min(a, b)`.

    Raises NotASize for text that is not an expression.
    """
    tokens = _tokens(text)[::-1]
    value = _expression(tokens, 0)
    if tokens:
        raise NotASize(text)
    return value


def _tokens(text: str) -> list[str]:
    found = []
    place, text = 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(text) > _LONGEST:
            raise NotASize(text)
        found.append(match[0].strip())
        place = match.end()
    return found


def _expression(tokens: list[str], least: int) -> Dim | None:
    """Consume an expression whose operators bind at least as strongly as `least`; the next token is the last."""
    left = _operand(tokens)
    while tokens and least <= _BINDING.get(tokens[-1], -1):
        sign = tokens.pop()
        right = _expression(tokens, _UNSIGNED if sign == "**" else _BINDING[sign] + 1)
        left = None if left is None or right is None else _OPERATIONS[sign](left, right)
    return left


def _operand(tokens: list[str]) -> Dim | None:
    token = tokens.pop() if tokens else ""
    if token in ("+", "-"):
        value = _expression(tokens, _UNSIGNED)
        return -value if value is not None and token == "-" else value
    if token == "(":
        value = _expression(tokens, 0)
        _expect(tokens, ")")
        return value
    if token.isdecimal():
        return dim(int(token))
    if not token or token in _BINDING or token in "),":
        raise NotASize(token)
    if tokens and tokens[-1] == "(":
        _skip_arguments(tokens)
        return None
    return symbol(token) if token[0] != "{" or not set(token) & set("!:=") else None


def _skip_arguments(tokens: list[str]) -> None:
    """Consume the arguments of a function."""
    separator = tokens.pop()
    if tokens[-1:] == [")"]:
        separator = tokens.pop()
    while separator != ")":
        _expression(tokens, 0)
        separator = tokens.pop() if tokens else ""
        if separator not in (",", ")"):
            raise NotASize(separator)


def _expect(tokens: list[str], sign: str) -> None:
    if not tokens or tokens.pop() != sign:
        raise NotASize(sign)


def _divided(operation: Callable[[Dim, Dim], Dim | None]) -> Callable[[Dim, Dim], Dim | None]:
    return lambda left, right: operation(left, right) if right.terms else None


def _power(base: Dim, exponent: Dim) -> Dim | None:
    """Powers of sums are left alone: they grow without bound."""
    small = exponent.constant in range(5) and len(base.terms) <= 1
    return base ** (exponent.constant or 0) if small else None


_OPERATIONS: dict[str, Callable[[Dim, Dim], Dim | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided(Dim.exact),
    "//": _divided(operator.floordiv),
    "%": _divided(operator.mod),
    "**": _power,
}
