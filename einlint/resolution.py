"""What an expression refers to: a dotted library name, a module of the tree, or a partial application.

Unknown absorbs: two different meanings, a parameter, a definition of the file itself are `UNKNOWN`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import Enum

from einlint.callables import CALLABLES, LIBRARIES
from einlint.lazily import dataclass
from einlint.names import Binding, BindingKind, Scope, last_name, literal
from einlint.project import Project

_DEEPEST = 20
_IMPORTERS = ("importlib.import_module", "pytest.importorskip")


@dataclass(frozen=True, slots=True)
class Dotted:
    """A name of a library: `einops.rearrange`, `numpy`."""

    name: str


@dataclass(frozen=True, slots=True)
class TreeModule:
    """A module of the linted tree, by its file."""

    path: str


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial(function, ...)`; `node` is that call and `scope` the one it stands in."""

    function: Dotted
    node: ast.Call
    scope: Scope


class Unknown(Enum):
    """Something, but nothing that einlint knows."""

    __hash__ = object.__hash__

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Referent = Dotted | TreeModule | Partial | Unknown


class Resolver:
    """Resolves expressions of one file. `aliases` maps dotted names to names of the table.

    `files` are the resolvers of other files that imports led to, with their module scopes. What a name means is known
    for the scope that reads it, and for the one that binds it.
    """

    def __init__(
        self, project: Project, aliases: Mapping[str, str], files: dict[str, tuple[Resolver, Scope]] | None = None
    ) -> None:
        self._project = project
        self._aliases = aliases
        self._own = f"{project.module}." if aliases else ""
        self._files = {} if files is None else files
        self._known: dict[tuple[Scope, str], Referent | None] = {}
        self._modules: dict[tuple[str, int], Dotted | TreeModule | Unknown] = {}

    def resolve(self, node: ast.expr, scope: Scope, depth: int = 0) -> Referent | None:
        """What `node` refers to when read in `scope`; None when nothing binds its name."""
        if depth > _DEEPEST:
            return UNKNOWN
        if isinstance(node, ast.Name):
            return self._name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth)
        return UNKNOWN

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Referent | None:
        base = self.resolve(node.value, scope, depth + 1)
        if isinstance(base, Dotted):
            return self._dotted(f"{base.name}.{node.attr}")
        if isinstance(base, TreeModule):
            return self._exported(base.path, node.attr, depth)
        if node.attr == "einsum" and last_name(node.value) == "xp":
            return Dotted("xp.einsum")
        return UNKNOWN

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Referent:
        function = self.resolve(node.func, scope, depth + 1)
        if not isinstance(function, Dotted) or not node.args:
            return UNKNOWN
        if function.name == "functools.partial":
            wrapped = self.resolve(node.args[0], scope, depth + 1)
            return Partial(wrapped, node, scope) if isinstance(wrapped, Dotted) else UNKNOWN
        module = literal(node.args[0]) if function.name in _IMPORTERS else None
        return self._dotted(module) if module else UNKNOWN

    def _name(self, name: str, scope: Scope, depth: int) -> Referent | None:
        known, key = self._known, (scope, name)
        if key not in known:
            owner = scope.owner(name)
            holder = owner or scope.module
            if holder is not scope:
                known[key] = self._name(name, holder, depth)
            else:
                known[key] = UNKNOWN if owner else None
                known[key] = self._owned(name, scope, depth) if owner else self._starred(name, scope, depth)
        return known[key]

    def _owned(self, name: str, owner: Scope, depth: int) -> Referent | None:
        """What `name` means in the scope that binds it, unless a later star import brings another meaning."""
        if owner.parent is None and self._own + name in self._aliases:
            return self._dotted(self._own + name)
        bindings = owner.bindings[name]
        found = self._bound(bindings, owner, depth)
        if not owner.stars:
            return found
        starred = self._starred(name, owner, depth, after=max(binding.row for binding in bindings))
        return found if starred in (None, found) else UNKNOWN

    def _bound(self, bindings: list[Binding], scope: Scope, depth: int) -> Referent | None:
        """The one meaning that all bindings of a name agree on, fallbacks of `try: import` aside."""
        meant = [b for b in bindings if not _is_none(b)]
        meant = [b for b in meant if not b.fallback] or meant
        found: set[Referent | None] = set()
        for binding in meant:
            found.add(self._binding(binding, scope, depth))
            if UNKNOWN in found or len(found) > 1:
                return UNKNOWN
        return found.pop() if found else UNKNOWN  # None alone is bound

    def _binding(self, binding: Binding, scope: Scope, depth: int) -> Referent | None:
        if binding.kind is BindingKind.MODULE:
            return self._module(binding.module, 0)
        if binding.kind is BindingKind.MEMBER:
            return self._member(binding, binding.member, depth) or UNKNOWN
        if binding.kind is BindingKind.VALUE and binding.value is not None:
            return self.resolve(binding.value, scope, depth + 1)
        if binding.kind is BindingKind.ELEMENT and isinstance(binding.value, ast.Call) and binding.index == 0:
            return self._optional_import(binding.value)
        return UNKNOWN

    def _module(self, module: str, level: int) -> Dotted | TreeModule | Unknown:
        key = module, level
        if key not in self._modules:
            self._modules[key] = self._located(module, level)
        return self._modules[key]

    def _located(self, module: str, level: int) -> Dotted | TreeModule | Unknown:
        if level == 0 and (module.partition(".")[0] in LIBRARIES or module in self._aliases):
            return self._dotted(module)
        path = self._project.locate(module, level)
        if path is not None:
            return TreeModule(path)
        return self._dotted(module) if level == 0 else UNKNOWN

    def _member(self, binding: Binding, name: str, depth: int) -> Referent | None:
        """What `from module import name` brings; None when the module is known not to have it."""
        qualified = f"{binding.module}.{name}"
        if binding.level == 0 and qualified in self._aliases:
            return Dotted(self._aliases[qualified])
        if binding.level and not binding.module:
            module = self._project.locate(name, binding.level)
            if module is not None:
                return TreeModule(module)
        base = self._module(binding.module, binding.level)
        if isinstance(base, Dotted):
            return self._dotted(f"{base.name}.{name}")
        return self._exported(base.path, name, depth) if isinstance(base, TreeModule) else UNKNOWN

    def _starred(self, name: str, module: Scope, depth: int, after: int = 0) -> Referent | None:
        """What the last star import below row `after` brings as `name`."""
        for star in sorted(module.stars, key=lambda star: star.row, reverse=True):
            found = self._brought(star, name, depth) if star.row > after else None
            if found is not None:
                return found
        return None

    def _brought(self, star: Binding, name: str, depth: int) -> Referent | None:
        """What one star import brings as `name`; of a library it is known only what the table has."""
        base = self._module(star.module, star.level)
        if isinstance(base, TreeModule):
            found = self._exported(base.path, name, depth)
            return found if found is not None and self._is_public(base.path, name) else None
        dotted = self._dotted(f"{base.name}.{name}") if isinstance(base, Dotted) else None
        return dotted if dotted is not None and dotted.name in CALLABLES else None

    def _is_public(self, path: str, name: str) -> bool:
        module = self._project.scope(path)
        listed = module.bindings.get("__all__", []) if module is not None else []
        if len(listed) == 1 and isinstance(listed[0].value, (ast.List, ast.Tuple)):
            return name in map(literal, listed[0].value.elts)
        return not name.startswith("_")

    def _exported(self, path: str, name: str, depth: int) -> Referent | None:
        """What `name` means in another file of the tree; None when nothing binds it there."""
        if depth > _DEEPEST:
            return UNKNOWN
        alias = self._aliases and self._aliases.get(f"{self._project.at(path).module}.{name}")
        if alias:
            return Dotted(alias)
        if self._project.defines(path, name):
            found: Referent | None = UNKNOWN
        else:
            found = self._found_in(path, name, depth) if self._project.binds(path, name) else None
        if found is None:
            submodule = self._project.submodule(path, name)
            return TreeModule(submodule) if submodule else None
        return UNKNOWN if isinstance(found, Partial) else found

    def _found_in(self, path: str, name: str, depth: int) -> Referent | None:
        if path not in self._files:
            module = self._project.scope(path)
            if module is None:
                return UNKNOWN
            self._files[path] = Resolver(self._project.at(path), self._aliases, self._files), module
        resolver, module = self._files[path]
        return resolver._name(name, module, depth + 1)

    def _dotted(self, name: str) -> Dotted:
        return Dotted(self._aliases.get(name, name))

    def _optional_import(self, call: ast.Call) -> Referent:
        """`rearrange, has_einops = optional_import("einops", name="rearrange")`."""
        module = literal(call.args[0]) if call.args else None
        if last_name(call.func) != "optional_import" or module is None:
            return UNKNOWN
        name = next((literal(k.value) for k in call.keywords if k.arg == "name"), "")
        return self._dotted(f"{module}.{name}" if name else module)


def _is_none(binding: Binding) -> bool:
    return isinstance(binding.value, ast.Constant) and binding.value.value is None
