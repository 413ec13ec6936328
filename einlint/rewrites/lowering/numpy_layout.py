"""numpy: `reshape` by lengths, since it has no flatten of some dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einlint.rewrites.lowering.layout import Layout, Run, elementary, joined, moves, swap
from einlint.rewrites.lowering.sizes import Dimension
from einlint.rewrites.lowering.tree import Attribute, Items, Keyword, Node, Number, function, method, numbers
from einlint.rewrites.rewrite import Refusal


class NumpyLayout(Layout):
    def split(self) -> Layout:
        return self.reshape(elementary(self.dims))

    def merge(self, groups: Sequence[Run]) -> Layout:
        return self.reshape(joined(self.dims, groups))

    def permute(self, order: Sequence[int]) -> Layout:
        if list(order) == list(range(len(self.dims))):
            return self
        dims = [self.dims[k] for k in order]
        pair = swap(self.dims, order)
        if pair is not None and len(dims) == 2:
            return self.become(Attribute(self.node, "T"), dims)
        if pair is not None:
            return self.become(method(self.node, "swapaxes", *self.in_place(pair)), dims)
        if not any(d.spread for d in dims):
            return self.become(method(self.node, "transpose", *order), dims)
        sources, targets = zip(*moves(self.dims, order), strict=True)
        return self.become(function("np.moveaxis", self.node, numbers(sources), numbers(targets)), dims)

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

    def tile(self, counts: Sequence[Node], repeats: Sequence[Node], dims: Sequence[Dimension]) -> Layout:
        node = self.node
        for k, size in enumerate(repeats):
            if size != Number(1):
                node = method(node, "repeat", size, self.at(k))
        if any(size != Number(1) for size in counts):
            if any(d.spread for d in dims):
                raise Refusal("an ellipsis is repeated")
            node = function("np.tile", node, Items(tuple(counts)))
        return self.become(node, dims)

    def reduce(self, reduction: str, positions: Sequence[int], keep: bool = False) -> Layout:
        if not positions:
            return self
        dims = [Dimension(()) if k in positions else d for k, d in enumerate(self.dims) if keep or k not in positions]
        flags = (Keyword("keepdims", "True"),) if keep else ()
        if len(positions) == len(self.dims) and not keep:
            return self.become(method(self.node, reduction), dims)
        return self.become(method(self.node, reduction, numbers([self.at(k) for k in positions]), *flags), dims)
