"""Expression text -> a checked tree. What is not listed here is refused before anything runs."""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from einlint.source import PARSING
from einlint.verification import whitelist

MAX_TEXT = 8192
MAX_NODES = 200
MAX_STRING = 1024
MAX_INTEGER = 2**63
MAX_EXPONENT = 64
MAX_DEPTH = 40

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.UAdd: "+", ast.USub: "-", ast.Invert: "~", ast.Not: "not", ast.And: "and", ast.Or: "or",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_FOLDS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_PLAIN = (
    ast.Tuple, ast.List, ast.Subscript, ast.Slice, ast.Starred, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare,
    ast.IfExp,
)  # fmt: skip
_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp)
_ITERATORS = frozenset(f"builtins.{name}" for name in ("zip", "enumerate", "reversed"))
_READERS = frozenset(f"builtins.{name}" for name in "list tuple sum min max all any sorted zip enumerate".split())
_SPOKEN: dict[type[ast.AST], str] = {
    ast.Lambda: "`lambda`", ast.NamedExpr: "`:=`", ast.JoinedStr: "an f-string", ast.Await: "`await`",
    ast.Yield: "`yield`", ast.YieldFrom: "`yield from`", ast.SetComp: "a set comprehension", ast.Set: "a set",
    ast.DictComp: "a dict comprehension",
}  # fmt: skip


class Refused(Exception):
    """The expression is not run; the message says why in one sentence."""


class NotParsed(Refused):
    """The text is no expression at all."""


@dataclass(frozen=True)
class Binding:
    """`y = value`, or `p, q = value`, which must have as many items as there are names."""

    names: tuple[str, ...]
    value: ast.expr
    unpacks: bool = False

    @property
    def text(self) -> str:
        target = f"{', '.join(self.names)}{',' * (len(self.names) == 1)}" if self.unpacks else self.names[0]
        return f"{target} = {ast.unparse(self.value)}"


@dataclass(frozen=True)
class Expression:
    """A checked expression over the given tensor names, and the bindings that are evaluated before it, in order."""

    text: str
    tensors: frozenset[str]
    body: ast.expr
    bindings: tuple[Binding, ...] = ()

    @property
    def read(self) -> frozenset[str]:
        """The tensors that the expression reads."""
        return frozenset(n.id for n in self.nodes() if isinstance(n, ast.Name)) & self.tensors

    def nodes(self) -> Iterator[ast.AST]:
        """Every node of the bindings and of the result."""
        for part in (*(binding.value for binding in self.bindings), self.body):
            yield from ast.walk(part)


def parse(text: str, tensors: Collection[str]) -> Expression:
    """Read `text`; raises `Refused` for whatever verification does not run."""
    expression = Expression(text, frozenset(tensors), *_read(text))
    nodes = sum(isinstance(node, ast.expr | ast.keyword | ast.comprehension) for node in expression.nodes())
    if nodes > MAX_NODES:
        raise Refused(f"the expression has {nodes} nodes, more than {MAX_NODES}")
    check = _Check(expression.tensors)
    for binding in expression.bindings:
        check.binding(binding)
    check.visit(expression.body, 0)
    return expression


def dotted(node: ast.expr, bound: Collection[str]) -> str | None:
    """The canonical path of a module-level name such as `F.pad`, or None where the root is a value."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id in bound:
        return None
    root = whitelist.MODULES.get(node.id) if parts else whitelist.BARE.get(node.id)
    return None if root is None else ".".join([root, *reversed(parts)])


def numbers(expression: Expression) -> Iterator[tuple[ast.AST, float]]:
    """Every number that is written, also as `2**6` or `-1`, with its node; and those inside patterns."""
    for node in expression.nodes():
        if isinstance(node, ast.expr):
            folded = number(node)
            if folded is not None:
                yield node, folded
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.replace("(", " ").replace(")", " ").split()
            yield from ((node, int(word)) for word in words if word.isdecimal() and len(word) < 10)


def number(node: ast.expr) -> float | None:
    """The value of arithmetic on literals."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value if -math.inf < value < math.inf else None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = number(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _FOLDS:
            one, two = number(left), number(right)
            if one is None or two is None or (isinstance(op, ast.Pow) and not _may_be_raised(one, two)):
                return None
            try:
                return _FOLDS[type(op)](one, two)
            except ArithmeticError:
                return None
    return None


def _may_be_raised(base: float, exponent: float) -> bool:
    return 0 <= exponent < MAX_EXPONENT and abs(base) < MAX_INTEGER


def _read(text: str) -> tuple[ast.expr, tuple[Binding, ...]]:
    """The result, and what is bound before it on rows of its own."""
    if len(text) > MAX_TEXT:
        raise Refused(f"the expression is {len(text)} characters long, more than {MAX_TEXT}")
    try:
        with PARSING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _program(text.strip())
    except SyntaxError as error:
        raise NotParsed(f"the expression `{text.strip()}` does not parse: {error.msg}") from None
    except (RecursionError, MemoryError, ValueError):
        raise Refused("the expression does not parse: it is nested too deeply or holds a null byte") from None


def _program(text: str) -> tuple[ast.expr, tuple[Binding, ...]]:
    """Raises SyntaxError where the text is neither an expression nor one after bindings."""
    try:
        return ast.parse(text, mode="eval").body, ()
    except SyntaxError:
        *first, last = ast.parse(text).body
        bindings = tuple(binding for binding in map(_binding, first) if binding is not None)
        if not isinstance(last, ast.Expr) or len(bindings) != len(first):
            raise
        return last.value, bindings


def _binding(statement: ast.stmt) -> Binding | None:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    return Binding(tuple(targets(target)), statement.value, isinstance(target, ast.Tuple))


def holds_iterator(value: ast.expr, bound: Collection[str], unpacks: bool = False) -> bool:
    """Whether the value may hold an iterator, which Python reads once and late, and the evaluator at once."""
    read_at_once = {id(value)} if unpacks else set()
    for node in ast.walk(value):
        if isinstance(node, ast.comprehension):
            read_at_once.add(id(node.iter))
        elif isinstance(node, ast.Starred):
            read_at_once.add(id(node.value))
        elif isinstance(node, ast.Call) and dotted(node.func, bound) in _READERS:
            read_at_once.update(map(id, node.args[:1]))
    return any(_is_iterator(node, bound) and id(node) not in read_at_once for node in ast.walk(value))


def _is_iterator(node: ast.AST, bound: Collection[str]) -> bool:
    return isinstance(node, ast.GeneratorExp) or (isinstance(node, ast.Call) and dotted(node.func, bound) in _ITERATORS)


class _Check:
    """Walks the tree once; every node kind must be named here."""

    def __init__(self, tensors: frozenset[str]) -> None:
        self.bound = tensors
        self.in_comprehension = False

    def visit(self, node: ast.AST, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused(f"the expression is nested more than {MAX_DEPTH} deep")
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is not None:
            handler(node, depth)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension_of(node, depth)
        elif isinstance(node, _PLAIN):
            self._children(node, depth)
        else:
            raise Refused(f"{_SPOKEN.get(type(node), type(node).__name__)} is not allowed")

    def binding(self, binding: Binding) -> None:
        """The value, and names that neither hide another nor something of a library."""
        self.visit(binding.value, 0)
        if holds_iterator(binding.value, self.bound, binding.unpacks):
            raise Refused(f"`{binding.text}` keeps an iterator, which can be read only once")
        for name in binding.names:
            if name in self.bound or name in whitelist.MODULES or name in whitelist.BARE:
                raise Refused(f"the name `{name}` is bound twice")
            self.bound |= {name}

    def _children(self, node: ast.AST, depth: int) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.visit(child, depth + 1)

    def _constant(self, node: ast.Constant, depth: int) -> None:
        value = node.value
        if isinstance(value, bytes):
            raise Refused("bytes are not allowed")
        if isinstance(value, str) and len(value.encode(errors="surrogatepass")) >= MAX_STRING:
            raise Refused(f"a string of {len(value)} characters is too long")
        if isinstance(value, int) and value >= MAX_INTEGER:
            raise Refused("an integer of 2**63 or more is not allowed")

    def _binop(self, node: ast.BinOp, depth: int) -> None:
        exponent = number(node.right)
        if isinstance(node.op, ast.Pow) and exponent is not None and abs(exponent) >= MAX_EXPONENT:
            raise Refused(f"an exponent of {MAX_EXPONENT} or more is not allowed")
        self._children(node, depth)

    def _name(self, node: ast.Name, depth: int) -> None:
        if node.id in self.bound:
            return
        path = whitelist.BARE.get(node.id)
        if path is None and node.id not in whitelist.MODULES:
            raise Refused(
                f"the name `{node.id}` is not known: tensors are given with their axes, and integers are taken from "
                "their sizes, such as `x.shape[0]`"
            )
        if path not in whitelist.CONSTANTS:
            raise Refused(f"`{node.id}` is not a value that an expression may use")

    def _attribute(self, node: ast.Attribute, depth: int) -> None:
        path = dotted(node, self.bound)
        if path is None:
            self._member(node, whitelist.ANY_PROPERTY, depth)
        elif path not in whitelist.CONSTANTS:
            raise Refused(f"`{ast.unparse(node)}` is not a value that an expression may use")

    def _member(self, node: ast.Attribute, known: frozenset[str], depth: int) -> None:
        self.visit(node.value, depth + 1)
        if node.attr not in known:
            raise Refused(f"the attribute `.{node.attr}` is not in the table")

    def _call(self, node: ast.Call, depth: int) -> None:
        path = dotted(node.func, self.bound)
        if path is not None:
            if path not in whitelist.FUNCTIONS:
                raise Refused(f"`{ast.unparse(node.func)}` is not a function in the table")
        elif isinstance(node.func, ast.Attribute):
            self._member(node.func, whitelist.ANY_METHOD, depth)
        elif isinstance(node.func, ast.Call):
            self._layer(node.func, depth)
        else:
            raise Refused(f"`{ast.unparse(node.func)}` is not a function in the table")
        self._arguments(node, depth)

    def _layer(self, node: ast.Call, depth: int) -> None:
        if dotted(node.func, self.bound) not in whitelist.LAYERS:
            raise Refused(
                f"`{ast.unparse(node.func)}(...)` may not be called: it is no layer, or its weights are random"
            )
        self.visit(node, depth + 1)

    def _arguments(self, node: ast.Call, depth: int) -> None:
        for argument in node.args:
            self.visit(argument, depth + 1)
        for keyword in node.keywords:
            if keyword.arg in whitelist.REFUSED_KEYWORDS:
                raise Refused(f"the argument `{keyword.arg}=` is not allowed")
            self.visit(keyword.value, depth + 1)

    def _dict(self, node: ast.Dict, depth: int) -> None:
        if not all(isinstance(key, ast.Constant) for key in node.keys):
            raise Refused("the keys of a dict must be constants")
        self._children(node, depth)

    def _comprehension_of(self, node: ast.ListComp | ast.GeneratorExp, depth: int) -> None:
        if self.in_comprehension or len(node.generators) > 1:
            raise Refused("a comprehension inside a comprehension is not allowed")
        generator = node.generators[0]
        if generator.is_async:
            raise Refused("an asynchronous comprehension is not allowed")
        self.visit(generator.iter, depth + 1)
        outside, self.in_comprehension = self.bound, True
        self.bound = self.bound | frozenset(targets(generator.target))
        for part in (*generator.ifs, node.elt):
            self.visit(part, depth + 1)
        self.bound, self.in_comprehension = outside, False


def targets(node: ast.expr) -> list[str]:
    """The names that a comprehension or an assignment binds: `t` or `a, b`."""
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    found = [name.id for name in names if isinstance(name, ast.Name)]
    if len(found) != len(names):
        raise Refused("only names may be bound")
    return found
