"""`Source` to `Call`s: which known function is called, with which arguments, and with which patterns."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, NamedTuple

from einlint.callables import CALLABLES, Callee, Kind
from einlint.findings import Report, Span
from einlint.lazily import cached, dataclass
from einlint.names import Names, Scope
from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation, parse_sublists
from einlint.patterns.expressions import parse_arrow, parse_axes, parse_einops_einsum, parse_pack, parse_shape_pattern
from einlint.patterns.model import Pattern
from einlint.project import Project
from einlint.resolution import Dotted, Partial, Referent, Resolver
from einlint.scopes import scan
from einlint.source import Source
from einlint.texts import Evaluator, Piece, Text

_LONGEST_TEXT = 1_000


class Length(NamedTuple):
    """An axis length of a call: where its name is written and its value."""

    name: ast.keyword | ast.expr
    value: ast.expr


@dataclass(slots=True)
class Call:
    """A call of a known callable with its arguments bound to parameters.

    `operands_known` and `lengths_known` are False where `*args` or `**kwargs` may add some, and
    `complete` is False where parameters may still be given: by those, or after `partial`.
    `misuse` are arguments the signature does not take, with the reason; `reductions` the texts that the
    reduction of a reduce can have. `origin` is the
    `partial(...)` that this call completes.
    """

    source: Source
    node: ast.Call
    callee: Callee
    scope: Scope
    arguments: dict[str, ast.expr] = field(default_factory=dict)
    operands: tuple[ast.expr, ...] = ()
    lengths: dict[str, Length] = field(default_factory=dict)
    keywords: dict[str, ast.expr] = field(default_factory=dict)
    operands_known: bool = True
    lengths_known: bool = True
    complete: bool = True
    misuse: list[tuple[ast.expr | ast.keyword, str]] = field(default_factory=list)
    reductions: list[Text] = field(default_factory=list)
    origin: Call | None = None

    @property
    def span(self) -> Span:
        """The span of what is called."""
        return self.source.span(self.node.func)

    @property
    def whole(self) -> Span:
        """The span of the call with its arguments."""
        return self.source.span(self.node)

    @property
    def pattern_node(self) -> ast.expr | None:
        """The argument that holds the pattern."""
        if self.callee.kind is not Kind.EQUATION:
            return self.arguments.get("pattern")
        first = self.arguments.get("equation")
        return None if self._is_operand(first) else first

    def _is_operand(self, first: ast.expr | None) -> bool:
        """Whether an einsum begins with a number, as in `einsum(2, [], x, [0])`, or with bytes, which numpy takes."""
        value = first.value if isinstance(first, ast.Constant) else None
        if isinstance(value, bytes):
            return dialect_of(self) is Dialect.NUMPY
        return isinstance(value, (int, float, complex)) and bool(self.operands)

    @property
    def reduction_names(self) -> set[str]:
        """What the reduction of a reduce can be."""
        return {text.value for text in self.reductions}

    @property
    def tensors(self) -> tuple[ast.expr, ...]:
        """The arguments that hold tensors, as far as they are known."""
        if self.callee.kind in (Kind.EINSUM, Kind.EQUATION):
            return self.operands
        return tuple([self.arguments[name] for name in ("tensor", "x") if name in self.arguments])


class Shape(NamedTuple):
    """A parsed pattern and the text it was read from."""

    pattern: Pattern
    text: Text


@dataclass(slots=True)
class Reading:
    """A call with one of the texts its pattern can have.

    `weight` and `bias` are the other patterns of an EinMix. `sublists` marks an einsum whose axes are
    written as lists of numbers between its operands; `inner` is the reading of the operand where that
    is a call with a pattern itself.
    """

    call: Call
    pattern: Pattern
    text: Text
    weight: Shape | None = None
    bias: Shape | None = None
    sublists: bool = False
    inner: Reading | None = None

    def span(self, start: int, end: int) -> Span:
        """The span of the characters of the pattern from `start` to `end`."""
        return self.text.span(self.call.source, start, end)

    @property
    def valid(self) -> bool:
        """Whether the text of every pattern of the call is valid."""
        further = [shape for shape in (self.weight, self.bias) if shape is not None and not shape.pattern.valid]
        return self.pattern.valid and not further

    @property
    def shapes(self) -> list[Shape]:
        """Every pattern of the call with its text."""
        return [Shape(self.pattern, self.text), *[s for s in (self.weight, self.bias) if s is not None]]


class Problems(NamedTuple):
    """The problems in the patterns of a reading, for the rules about text alone."""

    reading: Reading

    def of(self, rule: str) -> Iterator[Report]:
        """Reports of the problems that one rule is for."""
        for shape in self.reading.shapes:
            for problem in shape.pattern.problems:
                if problem.rule == rule:
                    span = shape.text.span(self.reading.call.source, problem.start, problem.end)
                    yield Report(span, problem.message)


class CallFinder:
    """Finds the calls of one file and reads their patterns.

    `annotations`, `members` of libraries, names `carried` by loops, `framework`, `methods_of_modules`,
    `shape_comments` and `afar` are what inference has read of the file so far.
    """

    def __init__(self, source: Source, aliases: Mapping[str, str]) -> None:
        self.source = source
        self.project = Project(source.path)
        self.names: Names = scan(source.tree)
        self._resolver = Resolver(self.project, aliases)
        self._referents: dict[ast.expr, Referent | None] = {}
        self._evaluator = Evaluator(self.names)
        self.annotations: dict[ast.expr, Any] = {}
        self.members: dict[ast.expr, Any] = {}
        self.carried: dict[ast.AST, frozenset[str]] = {}
        self.framework: str | None = None
        self.methods_of_modules: frozenset[ast.AST] | None = None
        self.steps = 0
        self.shape_comments: dict[ast.stmt, Any] = {}
        self.afar: Any = None
        self._by_node: dict[int, Call] = {}
        self._read: dict[int, tuple[Call, list[Reading]]] = {}
        self._given: dict[tuple[int, str], Reading] = {}

    @cached
    def definitions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """The functions and classes of the module, by name."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return {node.name: node for node in self.source.tree.body if isinstance(node, kinds)}

    def resolve(self, node: ast.expr, scope: Scope) -> Referent | None:
        """What a name or an attribute refers to when it is read in `scope`, the one where it stands."""
        known = self._referents
        if node not in known:
            known[node] = self._resolver.resolve(node, scope)
        return known[node]

    def call_of(self, node: ast.Call) -> Call | None:
        """The known call that a node is."""
        return self._by_node.get(id(node))

    def calls(self) -> list[Call]:
        """Every call of a known callable, in the order of the file; calls that a test expects to fail are left out."""
        return self._calls

    @cached
    def rows(self) -> list[int]:
        """The rows of the calls, in their order."""
        return [call.node.lineno for call in self.calls()]

    @cached
    def _calls(self) -> list[Call]:
        found = [c for node, scope in self.names.calls if (c := self._call(node, scope)) is not None]
        for call in found:
            reduction = call.arguments.get("reduction")
            call.reductions = [] if reduction is None else self._texts(call, reduction)
        expected = self.names.expected_rows if found else frozenset[int]()
        found = [c for c in found if c.node.lineno not in expected]
        self._by_node = {id(call.node): call for call in found}
        return sorted(found, key=lambda c: (c.node.lineno, c.node.col_offset))

    def readings(self, call: Call) -> list[Reading]:
        """One reading for each text that the pattern of `call` can have."""
        if id(call) not in self._read:
            self._read[id(call)] = call, self._readings(call)
        return self._read[id(call)][1]

    def reading_as(self, call: Call, value: str) -> Reading | None:
        """The reading of `call` where its pattern, which is not a constant, has this text."""
        node = call.pattern_node
        if node is None or len(value) > _LONGEST_TEXT:
            return None
        known = next((each for each in self.readings(call) if each.pattern.text == value), None)
        key = id(call), value
        if known is None and key not in self._given:
            self._given[key] = _reading(call, Text((Piece(value, node),)), *self._shapes(call))
        return known or self._given[key]

    def _readings(self, call: Call) -> list[Reading]:
        node = call.pattern_node
        if node is None:
            return []
        texts = self._texts(call, node)
        if not texts and call.callee.kind is Kind.EQUATION:
            return _sublist_readings(call)
        readings = [_reading(call, text, *self._shapes(call)) for text in texts]
        operand = self._by_node.get(id(call.tensors[0])) if len(readings) == 1 and call.tensors else None
        if operand is not None:
            inner = self.readings(operand)
            readings[0].inner = inner[0] if len(inner) == 1 else None
        return readings

    def _shapes(self, call: Call) -> tuple[Shape | None, Shape | None]:
        return self._shape(call, "weight_shape"), self._shape(call, "bias_shape")

    def _shape(self, call: Call, parameter: str) -> Shape | None:
        node = call.arguments.get(parameter)
        texts = [] if node is None else self._texts(call, node)
        return Shape(parse_axes(texts[0].value), texts[0]) if len(texts) == 1 else None

    def _texts(self, call: Call, node: ast.expr) -> list[Text]:
        """The texts of an argument; one that `partial(...)` was given is read where that stands."""
        inherited = call.origin is not None and node in call.origin.arguments.values()
        return self._evaluator.texts(node, call.origin.scope if call.origin and inherited else call.scope)

    def _call(self, node: ast.Call, scope: Scope) -> Call | None:
        function = node.func
        if function.__class__ is not ast.Name and function.__class__ is not ast.Attribute:
            return None
        referent = self.resolve(function, scope)
        if isinstance(referent, Dotted):
            if referent.name == "functools.partial":
                return self._partial(node, scope)
            callee = CALLABLES.get(referent.name)
            return None if callee is None else bind(self.source, node, callee, scope)
        if isinstance(referent, Partial):
            return self._completed(node, scope, referent)
        return None

    def _partial(self, node: ast.Call, scope: Scope) -> Call | None:
        referent = self._resolver.resolve(node, scope)
        callee = CALLABLES.get(referent.function.name) if isinstance(referent, Partial) else None
        if callee is None:
            return None
        inner = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
        call = bind(self.source, inner, callee, scope)
        if callee.kind is Kind.EINSUM:
            call.arguments.clear()
        return replace(call, complete=False, operands_known=False, lengths_known=False)

    def _completed(self, node: ast.Call, scope: Scope, partial: Partial) -> Call | None:
        origin = self._partial(partial.node, partial.scope)
        if origin is None:
            return None
        overridden = {k.arg for k in node.keywords}
        inherited = [k for k in partial.node.keywords if k.arg is None or k.arg not in overridden]
        whole = ast.Call(node.func, [*partial.node.args[1:], *node.args], [*inherited, *node.keywords])
        call = bind(self.source, ast.copy_location(whole, node), origin.callee, scope)
        return replace(call, origin=origin)


def bind(source: Source, node: ast.Call, callee: Callee, scope: Scope) -> Call:
    """Bind the arguments of a call to the parameters of its callee, as Python does."""
    call = Call(source, node, callee, scope)
    signature = callee.signature
    starred = next((i for i, a in enumerate(node.args) if isinstance(a, ast.Starred)), len(node.args))
    call.arguments = dict(zip(signature.parameters, node.args[:starred], strict=False))
    rest = node.args[len(signature.parameters) :]
    if starred < len(node.args):
        call.operands_known = call.complete = False
    if signature.operands:
        rest = _without_last_pattern(call, rest)
        call.operands = tuple(a for a in rest if not isinstance(a, ast.Starred))
    else:
        _refuse_positional(call, node.args[:starred][len(signature.parameters) :])
    for keyword in node.keywords:
        _bind_keyword(call, keyword)
    if "sizes" in call.arguments:
        _bind_sizes(call, call.arguments["sizes"])
    return call


def _without_last_pattern(call: Call, rest: list[ast.expr]) -> list[ast.expr]:
    """einops.einsum finds its pattern last, also after `*tensors`; the other arguments are operands."""
    if call.callee.kind is not Kind.EINSUM or not rest or isinstance(rest[-1], ast.Starred):
        return rest
    call.arguments["pattern"] = rest[-1]
    return rest[:-1]


def _refuse_positional(call: Call, extra: list[ast.expr]) -> None:
    count = len(call.callee.signature.parameters)
    for node in extra[:1]:
        given = count + len(extra)
        call.misuse.append((node, f"`{call.callee.name}` takes {count} positional arguments, {given} are given"))


def _bind_keyword(call: Call, keyword: ast.keyword) -> None:
    signature, name = call.callee.signature, keyword.arg
    if name is None:
        call.lengths_known = call.complete = False
    elif name in signature.parameters and call.callee.kind is not Kind.EQUATION:
        if name in call.arguments:
            call.misuse.append((keyword, f"`{call.callee.name}` gets `{name}` twice"))
        call.arguments[name] = keyword.value
    elif signature.lengths:
        call.lengths[name] = Length(keyword, keyword.value)
    elif signature.keywords is not None and name not in signature.keywords:
        call.misuse.append((keyword, f"`{call.callee.name}` takes no argument `{name}`"))
    else:
        call.keywords[name] = keyword.value


def _bind_sizes(call: Call, sizes: ast.expr) -> None:
    """The axis lengths of flax layers, which stand in a dictionary."""
    if not isinstance(sizes, ast.Dict):
        call.lengths_known = False
        return
    for key, value in zip(sizes.keys, sizes.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            call.lengths[key.value] = Length(key, value)
        else:
            call.lengths_known = False


def _reading(call: Call, text: Text, weight: Shape | None, bias: Shape | None) -> Reading:
    kind, value = call.callee.kind, text.value
    if kind is Kind.EQUATION:
        return Reading(call, _first_valid(parse_equation(value, dialect) for dialect in _dialects_of(call)), text)
    if kind is Kind.EINSUM:
        return Reading(call, parse_einops_einsum(value), text)
    if kind in (Kind.PACK, Kind.UNPACK):
        return Reading(call, parse_pack(value, call.callee.name), text)
    if kind is Kind.PARSE_SHAPE:
        return Reading(call, parse_shape_pattern(value), text)
    return Reading(call, parse_arrow(value), text, weight, bias)


def dialect_of(call: Call) -> Dialect:
    """The dialect of an einsum call."""
    return _dialects_of(call)[0]


def _dialects_of(call: Call) -> tuple[Dialect, ...]:
    """The dialects that an einsum call may have: `optimize=` chooses another parser in numpy."""
    dialect = call.callee.dialect
    assert dialect is not None
    optimize = call.keywords.get("optimize")
    if dialect is not Dialect.NUMPY or optimize is None and call.lengths_known:
        return (dialect,)
    if isinstance(optimize, ast.Constant):
        return (Dialect.NUMPY if optimize.value is False else Dialect.NUMPY_OPTIMIZED,)
    return Dialect.NUMPY_OPTIMIZED, Dialect.NUMPY


def _first_valid(patterns: Iterable[Pattern]) -> Pattern:
    """The first pattern without problems, else the first."""
    tried = list(patterns)
    return next((pattern for pattern in tried if pattern.valid), tried[0])


def _sublist_readings(call: Call) -> list[Reading]:
    """`einsum(a, [0, 1], b, [1, 2], [0, 2])`, when every list is literal."""
    first = call.arguments.get("equation")
    if first is None or not call.operands_known or not call.operands:
        return []
    nodes = [first, *call.operands]
    written = [*nodes[1::2], *(nodes[-1:] if len(nodes) % 2 else [])]
    lists = [elements for node in written if (elements := _sublist(node)) is not None]
    if len(lists) != len(written):
        return []
    numbers = [_numbers(elements) for elements in lists]
    count = len(nodes) // 2
    output = numbers[count] if len(nodes) % 2 else None
    pattern = _first_valid(parse_sublists(numbers[:count], output, dialect) for dialect in _dialects_of(call))
    if not pattern.valid and _may_begin_with_equation(nodes):
        return []
    pieces = tuple(Piece("·", element) for elements in lists for element in elements) or (Piece("", first),)
    return [Reading(call, pattern, Text(pieces), sublists=True)]


def _may_begin_with_equation(nodes: list[ast.expr]) -> bool:
    """Whether these may be the name of an equation and arrays that are written out: `einsum(eq, [1, 2], [3, 4])`."""
    first, *others = nodes
    return isinstance(first, (ast.Name, ast.Attribute)) and all(isinstance(n, (ast.List, ast.Tuple)) for n in others)


def _sublist(node: ast.expr | None) -> list[ast.expr] | None:
    if not isinstance(node, (ast.List, ast.Tuple)) or not all(isinstance(e, ast.Constant) for e in node.elts):
        return None
    allowed = all(type(e.value) is int or e.value is ... for e in node.elts if isinstance(e, ast.Constant))
    return list(node.elts) if allowed else None


def _numbers(elements: list[ast.expr]) -> list[int | None]:
    values = [e.value for e in elements if isinstance(e, ast.Constant)]
    return [None if value is ... else value for value in values if isinstance(value, int) or value is ...]
