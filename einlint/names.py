"""What every name of a file is bound to, scope by scope, and every call with its scope.

Bindings are not ordered by flow: a name with two different meanings in one scope has none.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
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
    def _sorted_calls(self) -> tuple[list[int], list[ast.Call]]:
        calls = sorted([call for call, _ in self.calls], key=lambda call: (call.lineno, call.col_offset))
        return [call.lineno for call in calls], calls

    def calls_between(self, first: int, last: int) -> list[ast.Call]:
        """The calls that begin on one of these rows, in the order of the file."""
        rows, calls = self._sorted_calls
        return calls[bisect_left(rows, first) : bisect_left(rows, last + 1)]

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
            fields = [getattr(each, name, None) for name in each._fields]  # others may have set more attributes
            waiting += [value for value in fields if value.__class__ not in _PLAIN]
    return found


_PLAIN = frozenset({int, str, type(None), ast.Load, ast.Store, ast.Constant})


def expects_failure(guard: ast.expr) -> bool:
    """`pytest.raises(...)`, `self.assertRaisesRegex(...)`, `@unittest.expectedFailure`, `@pytest.mark.xfail`..."""
    return _names_failure(called_name(guard))


@lru_cache(1024)
def _names_failure(name: str) -> bool:
    return "raises" in name.lower() or name in ("expectedFailure", "xfail", "suppress")
