"""Calls that make a function worth reading although it holds no call of einops or einsum: without one of them no
detector finds anything in plain code. `marks.py` asks the same of the bytes of a file.

A callable by the name of what is called says whether a call can be part of a mistake; it is asked with what else the
file calls.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from einlint.calls import CallFinder
from einlint.lazily import cached, regex
from einlint.names import last_name
from einlint.silent.history import CONTRACTIONS, numbers

_PRODUCTS = CONTRACTIONS | {"scaled_dot_product_attention"}
_STATISTICS = frozenset({"mean", "nanmean", "var", "nanvar", "std", "nanstd"})
_REPEATS = frozenset({"repeat", "repeat_interleave", "tile"})
_REGROUPS = frozenset(
    """view reshape view_as reshape_as flatten unflatten ravel unfold fold Flatten Unflatten Unfold Fold pixel_shuffle
    pixel_unshuffle PixelShuffle PixelUnshuffle rearrange reduce Rearrange Reduce""".split()
)
"""What splits dimensions or merges them."""
_WRITE = regex(r"(?:^|;)\s*[\w.]+\[(?![\"']).*\]\s*(?:[-+*/&|^%@]|//|\*\*|<<|>>)?=(?!=)")
"""An assignment to an element, but of a dictionary by a word."""
_LONGEST_LINE = 1_000


def rows_of_interest(finder: CallFinder) -> Iterator[int]:
    """The rows of calls that are worth reading."""
    file = _File(finder)
    for call, name in file.calls:
        judge = _JUDGES.get(name)
        if judge is not None and judge(call, file):
            yield call.lineno


class _Function(NamedTuple):
    """The rows of a function, and what it calls by the last name."""

    name: str
    first: int
    last: int
    calls: Sequence[str]

    def holds(self, rows: Sequence[int]) -> int:
        """How many of these rows, in their order, are in the function."""
        return bisect_right(rows, self.last) - bisect_left(rows, self.first)


class _File:
    """What a file calls, with the names of what is called."""

    def __init__(self, finder: CallFinder) -> None:
        self._finder = finder
        self.calls = [(call, last_name(call.func)) for call, _ in finder.names.calls]

    @cached
    def multiplies(self) -> bool:
        """Whether there is a product of tensors, which sums over what was normalised, or what was split."""
        named = not _PRODUCTS.isdisjoint(name for _, name in self.calls)
        return named or any("@" in line and ("@ " in line or "@" in line.lstrip()[1:]) for line in self._lines)

    @cached
    def averages(self) -> bool:
        """Whether there are several means and spreads, which may run over different axes."""
        return sum(name in _STATISTICS for _, name in self.calls) > 1 or any(n == "reduce" for _, n in self.calls)

    def regroups(self, row: int) -> bool:
        """Whether the function around a row splits or merges dimensions, or repeats several tensors: a copy of one
        meets no other order."""
        return row in self._regrouping

    def writes(self, row: int) -> bool:
        """Whether the function around a row writes into tensors."""
        return row in self._writing

    @cached
    def _regrouping(self) -> frozenset[int]:
        rows = sorted(call.lineno for call, name in self.calls if name in _REPEATS and any(map(_varies, call.args)))
        return self._rows(lambda f: not _REGROUPS.isdisjoint(f.calls) or f.holds(rows) > 1)

    @cached
    def _writing(self) -> frozenset[int]:
        rows = [row for row, line in enumerate(self._lines, 1) if "=" in line and _may_write(line)]
        rows += [call.lineno for call, name in self.calls if name.endswith("_")]
        rows.sort()
        return self._rows(lambda f: f.holds(rows) > 0)

    def _rows(self, does: Callable[[_Function], bool]) -> frozenset[int]:
        """The rows of functions that do something themselves or call a function of the file that does, and those
        outside of functions."""
        doing = {function for function in self._functions if does(function)}
        before = -1
        while len(doing) > before:
            before, names = len(doing), {function.name for function in doing}
            doing |= {function for function in self._functions if not names.isdisjoint(function.calls)}
        without = {row for function in self._functions for row in range(function.first, function.last + 1)}
        without.difference_update(*(range(function.first, function.last + 1) for function in doing))
        return frozenset({call.lineno for call, _ in self.calls} - without)

    @property
    def _lines(self) -> list[str]:
        return self._finder.source.lines

    @cached
    def _functions(self) -> list[_Function]:
        """Every function; an object of `self` that is called is taken for a layer, which runs `forward`."""
        nodes = self._finder.names.functions
        own = {node.name for node in nodes}
        named = sorted((c.lineno, "forward" if _of_self(c) and n not in own else n) for c, n in self.calls)
        rows = [row for row, _ in named]
        found = []
        for node in nodes:
            first, last = node.lineno, node.end_lineno or node.lineno
            inside = named[bisect_left(rows, first) : bisect_right(rows, last)]
            found.append(_Function(node.name, first, last, tuple(name for _, name in inside)))
        return found


def _varies(node: ast.expr) -> bool:
    """Whether a number is not written."""
    return numbers(node) is ...


def _may_write(line: str) -> bool:
    return len(line) > _LONGEST_LINE or _WRITE.search(line) is not None


def _of_self(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "self"


def _regrouped(call: ast.Call, file: _File) -> bool:
    """Copies are put where a reshape reads them in another order, or meet what was regrouped or repeated otherwise."""
    return file.regroups(call.lineno)


def _expanded(call: ast.Call, file: _File) -> bool:
    """The same, and copies that are one memory are written to. Those of a single number have no order."""
    if len(call.args) == 1 and _is_length(call.args[0]):
        return False
    return file.regroups(call.lineno) or file.writes(call.lineno)


def _is_length(node: ast.expr) -> bool:
    """Whether a shape is one length and no tuple: `3`, `x.shape[0]`."""
    if isinstance(node, ast.Subscript):
        return last_name(node.value) == "shape" and not isinstance(node.slice, ast.Slice)
    return isinstance(numbers(node), int)


def _always(call: ast.Call, file: _File) -> bool:
    return True


def _beside_a_product(call: ast.Call, file: _File) -> bool:
    """A softmax or a norm is over the wrong axis of what is multiplied; a dimension that is split is merged again."""
    return file.multiplies


def _reshapes(call: ast.Call, file: _File) -> bool:
    """Whether there may be two lengths other than 1: one alone, as in `view(-1, 1)`, leaves no order to mistake."""
    lengths: Sequence[ast.expr] = call.args
    if call.keywords or any(isinstance(each, ast.Starred) for each in lengths):
        return True
    if len(lengths) == 1:
        (given,) = lengths
        if isinstance(given, ast.Attribute) and last_name(given.value) in ("torch", "np"):  # a dtype
            return False
        if not isinstance(given, (ast.Tuple, ast.List)):
            return not _is_length(given)
        lengths = given.elts
    return len([each for each in lengths if numbers(each) != 1]) > 1


def _without_dimension(call: ast.Call, file: _File) -> bool:
    """Whether a squeeze is of no dimension that is written."""
    return not call.keywords and all(map(_varies, call.args)) and len(call.args) < 2


def _moves_nothing(call: ast.Call, file: _File) -> bool:
    """Whether the dimensions of a permute are in order."""
    given: Any = tuple(numbers(each) for each in call.args)
    places = next((each for each in given if isinstance(each, tuple)), given)
    in_order = (type(each) is int and each % len(places) == at for at, each in enumerate(places))
    return bool(call.keywords) or all(in_order)


def _exchanges_nothing(call: ast.Call, file: _File) -> bool:
    """Whether a dimension is exchanged with itself."""
    places = [numbers(each) for each in call.args[-2:]]
    return len(places) == 2 and isinstance(places[0], int) and bool(places[0] == places[1])


def _over_several(call: ast.Call, file: _File) -> bool:
    """Whether a sum runs over several dimensions: their number is what it may be divided by."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)] if isinstance(call.func, ast.Attribute) else []
    return any(isinstance(each, (ast.Tuple, ast.List)) for each in given)


def _beside_another(call: ast.Call, file: _File) -> bool:
    """Whether a mean or a spread over certain axes has a partner that may run over others."""
    return file.averages and bool(call.args or call.keywords)


_JUDGES: dict[str, Callable[[ast.Call, _File], bool]] = {
    **dict.fromkeys(("view", "reshape"), _reshapes),
    **dict.fromkeys(("view_as", "reshape_as"), _always),
    **dict.fromkeys(("repeat", "repeat_interleave", "tile"), _regrouped),
    **dict.fromkeys(("expand", "expand_as"), _expanded),
    **dict.fromkeys(("softmax", "normalize", "bmm", "unflatten"), _beside_a_product),
    **dict.fromkeys(("mean", "std", "var"), _beside_another),
    **dict.fromkeys(("transpose", "swapaxes", "swapdims"), _exchanges_nothing),
    "squeeze": _without_dimension,
    "permute": _moves_nothing,
    "sum": _over_several,
}
