"""Plain code under a limit of rank: the same values, and no tensor on the way has more dimensions."""

from __future__ import annotations

from typing import Any

import einops
import pytest
import torch
from torch.overrides import TorchFunctionMode

from einlint.patterns.expressions import parse_arrow
from einlint.rewrites.lowering import Lowered, Style, lower_rearrange, lower_reduce, lower_repeat
from einlint.rewrites.rewrite import Refusal

CASES = [
    ("rearrange", (2, 3, 8, 12), "b c (h p) (w q) -> b (h w) (p q c)", {"p": 4, "q": 4}, 4),
    ("rearrange", (2, 3, 8, 12), "b c (h p) (w q) -> (b h w) c p q", {"p": 4, "q": 4}, 4),
    ("rearrange", (2, 6, 48), "b (h w) (p q c) -> b c (h p) (w q)", {"p": 4, "q": 4, "h": 2}, 4),
    ("rearrange", (2, 12, 3, 5), "b (c r s) h w -> b c (h r) (w s)", {"r": 2, "s": 2}, 4),
    ("rearrange", (2, 6, 8, 5), "b (x y) (h d) e -> h (b x) y (e d)", {"x": 2, "h": 2}, 4),
    ("max", (2, 3, 8, 12), "b c (h 2) (w 2) -> b c h w", {}, 5),
    ("mean", (2, 3, 8, 12), "b c (h 2) (w 2) -> b (h w) c", {}, 5),
    ("repeat", (2, 3, 4, 5), "b c h w -> b c (h 2) (w 2)", {}, 5),
    ("repeat", (2, 3, 4, 5), "b c h w -> b c (2 h) (w 2 3)", {}, 5),
    ("repeat", (2, 3, 4, 5), "b c h w -> (w b) c h k (2 l)", {"k": 3, "l": 2}, 5),
]


class Ranks(TorchFunctionMode):  # type: ignore[misc]
    """Notes the highest rank of what torch returns."""

    highest = 0

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor):
            self.highest = max(self.highest, result.ndim)
        return result


def lowered(kind: str, pattern: str, lengths: dict[str, int], most: int) -> Lowered:
    texts, style = {name: str(value) for name, value in lengths.items()}, Style(max_rank=most)
    if kind in ("rearrange", "repeat"):
        lower = lower_rearrange if kind == "rearrange" else lower_repeat
        return lower(parse_arrow(pattern), "x", texts, style)
    return lower_reduce(parse_arrow(pattern), "x", kind, texts, style)


def expected(kind: str, x: torch.Tensor, pattern: str, lengths: dict[str, int]) -> torch.Tensor:
    result: torch.Tensor
    if kind in ("rearrange", "repeat"):
        result = getattr(einops, kind)(x, pattern, **lengths)
    else:
        result = einops.reduce(x, pattern, kind, **lengths)
    return result


@pytest.mark.parametrize(("kind", "shape", "pattern", "lengths", "least"), CASES, ids=[case[2] for case in CASES])
def test_steps_keep_within_the_limit(
    kind: str, shape: tuple[int, ...], pattern: str, lengths: dict[str, int], least: int
) -> None:
    x = torch.arange(float(torch.Size(shape).numel())).reshape(shape)
    for most in range(least, 7):
        code = lowered(kind, pattern, lengths, most).expression
        with Ranks() as ranks:
            found = eval(code, {"x": x, "torch": torch})
        assert ranks.highest <= most, code
        assert torch.equal(found, expected(kind, x, pattern, lengths)), code
    with pytest.raises(Refusal):
        lowered(kind, pattern, lengths, least - 1)
