"""EinMix layers become modules with the same parameters: names, shapes, first values, results and gradients."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from einlint.fixes import Answer
from einlint.rewrites.modules import OF_MODULES
from tests.eject.ejecting import ejected, proves, reasons

torch = pytest.importorskip("torch")

LAYERS = {
    "EinMix('b n c -> b n d', weight_shape='c d', bias_shape='d', c=dim, d=2 * dim)": (2, 5, 6),
    "EinMix('b n c -> b n d', 'd c', c=dim, d=4)": (2, 5, 6),
    "EinMix('b n (h c) -> b n (h d)', 'h c d', 'h d', h=2, c=3, d=4)": (2, 5, 6),
    "EinMix('b c h w -> b o h w', weight_shape='c o', bias_shape=None, c=dim, o=3)": (2, 6, 3, 4),
    "EinMix('b c h w -> b h w o', weight_shape='c o', bias_shape='o', c=dim, o=3)": (2, 6, 3, 4),
    "EinMix('b n gq d -> b n gq l', 'gq d l', 'gq l', gq=3, l=7, d=dim)": (2, 5, 3, 6),
    "EinMix('t b c -> t b c', weight_shape='c', c=dim)": (2, 5, 6),
    "EinMix('h w c -> o w c', weight_shape='h o', bias_shape='o', h=5, o=4)": (5, 2, 6),
    "EinMix('b ... c -> b ... d', 'c d', 'd', c=dim, d=3)": (2, 4, 5, 6),
    "EinMix('b n (p c) -> b p (n d)', 'p c d', p=2, c=3, d=5)": (2, 5, 6),
    "EinMix('b c -> b 1 d', 'c d', 'd', c=dim, d=5)": (2, 6),
}
HEAD = "from einops.layers.torch import EinMix\n\n\ndef build(dim):\n    return [\n"
TEXT = HEAD + "".join(f"        {layer},\n" for layer in LAYERS) + "    ]\n"


def module_of(text: str, path: Path) -> Any:
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_same_parameters_results_and_gradients(tmp_path: Path) -> None:
    after = ejected(TEXT, judge=lambda question: Answer("proved"))
    assert "einops" not in after
    sides = [module_of(text, tmp_path / name) for text, name in ((TEXT, "before.py"), (after, "after.py"))]
    layers = []
    for side in sides:
        torch.manual_seed(3)
        layers.append(side.build(6))
    for old, new, shape in zip(*layers, LAYERS.values(), strict=True):
        assert list(old.state_dict()) == list(new.state_dict())
        assert all(torch.equal(new.state_dict()[name], value) for name, value in old.state_dict().items())
        new.load_state_dict(old.state_dict())
        x = torch.randn(shape)
        results = [layer(x) for layer in (old, new)]
        torch.testing.assert_close(*results)
        for result in results:
            (result**2).sum().backward()
        for one, other in zip(old.parameters(), new.parameters(), strict=True):
            torch.testing.assert_close(one.grad, other.grad)


def test_each_is_proved() -> None:
    asked: list[Mapping[str, Any]] = []

    def judge(question: Mapping[str, Any]) -> Answer:
        asked.append(question)
        return proves(question)

    assert "einops" not in ejected(TEXT, judge)
    assert any("bias" in question["tensors"] for question in asked)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        pytest.param("EinMix('b c -> b d', w, c=2, d=3)", "not written at the call", id="a shape that is not known"),
        pytest.param("EinMix('b c -> b d', 'c d', c=2)", "`d` is not given", id="a length that is missing"),
        pytest.param("EinMix('b train -> b d', 'train d', train=2, d=3)", "`train` means", id="a method of modules"),
        pytest.param("EinMix('b c -> b d', 'c d', c=2, d=3), EinMix", "not only called", id="the class by itself"),
    ],
)
def test_left_alone(layer: str, reason: str) -> None:
    text = f"from einops.layers.torch import EinMix\nm = {layer}\n"
    assert ejected(text) == text
    assert reason in reasons(text)[0]


def test_what_modules_have_is_no_name_of_a_length() -> None:
    assert {name for name in dir(torch.nn.Module()) if not name.startswith("_")} <= OF_MODULES
