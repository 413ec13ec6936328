"""Comprehensions."""

from __future__ import annotations

import ast
from typing import Any

from einlint.shapes.binding import bind
from einlint.shapes.conditions import assume
from einlint.shapes.dispatch import EXPRESSIONS, value_of
from einlint.shapes.objects import Hole, Listing
from einlint.shapes.run import Run
from einlint.shapes.sequences import MOST_ITEMS, any_element, sequence


def _comprehension(run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
    """A list of what the element is for each item, or of what it is for any."""
    generator = node.generators[0]
    over = value_of(run, generator.iter)
    items = sequence(run, over)
    outer = run.memory.frame
    frame = run.activation(run.names.scopes.get(node, outer.scope), outer)
    run.memory.frame = frame
    try:
        if items is None or len(items) > MOST_ITEMS or len(node.generators) > 1 or generator.ifs:
            return Listing(None, _for_any(run, node, over if items is None else None))
        results = []
        for item in items:
            bind(run, generator.target, item)
            results.append(value_of(run, node.elt))
        return Listing(results)
    finally:
        run.memory.frame = outer


def _other_comprehension(run: Run, node: ast.SetComp | ast.DictComp) -> Hole:
    """A set or a dictionary: what its elements are computed from is read once."""
    over = value_of(run, node.generators[0].iter)
    outer = run.memory.frame
    run.memory.frame = run.activation(run.names.scopes.get(node, outer.scope), outer)
    try:
        _for_any(run, node, over)
    finally:
        run.memory.frame = outer
    return Hole()


def _for_any(run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp, over: Any) -> Any:
    before = run.memory.copy()
    run.nesting += 1  # what is appended may be so any number of times
    for generator in node.generators:
        bind(run, generator.target, any_element(run, over) if generator is node.generators[0] else Hole())
        for condition in generator.ifs:
            value_of(run, condition)
            assume(run, condition, True)
    if isinstance(node, ast.DictComp):
        value_of(run, node.key)
    result = value_of(run, node.value if isinstance(node, ast.DictComp) else node.elt)
    run.nesting -= 1
    run.memory.restore(before)
    return result


EXPRESSIONS.update({
    ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension, ast.SetComp: _other_comprehension,
    ast.DictComp: _other_comprehension,
})  # fmt: skip
