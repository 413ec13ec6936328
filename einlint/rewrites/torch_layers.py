"""Layers of `torch.nn` that do what lowered code does."""

from __future__ import annotations

import ast
from typing import NamedTuple

_CALLED = {
    "pixel_shuffle": "PixelShuffle", "pixel_unshuffle": "PixelUnshuffle", "channel_shuffle": "ChannelShuffle",
    **{f"{kind}_pool{rank}d": f"{kind.capitalize()}Pool{rank}d" for kind in ("avg", "max") for rank in (1, 2, 3)},
}  # fmt: skip
"""Layers of the functions that they call, with the same arguments."""
_ADAPTIVE = {"mean": "avg", "amax": "max"}
_POSITIONS = {3: "2", 4: "(2, 3)", 5: "(2, 3, 4)"}
"""The dimensions behind batch and channels."""


class TorchLayer(NamedTuple):
    """A layer without its `nn.`, and the function that it calls on `x`."""

    text: str
    function: str


def torch_layer(code: str, rank: int, exact: bool) -> TorchLayer | None:
    """The layer that does what an expression on `x` does, if there is one; `rank` is that of `x`, 0 where it is open.

    Where it need not be `exact`, a maximum may be a pool, which gives the gradient of a tie to one element.
    """
    match ast.parse(code, mode="eval").body:
        case ast.Name(id="x"):
            return TorchLayer("Identity()", code)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="flatten"), args=args, keywords=[]):
            dims = _listed(args)
            return TorchLayer(f"Flatten({'' if dims == '1' else dims})", code)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="unflatten"), args=args, keywords=[]):
            return TorchLayer(f"Unflatten({_listed(args)})", code)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="F"), attr=name), args=[ast.Name(id="x"), *args]):
            return TorchLayer(f"{_CALLED[name]}({_listed(args)})", code) if name in _CALLED else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr=name), args=[dims], keywords=[keyword]):
            kept, positions = keyword.arg == "keepdim", ast.unparse(dims)
            if kept and positions == _POSITIONS.get(rank) and (name == "mean" or name == "amax" and not exact):
                return _adaptive(_ADAPTIVE[name], rank)
    return None


def _listed(args: list[ast.expr]) -> str:
    return ", ".join(map(ast.unparse, args))


def _adaptive(kind: str, rank: int) -> TorchLayer:
    """A pool over all positions."""
    return TorchLayer(f"Adaptive{kind.capitalize()}Pool{rank - 2}d(1)", f"F.adaptive_{kind}_pool{rank - 2}d(x, 1)")
