"""Calls of functions become plain code: operands, order of evaluation, formatting and names."""

from __future__ import annotations

import pytest

from tests.eject.ejecting import ejected, reasons

HEAD = "import torch\nfrom einops import rearrange, reduce, repeat\n"


def rewritten(text: str) -> str:
    """The text under imports that the fix leaves alone."""
    used = "\nkept = rearrange, reduce, repeat\n"
    return ejected(HEAD + used + text).removeprefix(HEAD + used)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("y = rearrange(x, 'a b c -> b a c')\n", "y = x.transpose(0, 1)\n", id="a name"),
        pytest.param("y = rearrange(f(x)[0], 'a b c -> b a c')\n", "y = f(x)[0].transpose(0, 1)\n", id="a subscript"),
        pytest.param("y = rearrange(-x, 'a b c -> b a c')\n", "y = (-x).transpose(0, 1)\n", id="a sign"),
        pytest.param("y = rearrange((x + z), 'a b c -> b a c')\n", "y = (x + z).transpose(0, 1)\n", id="an operation"),
        pytest.param(
            "y = rearrange(x, 'a b c -> b a c').sum()\n", "y = x.transpose(0, 1).sum()\n", id="a chain after it"
        ),
        pytest.param(
            "y = g(rearrange(tensor=x, pattern='a b c -> b a c'))\n",
            "y = g(x.transpose(0, 1))\n",
            id="keyword arguments",
        ),
        pytest.param("y = rearrange(x, '(a b) -> a b', a=n + 1)\n", "y = x.reshape(n + 1, -1)\n", id="a length"),
        pytest.param(
            "y = rearrange(rearrange(x, 'a b c -> b a c'), 'b a c -> b c a')\n",
            "y = x.transpose(0, 1).transpose(1, 2)\n",
            id="one inside the other",
        ),
        pytest.param(
            "f = lambda t: rearrange(t, 'a b c -> b a c')\n", "f = lambda t: t.transpose(0, 1)\n", id="in a lambda"
        ),
        pytest.param(
            "y = [rearrange(t, 'a b c -> b a c') for t in xs]\n",
            "y = [t.transpose(0, 1) for t in xs]\n",
            id="in a comprehension",
        ),
        pytest.param(
            "def f(x=rearrange(z, 'a b c -> b a c')): pass\n", "def f(x=z.transpose(0, 1)): pass\n", id="in a default"
        ),
        pytest.param(
            "@d(rearrange(z, 'a b c -> b a c'))\ndef f(): pass\n",
            "@d(z.transpose(0, 1))\ndef f(): pass\n",
            id="in a decorator",
        ),
        pytest.param(
            "y = x if c else rearrange(x, 'a b c -> b a c')\n", "y = x if c else x.transpose(0, 1)\n", id="if"
        ),
        pytest.param(
            "y = rearrange(\n    f(\n        x,  # one\n    ),\n    'a b c -> b a c',\n)  # end\n",
            "y = f(\n        x,  # one\n    ).transpose(0, 1)  # end\n",
            id="many rows",
        ),
        pytest.param(
            "y = rearrange(\n    x\n    .a(), 'a b c -> b a c')\n",
            "y = (x\n    .a()).transpose(0, 1)\n",
            id="a broken chain",
        ),
        pytest.param(
            "def f(x):\n\treturn rearrange(\n\t\tx,  # why\n\t\t'a b c -> b a c'\n\t)\n",
            "def f(x):\n\t# why\n\treturn x.transpose(0, 1)\n",
            id="a comment and tabs",
        ),
        pytest.param(
            "é = g('ü', rearrange(x, 'a b c -> b a c'))\n",
            "é = g('ü', x.transpose(0, 1))\n",
            id="text that is not ASCII",
        ),
        pytest.param(
            "async def f():\n    return rearrange(await x(), 'a b c -> b a c')\n",
            "async def f():\n    return (await x()).transpose(0, 1)\n",
            id="await",
        ),
        pytest.param("y = rearrange([p, q], 'n a b -> a n b')\n", "y = torch.stack([p, q], 1)\n", id="a list"),
        pytest.param(
            "def f(y):\n    y = y.sum()\n    y += 1\n    z = rearrange(y, 'a b c -> b a c')\n    y = [z]\n",
            "def f(y):\n    y = y.sum()\n    y += 1\n    z = y.transpose(0, 1)\n    y = [z]\n",
            id="a list only later",
        ),
        pytest.param(
            "p = [q for q in z]\ny = rearrange(p, 'n a b -> a n b')\n",
            "p = [q for q in z]\ny = torch.stack(p, 1)\n",
            id="a list in a name",
        ),
    ],
)
def test_rewritten(text: str, expected: str) -> None:
    assert rewritten(text) == expected


def test_line_ends_stay() -> None:
    text = (HEAD + "y = rearrange(\n    f(x,\n      z), 'a b c -> b a c')\nk = rearrange, reduce, repeat\n").replace(
        "\n", "\r\n"
    )
    assert "y = f(x,\r\n      z).transpose(0, 1)\r\nk =" in ejected(text)


BOUND = "rearrange({}, 'b (a c) ... -> b ... (c a)', a=a)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("y = rearrange(x, p)\n", "", id="an unknown pattern"),
        pytest.param("y = rearrange(x, '(a b) -> a b', **k)\n", "some of its arguments are not written", id="lengths"),
        pytest.param("y = rearrange((z := x), 'a b c -> b a c')\n", "binds a name", id="a walrus"),
        pytest.param("y = rearrange(x, 'a -> a 1', a=f())\n", "would no longer be evaluated", id="a length"),
        pytest.param("y = rearrange(x, 'a b -> b a', h=2)\n", "`h` is no axis of its pattern", id="no axis"),
        pytest.param("y = f'{rearrange(x, \"a b c -> b a c\")}'\n", "inside an f-string", id="an f-string"),
        pytest.param(
            "for x in z:\n    y += 1\n    w = rearrange(y, 'a b c -> b a c')\n    y = [w]\n",
            "a list in some places",
            id="a list in the next round",
        ),
        pytest.param(
            "y = [1]\nif z:\n    y = z\ny = rearrange(y, 'a b c -> b a c')\n",
            "a list in some places",
            id="a list at times",
        ),
    ],
)
def test_left_alone(text: str, reason: str) -> None:
    whole = f"{HEAD}kept = rearrange, reduce, repeat\n{text}"
    assert ejected(whole) == whole
    assert [r for r in reasons(whole) if reason in r] or not reason


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        pytest.param("import torch, numpy\n", "nothing says which library", id="two libraries"),
        pytest.param("import os\n", "nothing says which library", id="none"),
        pytest.param("import jax\n", "its tensors are of jax", id="another"),
    ],
)
def test_the_library_must_be_known(head: str, reason: str) -> None:
    text = f"{head}from einops import rearrange\ny = rearrange(x, 'a b c -> b a c')\n"
    assert ejected(text) == text
    assert reasons(text) == [reason] or reason in reasons(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("class A(torch.nn.Module):\n    def f(self, x):\n        return {}\n", id="a class of torch"),
        pytest.param("def f(x: torch.Tensor):\n    return {}\n", id="an annotation"),
        pytest.param("x = torch.ones(2, 3)\ny = {}\n", id="an assignment"),
        pytest.param("def f(x: np.ndarray):\n    x = torch.ones(2)\n    return {}\n", id="assigned, not annotated"),
        pytest.param("def f(x: Float[torch.Tensor, 'a b c'] | None):\n    return {}\n", id="within an annotation"),
        pytest.param("x = g().detach()[0] + 1\ny = {}\n", id="a method of tensors"),
        pytest.param("x = g().to(device)\ny = {}\n", id="another place"),
        pytest.param(
            "class A(torch.nn.Module): pass\nclass B(A):\n    def f(self, x):\n        return {}\n",
            id="a class of a class of torch",
        ),
        pytest.param("def f(x):\n    return {}.contiguous()\n", id="a method of the result"),
        pytest.param("y = torch.cat([{}, z])\n", id="a tensor among others"),
        pytest.param("y = torch.nn.functional.pad({}, p)\n", id="an argument of a function of tensors"),
        pytest.param("def f(x) -> torch.Tensor:\n    return {}\n", id="what is returned"),
        pytest.param("y: torch.Tensor = {}\n", id="an annotated result"),
        pytest.param("def f(x):\n    x = {}\n    a, b = x.unbind(0)\n", id="what is done with the result next"),
        pytest.param("def f(x):\n    z = x.unsqueeze(0)\n    y = {}\n", id="what was done with the operand"),
        pytest.param("def f(x):\n    if c:\n        x = {}\n    return torch.cat(x)\n", id="what follows a branch"),
    ],
)
def test_what_tells_torch_from_numpy(text: str) -> None:
    head = "import numpy as np\nimport torch\nfrom einops import rearrange\n\nkept = rearrange\n"
    assert ejected(head + text.format("rearrange(x, 'a b c -> b a c')")) == head + text.format("x.transpose(0, 1)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("y, = unpack(x, [s], 'b * d')\n", "y = x.reshape(x.shape[0], *s, x.shape[-1])\n", id="one shape"),
        pytest.param("[y] = unpack(x, [z.shape], '* d')\n", "y = x.reshape(*z.shape, x.shape[-1])\n", id="of a tensor"),
        pytest.param("y, = unpack(x, s, '* d')\n", "y = x.reshape(*s[0], x.shape[-1])\n", id="a list in a name"),
    ],
)
def test_what_is_unpacked_to_one_name(text: str, expected: str) -> None:
    assert ejected(f"import torch\nfrom einops import unpack\n{text}") == f"import torch\n{expected}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(x: np.ndarray):\n    if z:\n        x = torch.ones(2)\n    return {}\n", id="both"),
        pytest.param("x = torch.load(p)['a']\ny = {}\n", id="what was read"),
        pytest.param("x = z.reshape(2, 3)\ny = {}\n", id="a method of both"),
        pytest.param("y = torch.tensor({})\n", id="what becomes a tensor"),
        pytest.param("y = torch.from_numpy({}), 1\n", id="an array"),
        pytest.param("def f(x) -> torch.Tensor:\n    return g({})\n", id="what something is computed from"),
        pytest.param("class B(C):\n    def f(self, x):\n        return {}\n", id="a class of an unknown class"),
        pytest.param("class C(B): pass\nclass B(C):\n    def f(self, x):\n        return {}\n", id="a circle"),
        pytest.param("y = {}.sum()\n", id="a method of the result that both have"),
        pytest.param("def f(x):\n    if c:\n        return {}\n    return x.unsqueeze(0)\n", id="another branch"),
        pytest.param("def f(x):\n    y = {}\n    if c:\n        y.unsqueeze(0)\n", id="what may not run"),
        pytest.param("def f(x):\n    y = {}\n    z = y.unsqueeze(0) if c else y\n", id="what may not be evaluated"),
        pytest.param("def f(x):\n    y = {}\n    x = g(x)\n    x.unsqueeze(0)\n", id="another tensor of the name"),
        pytest.param("x.unsqueeze(0)\ny = map(lambda x: {}, z)\n", id="a parameter of the name"),
        pytest.param("x = np.sqrt(2) * z\ny = {}\n", id="a number of numpy times something"),
        pytest.param("def f(x: Float['a b c']):\n    return {}\n", id="no library in an annotation"),
    ],
)
def test_what_leaves_open_whether_it_is_torch_or_numpy(text: str) -> None:
    head = "import numpy as np\nimport torch\nfrom einops import rearrange\n\n"
    whole = head + text.format("rearrange(x, 'a b c -> b a c')")
    assert ejected(whole) == whole
    assert "nothing says which library" in reasons(whole)[0]


@pytest.mark.parametrize("assigned", ["z.astype('f')", "z.cpu().numpy()[0]", "np.zeros(3)"])
def test_numpy_beside_torch(assigned: str) -> None:
    head = "import numpy as np\nimport torch\nfrom einops import rearrange\n\nkept = rearrange\n"
    text = f"x = {assigned}\ny = {{}}\n"
    assert ejected(head + text.format("rearrange(x, 'a b c -> b a c')")) == head + text.format("x.swapaxes(0, 1)")
