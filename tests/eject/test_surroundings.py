"""What a rewrite changes around a call: locals, imports, classes, notebooks."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from einlint.fixes import Answer
from tests.eject.ejecting import ejected, reasons, run

PACK = "import torch\nfrom einops import pack\n"
PACKED = "torch.cat([{0}.reshape({0}.shape[0], -1, {0}.shape[-1])], 1), [{0}.shape[1:-1]]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("x, p = pack([x], 'b * d')", "x, p = " + PACKED.format("x"), id="a name is read twice"),
        pytest.param(
            "x, p = pack([g(x)], 'b * d')", "tensor = g(x)\n    x, p = " + PACKED.format("tensor"), id="a call is bound"
        ),
        pytest.param(
            "y = pack([self.x], 'b * d')",
            "y = self.x\n    y = " + PACKED.format("y"),
            id="what may be computed is bound",
        ),
        pytest.param(
            "tensor = 1; return h(tensor)\n    return k(self.n, pack([g(x)], 'b * d'))",
            "tensor = 1; return h(tensor)\n    tensor_2 = g(x)\n    return k(self.n, ("
            + PACKED.format("tensor_2")
            + "))",
            id="a name that is not taken",
        ),
        pytest.param(
            "for y in pack([g(x)], 'b * d'):\n        pass",
            "tensor = g(x)\n    for y in (" + PACKED.format("tensor") + "):\n        pass",
            id="before a loop",
        ),
    ],
)
def test_an_operand_is_bound(body: str, expected: str) -> None:
    assert ejected(f"{PACK}def f(self, x):\n    {body}\n") == f"import torch\ndef f(self, x):\n    {expected}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("f = lambda x: pack([g(x)], 'b * d')\n", "in a lambda", id="a lambda"),
        pytest.param("f = [pack([g(x)], 'b * d') for x in y]\n", "in a comprehension", id="a comprehension"),
        pytest.param("f = z if c else pack([g(x)], 'b * d')\n", "in a conditional expression", id="a branch"),
        pytest.param("f = c and pack([g(x)], 'b * d')\n", "may not be evaluated", id="a condition"),
        pytest.param("while pack([g(x)], 'b * d'): pass\n", "in the condition of a loop", id="a loop"),
        pytest.param("def f(x=pack([g(y)], 'b * d')): pass\n", "in a default", id="a default"),
        pytest.param("class A:\n    x = pack([g(y)], 'b * d')\n", "in the body of a class", id="a class"),
        pytest.param("x = h(y) + pack([g(y)], 'b * d')[0]\n", "something else is called before", id="order"),
        pytest.param("if c: x = pack([g(y)], 'b * d')\n", "two statements share a row", id="one row"),
    ],
)
def test_where_nothing_can_be_bound_the_call_is_left_alone(text: str, reason: str) -> None:
    assert ejected(PACK + text) == PACK + text
    assert reason in reasons(PACK + text)[0]


FORMS = "import torch\nfrom torch import einsum\nfrom einops import reduce\nkept = reduce, einsum\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "y = einsum('b d n, b n -> b d', x, z[:, 0])", "y = (z[:, 0].unsqueeze(1) @ x.mT).squeeze(1)", id="free"
        ),
        pytest.param(
            "y = lambda: einsum('b d n, b n -> b d', f(x), g(z))",
            "y = lambda: (f(x) @ g(z).unsqueeze(1).mT).squeeze(2)",
            id="in order where order counts",
        ),
        pytest.param(
            "y = reduce(x, 'b ... -> b', 'mean') * w",
            "y = (x.flatten(1).mean(1) if x.ndim > 1 else x) * w",
            id="a condition in a product",
        ),
        pytest.param(
            "y = reduce(x, 'b ... -> b', 'mean') if c else z",
            "y = (x.flatten(1).mean(1) if x.ndim > 1 else x) if c else z",
            id="a condition in another",
        ),
        pytest.param(
            "y = c and reduce(x, 'b ... -> b', 'mean')",
            "y = c and (x.flatten(1).mean(1) if x.ndim > 1 else x)",
            id="a condition after and",
        ),
    ],
)
def test_the_form_suits_its_place(text: str, expected: str) -> None:
    assert ejected(f"{FORMS}{text}\n") == f"{FORMS}{expected}\n"


def test_numpy_reads_operands_once_where_they_cannot_be_bound() -> None:
    text = "import numpy as np\ny = g(z) + np.einsum('ia,xia->x', a[s], b[s])\n"
    assert ejected(text) == "import numpy as np\ny = g(z) + np.tensordot(a[s], b[s], ([0, 1], [1, 2]))\n"


STACK = "def f(x, y):\n    return rearrange([x, y], 'n a b -> a n b')\n"
STACKED = "def f(x, y):\n    return {}.stack([x, y], 1)\n"


@pytest.mark.parametrize(
    ("head", "after", "name"),
    [
        pytest.param("import torch\n", "import torch\n", "torch", id="it is there"),
        pytest.param("import torch as th\n", "import torch as th\n", "th", id="under another name"),
        pytest.param("import torch.nn as nn\n", "import torch\nimport torch.nn as nn\n", "torch", id="a part of it"),
        pytest.param(
            '"""Doc."""\nfrom __future__ import annotations\nimport os\nfrom torch import nn\n',
            '"""Doc."""\nfrom __future__ import annotations\nimport os\nimport torch\nfrom torch import nn\n',
            "torch",
            id="after a docstring and the future",
        ),
    ],
)
def test_imports_that_are_needed(head: str, after: str, name: str) -> None:
    assert ejected(f"{head}from einops import rearrange\n{STACK}") == after + STACKED.format(name)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("from torch import nn\ntorch = 3\n", id="the name is taken"),
        pytest.param("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n", id="not at run time"),
    ],
)
def test_a_name_that_means_something_else_is_not_used(head: str) -> None:
    text = f"{head}from einops import rearrange\n{STACK}"
    assert ejected(text) == text


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        pytest.param("from einops import rearrange, reduce\n", "", id="all of it"),
        pytest.param("from einops import rearrange, pack as p\n", "from einops import pack as p\n", id="some of it"),
        pytest.param(
            "from einops import (\n    rearrange,\n    pack as p,\n)\n",
            "from einops import (\n    pack as p,\n)\n",
            id="rows",
        ),
        pytest.param("import einops\n", "", id="a module"),
        pytest.param("from einops import rearrange  # noqa: F401\n", None, id="noqa"),
        pytest.param("from einops import rearrange as rearrange\n", None, id="for others"),
        pytest.param("try:\n    from einops import rearrange\nexcept ImportError:\n    pass\n", None, id="try"),
        pytest.param("__all__ = ['rearrange']\nfrom einops import rearrange\n", None, id="__all__"),
        pytest.param("from einops import rearrange\nx: 'rearrange'\n", None, id="an annotation"),
        pytest.param("from torch import einsum, nn\n", "from torch import nn\n", id="einsum of torch"),
    ],
)  # fmt: skip
def test_unused_imports(statement: str, after: str | None) -> None:
    text = f"{statement}print(p, nn)\n"
    assert ejected(text) == (text if after is None else f"{after}print(p, nn)\n")


def test_an_import_for_other_files_stays() -> None:
    text = "from einops import rearrange\n"
    assert run(text, path="package/__init__.py").data.decode() == text
    assert run(text, path="stub.pyi").data.decode() == text


LAYERS = "from torch import nn\nfrom einops.layers.torch import Rearrange, Reduce\n\nnet = nn.Sequential({})\n"


@pytest.mark.parametrize(
    ("layer", "after"),
    [
        pytest.param("Rearrange('b c h w -> b (c h w)')", "nn.Flatten()", id="flatten"),
        pytest.param("Rearrange('b (h d) n -> b h d n', h=k + 1)", "nn.Unflatten(1, (k + 1, -1))", id="unflatten"),
        pytest.param("Rearrange('b c -> b c')", "nn.Identity()", id="identity"),
        pytest.param("Reduce('b c (h 2) (w 2) -> b c h w', 'mean')", "nn.AvgPool2d(2)", id="a mean pool"),
        pytest.param(
            "Reduce('b c (h 2) (w 3) -> b c h w', 'mean')", "nn.AvgPool2d((2, 3))", id="a pool of two lengths"
        ),
        pytest.param("Reduce('b c t -> b c 1', 'mean')", "nn.AdaptiveAvgPool1d(1)", id="a mean of all positions"),
        pytest.param("Reduce('b c h w -> b c 1 1', 'mean')", "nn.AdaptiveAvgPool2d(1)", id="a mean of an image"),
    ],
)
def test_layers_of_torch(layer: str, after: str) -> None:
    expected = LAYERS.replace("from einops.layers.torch import Rearrange, Reduce\n", "").format(after)
    assert ejected(LAYERS.format(layer)) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "net = nn.Sequential(\n    Reduce(\n        'b c -> b',  # why\n        'mean',\n    ),\n)\n",
            "net = nn.Sequential(\n    # why\n    MeanOverC(),\n)\n",
            id="among others",
        ),
        pytest.param(
            "net = nn.Sequential(Reduce(\n    'b c -> b',  # why\n    'mean'))\n",
            "# why\nnet = nn.Sequential(MeanOverC())\n",
            id="in a row that begins with something else",
        ),
        pytest.param(
            "net = \\\n    Reduce('b c -> b',  # why\n    'mean')\n",
            "# why\nnet = \\\n    MeanOverC()\n",
            id="behind a backslash",
        ),
    ],
)
def test_comments_in_a_layer_are_kept(before: str, after: str) -> None:
    head = "from torch import nn\n{}kept = 1\n"
    text = ejected(head.format("from einops.layers.torch import Reduce\n") + before)
    assert text.endswith("kept = 1\n" + after)
    assert ejected(text.replace("\n", "\r\n")) == text.replace("\n", "\r\n")


def test_equal_lengths_are_one_kernel() -> None:
    text = LAYERS.format("Reduce('b c (h r) (w s) -> b c h w', 'mean', r=k, s=k)")
    assert "Sequential(nn.AvgPool2d(k))" in ejected(text, judge=lambda question: Answer("tested"))


@pytest.mark.parametrize(
    ("layer", "after", "safe"),
    [
        pytest.param("Reduce('b c (t 2) -> b c t', 'max')", "nn.MaxPool1d(2)", "MaxOver2()", id="a pool"),
        pytest.param("Reduce('b c (h 2) (w 2) -> b c h w', 'max')", "nn.MaxPool2d(2)", "MaxOver2x2()", id="of images"),
        pytest.param("Reduce('b c h w -> b c 1 1', 'max')", "nn.AdaptiveMaxPool2d(1)", "MaxOverHW()", id="of all"),
        pytest.param(
            "Reduce('b c (t 2) (h 2) (w 2) -> b c t h w', 'mean')", "nn.AvgPool3d(2)", "MeanOver2x2x2()", id="of videos"
        ),
        pytest.param(
            "Rearrange('b (c r s) h w -> b c (h r) (w s)', r=k, s=k)",
            "nn.PixelShuffle(k)",
            "MergeHRAndWS(r=k, s=k)",
            id="pixels",
        ),
        pytest.param(
            "Rearrange('b c (h r) (w s) -> b (c r s) h w', r=2, s=2)",
            "nn.PixelUnshuffle(2)",
            "MergeCRS(r=2, s=2)",
            id="pixels back",
        ),
        pytest.param("Rearrange('b (g c) t -> b (c g) t', g=k)", "nn.ChannelShuffle(k)", "MergeCG(g=k)", id="channels"),
        pytest.param(
            "Rearrange('b (c r s) h w -> b c (h r) (w s)', r=f(), s=f())",
            "MergeHRAndWS(r=f(), s=f())",
            "MergeHRAndWS(r=f(), s=f())",
            id="factors that are computed twice",
        ),
    ],
)
def test_layers_of_torch_that_differ_at_an_edge_are_unsafe(layer: str, after: str, safe: str) -> None:
    text = LAYERS.format(layer)
    assert f"Sequential({after})" in ejected(text, unsafe=True)
    assert f"Sequential({safe})" in ejected(text)


@pytest.mark.parametrize(
    ("call", "after"),
    [
        pytest.param("reduce(x, 'b c (h 2) (w 2) -> b c h w', 'max')", "F.max_pool2d(x, 2)", id="a pool"),
        pytest.param(
            "rearrange(x, 'b (c r s) h w -> b c (h r) (w s)', r=k, s=k)", "F.pixel_shuffle(x, k)", id="pixels"
        ),
    ],
)
def test_functions_that_differ_at_an_edge_are_unsafe(call: str, after: str) -> None:
    text = (
        f"import torch.nn.functional as F\nfrom einops import rearrange, reduce\ny = {call}\nkept = rearrange, reduce\n"
    )
    assert f"y = {after}\n" in ejected(text, unsafe=True)
    assert after not in ejected(text)


def test_a_module_is_written_once_for_a_pattern() -> None:
    text = LAYERS.format(
        "Rearrange('a (b c) -> b a c', b=2), Rearrange('a (b c) -> b a c', b=k), Rearrange('d (b c) a -> d a b c', b=2)"
    )
    after = ejected(text)
    assert after == (
        "from torch import nn\n\n\n"
        'class SplitBC(nn.Module):\n    """`a (b c) -> b a c`"""\n\n'
        "    def __init__(self, b):\n        super().__init__()\n        self.b = b\n\n"
        "    def forward(self, x):\n        return x.unflatten(1, (self.b, -1)).transpose(0, 1)\n\n\n"
        'class SplitBC2(nn.Module):\n    """`d (b c) a -> d a b c`"""\n\n'
        "    def __init__(self, b):\n        super().__init__()\n        self.b = b\n\n"
        "    def forward(self, x):\n        return x.unflatten(1, (self.b, -1)).permute(0, 3, 1, 2)\n\n\n"
        "net = nn.Sequential(SplitBC(b=2), SplitBC(b=k), SplitBC2(b=2))\n"
    )
    later = after + LAYERS.format("Rearrange('d (b c) a -> d a b c', b=2), Reduce('a b -> a', 'sum')")
    assert ejected(later).endswith("net = nn.Sequential(SplitBC2(b=2), SumOverB())\n")
    assert ejected(later).count("class ") == 3


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        pytest.param("Rearrange('b c h w -> b (h w) c')", "MergeHW", id="merged"),
        pytest.param(
            "Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=4, p2=4)", "MergeHWAndP1P2C", id="two groups"
        ),
        pytest.param("Rearrange('b (h w) c -> b c h w', h=4)", "SplitHW", id="split"),
        pytest.param("Rearrange('b h w c -> b c h w')", "ToBCHW", id="moved"),
        pytest.param("Rearrange('b 1 n -> b n 1')", "ToBN1", id="a length of 1"),
        pytest.param("Rearrange('b n c ... -> b c (n ...)')", "MergeNRest", id="an ellipsis"),
        pytest.param("Reduce('b n seq_len d -> b d', 'mean')", "MeanOverNSeqLen", id="a mean"),
        pytest.param("Reduce('b ... c -> b c', 'max')", "MaxOverRest", id="the ellipsis reduced"),
        pytest.param(
            "Rearrange('b channels (height ph) (width pw) -> b (height width) (ph pw channels)', ph=4, pw=4)",
            "MergeHeightWidth",
            id="only the first group of many",
        ),
        pytest.param(
            "Rearrange('b c (patch_height p1) (patch_width p2) -> b p1 p2 (patch_height patch_width c)', p1=4, p2=4)",
            "MergeAxes",
            id="too long",
        ),
    ],
)
def test_names_are_short(layer: str, name: str) -> None:
    assert f"class {name}(nn.Module):\n" in ejected(LAYERS.format(layer))


def test_imports_of_a_notebook_stay_in_the_cell() -> None:
    sources = [
        "import torch.nn as nn\nfrom einops import rearrange\n",
        STACK.replace("n a b -> a n b", "n a b -> n b a"),
    ]
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    fixed = json.loads(run(json.dumps({"cells": cells, "nbformat": 4}), path="n.ipynb").data)
    after = ["".join(cell["source"]) for cell in fixed["cells"]]
    assert after == [
        "import torch.nn as nn\n",
        "import torch\ndef f(x, y):\n    return torch.stack([x, y]).transpose(1, 2)\n",
    ]


def test_formatters_see_the_same_code() -> None:
    layer = LAYERS.format("Rearrange('a (b c) -> b a c', b=2)")
    text = ejected(layer + PACK + "def f(x):\n  return pack([g(x)], '* d')\n")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    formatted = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=True).stdout
    assert formatted != text
    assert ast.dump(ast.parse(formatted)) == ast.dump(ast.parse(text))
