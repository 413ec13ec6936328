"""Whole models: fixed for TensorRT they compute the same, export without Einsum, and run at another batch size."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
import torch
from click.testing import CliRunner
from torch import Tensor, nn

pytest.importorskip("onnxscript", reason="the exporters of torch need onnxscript")
pytest.importorskip("onnxruntime", reason="exported models run in onnxruntime")

from einlint.cli import main
from tests.targets.exporting import Exporter, outcome

FIXTURES = Path(__file__).parents[2] / "fixtures"
CORRECTIONS = {
    "b h i j, b h j d -> b h i e": "b h i j, b h j d -> b h i d",
    "heads=self.heads))": "h=self.heads))",
    "(p q c": "(p q c)",
    "b 1 c h w": "b 1 c h w -> b c h w",
    '"avg"': '"mean"',
    "b h w -> b": "b c h w -> b",
}
"""The mistakes of the vision transformer, which Python only meets at run time, and what was meant."""


class Model(NamedTuple):
    """A fixture, how its model is made, and its input for a batch size."""

    file: str
    make: Callable[[ModuleType], nn.Module]
    example: Callable[[int], Tensor]
    corrections: dict[str, str] = {}  # noqa: RUF012


MODELS = {
    "mamba": Model("mamba.py", lambda m: m.MambaBlock(8), lambda batch: torch.randn(batch, 5, 8)),
    "rotary": Model("rotary_attention.py", lambda m: m.RotaryAttention(16), lambda batch: torch.randn(batch, 6, 16)),
    "vit": Model(
        "vision_transformer.py", lambda m: m.VisionTransformer(16, 4, 32, 2, 10),
        lambda batch: torch.randn(batch, 3, 16, 16), CORRECTIONS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_a_model_fixed_for_tensorrt(model: Model, tmp_path: Path) -> None:
    code = (FIXTURES / model.file).read_text(encoding="utf-8")
    for mistake, meant in model.corrections.items():
        code = code.replace(mistake, meant)
    before, after = tmp_path / f"before_{model.file}", tmp_path / f"after_{model.file}"
    before.write_text(code, encoding="utf-8")
    after.write_text(code, encoding="utf-8")
    done = CliRunner().invoke(main, ["--target", "tensorrt", "--fix", "--isolated", "--no-cache", str(after)])
    assert (done.exit_code, "einsum(" in after.read_text(encoding="utf-8")) == (0, False), done.output

    torch.manual_seed(0)
    original = model.make(imported(before)).eval()
    fixed = model.make(imported(after)).eval()
    fixed.load_state_dict(original.state_dict())
    two, three = model.example(2), model.example(3)
    with torch.no_grad():
        torch.testing.assert_close(fixed(three), original(three))
    exported = outcome(fixed, [two], [three], Exporter(18))
    assert exported[:2] == ("right", "")
    assert "Einsum" not in exported.operators
    assert (exported.control, exported.opset) == (frozenset(), 18)


def imported(path: Path) -> ModuleType:
    """The module in a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
