"""Annotated fields of the classes of a file: what they say of the attributes of objects."""

from __future__ import annotations

import ast
from typing import Any

from einlint.shapes.evidence import annotation_of, claimed, or_none
from einlint.shapes.objects import Class, Hole, Origin
from einlint.shapes.run import Run


def is_set_elsewhere(run: Run, name: str) -> bool:
    """Whether anything but a constructor may assign an attribute of this name: methods of related classes, too."""
    return name in run.names.reassigned or name in run.names.foreign_attributes or run.afar.sets(name)


def field_of(run: Run, cls: Class, name: str) -> Any:
    """What the body of a class says of an attribute: nothing where anything but a constructor may assign it."""
    field = _fields(cls).get(name)
    if field is None or is_set_elsewhere(run, name):
        return Hole(name)
    claim = annotation_of(run.finder, field.annotation, run.names.module)
    value = claimed(run, claim, Origin(field.lineno, "annotated"), {}, name)
    is_none = isinstance(field.value, ast.Constant) and field.value.value is None
    return or_none(value, name) if is_none else value


def _fields(cls: Class) -> dict[str, ast.AnnAssign]:
    """The annotated names in the body of a class."""
    annotated = [statement for statement in cls.node.body if isinstance(statement, ast.AnnAssign)]
    return {each.target.id: each for each in annotated if isinstance(each.target, ast.Name)}


def object_of(run: Run, annotation: ast.expr | None, name: str) -> Hole | None:
    """Something of which an annotation says the class, where the fields of that say anything."""
    named = annotation.value if isinstance(annotation, ast.Constant) else getattr(annotation, "id", None)
    if not isinstance(named, str) or named not in run.names.classes:
        return None
    cls = run.global_value(named)
    if not isinstance(cls, Class):
        return None
    found = Hole(name)
    for field in _fields(cls):
        value = field_of(run, cls, field)
        if not isinstance(value, Hole) or value.unless_none is not None or value.lengths:
            found.members[FIELD, field] = value
    return found if found.members else None


FIELD = "field"
"""Begins the key of a field among the members of something unknown: a pair stays where elements are forgotten."""
