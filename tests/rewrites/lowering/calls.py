"""Calls of einops and einsum as text: what they are lowered to, and the question whether that is the same."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Literal

from einlint.patterns.equations import Dialect, parse_equation
from einlint.patterns.expressions import (
    parse_arrow,
    parse_einops_einsum,
    parse_pack,
    parse_shape_pattern,
)
from einlint.patterns.model import Expression, Pattern
from einlint.rewrites import lowering
from einlint.rewrites.lowering import Lowered, Style

Framework = Literal["torch", "numpy"]


@dataclass(frozen=True)
class Call:
    """`reduce(x, 'b (h 2) -> b h', 'max')`; an operand written as a list is a list of tensors."""

    text: str
    function: str
    pattern: Pattern
    operands: tuple[str, ...]
    is_list: bool
    lengths: dict[str, str]
    reduction: str = ""

    def lowered(self, style: Style) -> Lowered:
        """The plain code."""
        if self.function == "einsum":
            return lowering.lower_einsum(self.pattern, self.operands, style)
        operand = self.operands if self.is_list else self.operands[0]
        if self.function == "rearrange":
            return lowering.lower_rearrange(self.pattern, operand, self.lengths, style)
        if self.function == "repeat":
            return lowering.lower_repeat(self.pattern, operand, self.lengths, style)
        if self.function == "reduce":
            return lowering.lower_reduce(self.pattern, operand, self.reduction, self.lengths, style)
        if self.function == "pack":
            return lowering.lower_pack(self.pattern, self.operands, style)
        assert self.function == "parse_shape"
        return lowering.lower_parse_shape(self.pattern, self.operands[0])

    def question(self, code: str, framework: Framework) -> dict[str, Any]:
        """The fields of `einlint equiv`: an ellipsis is tried as one, no and two dimensions."""
        constraints: list[str] = []
        forms = [self._form(spread, constraints) for spread in ("e1", "", "e1 e2")]
        others = forms[1:] if "..." in self.pattern.text or "*" in self.pattern.text else []
        return {
            "id": self.text, "framework": framework, "tensors": forms[0], "tensors_alt": others,
            "constraints": sorted(set(constraints)), "a": self.text, "b": code,
        }  # fmt: skip

    def _form(self, spread: str, constraints: list[str]) -> dict[str, str]:
        sides = self.pattern.inputs
        sides = sides * len(self.operands) if len(sides) < len(self.operands) else sides
        shapes = {name: self._shape(side, spread, constraints) for name, side in zip(self.operands, sides, strict=True)}
        if self.is_list and self.function != "pack":
            shapes = {name: " ".join(shape.split()[1:]) for name, shape in shapes.items()}
        return shapes | {text.removesuffix(".shape[0]"): name for name, text in self._named_lengths()}

    def _named_lengths(self) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self.lengths.items() if not text.isdecimal()]

    def _shape(self, side: Expression, spread: str, constraints: list[str]) -> str:
        words = []
        for at, group in enumerate(side.groups):
            sizes = [self._size(axis.name, spread) for axis in group.axes]
            if len(sizes) > 1:
                constraints.append(f"dim{at} = {' * '.join(sizes)}")
            words.append(f"dim{at}" if len(sizes) > 1 else sizes[0] if sizes else "1")
        return " ".join(words)

    def _size(self, axis: str, spread: str) -> str:
        if axis in ("...", "*"):
            return spread
        text = self.lengths.get(axis, axis)
        return text if text.isdecimal() else axis


def call(text: str) -> Call:
    """Read a call."""
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    path = ast.unparse(node.func)
    function = path.rpartition(".")[2]
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    tensors = [arg for arg in node.args if not isinstance(arg, ast.Constant)]
    is_list = isinstance(tensors[0], ast.List)
    names = tensors[0].elts if isinstance(tensors[0], ast.List) else tensors
    lengths = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg}
    pattern = _pattern(path, texts[0])
    return Call(
        text, function, pattern, tuple(map(ast.unparse, names)), is_list, lengths, texts[1] if len(texts) > 1 else ""
    )


def _pattern(path: str, text: str) -> Pattern:
    if path in ("torch.einsum", "np.einsum"):
        return parse_equation(text, Dialect.TORCH if path.startswith("torch") else Dialect.NUMPY)
    if path == "einsum":
        return parse_einops_einsum(text)
    if path == "pack":
        return parse_pack(text, "pack")
    return parse_shape_pattern(text) if path == "parse_shape" else parse_arrow(text)
