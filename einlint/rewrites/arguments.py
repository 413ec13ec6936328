"""The arguments of a call that becomes plain code: their placeholders, and how they may be read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from einlint.resolution import Dotted
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

_PATHS = (ast.Name, ast.Attribute, ast.Constant, ast.Load, ast.Subscript)
_ARITHMETIC = (*_PATHS, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Slice, ast.Tuple, ast.Starred)
_PURE = (*_ARITHMETIC, ast.List, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.IfExp)
_PURE_BUILTINS = frozenset({"abs", "float", "int", "len", "max", "min", "round"})
_NEVER_MOVED = (ast.NamedExpr, ast.Yield, ast.YieldFrom)


class Cost(Enum):
    """What it does to read an argument again, or not at all."""

    FREE = "nothing: a constant or a local name"
    CHEAP = "nothing, unless something else is evaluated between"
    COSTLY = "no harm, but work"
    EFFECT = "whatever it calls may notice"


@dataclass(frozen=True)
class Argument:
    """An argument of a call: `name` is its placeholder, `code` what takes the place of that.

    `atomic` code needs no parentheses before a method.
    """

    name: str
    node: ast.expr
    code: str
    cost: Cost
    atomic: bool


def argument(site: Site, name: str, node: ast.expr, tensor: bool) -> Argument:
    """An operand or a length. A tensor that is read twice must be a name: an attribute may compute it."""
    if any(isinstance(part, _NEVER_MOVED) for part in ast.walk(node)):
        raise Refusal("an argument binds a name or yields")
    return Argument(name, node, _standing(site, node), cost_of(site, node, tensor), is_atomic(node))


def is_atomic(node: ast.expr) -> bool:
    """Whether a method can be called on the code of a node without parentheses."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, (int, float, complex))
    if isinstance(node, ast.Tuple):
        return True
    kinds = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp)
    return isinstance(node, (*kinds, ast.DictComp, ast.SetComp, ast.JoinedStr))


def _standing(site: Site, node: ast.expr) -> str:
    """The source of an argument, in parentheses where its line breaks need those of the call."""
    code = site.file.code(node)
    if isinstance(node, ast.GeneratorExp) and not code.startswith("("):
        return f"({code})"
    if "\n" in code or "\r" in code:
        try:
            ast.parse(code, mode="eval")
        except SyntaxError:
            return f"({code})"
    return code


def cost_of(site: Site, node: ast.expr, tensor: bool) -> Cost:
    """What it costs to read an expression again; a tensor that is read twice must be a name."""
    parts = list(ast.walk(node))
    if isinstance(node, (ast.Constant, ast.Name)) or isinstance(node, ast.UnaryOp) and len(parts) <= 3:
        return Cost.FREE
    calls = [part for part in parts if isinstance(part, ast.Call)]
    insides = {id(name) for call in calls for name in ast.walk(call.func)}
    if not all(_is_pure(site, call) for call in calls):
        return Cost.EFFECT
    rest = [part for part in parts if id(part) not in insides and not isinstance(part, (ast.Call, ast.keyword))]
    if not calls and not tensor and all(isinstance(part, _ARITHMETIC) for part in rest):
        return Cost.CHEAP
    return Cost.COSTLY if all(isinstance(part, _PURE) for part in rest) else Cost.EFFECT


def _is_pure(site: Site, call: ast.Call) -> bool:
    """Whether a call is one of a builtin or of `math` that gives a number."""
    referent = site.file.finder.resolve(call.func, site.call.scope)
    if referent is None:
        return isinstance(call.func, ast.Name) and call.func.id in _PURE_BUILTINS
    return isinstance(referent, Dotted) and referent.name.startswith("math.")


def to_bind(arguments: Sequence[Argument], uses: Iterable[str]) -> list[Argument]:
    """The arguments to bind to locals, in order, so that each is evaluated once and none out of order.

    `uses` are the placeholders that the new code reads, in the order of evaluation.
    """
    read = list(uses)
    found = [each for each in arguments if read.count(each.name) > 1 and each.cost in _NOT_TWICE]
    dropped = [each for each in arguments if each.cost is Cost.EFFECT and each.name not in read]
    if dropped:
        raise Refusal(f"`{shortened(dropped[0])}` would no longer be evaluated")
    found += [each for each in arguments if each not in found and _is_moved(each, arguments, read)]
    if not found:
        return []
    last = max(arguments.index(each) for each in found)
    before = arguments[: last + 1]
    return [each for each in before if each in found or each.cost is not Cost.FREE and _noticed(each, before)]


_NOT_TWICE = (Cost.COSTLY, Cost.EFFECT)


def _is_moved(argument: Argument, arguments: Sequence[Argument], read: Sequence[str]) -> bool:
    """Whether the new code evaluates an argument on the other side of one that may change it."""
    if argument.cost is Cost.FREE:
        return False
    effects = [each for each in arguments if each.cost is Cost.EFFECT and each is not argument]
    for other in effects:
        first = arguments.index(argument) < arguments.index(other)
        places = [at for at, name in enumerate(read) if name == argument.name]
        if any((at < read.index(other.name)) != first for at in places):
            return True
    return False


def _noticed(argument: Argument, before: Sequence[Argument]) -> bool:
    """Whether an argument and one that is bound before the statement may notice each other."""
    return argument.cost is Cost.EFFECT or any(each.cost is Cost.EFFECT for each in before)


def shortened(argument: Argument) -> str:
    """The code of an argument in a sentence."""
    code = " ".join(argument.code.split())
    return code if len(code) <= 40 else f"{code[:37]}..."
