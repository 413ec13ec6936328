"""One random change in the text of an expression: other numbers, axes, arguments, operands, functions, patterns.

Most change the result, some do not: running both tells.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from random import Random

TENSORS = ("x", "y", "w")
_KIN = tuple(
    names.split()
    for names in (
        "sum mean amax amin prod max min std",
        "maximum minimum max min add sub mul",
        "softmax cumsum flip log_softmax cumprod",
        "repeat tile repeat_interleave expand",
        "reshape view permute flatten",
        "T mT",
        "unsqueeze squeeze",
        "cat stack",
        "relu abs exp square neg sigmoid",
        "matmul tensordot mul",
        "transpose swapaxes roll movedim",
    )
)
_WRAPS = (
    "e.T", "e.mT", "e.flatten()", "e.flatten(1)", "e.squeeze()", "e.mean(0, keepdim=True)", "e.sum(-1, keepdim=True)",
    "e[:1]", "e[..., :1]", "e[..., None]", "e[None]", "e.reshape(e.shape[::-1])", "e.flip(0)", "e.abs()", "-e", "e * 2",
    "e + 1", "e.transpose(0, -1)", "e.mean()", "e.expand_as(x)", "e.cumsum(0)", "e[-1]", "e[::-1]", "e.roll(1, 0)",
    "e[1:]", "e.round()", "e.diagonal()", "e.reshape(-1)", "e.reshape(-1, e.shape[0])", "e.unflatten(0, (1, -1))",
)  # fmt: skip
_OPERATORS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.MatMult, ast.Div)


def altered(text: str, random: Random) -> str:
    """The expression with one change."""
    tree = ast.parse(text, mode="eval")
    while True:
        place = random.choice([node for node in ast.walk(tree) if isinstance(node, ast.expr)])
        edits = list(_edits(place, random))
        if edits:
            changed: ast.AST = _Replacing(place, random.choice(edits)).visit(tree)
            return ast.unparse(ast.fix_missing_locations(changed))


class _Replacing(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _edits(node: ast.expr, random: Random) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as number):
            yield from map(ast.Constant, (number + 1, number - 1, -number, -number - 1))
            yield from (ast.Tuple([node], ast.Load()), ast.List([node], ast.Load()), ast.Constant(float(number)))
        case ast.Constant(value=str() as pattern):
            yield from map(ast.Constant, _patterns(pattern, random))
        case ast.Tuple(elts=[_, _, *_] as elements) | ast.List(elts=[_, _, *_] as elements):
            yield from (type(node)(order, ast.Load()) for order in _orders(elements, random))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.BinOp(right, op, left)
            yield from (ast.BinOp(left, other(), right) for other in _OPERATORS if not isinstance(op, other))
        case ast.Call():
            yield from _calls(node, random)
        case ast.Subscript(value=value, slice=index):
            yield from (ast.Subscript(value, new, ast.Load()) for new in _indices(index))
        case ast.Attribute(value=value, attr=name):
            yield from (ast.Attribute(value, other, ast.Load()) for other in _kin(name))
        case ast.Name(id=name) if name in TENSORS:
            yield from (ast.Name(other, ast.Load()) for other in TENSORS if other != name)
    if isinstance(node, ast.Call | ast.BinOp | ast.Subscript) or (isinstance(node, ast.Name) and node.id in TENSORS):
        wrap = ast.parse(random.choice(_WRAPS), mode="eval").body
        yield _Filling(node).visit(wrap)


class _Filling(ast.NodeTransformer):
    def __init__(self, value: ast.expr) -> None:
        self.value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.value if node.id == "e" else node


def _calls(node: ast.Call, random: Random) -> Iterator[ast.expr]:
    """Other orders of arguments, one argument less, `keepdim=True`, a related function."""
    yield from (ast.Call(node.func, order, node.keywords) for order in _orders(node.args, random))
    for k in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:k] + node.keywords[k + 1 :])
    if isinstance(node.func, ast.Attribute):
        for other in _kin(node.func.attr):
            yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)
        if node.func.attr in _KIN[0] and not any(keyword.arg == "keepdim" for keyword in node.keywords):
            keep = ast.keyword("keepdim", ast.Constant(True))
            yield ast.Call(node.func, node.args, [*node.keywords, keep])
        if node.func.attr == "reshape" and node.args:
            k = random.randrange(len(node.args))
            yield ast.Call(node.func, [*node.args[:k], ast.Constant(-1), *node.args[k + 1 :]], node.keywords)


def _orders(elements: list[ast.expr], random: Random) -> Iterator[list[ast.expr]]:
    if len(elements) > 1:
        yield elements[::-1]
        yield random.sample(elements, len(elements))
    if elements:
        yield elements[:-1]
        yield elements[1:]
        yield [*elements[:-1], elements[0]]


def _kin(name: str) -> Iterator[str]:
    yield from (other for names in _KIN if name in names for other in names if other != name)


def _indices(index: ast.expr) -> Iterator[ast.expr]:
    match index:
        case ast.Slice(lower=lower, upper=upper, step=step):
            yield from (ast.Slice(upper, lower, step), ast.Slice(None, upper, step), ast.Slice(lower, None, step))
        case ast.Tuple(elts=elements) if len(elements) > 1:
            yield ast.Tuple(elements[::-1], ast.Load())
            yield ast.Tuple(elements[1:], ast.Load())


def _patterns(pattern: str, random: Random) -> Iterator[str]:
    """Two axes swapped on one side, an axis renamed, parentheses moved; a reduction's other name."""
    if pattern in _KIN[0]:
        yield from _KIN[0]
        return
    left, arrow, right = pattern.partition("->")
    for side, text in enumerate((left, right)):
        for made in _sides(text, random):
            yield made + arrow + right if side == 0 else left + arrow + made
    yield right.strip() + arrow + left.strip()


def _sides(text: str, random: Random) -> Iterator[str]:
    names = re.findall(r"[a-z]", text)
    if len(names) > 1:
        a, b = random.sample(names, 2)
        yield re.sub(r"[a-z]", lambda found: {a: b, b: a}.get(found[0], found[0]), text)
        yield text.replace(a, b)
        yield text.replace(a, "1")
        yield text.replace(a, f"({b} {a})").replace(b, "", 1)
    if names:
        yield text.replace(random.choice(names), "")
    yield text.replace("(", "").replace(")", "")
