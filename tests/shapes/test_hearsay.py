"""What rests on a comment is told from what does not."""

from __future__ import annotations

import pytest

from einlint.calls import CallFinder
from einlint.shapes.analysis import contradictions
from einlint.shapes.diagnosis import Kind, diagnosis
from einlint.source import Source, read

PROGRAMS = {
    # the second operand is at fault whatever the comment says of the first
    """
def f(x, scale):
    a = scale(x)  # (b, t, k)
    return torch.einsum("btk,bjk->btj", a, torch.ones(7, 5))
""": [(Kind.RANK, "`torch.ones(7, 5)` has 2 axes, (7, 5), and the pattern reads 3 (made by `torch.ones` at line 7)")],
    # the first one is as the comment says, and nothing else tells it
    """
def f(x, scale):
    a = scale(x)  # (b, t)
    return torch.einsum("btk,bjk->btj", a, torch.ones(7, 6, 5))
""": [(Kind.COMMENT, "the comment at line 6 does not fit: `a` has 2 axes, (b, t), and the pattern reads 3")],
    # the comment tells the shape of each of several, or of the elements of a list
    """
def f(x, n, more):
    parts = x.chunk(2 + n)  # [b, 4, 64, 64]
    first = parts[0]
    others = more(x)  # (b, c, h, w)
    for part in parts:
        rearrange(part, "b c h w -> b h w c")
    for other in others:
        rearrange(other, "b c h w -> b h w c")
    return rearrange(first, "b c h w -> b h w c")
""": [],
    # unpacked otherwise than the docstring says, once
    """
def f(q):
    '''Attend.

    Args:
        q: queries of shape (batch, kv, heads, length, dim)
    '''
    b, h, n, d = q.shape
    return rearrange(q, "b h n d -> b n (h d)")
""": [(Kind.COMMENT, "the docstring at line 9 does not fit: `q.shape` has 5 values, and 4 are unpacked")],
    # an annotation with any number of axes is believed, a docstring is not
    """
from jaxtyping import Float

def f(x: Float[torch.Tensor, "*batch c h w"], y: Float[torch.Tensor, "..."], z):
    '''Transpose.

    Args:
        z: images of shape (..., c, h, w)
    '''
    rearrange(x, "b c h w -> b h w c") if x.ndim == 4 else rearrange(y, "h w -> w h")
    return rearrange(x, "h w -> w h"), rearrange(z, "h w -> w h")
""": [(Kind.RANK, "`x` has at least 3 axes, and the pattern reads 2 (annotated so)")],
    # found without the comment, and again where another function calls with it
    """
def f(a, b):
    n, s, d = a.shape
    return F.cross_entropy(a, torch.arange(s)), rearrange(a, "n s d -> n d s")

def g(x, scale):
    a = scale(x)  # (n, s, d)
    return f(a, a)
""": [(Kind.SHAPES, "`F.cross_entropy` of `a` (n, s, d) and `torch.arange(s)` (s,): a target of another shape")],
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_what_rests_on_a_comment(text: str) -> None:
    header = "import torch\nimport torch.nn.functional as F\nfrom einops import rearrange\n"
    source = read((header + text).encode(), "case.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    found = [diagnosis(each) for each in contradictions(finder, finder.calls())]
    assert len(found) == len(PROGRAMS[text])
    for each, (kind, message) in zip(found, PROGRAMS[text], strict=True):
        assert each.kind is kind and each.message.startswith(message)
