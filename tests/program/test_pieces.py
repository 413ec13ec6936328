"""roll, pad and cat of parts of different lengths: what the prover says of them."""

from __future__ import annotations

import pytest

from einlint.verification.expressions import parse
from einlint.verification.proof import Tensors, prove
from tests.program.following import specification

EQUAL = """
torch | x: n m | torch.roll(x, 1, 0) | torch.cat([x[-1:], x[:-1]], 0)
torch | x: n | torch.roll(x, 1) | torch.cat([x[-1:], x[:-1]])
torch | x: n | x.roll(-2, 0) | torch.cat([x[2:], x[:2]])
torch | x: n m | torch.roll(x, shifts=(1, -1), dims=(0, 1)) | x.roll(-1, 1).roll(1, 0)
torch | x: n m | F.pad(x, (1, 1)) | torch.cat([x.new_zeros(x.shape[0], 1), x, x.new_zeros(x.shape[0], 1)], 1)
torch | x: n m | F.pad(x, (0, 0, 1, 0), value=1.0) | torch.cat([torch.ones_like(x[:1]), x], 0)
torch | x: n m | F.pad(x, (1, 1), mode='constant')[:, 1:-1] | x
torch | x: n m | F.pad(x, (0, -1)) | x[:, :-1]
torch | x: n m | F.pad(x, (1, -1)) | torch.cat([x.new_zeros(x.shape[0], 1), x[:, :-1]], 1)
torch | x: n m | F.pad(x, (1, 1), mode='circular') | torch.cat([x[:, -1:], x, x[:, :1]], 1)
torch | x: n m | F.pad(x, (1, 1), 'replicate') | torch.cat([x[:, :1], x, x[:, -1:]], 1)
torch | x: n 5 | F.pad(x, (2, 1), 'reflect') | torch.cat([x[:, 1:3].flip(1), x, x[:, -2:-1]], 1)
torch | x: n m | F.pad(x, (1, 1, 2, 2)) | F.pad(F.pad(x, (0, 0, 2, 2)), (1, 1))
torch | x: n | torch.cat([x[:1], x[1:]]) | x
torch | x: n m | torch.cat([x[:, :3], x[:, 3:]], 1).mT | x.mT
torch | x: n m; y: k m | torch.cat([x, y]).flip(0) | torch.cat([y.flip(0), x.flip(0)])
torch | x: n m; y: k m; w: m d | torch.cat([x, y]) @ w | torch.cat([x @ w, y @ w])
torch | x: n m; y: k m | torch.cat([x, y])[:x.shape[0]] | x
torch | x: n m; y: k m | torch.cat([x, y])[x.shape[0]:] | y
torch | x: n m | x.tril() + x.triu(1) | x
torch | x: n m | x.norm(dim=1) | x.square().sum(1).sqrt()
torch | x: b 4 8 8; w: 6 4 3 3 | F.conv2d(x, w, padding=1) | F.conv2d(F.pad(x, (1, 1, 1, 1)), w)
torch | x: n c m | F.avg_pool1d(x, 3, 1, 1) | F.avg_pool1d(F.pad(x, (1, 1)), 3, 1)
torch | x: n m | x[1:].trace() | x.diagonal(-1).sum()
torch | x: n m | x.tril().tril() | x.tril()
numpy | x: n m | np.roll(x, 1, axis=0) | np.concatenate([x[-1:], x[:-1]])
numpy | x: n m | np.pad(x, ((1, 0), (0, 0))) | np.concatenate([np.zeros((1, x.shape[1])), x])
numpy | x: n | np.pad(x, 1, mode='edge') | np.concatenate([x[:1], x, x[-1:]])
numpy | x: n | np.pad(x, (0, 1), 'wrap') | np.concatenate([x, x[:1]])
"""
# Equal for most sizes, for symmetric data, or but for one element.
DIFFERENT = """
torch | x: n n | x.roll(1, 0) | x.roll(-1, 0)
torch | x: n n | x.roll(1, 0) | x.roll(1, 1)
torch | x: n m | F.pad(x, (1, 0)) | F.pad(x, (0, 1))
torch | x: n m | F.pad(x, (1, 1), mode='circular') | F.pad(x, (1, 1), mode='replicate')
torch | x: n m | F.pad(x, (1, 0)) | F.pad(x, (1, 0), value=1.0)
torch | x: n m | torch.cat([x[:1], x[2:]]) | x[1:]
torch | x: n m | torch.cat([x, x[:1]]) | torch.cat([x[:1], x])
torch | x: n m; y: k m | torch.cat([x, y]) | torch.cat([y, x])
torch | x: n n | x.tril() + x.triu() | x
torch | x: n n | x.tril(-1) | x.tril()
torch | x: n n | x.tril(-1) + x.triu(1) | x
torch | x: n | F.pad(1 / x, (1, 0)) | 1 / F.pad(x, (1, 0))
numpy | x: n | np.pad(x, 1, 'edge') | np.pad(x, 1, 'wrap')
"""


def proved(case: str) -> bool:
    framework, spec, one, other = (part.strip() for part in case.split(" | "))
    shapes = specification(spec)
    return prove(parse(one, shapes), parse(other, shapes), Tensors(framework, shapes))


@pytest.mark.parametrize("case", EQUAL.strip().splitlines())
def test_equal_pieces_are_proved(case: str) -> None:
    assert proved(case)


@pytest.mark.parametrize("case", DIFFERENT.strip().splitlines())
def test_different_pieces_are_not(case: str) -> None:
    assert not proved(case)
