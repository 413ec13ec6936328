"""numpy: `reshape` by lengths, since it has no flatten of some dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einlint.rewrites.lowering.layout import Layout, Run, Words, elementary, joined
from einlint.rewrites.lowering.sizes import Dimension
from einlint.rewrites.lowering.tree import Items, Node, Number, function, method
from einlint.rewrites.rewrite import Refusal


class NumpyLayout(Layout):
    words = Words("swapaxes", "transpose", "repeat", "keepdims", {})

    def split(self) -> Layout:
        return self.reshape(elementary(self.dims))

    def merge(self, groups: Sequence[Run]) -> Layout:
        return self.reshape(joined(self.dims, groups))

    def move(self, sources: Node, targets: Node) -> Node:
        return function("np.moveaxis", self.node, sources, targets)

    def repeat(self, lengths: Mapping[int, tuple[str, Node]], inserted: Sequence[int]) -> Layout:
        """Always a copy, as in einops."""
        result = self.insert(inserted)
        if not lengths:
            return result
        dims = [Dimension((lengths[k][0],)) if k in lengths else d for k, d in enumerate(result.dims)]
        if len(lengths) == 1:
            ((at, (_, size)),) = lengths.items()
            return result.become(method(result.node, "repeat", size, result.at(at)), dims)
        if any(d.spread for d in dims):
            raise Refusal("several axes are repeated around an ellipsis")
        counts = Items(tuple(lengths[k][1] if k in lengths else Number(1) for k in range(len(dims))))
        return result.become(function("np.tile", result.node, counts), dims)

    def tiled(self, node: Node, counts: Sequence[Node]) -> Node:
        return function("np.tile", node, Items(tuple(counts)))
