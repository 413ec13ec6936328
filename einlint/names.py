"""Names and scopes of one file: what every name is bound to, and every call with its scope.

One walk over the tree, without recursion. Bindings are not ordered by flow: a name with two
different meanings in one scope has none.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from enum import Enum
from functools import lru_cache
from typing import Any

from einlint.lazily import cached, dataclass


class BindingKind(Enum):
    __hash__ = object.__hash__

    MODULE = "import a.b as c"
    MEMBER = "from a import b"
    VALUE = "name = expression"
    ELEMENT = "name, _ = expression"
    CONSTANT = "NAME: Final = expression"
    DEFINITION = "def, class"
    OPAQUE = "anything else"


@dataclass(frozen=True, slots=True)
class Binding:
    """One way a name gets its meaning. `fallback` marks the body of an `except`.

    `module` and `level` are those of the import, `member` its name there and `row` where it stands; `value`
    is the expression assigned, `index` which element of it.
    """

    kind: BindingKind
    fallback: bool = False
    module: str = ""
    level: int = 0
    member: str = ""
    row: int = 0
    value: ast.expr | None = None
    index: int = 0


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class, function, lambda or comprehension.

    `assigned` are attributes of `self` that methods of a class assign, `reassigned` those that others than
    `__init__` do.
    """

    parent: Scope | None
    is_class: bool = False
    is_comprehension: bool = False
    name: str = ""
    is_generator: bool = False
    reassigned: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[Binding] = field(default_factory=list)
    elsewhere: dict[str, Scope] = field(default_factory=dict)

    def bind(self, name: str, binding: Binding) -> None:
        scope = self.elsewhere.get(name, self)
        scope.bindings.setdefault(name, []).append(binding)

    def owner(self, name: str) -> Scope | None:
        """The scope that a read of `name` here refers to, by Python's rules; None for builtins and star imports."""
        scope: Scope | None = self.elsewhere.get(name, self)
        first = scope
        while scope is not None:
            if name in scope.bindings and (not scope.is_class or scope is first):
                return scope
            scope = scope.elsewhere.get(name, scope.parent)
        return None

    @property
    def enclosing_class(self) -> Scope | None:
        """The class whose method this scope is in."""
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return scope

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(eq=False)
class Names:
    """What one file binds and calls.

    `classes` are the scopes of all classes by name; `stored_attributes` the names of attributes assigned
    anywhere, `foreign_attributes` those of something else than `self`; `scopes` those of functions, classes, lambdas
    and comprehensions; `expected_failures` the first and last rows of `with pytest.raises(...)` and its like, `loops`
    those of loops.
    """

    module: Scope
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    classes: dict[str, list[Scope]] = field(default_factory=dict)
    stored_attributes: set[str] = field(default_factory=set)
    foreign_attributes: set[str] = field(default_factory=set)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    expected_failures: list[tuple[int, int]] = field(default_factory=list)
    loops: list[tuple[int, int]] = field(default_factory=list)

    @cached
    def reassigned(self) -> frozenset[str]:
        """Attributes of `self` that methods other than `__init__` assign, of any class."""
        return frozenset().union(*(scope.reassigned for scope in self.scopes.values()))

    @cached
    def shared(self) -> frozenset[str]:
        """Names that a function declares global or nonlocal: whoever calls it may find them changed."""
        return frozenset().union(*(scope.elsewhere for scope in self.scopes.values()))

    @cached
    def expected_rows(self) -> frozenset[int]:
        """The rows on which a test expects a failure, also by `assert_raises(E, lambda: ...)`."""
        calls = [(c.lineno, c.end_lineno or c.lineno) for c, _ in self.calls if c.args and expects_failure(c)]
        places = [*self.expected_failures, *calls]
        return frozenset(row for first, last in places for row in range(first, last + 1))

    @cached
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function of the file."""
        return [node for node in self.scopes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    @cached
    def _rows_of_functions(self) -> list[tuple[int, int]]:
        return sorted((function.lineno, index) for index, function in enumerate(self.functions))

    def functions_between(self, first: int, last: int) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions that begin on one of these rows, in the order of `functions`."""
        rows = self._rows_of_functions
        inside = rows[bisect_left(rows, (first, 0)) : bisect_left(rows, (last + 1, 0))]
        return [self.functions[index] for index in sorted(index for _, index in inside)]

    @cached
    def class_nodes(self) -> list[ast.ClassDef]:
        """Every class of the file."""
        return [node for node in self.scopes if isinstance(node, ast.ClassDef)]

    @cached
    def nodes(self) -> dict[int, ast.AST]:
        """The node of each scope, by its identity."""
        return {id(scope): node for node, scope in self.scopes.items()}

    @cached
    def subclasses(self) -> dict[str, list[ast.ClassDef]]:
        """The classes of the file that derive from one of a name."""
        found: dict[str, list[ast.ClassDef]] = {}
        for node in self.class_nodes:
            for name in {called_name(base): None for base in node.bases}:
                found.setdefault(name, []).append(node)
        return found


_OPAQUE = Binding(BindingKind.OPAQUE)
_DEFINITION = Binding(BindingKind.DEFINITION)
_SKIPPED = frozenset(
    "ctx op ops type_comment attr id arg kind conversion simple level module is_async rest kwd_attrs type_ignores tag "
    "annotation returns type_params name asname names lineno".split()
)
_READ = frozenset({ast.Constant, ast.Name})
"""What holds no other nodes, and binds nothing where an expression is read."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FIELDS: dict[type, tuple[str, ...]] = {ast.Constant: ()}
_Work = tuple[Scope, list[ast.AST], bool]


def last_name(node: ast.expr) -> str:
    """`c` of `c` and of `a.b.c`, empty for anything but a name."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def called_name(node: ast.expr) -> str:
    """`last_name` of what is called where a node is a call: `c` of `a.c(x)` and of `a.c`."""
    return last_name(node.func if isinstance(node, ast.Call) else node)


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Those that have a name of their own: all but `*args` and `**kwargs`."""
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def literal(node: ast.expr) -> str | None:
    """The text of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def names_in(node: ast.AST) -> set[str]:
    """Every name that occurs in a node, read or assigned."""
    found: set[str] = set()
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        if each.__class__ is ast.Name:
            found.add(each.id)
        elif each.__class__ is list:
            waiting += each
        elif isinstance(each, ast.AST):
            waiting += [value for value in each.__dict__.values() if value.__class__ not in _PLAIN]
    return found


_PLAIN = frozenset({int, str, type(None), ast.Load, ast.Store, ast.Constant})


def scan(tree: ast.Module) -> Names:
    """Collect scopes, bindings and calls of a file."""
    names = Names(Scope(None))
    pending: list[_Work] = [(names.module, list(tree.body), False)]
    while pending:
        scope, nodes, fallback = pending.pop()
        _scan_scope(names, scope, nodes, fallback, pending)
    return names


def module_scope(tree: ast.Module, globals_too: bool = True) -> Scope:
    """What a module binds, of which nothing else is kept; functions are looked at for `global` only."""
    names = Names(Scope(None))
    pending: list[_Work] = [(names.module, list(tree.body), False)]
    while pending:
        scope, nodes, fallback = pending.pop()
        if globals_too or scope is names.module or scope.is_comprehension:
            _scan_scope(names, scope, nodes, fallback, pending)
    return names.module


def _scan_scope(names: Names, scope: Scope, stack: list[Any], fallback: bool, pending: list[_Work]) -> None:
    """Visit the nodes of one scope; scopes inside it are queued."""
    visit = _Visit(names, scope, fallback, pending)
    while stack:
        node = stack.pop()
        cls = node.__class__
        if cls is ast.Name:
            if node.ctx.__class__ is not ast.Load:
                scope.bind(node.id, _OPAQUE)
        elif cls is ast.Call:
            names.calls.append((node, scope))
            function = node.func
            if function.__class__ is ast.Attribute:  # which is read, as what stands before it
                function = function.value
            stack += [
                each
                for each in (function, *node.args, *[keyword.value for keyword in node.keywords])
                if each.__class__ not in _READ
            ]
        elif cls is ast.Attribute:
            if node.ctx.__class__ is not ast.Load:
                _note_stored(names, scope, node)
            if node.value.__class__ not in _READ:
                stack.append(node.value)
        elif (handler := _HANDLERS.get(cls)) is not None:
            stack += handler(visit, node)
        else:
            fields = _FIELDS.get(cls)
            for name in _fields_of(cls) if fields is None else fields:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    stack += value
                elif value is not None and value.__class__ is not ast.Constant:
                    stack.append(value)


def _note_stored(names: Names, scope: Scope, node: ast.Attribute) -> None:
    """Note that an attribute is assigned."""
    names.stored_attributes.add(node.attr)
    if getattr(node.value, "id", "") == "self":
        _note_reassigned(scope, node.attr)
    else:
        names.foreign_attributes.add(node.attr)


def _note_reassigned(scope: Scope, attribute: str) -> None:
    """Note that a method, or a function in one, assigns an attribute of `self`."""
    method: Scope | None = scope
    while method is not None and not (method.parent is not None and method.parent.is_class):
        method = method.parent
    if method is not None and method.parent is not None:
        method.parent.assigned.add(attribute)
        if method.name != "__init__" or method is not scope:
            method.parent.reassigned.add(attribute)


def _fields_of(cls: type) -> tuple[str, ...]:
    kept = tuple(name for name in getattr(cls, "_fields", ()) if name not in _SKIPPED)
    return _FIELDS.setdefault(cls, kept)


@dataclass(slots=True, eq=False)
class _Visit:
    """Where a handled node was met."""

    names: Names
    scope: Scope
    fallback: bool
    pending: list[_Work]

    def bind(self, name: str, kind: BindingKind, **payload: object) -> None:
        self.scope.bind(name, Binding(kind, self.fallback, **payload))  # type: ignore[arg-type]

    def later(self, scope: Scope, nodes: list[ast.AST], fallback: bool | None = None) -> None:
        self.pending.append((scope, nodes, self.fallback if fallback is None else fallback))


def _import(visit: _Visit, node: ast.Import) -> Iterator[ast.AST]:
    for alias in node.names:
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        visit.bind(alias.asname or target, BindingKind.MODULE, module=target)
    return iter(())


def _import_from(visit: _Visit, node: ast.ImportFrom) -> Iterator[ast.AST]:
    for alias in node.names:
        kind, module = BindingKind.MEMBER, node.module or ""
        binding = Binding(kind, visit.fallback, module, node.level, alias.name, row=node.lineno)
        if alias.name == "*":
            visit.scope.stars.append(binding)
        else:
            visit.scope.bind(alias.asname or alias.name, binding)
    return iter(())


def _assign(visit: _Visit, node: ast.Assign) -> list[ast.AST]:
    value = node.value
    found: list[ast.AST] = [] if value.__class__ in _READ else [value]
    for target in node.targets:
        if isinstance(target, ast.Name):
            visit.scope.bind(target.id, Binding(BindingKind.VALUE, visit.fallback, value=value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            found += _unpack(visit, target, value)
        else:
            found.append(target)
    return found


def _unpack(visit: _Visit, target: ast.Tuple | ast.List, value: ast.expr) -> Iterator[ast.AST]:
    whole = ast.Starred not in [element.__class__ for element in target.elts]
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
    paired = len(parts) == len(target.elts) and not any(isinstance(part, ast.Starred) for part in parts)
    for index, element in enumerate(target.elts):
        if not isinstance(element, ast.Name) or not whole:
            yield element
        elif paired:
            visit.bind(element.id, BindingKind.VALUE, value=parts[index])
        else:
            visit.bind(element.id, BindingKind.ELEMENT, value=value, index=index)


def _annotated_assign(visit: _Visit, node: ast.AnnAssign) -> Iterator[ast.AST]:
    if node.value is not None:
        yield node.value
    if not isinstance(node.target, ast.Name):
        yield node.target
    elif node.value is not None:
        kept = not visit.scope.is_class or _is_final(node.annotation)
        visit.bind(node.target.id, BindingKind.VALUE if kept else BindingKind.OPAQUE, value=node.value)
    else:
        visit.bind(node.target.id, BindingKind.OPAQUE)


def _is_final(annotation: ast.expr) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return last_name(head) in ("Final", "ClassVar")


def _function(visit: _Visit, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    inner = visit.names.scopes[node] = Scope(visit.scope, name=getattr(node, "name", ""))
    arguments = node.args
    for argument in (*parameters(arguments), arguments.vararg, arguments.kwarg):
        if argument is not None:
            inner.bind(argument.arg, _OPAQUE)
    if isinstance(node, ast.Lambda):
        visit.later(inner, [node.body])
    else:
        visit.bind(node.name, BindingKind.DEFINITION)
        visit.later(inner, list(node.body))
        if any(map(expects_failure, node.decorator_list)):
            visit.names.expected_failures.append(_rows(node))
        yield from node.decorator_list
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)


def _class(visit: _Visit, node: ast.ClassDef) -> Iterator[ast.AST]:
    visit.bind(node.name, BindingKind.DEFINITION)
    inner = visit.names.scopes[node] = Scope(visit.scope, is_class=True, name=node.name)
    visit.names.classes.setdefault(node.name, []).append(inner)
    visit.later(inner, list(node.body))
    yield from node.decorator_list
    yield from node.bases
    yield from (keyword.value for keyword in node.keywords)


def _comprehension(
    visit: _Visit, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
) -> Iterator[ast.AST]:
    inside: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    for index, generator in enumerate(node.generators):
        inside += [generator.target, *generator.ifs]
        if index:
            inside.append(generator.iter)
        else:
            yield generator.iter
    inner = visit.names.scopes[node] = Scope(visit.scope, is_comprehension=True)
    visit.later(inner, inside)


def _walrus(visit: _Visit, node: ast.NamedExpr) -> Iterator[ast.AST]:
    """Inside a comprehension the name belongs to the scope around it, where its value cannot be read."""
    scope = visit.scope
    while scope.is_comprehension and scope.parent is not None:
        scope = scope.parent
    if scope is visit.scope:
        visit.bind(node.target.id, BindingKind.VALUE, value=node.value)
    else:
        scope.bind(node.target.id, _OPAQUE)
    yield node.value


def _try(visit: _Visit, node: ast.Try) -> Iterator[ast.AST]:
    for handler in node.handlers:
        if handler.name:
            visit.bind(handler.name, BindingKind.OPAQUE)
        visit.later(visit.scope, list(handler.body), fallback=True)
        if handler.type is not None:
            yield handler.type
    yield from (*node.body, *node.orelse, *node.finalbody)


def _rows(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _for(visit: _Visit, node: ast.For | ast.AsyncFor) -> Iterator[ast.AST]:
    visit.names.loops.append(_rows(node))
    yield from (node.target, node.iter, *node.body, *node.orelse)


def _while(visit: _Visit, node: ast.While) -> Iterator[ast.AST]:
    visit.names.loops.append(_rows(node))
    yield from (node.test, *node.body, *node.orelse)


def _with(visit: _Visit, node: ast.With | ast.AsyncWith) -> Iterator[ast.AST]:
    if any(expects_failure(item.context_expr) for item in node.items):
        visit.names.expected_failures.append(_rows(node))
    yield from (*node.items, *node.body)


def expects_failure(guard: ast.expr) -> bool:
    """`pytest.raises(...)`, `self.assertRaisesRegex(...)`, `@unittest.expectedFailure`, `@pytest.mark.xfail`..."""
    return _names_failure(called_name(guard))


@lru_cache(1024)
def _names_failure(name: str) -> bool:
    return "raises" in name.lower() or name in ("expectedFailure", "xfail", "suppress")


def _global(visit: _Visit, node: ast.Global) -> Iterator[ast.AST]:
    for name in node.names:
        _redirect(visit.scope, name, visit.scope.module)
    return iter(())


def _nonlocal(visit: _Visit, node: ast.Nonlocal) -> Iterator[ast.AST]:
    """The scopes around this one are known by now, but for the bodies of `except`."""
    outer = visit.scope.parent
    if outer is not None:
        for name in node.names:
            _redirect(visit.scope, name, outer.owner(name) or outer)
    return iter(())


def _redirect(scope: Scope, name: str, target: Scope) -> None:
    if scope is not target:
        scope.elsewhere[name] = target
        for binding in scope.bindings.pop(name, []):
            target.bind(name, binding)


def _yield(visit: _Visit, node: ast.Yield | ast.YieldFrom) -> Iterator[ast.AST]:
    visit.scope.is_generator = True
    if node.value is not None:
        yield node.value


def _type_alias(visit: _Visit, node: Any) -> Iterator[ast.AST]:
    visit.bind(node.name.id, BindingKind.OPAQUE)
    return iter(())


def _match_name(visit: _Visit, node: ast.MatchAs | ast.MatchStar) -> Iterator[ast.AST]:
    if node.name:
        visit.bind(node.name, BindingKind.OPAQUE)
    pattern = getattr(node, "pattern", None)
    if pattern is not None:
        yield pattern


def _match_mapping(visit: _Visit, node: ast.MatchMapping) -> Iterator[ast.AST]:
    if node.rest:
        visit.bind(node.rest, BindingKind.OPAQUE)
    yield from node.patterns


_HANDLERS: dict[type, Callable[[Any, Any], Iterable[ast.AST]]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.ClassDef: _class,
    ast.NamedExpr: _walrus,
    ast.Try: _try,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.MatchAs: _match_name,
    ast.MatchStar: _match_name,
    ast.MatchMapping: _match_mapping,
    **dict.fromkeys(_FUNCTIONS, _function),
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
}
for _newer, _handler in (("TryStar", _try), ("TypeAlias", _type_alias)):
    if hasattr(ast, _newer):
        _HANDLERS[getattr(ast, _newer)] = _handler
