"""Classes of the file and their objects: what `__init__` sets, methods, attributes."""

from __future__ import annotations

import ast
from typing import Any

from einlint.names import Scope, called_name
from einlint.shapes.dispatch import CALLABLES, call, unknown_call
from einlint.shapes.fields import field_of, is_set_elsewhere
from einlint.shapes.functions import HARMLESS, called_function, is_static, read_with_unknown
from einlint.shapes.objects import Class, Function, Hole, Instance, Known, Listing, Method, Super, forget
from einlint.shapes.run import Run

REGISTERS = ("register_buffer", "register_parameter")


def _class(run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """An object of a class of the file. Its `__init__` is read when something of it is needed."""
    instance = Instance(cls, tuple(args), dict(kwargs), node, tuple(run.callers))
    if not run.callers and run.in_script:  # what runs is read as it runs
        made(run, instance)
    return instance


def made(run: Run, instance: Instance) -> dict[str, Any]:
    """The attributes of an object after its `__init__`."""
    if instance.attributes is None:
        init = method_of(run, instance.cls, "__init__")
        if init is not None and init in run.active:
            return {}
        instance.attributes = {}
        if init is not None:
            attributes, nesting, callers = run.memory.attributes, run.nesting, run.callers
            run.memory.attributes, run.nesting, run.callers = {}, 0, list(instance.callers)
            if instance.args is None:
                read_with_unknown(run, init, instance)
            else:
                called_function(run, Function(init, None, instance), [*instance.args], instance.kwargs, instance.node)
            found = run.memory.attributes
            run.memory.attributes, run.nesting, run.callers = attributes, nesting, callers
            instance.attributes = {name: value for (owner, name), value in found.items() if owner is instance}
        for name, value in instance.attributes.items():
            if isinstance(value, Listing) and not value.of_modules or isinstance(value, dict):
                forget(value)  # other methods may change it
            if instance.args is None and name in _set_by_subclasses(run, instance.cls):
                instance.attributes[name] = Hole(name)
    return instance.attributes


def _set_by_subclasses(run: Run, cls: Class) -> set[str]:
    """The attributes that subclasses in the file assign."""
    return set[str]().union(*(run.names.scopes[node].assigned for node in _subclasses(run, cls)))


def method_of(run: Run, cls: Class, name: str) -> Any:
    """The definition of a method, also in base classes of the file."""
    scope = run.names.scopes.get(cls.node)
    if scope is None:
        return None
    bindings = scope.bindings.get(name)
    if bindings is None:
        return _inherited(run, cls, name)
    found = [i for i in cls.node.body if isinstance(i, ast.FunctionDef) and i.name == name]
    return found[0] if len(found) == len(bindings) == 1 else None  # else bound in another way: not known


def _inherited(run: Run, cls: Class, name: str) -> Any:
    """The definition of a method in the base classes of the file."""
    for base in cls.node.bases:
        if isinstance(base, ast.Name) and base.id != cls.node.name:
            value = run.global_value(base.id) if base.id in run.names.module.bindings else None
            if isinstance(value, Class) and len(run.active) < 20:
                method = method_of(run, value, name)
                if method is not None:
                    return method
    return None


def _instance(run: Run, instance: Instance, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if not any(_is_telling(run.memory.current(value)) for value in (*args, *kwargs.values())):
        return unknown_call(run, args, kwargs)
    for name in ("__call__", "forward"):
        if instance.is_changed or (instance, name) in run.memory.attributes:
            return unknown_call(run, args, kwargs)
        definition = method_of(run, instance.cls, name)
        if definition is not None:
            return called_function(run, Function(definition, None, instance), args, kwargs, node)
    return unknown_call(run, args, kwargs)


def _is_telling(value: Any) -> bool:
    """Whether a module is worth reading for an argument."""
    if isinstance(value, (tuple, Listing)):
        return True
    return isinstance(value, Known) or isinstance(value, Hole) and -1 in value.lengths


def may_be_other(run: Run, instance: Instance, method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method may be another one: of a subclass, or of a property that can be set."""
    if not all(called_name(d) in (*HARMLESS, "classmethod") for d in method.decorator_list):
        return True  # a property that can be set, a cached property, whatever a decorator makes of it
    if method.name in run.names.foreign_attributes:
        return True
    if instance.args is not None:
        return False
    body = [s for s in method.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(body) <= 1 and all(isinstance(s, (ast.Pass, ast.Raise)) or _returns_name(s) for s in body):
        return True
    return any(method.name in run.names.scopes[node].bindings for node in _subclasses(run, instance.cls))


def _returns_name(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and (statement.value is None or isinstance(statement.value, ast.Name))


def _subclasses(run: Run, cls: Class) -> list[ast.ClassDef]:
    """The classes of the file that derive from a class."""
    return [each for each in run.names.subclasses.get(cls.node.name, ()) if each is not cls.node]


def instance_attribute(run: Run, instance: Instance, name: str) -> Any:
    """An attribute of an object of a class of the file: one that was assigned, a method, or unknown."""
    key = (instance, name)
    instance.is_changed |= name == "__dict__"
    if instance.is_changed:
        return Hole(name)
    if key in run.memory.attributes:
        return run.memory.attributes[key]
    method = method_of(run, instance.cls, name)
    if method is not None and may_be_other(run, instance, method):
        return Method(instance, name)
    if method is not None:
        bound = Function(method, None, instance)
        is_property = any(getattr(d, "id", "") == "property" for d in method.decorator_list)
        return call(run, bound, [], {}, None) if is_property else bound
    if name in REGISTERS:
        return Method(instance, name)
    attributes = made(run, instance)
    if name not in attributes:
        attributes[name] = field_of(run, instance.cls, name)
    return attributes[name]


def class_around(run: Run, scope: Scope) -> Class | None:
    """The class whose method a scope is in."""
    node = run.names.nodes.get(id(scope.enclosing_class))
    return Class(node) if isinstance(node, ast.ClassDef) else None


def super_attribute(run: Run, receiver: Super, name: str) -> Any:
    """A method of the base classes of the file; of those elsewhere nothing is known."""
    method = _inherited(run, receiver.cls, name)
    return Hole(name) if method is None else Function(method, None, receiver.instance)


def class_attribute(run: Run, cls: Class, name: str) -> Any:
    """A method that is called without an object."""
    method = method_of(run, cls, name)
    is_known = method is not None and is_static(method) and name not in run.names.foreign_attributes
    return Function(method, None) if is_known else Hole(name)


def set_attribute(run: Run, instance: Instance, name: str, value: Any) -> None:
    """An attribute is kept where `__init__` alone sets it, and nothing of the class has its name."""
    inside = getattr(run.active[-1], "name", "") if run.active else ""
    kept = inside == "__init__" and not is_set_elsewhere(run, name)
    scope = run.names.scopes.get(instance.cls.node)
    kept = kept and method_of(run, instance.cls, name) is None
    kept = kept and scope is not None and name not in scope.bindings
    run.memory.attributes[instance, name] = value if kept else Hole(name)


CALLABLES.update({Class: _class, Instance: _instance})
