"""Small models for the targets: code that einlint reads and that is exported, with the sizes of two inputs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

HEADER = """\
import math

import numpy as np
import torch
import torch.nn.functional as F
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import Tensor


"""
Shapes = tuple[tuple[int, ...], ...]


class Case(NamedTuple):
    """An expression of `x`, `y` and `z`, tried with the shapes of `first` and then of `second`.

    Dimensions that are the same in both stay static. `before` are statements; `layer` marks a layer that is called with
    `x`.
    """

    expression: str
    first: Shapes
    second: Shapes
    dtype: str = "float32"
    before: str = ""
    layer: bool = False

    @property
    def name(self) -> str:
        return " ".join(
            filter(None, (self.before.replace("\n", "; "), self.expression, self.dtype.replace("float32", "")))
        )

    @property
    def code(self) -> str:
        """The module that einlint reads."""
        if self.layer:
            return f"{HEADER}model = {self.expression}\n"
        names = [f"{name}: Tensor" for name, _ in zip("xyz", self.first, strict=False)]
        body = [*self.before.splitlines(), f"return {self.expression}"]
        return f"{HEADER}def model({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in body)

    def tensors(self, shapes: Shapes) -> list[Tensor]:
        torch.manual_seed(0)
        return [(torch.rand(shape) * 5).round().to(getattr(torch, self.dtype)) for shape in shapes]


@cache
def model_of(code: str) -> Callable[..., Any]:
    """The model that the code of a case defines, as it is or rewritten; the same one for the same code."""
    namespace: dict[str, Any] = {"__name__": "case"}
    exec(compile(code, "case", "exec"), namespace)
    model: Callable[..., Any] = namespace["model"]
    return model


def equation(text: str, first: Shapes, second: Shapes, dtype: str = "float32") -> Case:
    return Case(f"torch.einsum({text!r}, {', '.join('xyz'[: len(first)])})", first, second, dtype)


ABC, ABCD = ((2, 3, 4),), ((2, 3, 4, 8),)
ABC2, ABCD2 = ((3, 5, 6),), ((3, 3, 8, 12),)
BMM, BMM2 = ((2, 3, 4), (2, 4, 5)), ((3, 5, 6), (3, 6, 7))
MM, MM2 = ((2, 3), (3, 4)), ((4, 5), (5, 6))
SQUARE, SQUARE2 = ((2, 3, 3),), ((3, 4, 4),)

EQUATIONS = (
    equation("bij,bjk->bik", BMM, BMM2),
    equation("b i j, b j k -> b i k", BMM, BMM2),
    equation("BIJ,BJK->BIK", BMM, BMM2),
    equation("bIj,bjK->bIK", BMM, BMM2),
    equation("bij,bjk", BMM, BMM2),
    equation("a,B", ((2,), (3,)), ((4,), (5,))),
    equation("B,A", ((2,), (3,)), ((4,), (5,))),
    equation("AB,BC", MM, MM2),
    equation("bA,AC", MM, MM2),
    equation("aB,Bc", MM, MM2),
    equation("Ab,bC->AC", MM, MM2),
    equation("b...c->bc", ABC, ABC2),
    equation("b...c->b...", ABC, ABC2),
    equation("...ij,...jk->...ik", BMM, BMM2),
    equation("...ij,jk->...ik", ((2, 3, 4), (4, 5)), ((3, 5, 6), (6, 7))),
    equation("...ij,...jk", BMM, BMM2),
    equation("bii->b", SQUARE, SQUARE2),
    equation("bii->bi", SQUARE, SQUARE2),
    equation("bii,bij->bj", SQUARE * 2, SQUARE2 * 2),
    equation("ij,jk,kl->il", (*MM, (4, 5)), (*MM2, (6, 7))),
    equation("bn,anm,bm->ba", ((2, 3), (4, 3, 5), (2, 5)), ((3, 4), (5, 4, 6), (3, 6))),
    equation("ij->", ((2, 3),), ((3, 4),)),
    equation("ij->ji", ((2, 3),), ((3, 4),)),
    equation("bij,ij->b", ((2, 3, 4), (3, 4)), ((3, 4, 5), (4, 5))),
    equation("bdn,bn->bd", ((2, 3, 4), (2, 4)), ((3, 4, 5), (3, 5))),
    equation("i,j->ij", ((2,), (3,)), ((3,), (4,))),
    Case("torch.einsum('ij,jk->ik', [x, y])", MM, MM2),
    Case("torch.einsum('bij,bjk->bik', x[:1], y)", BMM, BMM2),
    Case("einsum(x, y, 'b in_d, in_d out -> b out')", MM, MM2),
    Case("einsum(x, y, '... in_d, in_d out -> ... out')", ((2, 3, 4), (4, 5)), ((3, 5, 6), (6, 7))),
    Case("einsum(x, y, z, 'i j, j k, k l -> i l')", (*MM, (4, 5)), (*MM2, (6, 7))),
    Case(
        "torch.einsum('...ij,...jk->...ik', x, y)", ((2, 6, 3, 4), (6, 4, 5)), ((2, 7, 5, 6), (7, 6, 7)),
        before="x = rearrange(x, 'a b i j -> a b i j')\ny = rearrange(y, 'b j k -> b j k')",
    ),
    *(
        case
        for dtype in ("int32", "int64", "float16", "float64", "bfloat16", "int16", "uint8", "bool")
        for case in (
            Case(f"torch.einsum('ij->i', x.to(torch.{dtype}))", ((3, 4),), ((4, 5),)),
            Case(f"torch.einsum('ij,kj->ik', x.to(torch.{dtype}), y.to(torch.{dtype}))", MM[:1] * 2, MM2[:1] * 2),
        )
    ),
    Case("torch.einsum('ij,k->ik', x.int(), y.int())", ((3, 4), (5,)), ((4, 5), (6,))),
)  # fmt: skip
PATTERNS = (
    Case("rearrange(x, 'b n (h d) -> b h n d', h=2)", ABC, ABC2),
    Case("rearrange(x, 'b c (h p) (w q) -> b (h w) (p q c)', p=2, q=2)", ABCD, ABCD2),
    Case("reduce(x, 'b n d -> b d', 'mean')", ABC, ABC2),
    Case("reduce(x, 'b c (h 2) (w 2) -> b c h w', 'max')", ABCD, ABCD2),
    Case("reduce(x.half(), 'b n d -> b d', 'sum')", ABC, ABC2),
    Case("reduce(x.half(), 'b n d -> b d', 'max') * 2", ABC, ABC2),
    Case("reduce(x.half(), 'b n d -> b d', 'min')", ABC, ABC2),
    Case("reduce(x.half(), 'b n d -> b d', 'mean')", ABC, ABC2),
    Case("repeat(x, 'b d -> b n d', n=5)", ((2, 3),), ((3, 4),)),
    Case("repeat(x, 'b c h w -> b c (h 2) (w 2)')", ABCD, ABCD2),
    Case("rearrange(x, '... h w -> ... (h w)')", ABC, ABC2),
    Case("pack([x, y], 'b *')[0]", ((2, 3), (2, 3, 4)), ((3, 4), (3, 4, 5))),
    Case("rearrange([x, y], 'n b d -> n b d')", ((2, 3), (2, 3)), ((3, 4), (3, 4))),
    Case("rearrange(x, '(b n) d -> b n d', n=parse_shape(y, 'n _')['n'])", ((6, 3), (3, 2)), ((8, 3), (4, 2))),
    Case("EinMix('b n d -> b n e', weight_shape='d e', d=4, e=5)", ABC, ((3, 5, 4),), layer=True),
    Case("Rearrange('b c (h p) (w q) -> b (h w) (p q c)', p=2, q=2)", ABCD, ABCD2, layer=True),
    Case("Reduce('b n d -> b d', 'max')", ABC, ABC2, layer=True),
)
SIZES = (
    Case("repeat(x, 'b d -> b n d', n=x.shape[0])", ((2, 3),), ((3, 4),)),
    Case("repeat(x, 'b d -> b n d', n=x.size(0))", ((2, 3),), ((3, 4),)),
    Case("repeat(x, 'b d -> b n d', n=2 * b)", ((2, 3),), ((3, 4),), before="b, d = x.shape"),
    Case("repeat(x, 'b d -> b n d', n=len(x))", ((2, 3),), ((3, 4),)),
    Case("repeat(x, 'b d -> b n d', n=int(x.shape[0]))", ((2, 3),), ((3, 4),)),
    Case("repeat(x, 'b d -> b n d', n=math.ceil(x.shape[0] / 2))", ((6, 3),), ((9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=math.floor(x.shape[0] / 2))", ((6, 3),), ((9, 4),)),
    Case("rearrange(x, '(k n) d -> k n d', n=x.shape[0] // 3)", ((6, 3),), ((9, 4),)),
    Case("rearrange(x, '(k n) d -> k n d', n=int(x.shape[0] // 3))", ((6, 3),), ((9, 4),)),
    Case("rearrange(x, '(k n) d -> k n d', n=int(x.shape[0] / 3))", ((6, 3),), ((9, 4),)),
    Case("rearrange(x, '(k n) d -> k n d', n=n)", ((6, 3),), ((9, 4),), before="n = int(x.shape[0] // 3)"),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=int(x.shape[1] ** 0.5))", ((2, 4, 3),), ((3, 9, 4),)),
    Case(
        "rearrange(x, 'b (h w) d -> b h w d', h=int(n ** 0.5))", ((2, 4, 3),), ((3, 9, 4),), before="b, n, d = x.shape"
    ),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=int(math.sqrt(x.shape[1])))", ((2, 4, 3),), ((3, 9, 4),)),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=math.isqrt(x.shape[1]))", ((2, 4, 3),), ((3, 9, 4),)),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=round(x.shape[1] ** 0.5))", ((2, 4, 3),), ((3, 9, 4),)),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=int(np.sqrt(x.shape[1])))", ((2, 4, 3),), ((3, 9, 4),)),
    Case("rearrange(x, 'b (h w) d -> b h w d', h=torch.sym_int(x.shape[1] ** 0.5))", ((2, 4, 3),), ((3, 9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=(x.shape[0] + 3) // 4)", ((5, 3),), ((9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=-(-x.shape[0] // 4))", ((5, 3),), ((9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=3 + -x.shape[0] // 4)", ((5, 3),), ((9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=1 + -x.shape[0] % 4)", ((5, 3),), ((9, 4),)),
    Case("repeat(x, 'b d -> b n d', n=min(x.shape[0], x.shape[1]))", ((5, 6),), ((6, 4),)),
    Case("repeat(x, 'b d -> b n d', n=max(x.shape[0], x.shape[1]))", ((5, 6),), ((6, 4),)),
    Case("rearrange(list(x), 'b n d -> n b d')", ABC, ABC2),
    Case("rearrange([*x], 'b n d -> n b d')", ABC, ABC2),
    Case("rearrange(list(x.unbind(0)), 'b n d -> n b d')", ABC, ABC2),
    Case("rearrange([x[i] for i in range(len(x))], 'b n d -> n b d')", ABC, ABC2),
    Case("rearrange([2 * t for t in x], 'b n d -> n b d')", ABC, ABC2),
    Case("pack(list(x), '* d')[0]", ABC, ABC2),
    Case("torch.einsum('ij,ij->ij', list(x))", ((2, 3, 4),), ((2, 5, 6),)),
)
FUNCTIONS = (
    Case("rearrange(x.diagonal(dim1=1, dim2=2), 'b n -> n b')", SQUARE, SQUARE2),
    Case("rearrange(x.unflatten(-1, (2, -1)), 'b n h d -> b h n d')", ABC, ABC2),
    Case("rearrange(torch.trace(x), '->')", ((3, 3),), ((4, 4),)),
    Case("rearrange(F.bilinear(x, y, z), 'b a -> a b')", ((2, 3), (2, 4), (5, 3, 4)), ((3, 3), (3, 4), (5, 3, 4))),
    Case("rearrange(F.channel_shuffle(x, 2), 'b c h w -> b h w c')", ((2, 4, 3, 3),), ((3, 6, 4, 4),)),
    Case("rearrange(x.repeat_interleave(2, dim=0), 'a b -> b a')", ((2, 3),), ((3, 4),)),
    Case("rearrange(x.repeat_interleave(torch.tensor([1, 2]), dim=1), 'a b -> b a')", ((3, 2),), ((4, 2),)),
    Case("rearrange(x.repeat_interleave(y, dim=0), 'a b -> b a')", ((3, 2), (3,)), ((4, 3), (4,)), "int64"),
    Case("rearrange(x.repeat_interleave(y.long(), dim=0), 'a b -> b a')", ((3, 2), (3,)), ((4, 3), (4,))),
    Case("rearrange(x.flatten(1), 'a b -> b a')", ABC, ABC2),
)
CASES = (*EQUATIONS, *PATTERNS, *SIZES, *FUNCTIONS)
