"""Numbers that come of unknown ones are computed when they are asked for."""

from __future__ import annotations

import pytest

from einlint.calls import CallFinder
from einlint.shapes.analysis import contradictions
from einlint.source import Source, parse

LONG = 3_000
"""Steps of a chain: more than Python follows when one calls the next."""
HEAD = "import torch\nfrom einops import rearrange\n\ndef f(config):\n    n = m = config.n\n"
END = "    return rearrange(torch.zeros(2, n) @ torch.zeros(m + {}, 3), 'a b -> b a')\n"


@pytest.mark.parametrize(("more", "fits"), [(LONG, True), (LONG - 1, False)])
def test_a_long_chain_is_computed(more: int, fits: bool) -> None:
    source = parse(HEAD + "    n = n + 1\n" * LONG + END.format(more), "long.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    assert (contradictions(finder, finder.calls()) == []) == fits
