"""Random patterns: lowered code against einops, torch and numpy. Values, shape, dtype and shared memory are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from einlint.rewrites.lowering import Style
from einlint.rewrites.rewrite import Refusal
from einlint.verification.concrete import Concrete, Library
from einlint.verification.evaluator import evaluate
from einlint.verification.expressions import parse
from tests.rewrites.lowering.calls import Framework, call

LIBRARY = Library()
REDUCTIONS = ("sum", "max", "min", "prod", "mean", "any", "all")
frameworks = st.sampled_from(get_args(Framework))
lengths = st.integers(1, 3)


def operands(shapes: Mapping[str, Sequence[int]], framework: Framework) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    arrays = {name: rng.integers(-4, 5, shape).astype(np.float64) for name, shape in shapes.items()}
    return arrays if framework == "numpy" else {name: torch.from_numpy(array) for name, array in arrays.items()}


def value(text: str, tensors: Mapping[str, Any]) -> Any:
    return evaluate(parse(text, tensors), Concrete(LIBRARY, tensors))


def shares(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return bool(one.numel()) and one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()
    return bool(np.shares_memory(one, other))


def plain(text: str, style: Style) -> str | None:
    """The lowered code; None where only an ellipsis, or its length, is in the way."""
    try:
        return call(text).lowered(style).expression
    except Refusal as refusal:
        if "ellipsis" in str(refusal) or "characters" in str(refusal):
            return None
        raise


def check(text: str, shapes: Mapping[str, Sequence[int]], framework: Framework, style: Style) -> None:
    tensors = operands(shapes, framework)
    expected = value(text, tensors)
    code = plain(text, style)
    if code is None:
        return
    found = value(code, tensors)
    assert tuple(found.shape) == tuple(expected.shape), code
    assert found.dtype == expected.dtype, code
    assert np.array_equal(np.asarray(found), np.asarray(expected)) or "'mean'" in text, code
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-9, err_msg=code)
    if style.exact and expected.shape:  # numpy's scalars are values
        assert [shares(found, each) for each in tensors.values()] == [
            shares(expected, each) for each in tensors.values()
        ], code


class Arrow:
    """An operand's groups of axes and those of the result, with the sizes of all axes."""

    def __init__(self, data: st.DataObject, function: str) -> None:
        draw = self.draw = data.draw
        count = draw(st.integers(0, 4))
        self.sizes = {name: draw(lengths) for name in "abcd"[:count]}
        self.left = self._grouped(draw(st.permutations(list(self.sizes))), spread=True)
        self.spread = [draw(lengths) for _ in range(draw(st.integers(0, 2)))]
        kept = list(draw(st.permutations(list(self.sizes))))
        if function == "reduce":
            kept = kept[: draw(st.integers(0, len(kept)))]
        self.new = {name: draw(lengths) for name in "uv"[: draw(st.integers(0, 2))]} if function == "repeat" else {}
        self.right = self._grouped(list(draw(st.permutations([*kept, *self.new]))), spread=False)
        if ["..."] in self.left:
            self._place_spread(function)

    def _grouped(self, axes: Sequence[str], spread: bool) -> list[list[str]]:
        groups: list[list[str]] = []
        for axis in axes:
            if groups and groups[-1] and self.draw(st.booleans()):
                groups[-1].append(axis)
            else:
                groups.append([axis])
        for _ in range(self.draw(st.integers(0, 2))):
            groups.insert(self.draw(st.integers(0, len(groups))), [])
        if spread and self.draw(st.booleans()):
            groups.insert(self.draw(st.integers(0, len(groups))), ["..."])
        return groups

    def _place_spread(self, function: str) -> None:
        choice = self.draw(st.sampled_from(["alone", "within"]))
        at = self.draw(st.integers(0, len(self.right)))
        if choice == "alone" or at == len(self.right):
            self.right.insert(at, ["..."])
        else:
            self.right[at].insert(self.draw(st.integers(0, len(self.right[at]))), "...")

    @property
    def shape(self) -> list[int]:
        return [
            size
            for group in self.left
            for size in (self.spread if group == ["..."] else [prod(self.sizes[axis] for axis in group)])
        ]

    @property
    def text(self) -> str:
        return f"{_side(self.left, bare=True)} -> {_side(self.right, bare=self.draw(st.booleans()))}"

    @property
    def given(self) -> str:
        inferred = {group[0] for group in self.left if group and group != ["..."]}
        known = {**{name: size for name, size in self.sizes.items() if name not in inferred}, **self.new}
        return "".join(f", {name}={size}" for name, size in known.items())


def _side(groups: Sequence[Sequence[str]], bare: bool) -> str:
    return " ".join(
        group[0] if len(group) == 1 and (bare or group[0] != "...") else f"({' '.join(group)})" if group else "1"
        for group in groups
    )


@given(st.data(), frameworks, st.sampled_from(["rearrange", "repeat", "reduce"]), st.booleans())
@settings(max_examples=250, deadline=None)
def test_arrows(data: st.DataObject, framework: Framework, function: str, exact: bool) -> None:
    arrow = Arrow(data, function)
    reduction = f", {data.draw(st.sampled_from(REDUCTIONS))!r}" if function == "reduce" else ""
    text = f"{function}(x, {arrow.text!r}{reduction}{arrow.given})"
    check(text, {"x": arrow.shape}, framework, Style(framework, exact=exact))


@given(st.data(), frameworks, st.booleans())
@settings(max_examples=250, deadline=None)
def test_einsums(data: st.DataObject, framework: Framework, exact: bool) -> None:
    """Up to three operands of up to four labels, some of which repeat."""
    sizes = {label: data.draw(lengths) for label in "abcde"}
    sides = data.draw(st.lists(st.text("abcde", max_size=4), min_size=1, max_size=3))
    used = sorted({label for side in sides for label in side})
    output = "".join(data.draw(st.permutations(used))[: data.draw(st.integers(0, len(used)))])
    spread = data.draw(st.sampled_from(["", "", "..."]))
    batch = [data.draw(lengths) for _ in range(data.draw(st.integers(0, 2)))] if spread else []
    names = "xyz"[: len(sides)]
    equation = f"{','.join(spread + side for side in sides)}->{spread}{output}"
    module = "torch" if framework == "torch" else "np"
    shapes = {name: [*batch, *(sizes[label] for label in side)] for name, side in zip(names, sides, strict=True)}
    check(f"{module}.einsum({equation!r}, {', '.join(names)})", shapes, framework, Style(framework, exact=exact))


@given(st.data(), frameworks, st.booleans())
@settings(max_examples=250, deadline=None)
def test_ellipses_anywhere(data: st.DataObject, framework: Framework, in_order: bool) -> None:
    """Operands of which some have an ellipsis, at any place and for other lengths that broadcast."""
    sizes = {label: data.draw(lengths) for label in "abcd"}
    sides = data.draw(st.lists(st.lists(st.sampled_from("abcd"), max_size=3, unique=True), min_size=2, max_size=3))
    used = sorted({label for side in sides for label in side})
    output = list(data.draw(st.permutations(used)))[: data.draw(st.integers(0, len(used)))]
    batch = [data.draw(lengths) for _ in range(data.draw(st.integers(0, 2)))]
    have = [data.draw(st.booleans()) for _ in sides]
    shapes = {}
    for name, side, has in zip("xyz", sides, have, strict=False):
        own = [size if data.draw(st.booleans()) else 1 for size in batch[data.draw(st.integers(0, len(batch))) :]]
        at = data.draw(st.integers(0, len(side)))
        shapes[name] = [*(sizes[n] for n in side[:at]), *(own if has else []), *(sizes[n] for n in side[at:])]
        side[at:at] = ["..."] * has
    if any(have):
        output.insert(data.draw(st.integers(0, len(output))), "...")
    equation = f"{','.join(map(''.join, sides))}->{''.join(output)}"
    module = "torch" if framework == "torch" else "np"
    text = f"{module}.einsum({equation!r}, {', '.join(shapes)})"
    check(text, shapes, framework, Style(framework, in_order=in_order))


@pytest.mark.parametrize("framework", get_args(Framework))
@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("rearrange([x, y], 'k b d -> b k d')", [(2, 3)] * 2),
        ("rearrange([x, y], 'k b d -> b d k')", [(2, 3)] * 2),
        ("rearrange([x, y], 'k b d -> d k b')", [(2, 3)] * 2),
        ("rearrange([x, y], 'k b d -> k b d')", [(2, 3)] * 2),
        ("reduce([x, y], 'k b d -> b d', 'mean')", [(2, 3)] * 2),
        ("pack([x, y], 'b * d')[0]", [(2, 3, 4), (2, 4)]),
    ],
)
def test_lists(text: str, shapes: list[tuple[int, ...]], framework: Framework) -> None:
    tensors = operands(dict(zip("xy", shapes, strict=True)), framework)
    code = call(text.removesuffix("[0]")).lowered(Style(framework)).expression + text[-3:] * text.endswith("[0]")
    assert np.array_equal(np.asarray(value(code, tensors)), np.asarray(value(text, tensors)))


def test_what_is_empty_is_kept() -> None:
    """No form infers a length where another one is 0."""
    for framework in get_args(Framework):
        for text in (
            "rearrange(x, 'b h w -> b (h w)')",
            "rearrange(x, 'b (h 1) w -> (b h) w')",
            "rearrange(x, 'b (h k) w -> h b (k w)', k=1)",
        ):
            tensors = operands({"x": (0, 3, 4)}, framework)
            code = call(text).lowered(Style(framework)).expression
            assert value(code, tensors).shape == value(text, tensors).shape


ELLIPSES = (
    ("einsum(x, y, '... a, b a c -> b ... c')", (..., 2), (3, 2, 4)),
    ("einsum(x, y, 'b ... d, d e -> b ... e')", (2, ..., 4), (4, 3)),
    ("einsum(x, y, '... i d, ... j d -> ... i j')", (..., 2, 3), (..., 4, 3)),
    ("einsum(x, y, 'a ... d, ... d e -> a ... e')", (2, ..., 3), (..., 3, 4)),
    ("einsum(x, y, 'b ... d, b ... s -> b ... s d')", (2, ..., 3), (2, ..., 4)),
    ("einsum(x, y, 'b i j, b ... j -> b ... i')", (2, 3, 4), (2, ..., 4)),
    ("einsum(x, y, '... r k, r k c -> ... r c')", (..., 2, 3), (2, 3, 4)),
    ("einsum(x, y, 'b c ..., c -> b c ...')", (2, 3, ...), (3,)),
    ("torch.einsum('bii...->b', x)", (2, 3, 3, ...), ()),
)


@pytest.mark.parametrize(("text", "x", "y"), ELLIPSES)
@pytest.mark.parametrize("covered", [(), (5,), (5, 6)])
def test_an_ellipsis_beside_other_dimensions(text: str, x: tuple[Any, ...], y: tuple[Any, ...], covered: Any) -> None:
    shapes = {
        name: [n for at in shape for n in (covered if at is ... else (at,))] for name, shape in (("x", x), ("y", y))
    }
    assert plain(text, Style()) is not None
    check(text, shapes, "torch", Style())
