"""torch: chained methods that name no size that they need not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einlint.rewrites.lowering.layout import Layout, Run, Words, elementary, joined, lone_spreads, runs
from einlint.rewrites.lowering.sizes import Dimension
from einlint.rewrites.lowering.tree import Items, Node, Number, Star, method


class TorchLayout(Layout):
    words = Words("transpose", "permute", "repeat_interleave", "keepdim", {"max": "amax", "min": "amin"})

    def split(self) -> Layout:
        if not self.style.unflatten:
            return self.reshape(elementary(self.dims))
        result: Layout = self
        for k in reversed(range(len(self.dims))):
            result = result.split_at(k)
        return result

    def split_at(self, position: int) -> Layout:
        if len(self.dims[position].axes) < 2:
            return self
        if self.style.unflatten:
            return _unflattened(self, position)
        before, after = self.dims[:position], self.dims[position + 1 :]
        return self.reshape([*before, *elementary(self.dims[position : position + 1]), *after])

    def merge(self, groups: Sequence[Run]) -> Layout:
        result: Layout = self
        groups = list(groups)
        for at in lone_spreads(self.dims, groups):
            result = result.insert([at])
            place = next(k for k in range(len(groups)) if sum(g.length for g in groups[: k + 1]) > at)
            groups[place] = Run(2, True)
        for start, end in runs(result.dims, groups):
            result = _flattened(result, start, end)
        return result

    def merge_spread(self, position: int) -> Layout:
        return _flattened(self, position, position)

    def move(self, sources: Node, targets: Node) -> Node:
        return method(self.node, "movedim", sources, targets)

    def squeeze(self, positions: Sequence[int]) -> Layout:
        """Several in a row are flattened into a neighbour, which is one call and exports everywhere."""
        first, last = min(positions, default=0), max(positions, default=0)
        if len(positions) > 1 and last - first + 1 == len(positions):
            ends = [(first, last + 1), (first - 1, last)]
            if last + 2 != len(self.dims):
                ends.reverse()
            for start, end in ends:
                if start >= 0 and end < len(self.dims) and not any(d.spread for d in self.dims[start : end + 1]):
                    return _flattened(self, start, end)
        return super().squeeze(positions)

    def repeat(self, lengths: Mapping[int, tuple[str, Node]], inserted: Sequence[int]) -> Layout:
        if not lengths:
            return self.insert(inserted)
        lead = 0
        while lead in lengths and lead in inserted:
            lead += 1
        result = self.insert([k - lead for k in inserted if k >= lead])
        sizes: list[Node | Star] = [lengths[k][1] for k in range(lead)]
        dims = [Dimension((lengths[k][0],)) for k in range(lead)]
        for at, dimension in enumerate(result.dims, lead):
            axis, size = lengths.get(at, ("", Number(-1)))
            dims.append(Dimension((axis,)) if axis else dimension)
            sizes.append(Star(self.sizes.spread()) if dimension.spread else size)
        return result.become(method(result.node, "expand", *sizes), dims)

    def tiled(self, node: Node, counts: Sequence[Node]) -> Node:
        return method(node, "repeat", *counts)

    def reduce(self, reduction: str, positions: Sequence[int], keep: bool = False) -> Layout:
        if reduction == "prod" and len(positions) > 1:  # takes one dimension at a time
            return super().reduce("prod", positions[-1:], keep).reduce("prod", positions[:-1], keep)
        return super().reduce(reduction, positions, keep)


def _unflattened(layout: Layout, k: int) -> Layout:
    axes = layout.dims[k].axes
    inner = [Dimension((axis,)) for axis in axes]
    missing = sum(axis not in layout.sizes.given for axis in axes)
    sizes = [layout.sizes.given.get(axis, Number(-1)) for axis in axes]
    shape = Items(tuple(sizes)) if missing < 2 else layout.sizes.items(inner)
    code = method(layout.node, "unflatten", layout.at(k), shape)
    return layout.become(code, [*layout.dims[:k], *inner, *layout.dims[k + 1 :]])


def _flattened(layout: Layout, start: int, end: int) -> Layout:
    """`flatten` of some dimensions; its arguments are left out where they are the defaults."""
    first = layout.at(start)
    last = end - len(layout.dims) if any(d.spread for d in layout.dims[: end + 1]) else end
    arguments = [first] if end == len(layout.dims) - 1 else [first, last]
    whole = joined(layout.dims[start : end + 1], [Run(end - start + 1)])
    code = method(layout.node, "flatten", *([] if arguments == [0] else arguments))
    return layout.become(code, [*layout.dims[:start], *whole, *layout.dims[end + 1 :]])
