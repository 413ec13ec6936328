"""What pack, unpack, asnumpy and lists of tensors become, run beside what they were."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from einlint.fixes import Answer
from tests.eject.ejecting import ejected, run

HEAD = "from collections.abc import *\nfrom typing import *\nimport torch\nfrom einops import *\n"
A, B = torch.arange(24.0).reshape(2, 3, 4), torch.arange(8.0).reshape(2, 4)
WIDE = torch.arange(720.0).reshape(2, 3, 4, 5, 6)
VECTORS = [torch.arange(3.0), torch.arange(3.0, 6.0)]


def accept(question: Any) -> Answer:
    """The judge: the tests run here what it lets pass."""
    return Answer("tested")


def function(text: str, path: Path) -> Callable[..., Any]:
    """The function `f` of a module."""
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """A value that compares by what it holds."""
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return [plain(each) for each in value]
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return (type(value).__name__, tuple(value.shape), value.tolist())
    return value


@pytest.mark.parametrize(
    ("text", "given"),
    [
        pytest.param("def f(x, z):\n    return pack([x, z], 'b * d')\n", (A, B), id="two tensors"),
        pytest.param("def f(xs: list):\n    return pack(xs, 'b * d')\n", ([A, B],), id="a list"),
        pytest.param("def f(xs: list):\n    return pack(xs, '*')\n", ([A, B],), id="of which nothing is kept"),
        pytest.param("def f(x):\n    return pack([x, x], 'a b * d e')\n", (WIDE,), id="two dimensions on each side"),
        pytest.param(
            "def f(xs):\n    x, p = pack(xs, 'b * d')\n    return unpack(-x, p, 'b * d')\n", ([A, B],), id="and back"
        ),
        pytest.param(
            "def f(x, z):\n    y, p = pack([x, z], '*')\n    u, v = unpack(y, p, '*')\n    return v, u\n",
            (A, B),
            id="back to two names",
        ),
        pytest.param(
            "def f(x, z):\n    y, p = pack([x, z], '* d')\n    return unpack(y, p, '* d')[0]\n", (A, B), id="the first"
        ),
        pytest.param(
            "def f(x):\n    y, p = pack([x, x], 'a b * d e')\n    return unpack(y, p, 'a b * d e')\n",
            (WIDE,),
            id="back between two dimensions on each side",
        ),
        pytest.param(
            "def f(x):\n    y, p = pack([x], '* d')\n    (z,) = unpack(y, p, '* d')\n    return z\n",
            (A,),
            id="only one",
        ),
        pytest.param("def f(x: torch.Tensor):\n    return asnumpy(x)\n", (A.clone().requires_grad_(),), id="asnumpy"),
        pytest.param(
            "def f(x, n):\n    return reduce(x, 'a (b c) (d e) -> a b d', 'mean', c=n + 1, e=n + 1)\n",
            (torch.arange(32.0).reshape(2, 4, 4), 1),
            id="equal lengths",
        ),
        pytest.param("def f(x):\n    return torch.einsum(x, [0, 1, 2], [2, 0])\n", (A,), id="subscripts as lists"),
    ],
)
def test_the_new_code_gives_the_same(tmp_path: Path, text: str, given: tuple[Any, ...]) -> None:
    before = HEAD + text
    after = ejected(before, accept)
    assert not any(f"{name}(" in after for name in ("pack", "asnumpy", "reduce", "einsum"))
    old, new = (function(each, tmp_path / f"{name}.py") for name, each in (("old", before), ("new", after)))
    assert plain(new(*given)) == plain(old(*given))


MEAN = "def f(xs: {}):\n    return reduce(xs, 'a b -> b', 'mean')\n"
LISTS = ["list", "list[torch.Tensor]", "'List[torch.Tensor]'", "Optional[List]", "list | None", "Annotated[list, list]"]


@pytest.mark.parametrize(
    "text",
    [
        *(MEAN.format(annotation) for annotation in LISTS),
        "def f(ys):\n    xs: list[torch.Tensor] = ys\n    return reduce(xs, 'a b -> b', 'mean')\n",
        "def f(xs: list):\n    return (lambda: reduce(xs, 'a b -> b', 'mean'))()\n",
        "def f(xs: list):\n    def g():\n        return reduce(xs, 'a b -> b', 'mean')\n    return g()\n",
        "def f(ys):\n    xs = [y for y in ys]\n    return reduce(xs, 'a b -> b', 'mean')\n",
    ],
)
def test_a_list_is_stacked(tmp_path: Path, text: str) -> None:
    after = ejected(HEAD + text, accept)
    assert "torch.stack(xs).mean(0)" in after
    assert function(after, tmp_path / "new.py")(VECTORS).tolist() == [1.5, 2.5, 3.5]


@pytest.mark.parametrize(
    "annotation", ["torch.Tensor | list", "Sequence[torch.Tensor]", "Iterable", "Union[torch.Tensor, List]"]
)
def test_what_may_be_a_list_is_left_alone(annotation: str) -> None:
    text = MEAN.format(annotation)
    assert text in ejected(HEAD + text, accept)
    assert [each.unfixed for each in run(HEAD + text, accept).left] == ["`xs` may be a list: it is annotated so"]


@pytest.mark.parametrize("annotation", ["torch.Tensor", "'torch.Tensor'", "Annotated[torch.Tensor, 'a b']", "'('"])
def test_what_is_a_tensor_is_not_stacked(annotation: str) -> None:
    assert "return xs.mean(0)" in ejected(HEAD + MEAN.format(annotation), accept)


def test_a_variable_of_another_function_says_nothing() -> None:
    text = "def f(xs: torch.Tensor):\n    def g():\n        xs: list = h()\n    return reduce(xs, 'a b -> b', 'mean')\n"
    assert "return xs.mean(0)" in ejected(HEAD + text, accept)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(x, p):\n    return unpack(x, p, 'b * d')\n", "the packed shapes may hold -1: they do not come from a"),
        ("def f(x, how):\n    return reduce(x, 'a b -> a', how)\n", "the reduction is not written at the call"),
        ("def f(x, z):\n    return np.einsum(x, [0, 1], [1, 0], out=z)\n", "the argument `out` has no plain form"),
    ],
)
def test_what_is_left_alone(text: str, reason: str) -> None:
    head = HEAD.replace("import torch", "import numpy as np" if "np." in text else "import torch")
    left = run(head + text, accept)
    assert text in left.data.decode()
    assert left.left[0].unfixed.startswith(reason)


def test_numpy_packs_but_does_not_split(tmp_path: Path) -> None:
    head = HEAD.replace("import torch", "import numpy as np")
    text = (
        "def f(x: np.ndarray, z: np.ndarray):\n    y, p = pack([x, z], 'b * d')\n    return y, unpack(y, p, 'b * d')\n"
    )
    fixed = run(head + text, accept)
    assert [each.unfixed for each in fixed.left] == ["which part of how many is not known"]
    given = (A.numpy(), B.numpy())
    old, new = (
        function(each, tmp_path / f"{name}.py") for name, each in (("old", head + text), ("new", fixed.data.decode()))
    )
    assert plain(new(*given)) == plain(old(*given))
