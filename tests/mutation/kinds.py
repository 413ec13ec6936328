"""The kinds of bugs: edits of the source of a model that often leave all shapes as they are."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_EINOPS = {"rearrange", "Rearrange", "reduce", "Reduce", "repeat"}
_MOVES = {"permute", "transpose", "swapaxes", "movedim", "t", "T", "mT"}
_DIMENSIONED = {"squeeze", "softmax", "log_softmax", "normalize", "Softmax", "LogSoftmax"}
_MODULES = {"torch", "np", "jnp", "F", "nn", "functional"}
_GROUP = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit of a file: bytes `start` to `end` become `text`. `row` and `end_row` are the lines of the call."""

    kind: str
    start: int
    end: int
    text: str
    row: int
    end_row: int

    def applied(self, data: bytes) -> bytes:
        return data[: self.start] + self.text.encode() + data[self.end :]


class _File:
    """Source with the places of its nodes in bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = [0]
        for line in data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.expr) -> tuple[int, int]:
        end_row, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[end_row - 1] + end_column

    def text(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.data[start:end].decode()


Edit = tuple[str, ast.expr, str]
"""A kind, what is replaced, and by what."""


def mutants(data: bytes) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its lines. Raises SyntaxError."""
    file = _File(data)
    calls = [node for node in ast.walk(ast.parse(data)) if isinstance(node, ast.Call | ast.Attribute)]
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        for kind, replaced, text in _edits(node, file):
            end_row = node.end_lineno or node.lineno
            padding = "\n" * (file.text(replaced).count("\n") - text.count("\n"))  # so that later lines keep their rows
            yield Mutant(kind, *file.span(replaced), f"({text}{padding})" if padding else text, node.lineno, end_row)


def _edits(node: ast.Call | ast.Attribute, file: _File) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute):
        if node.attr in ("T", "mT", "H") and isinstance(node.ctx, ast.Load):
            yield "dropped permute", node, file.text(node.value)
        return
    name = _name(node.func)
    pattern = next((each for each in node.args if _is_pattern(each)), None)
    if pattern is not None and name.endswith("einsum"):
        yield from _renamed_labels(node, pattern)
    elif pattern is not None and name in _EINOPS:
        yield from _swapped_groups(name, pattern)
        yield from _dropped_rearrange(node, name, pattern, file)
    elif pattern is None:
        yield from _plain(node, name, file)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_pattern(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "->" in node.value


def _value(pattern: ast.expr) -> str:
    assert isinstance(pattern, ast.Constant) and isinstance(pattern.value, str)
    return pattern.value


def _renamed_labels(call: ast.Call, pattern: ast.expr) -> Iterator[Edit]:
    """One occurrence of a label in an operand becomes another label, or a new one."""
    text = _value(pattern)
    left, _, right = text.partition("->")
    label = r"[A-Za-z]" if call.args[0] is pattern else r"[A-Za-z_]\w*"
    places = list(re.finditer(label, left))
    labels = dict.fromkeys(found[0] for found in places)
    new = next(each for each in "zyxwvutsrq" if each not in labels) if label == r"[A-Za-z]" else "other"
    for found in places:
        for other in [*labels, new]:
            if other != found[0]:
                renamed = f"{left[: found.start()]}{other}{left[found.end() :]}->{right}"
                yield "renamed label", pattern, repr(renamed)


def _swapped_groups(name: str, pattern: ast.expr) -> Iterator[Edit]:
    """`(h d)` becomes `(d h)`: where it is merged, where it is split, or where a new axis is repeated."""
    text = _value(pattern)
    arrow, known = text.index("->"), set(re.findall(r"\w+", text.partition("->")[0]))
    for group in _GROUP.finditer(text):
        axes = group[1].split()
        for k, (one, other) in enumerate(pairwise(axes)):
            swapped = " ".join([*axes[:k], other, one, *axes[k + 2 :]])
            kind = "split order" if group.start() < arrow else "merge order"
            if name == "repeat" and group.start() > arrow and not {one, other} <= known:
                kind = "repeat order"
            if not {"1", "..."} & {one, other}:
                yield kind, pattern, repr(f"{text[: group.start(1)]}{swapped}{text[group.end(1) :]}")


def _dropped_rearrange(call: ast.Call, name: str, pattern: ast.expr, file: _File) -> Iterator[Edit]:
    """A permutation does nothing; one with groups is a reshape to the same shape, as code without einops often is."""
    left, _, right = (side.strip() for side in _value(pattern).partition("->"))
    before, after = re.findall(r"\w+|\.{3}", left), re.findall(r"\w+|\.{3}", right)
    if "earrange" not in name or before == after or Counter(before) != Counter(after):
        return
    if not _GROUP.search(left + right):
        is_layer = name == "Rearrange"
        yield (
            "dropped permute",
            pattern if is_layer else call,
            repr(f"{left} -> {left}") if is_layer else file.text(call.args[0]),
        )
    elif name == "rearrange" and isinstance(call.args[0], ast.Name) and "..." not in before:
        shape = _shape(call, left, right, file)
        if shape is not None:
            yield "dropped permute", call, f"{file.text(call.args[0])}.reshape({shape})"


def _shape(call: ast.Call, left: str, right: str, file: _File) -> str | None:
    """The shape of the result as an argument of `reshape`; None where two of its dimensions need arithmetic."""
    lengths = {each.arg: f"({file.text(each.value)})" for each in call.keywords if each.arg}
    for k, part in enumerate(re.findall(r"\([^()]*\)|\w+", left)):
        if not part.startswith("("):
            lengths[part] = "1" if part == "1" else f"{file.text(call.args[0])}.shape[{k}]"
    shape, open_parts = [], 0
    for part in re.findall(r"\([^()]*\)|\w+", right):
        axes = part.strip("()").split()
        is_open = any(axis not in lengths for axis in axes) or (len(axes) > 1 and not open_parts)
        open_parts += is_open
        shape.append("-1" if is_open else " * ".join(lengths[axis] for axis in axes) or "1")
    return ", ".join(shape) if open_parts < 2 else None


def _plain(call: ast.Call, name: str, file: _File) -> Iterator[Edit]:
    function = call.func
    is_method = isinstance(function, ast.Attribute) and _name(function.value) not in _MODULES
    if name in _MOVES and isinstance(function, ast.Attribute) and (is_method or call.args):
        yield "dropped permute", call, file.text(function.value if is_method else call.args[0])
    if name in _DIMENSIONED:
        yield from _dropped_dimension(call, name, is_method, file)
    if name == "repeat_interleave" and isinstance(function, ast.Attribute):
        tensor, *rest = (function.value, *call.args) if is_method else call.args
        given = {each.arg: each.value for each in call.keywords}
        repeats, dimension = (*rest, *(given[key] for key in ("repeats", "dim") if key in given), None, None)[:2]
        if repeats is not None and dimension is not None:
            text = f"torch.cat([{file.text(tensor)}] * ({file.text(repeats)}), dim={file.text(dimension)})"
            yield "repeat order", call, text
    if name in ("repeat", "tile") and is_method and isinstance(function, ast.Attribute):
        sizes = [file.text(each) for each in call.args]
        several = [k for k, size in enumerate(sizes) if size != "1"]
        if len(several) == 1 and not call.keywords:
            k = several[0]
            text = f"{file.text(function.value)}.repeat_interleave({sizes[k]}, dim={k - len(sizes)})"
            yield "repeat order", call, text


def _dropped_dimension(call: ast.Call, name: str, is_method: bool, file: _File) -> Iterator[Edit]:
    keywords = [each for each in call.keywords if each.arg not in ("dim", "axis")]
    is_layer = name[0].isupper()
    args = call.args if is_method and name != "squeeze" else call.args[: 0 if is_method or is_layer else 1]
    if len(args) + len(keywords) < len(call.args) + len(call.keywords):
        given = [*map(file.text, args), *(f"{each.arg}={file.text(each.value)}" for each in keywords)]
        yield "dropped dim", call, f"{file.text(call.func)}({', '.join(given)})"
