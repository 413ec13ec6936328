"""Lists of an unknown number of tensors, all alike: what makes them, and what makes one tensor of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from einlint.lazily import replace
from einlint.program.value import dimension
from einlint.shapes.memory import element_of
from einlint.shapes.objects import Hole, Known, Listing, Origin, size
from einlint.shapes.run import Run

JOINS = frozenset({"cat", "concat", "concatenate", "stack"})


def joined_list(
    run: Run, function: str, listing: Listing, args: Sequence[Any], kwargs: Mapping[str, Any], node: ast.Call
) -> Any:
    """`cat` or `stack` of a list: one dimension has an unknown length, the others are those of its elements."""
    each = run.memory.current(element_of(listing))
    along = args[0] if args else kwargs.get("dim", kwargs.get("axis", 0))
    if not isinstance(each, Known) or type(along) is not int or set(kwargs) - {"dim", "axis"}:
        return Hole()
    rank = len(each.dims) + (function == "stack")
    if not -rank <= along < rank:
        return Hole()
    at = along % rank
    after = at if function == "stack" else at + 1
    dims = (*each.dims[:at], dimension(size("")), *each.dims[after:])
    return replace(each, dims=dims, origin=Origin(node.lineno, f"made by `{function}`"), made=None)


def unbound(tensor: Known, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Listing | None:
    """`unbind` along a dimension of unknown length; None where the length is known."""
    along = args[0] if args else kwargs.get("dim", 0)
    rank = len(tensor.dims)
    if type(along) is not int or not -rank <= along < rank or tensor.shape[along].constant is not None:
        return None
    at = along % rank
    return Listing(None, replace(tensor, dims=(*tensor.dims[:at], *tensor.dims[at + 1 :]), made=None))
