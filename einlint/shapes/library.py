"""Calls of library functions: those of the operations table and those that are described by themselves."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from einlint.operations.jax_names import torch_or_numpy
from einlint.operations.layers import layers
from einlint.operations.table import entries
from einlint.shapes.afar import RESHAPES
from einlint.shapes.dispatch import CALLABLES, LIBRARY, unknown_call
from einlint.shapes.layers import constructed
from einlint.shapes.many import JOINS, joined_list, unbound
from einlint.shapes.objects import Hole, Known, Library, Listing, Sequential
from einlint.shapes.run import Foreign, Run
from einlint.shapes.unknown_tensors import RANKS, call_of_hole, ranked_as

TAKES_SIZES = frozenset(
    """view reshape expand repeat tile zeros ones rand randn empty full randint broadcast_to new_zeros new_ones
    new_full new_empty""".split()
)
_ONE_BY_ONE = TAKES_SIZES - {"full", "randint", "broadcast_to", "new_full"}
_SEQUENTIAL = ("torch.nn.Sequential", "torch.nn.modules.container.Sequential")
_LISTS = ("torch.nn.ModuleList", "builtins.list")
_SAME_THING = frozenset({"torch.nn.Parameter", "torch.nn.parameter.Parameter"})


def _library(run: Run, library: Library, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    name = library.name
    special = LIBRARY.get(name)
    if special is not None:
        return special(run, args, kwargs, node)
    if name.rpartition(".")[2] in RESHAPES and args and isinstance(run.memory.current(args[0]), Known):
        run.memory.change(run.memory.current(args[0]))  # `torch.Tensor.unsqueeze_(x, 0)`
        return Hole()
    if name in _SEQUENTIAL:
        return _sequential_of(run, args, node) if not kwargs else Hole()
    if name in _SAME_THING:
        return args[0] if args else Hole()
    if name in _LISTS:
        given = args[0] if args and isinstance(args[0], Listing) else Listing(None)
        return Listing(given.items, given.element, of_modules=True)
    constructor = layers().get(name)
    if constructor is not None:
        return constructed(run, name, constructor, args, kwargs)
    if torch_or_numpy(name) not in entries():
        return unknown_call(run, args, kwargs)
    return _entry(run, name, args, kwargs, node)


def _sequential_of(run: Run, args: list[Any], node: ast.Call | None) -> Sequential:
    modules = Sequential(tuple(args))
    if node is not None:
        run.made(modules, node)
    return modules


def _entry(run: Run, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """A function of the operations table."""
    function = name.rpartition(".")[2]
    first = run.memory.present(args[0]) if args else None
    args = [first, *args[1:]]
    if writes(run, kwargs):
        return Hole()
    if isinstance(first, Listing) and first.items is None and function in JOINS and node is not None:
        return joined_list(run, function, first, args[1:], kwargs, node)
    if isinstance(first, Known) and name == "torch.unbind" and (parts := unbound(first, args[1:], kwargs)) is not None:
        return parts
    of_table = name.startswith("numpy.") or function in TAKES_SIZES
    if isinstance(first, Hole) and of_table and run.observer is not None and node is not None:
        run.observer.called_unknown(run, first, function, len(args) - 1, node)
    if function in RANKS and name.startswith("torch."):
        args = [ranked_as(run, each, RANKS[function], node) for each in args]
        first = args[0] if args else None
    if isinstance(first, Hole) and name.startswith("torch.") and function not in TAKES_SIZES:
        return call_of_hole(run, first, function, args[1:], kwargs, node)
    try:
        plain = plain_arguments(run, name, args)
        named = {k: run.plain(v) for k, v in kwargs.items() if k not in ("device", "requires_grad", "generator")}
    except Foreign:
        return Hole()
    if node is None:
        return Hole()
    operands = operands_of(node.args, args)
    return run.operate(run.domain.call, (name, plain, named), node, name, operands)


def writes(run: Run, kwargs: dict[str, Any]) -> bool:
    """Whether a result is written into a tensor, which may change its shape."""
    out = run.memory.current(kwargs.get("out"))
    if isinstance(out, Known):
        run.memory.change(out)
    return isinstance(out, Known)


def plain_arguments(run: Run, name: str, args: Sequence[Any]) -> list[Any]:
    """Arguments for the table; what is unknown is an integer where only lengths can stand. Raises Foreign."""
    function = name.rpartition(".")[2]
    separate = function in _ONE_BY_ONE and len(args) > 1 and not name.startswith("numpy.")
    listed = function in TAKES_SIZES
    for each in args if separate else ():  # only a number can stand there
        if isinstance(each, Hole) and not each.parents:
            each.numeric = True
    return [run.plain(a, separate or listed and isinstance(run.memory.current(a), (tuple, Listing))) for a in args]


def operands_of(nodes: Sequence[ast.expr], values: Sequence[Any]) -> list[tuple[Any, Known]]:
    """The tensors among the arguments, with their source text."""
    found: list[tuple[Any, Known]] = []
    for node, value in zip(nodes, values, strict=False):
        if isinstance(value, Known):
            found.append((node, value))
        elif isinstance(value, (tuple, Listing)):
            items = value if isinstance(value, tuple) else value.items or ()
            written = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node] * len(items)
            found += [(n, v) for n, v in zip(written, items, strict=False) if isinstance(v, Known)]
    return found


CALLABLES[Library] = _library
