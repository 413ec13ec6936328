"""The names of a file, collected in one walk over its tree, without recursion."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from einlint.lazily import dataclass
from einlint.names import Binding, BindingKind, Names, Scope, expects_failure, last_name, parameters

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
