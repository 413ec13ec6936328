"""What an expression refers to: a dotted library name, a module of the tree, or a partial application.

Unknown absorbs: two different meanings, a parameter, a definition of the file itself give None.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from einlint.callables import CALLABLES, LIBRARIES
from einlint.names import Binding, BindingKind, Scope
from einlint.project import Project

_DEEPEST = 20


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


Referent = Dotted | TreeModule | Partial


class Resolver:
    """Resolves expressions of one file. `aliases` maps dotted names to names of the table."""

    def __init__(self, project: Project, aliases: Mapping[str, str]) -> None:
        self._project = project
        self._aliases = aliases
        self._known: dict[tuple[int, str], Referent | None] = {}

    def resolve(self, node: ast.expr, scope: Scope, depth: int = 0) -> Referent | None:
        """What `node` refers to when read in `scope`."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth)
        return None

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Referent | None:
        base = self.resolve(node.value, scope, depth + 1)
        if isinstance(base, Dotted):
            return self._dotted(f"{base.name}.{node.attr}")
        if isinstance(base, TreeModule):
            return self._exported(base.path, node.attr, depth)
        if base is None and node.attr == "einsum" and _last_name(node.value) == "xp":
            return Dotted("xp.einsum")
        return None

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Referent | None:
        function = self.resolve(node.func, scope, depth + 1)
        if not isinstance(function, Dotted):
            return None
        if function.name == "functools.partial" and node.args:
            wrapped = self.resolve(node.args[0], scope, depth + 1)
            return Partial(wrapped, node, scope) if isinstance(wrapped, Dotted) else None
        if function.name == "importlib.import_module" and len(node.args) == 1:
            module = _string(node.args[0])
            return self._dotted(module) if module else None
        return None

    def _name(self, name: str, scope: Scope, depth: int) -> Referent | None:
        owner = scope.owner(name)
        if owner is None:
            return self._starred(name, scope.module, depth)
        key = (id(owner), name)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._bound(owner.bindings[name], owner, depth)
        return self._known[key]

    def _bound(self, bindings: list[Binding], scope: Scope, depth: int) -> Referent | None:
        """The one meaning that all bindings of a name agree on, fallbacks of `try: import` aside."""
        meant = [b for b in bindings if not _is_none(b)]
        meant = [b for b in meant if not b.fallback] or meant
        found = {self._binding(b, scope, depth) for b in meant}
        return found.pop() if len(found) == 1 else None

    def _binding(self, binding: Binding, scope: Scope, depth: int) -> Referent | None:
        if binding.kind is BindingKind.MODULE:
            return self._module(binding.module, 0)
        if binding.kind is BindingKind.MEMBER:
            return self._member(binding, binding.member, depth)
        if binding.kind is BindingKind.VALUE and binding.value is not None:
            return self.resolve(binding.value, scope, depth + 1)
        if binding.kind is BindingKind.ELEMENT and isinstance(binding.value, ast.Call) and binding.index == 0:
            return self._optional_import(binding.value)
        return None

    def _module(self, module: str, level: int) -> Referent | None:
        if level == 0 and (module.partition(".")[0] in LIBRARIES or module in self._aliases):
            return self._dotted(module)
        path = self._project.locate(module, level)
        if path is not None:
            return TreeModule(path)
        return self._dotted(module) if level == 0 else None

    def _member(self, binding: Binding, name: str, depth: int) -> Referent | None:
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
        return self._exported(base.path, name, depth) if isinstance(base, TreeModule) else None

    def _starred(self, name: str, module: Scope, depth: int) -> Referent | None:
        """What the last star import that may bring `name` brings; a library brings only what the table has."""
        for binding in sorted(module.stars, key=lambda star: star.index, reverse=True):
            found = self._member(binding, name, depth)
            if isinstance(found, Dotted) and binding.module.partition(".")[0] in LIBRARIES and found.name not in CALLABLES:
                continue
            if found is not None:
                return found
        return None

    def _exported(self, path: str, name: str, depth: int) -> Referent | None:
        """What `name` means in another file of the tree."""
        if depth > _DEEPEST:
            return None
        submodule = self._project.submodule(path, name)
        if not self._project.binds(path, name):
            return TreeModule(submodule) if submodule else None
        names = self._project.names(path)
        if names is None:
            return None
        there = Project(path)
        found = Resolver(there, self._aliases)._name(name, names.module, depth + 1)
        self._project.dependencies.update(there.dependencies)
        if found is None:
            return TreeModule(submodule) if submodule else None
        return None if isinstance(found, Partial) else found

    def _dotted(self, name: str) -> Dotted:
        return Dotted(self._aliases.get(name, name))

    def _optional_import(self, call: ast.Call) -> Referent | None:
        """`rearrange, has_einops = optional_import("einops", name="rearrange")`."""
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        module = _string(call.args[0]) if call.args else None
        if function != "optional_import" or module is None:
            return None
        name = next((_string(k.value) for k in call.keywords if k.arg == "name"), "")
        return self._dotted(f"{module}.{name}" if name else module)


def _string(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_none(binding: Binding) -> bool:
    return isinstance(binding.value, ast.Constant) and binding.value.value is None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
