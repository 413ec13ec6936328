"""Layers that nothing in the file calls."""

from __future__ import annotations

import pytest

from einlint.calls import CallFinder
from einlint.shapes.analysis import contradictions
from einlint.source import Source, read

_IMPORTS = "from torch import nn\nfrom einops.layers.torch import Rearrange, Reduce\n"
WRONG = [
    "net = nn.Sequential(Rearrange('b (h p) (w q) -> b (h w) (p q)', p=4, q=4), nn.Linear(48, 32))",
    "def down(dim):\n    return nn.Sequential(Rearrange('b n -> n b'), nn.Conv2d(dim, dim, 3))",
    "class A:\n def __init__(self):\n  self.f = nn.Sequential(Reduce('b n -> b', 'max'), Rearrange('b c -> c b'))",
]
FINE = [
    "net = nn.Sequential(Rearrange('b (h p) (w q) -> b (h w) (p q)', p=4, q=4), nn.Linear(16, 32))",
    "net = nn.Sequential(Rearrange('b n d -> b d n'), nn.Linear(48, 32))\nnet[1] = nn.Conv1d(48, 48, 1)",
    "def down(dim):\n    return nn.Sequential(Rearrange('b c (h s) -> b (c s) h', s=2), nn.Conv1d(dim * 2, dim, 1))",
    "net = nn.Sequential(Rearrange('b (n d) -> b n d', d=32), nn.Identity())",
]


def _found(code: str) -> list[int]:
    source = read((_IMPORTS + code).encode(), "file.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    return [each.node.lineno for each in contradictions(finder, finder.calls())]


@pytest.mark.parametrize("code", WRONG)
def test_what_no_input_fits_is_found(code: str) -> None:
    assert len(_found(code)) == 1


@pytest.mark.parametrize("code", FINE)
def test_what_some_input_fits_is_not(code: str) -> None:
    assert not _found(code)
