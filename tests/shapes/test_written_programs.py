# ruff: noqa: E501 (programs as text)
"""Programs that were written to mislead inference, held against execution as the drawn ones are."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tests.shapes.test_against_execution import mistakes_of

HEADER = "import torch\nfrom contextlib import suppress\nfrom torch import nn\n\ndef unknown(x): return eval('x')\n\n"

PROGRAMS = {
    "recursion": "def f(n, x):\n    return x if n == 0 else f(n - 1, x[None])\ny = f(3, torch.zeros(2))",
    "global": "x = torch.zeros(2, 3)\ndef f(n):\n    global x\n    x = torch.zeros(n)\nf(4)\ny = x",
    "nonlocal": "def f():\n    x = torch.zeros(2)\n    def g():\n        nonlocal x\n        x = torch.zeros(2, 3)\n"
    "    g()\n    y = x\nf()",
    "late": "x = torch.zeros(2)\ndef f():\n    return x\nx = torch.zeros(2, 3)\ny = f()",
    "closure in a loop": "x = torch.zeros(2)\ndef f():\n    return x\nfor i in range(3):\n    y = f()\n    x = x[None]\nz = y",
    "closure of a function": "def g():\n    x, n = torch.zeros(2), 0\n    f = lambda: x\n    for i in range(3):\n        y = f()\n"
    "        x = torch.zeros(2, 3)\n        n += 1\n    z = y\ng()",
    "name of the iteration before": "def g():\n    n = 0\n    for i in range(3):\n        if i > 0:\n            z = y\n"
    "        y = torch.zeros(*([2] * (n + 1)))\n        n += 1\n    w = z, y\ng()",
    "bound anew by a loop": "def g():\n    x, y, n = torch.zeros(2), torch.zeros(3), 0\n    for i in range(3):\n        y = x + 1\n"
    "        z = y\n        x = x[None]\n        n += 1\n    w = z, y\ng()",
    "alias": "a = [torch.zeros(2)]\nb = a\nb.append(torch.zeros(2))\ny = torch.stack(a)",
    "comprehension": "a = []\n[a.append(t) for t in [torch.zeros(2)] * 9]\ny = torch.stack(a)",
    "comprehension over a tensor": "a = []\n[a.append(t) for t in torch.zeros(4, 2)]\ny = torch.stack(a)\n"
    "b = [t for t in torch.zeros(4, 2)]\nz = torch.stack(b), torch.cat(b)\nfor t in torch.zeros(4, 3, 2):\n    u = t",
    "parts of a tensor": "def f(x):\n    b, n = x.shape\n    y = [t for t in x.unbind(1)]\n    z = torch.stack(y), torch.cat(y)\n"
    "    u = torch.stack(y, dim=1)\nf(torch.zeros(3, 4))",
    "while": "x = torch.zeros(2)\nwhile True:\n    x = x[None]\n    if x.ndim > 3:\n        break\ny = x",
    "integers": "a, b, c, d = -7 // 2, -7 % 3, 7 % -3, int(-1.5)\ne = torch.zeros(b, 2 ** 3, max(c + 3, 1))",
    "handled": "x = torch.zeros(2, 3)\ntry:\n    x = torch.zeros(4)\n    x = unknown(None).shape\n"
    "except AttributeError:\n    pass\ny = x",
    "attribute": "class A:\n    def __init__(self):\n        self.x = torch.zeros(3)\n    def f(self):\n"
    "        self.x = torch.zeros(4, 4)\n    def g(self):\n        y = self.x\na = A()\na.f()\na.g()",
    "unsqueeze_": "x = torch.zeros(2, 3)\nx.unsqueeze_(0)\ny = x",
    "transpose_": "x = torch.zeros(2, 3)\nx.transpose_(0, 1)\ny = x",
    "data": "x = torch.zeros(2, 3)\nx.data = torch.zeros(5)\ny = x",
    "bits": "x = torch.zeros(2, 4)\ny = x.view(torch.int64)",
    "nothing is split": "x = torch.zeros(0)\ny = x.split(2)",
    "suppressed": "y = torch.zeros(2)\nwith suppress(TypeError):\n    unknown(None)()\n    y = torch.zeros(2, 3)\nz = y",
    "else of a loop": "for i in range(3):\n    if i == unknown(1):\n        x = torch.zeros(2, 3)\n        break\nelse:\n"
    "    x = torch.zeros(4)\ny = x",
    "append in a conditional": "a = [torch.zeros(2)]\na.append(a[0]) if unknown(False) else None\ny = torch.stack(a)",
    "append in a condition": "a = [torch.zeros(2)]\nunknown(False) and a.append(a[0])\ny = torch.stack(a)",
    "del of an element": "a = [torch.zeros(2), torch.zeros(3)]\ndel a[0]\ny = torch.stack(a)",
    "augmented alias": "a = b = [torch.zeros(2)]\na += [torch.zeros(2)]\ny = torch.stack(b)",
    "list in a tuple": "a = [torch.zeros(2)]\nunknown(lambda t: t[0].append(a[0]))((a,))\ny = torch.stack(a)",
    "list in a closure": "a = [torch.zeros(2)]\ndef f(t):\n    a.append(t)\nunknown(f)(a[0])\ny = torch.stack(a)",
    "bound append": "a = [torch.zeros(2)]\nf = a.append\nunknown(f)(a[0])\ny = torch.stack(a)",
    "default that grows": "def f(x, a=[]):\n    a.append(x)\n    y = torch.stack(a)\nf(torch.zeros(2))\nf(torch.zeros(2))",
    "list of an object": "class A:\n    def __init__(self):\n        self.a = [torch.zeros(2)]\n    def add(self):\n"
    "        self.a.append(self.a[0])\n    def f(self):\n        y = torch.stack(self.a)\na = A()\nunknown(a).add()\na.f()",
    "setattr": "class A:\n    def __init__(self):\n        self.x = torch.zeros(3)\n    def f(self):\n        y = self.x\n"
    "a = A()\nsetattr(a, 'x', torch.zeros(5, 5))\na.f()",
    "dictionary": "d = {'a': torch.zeros(2, 3)}\nd['a'] = d['a'][0]\ny = d['a']",
    "dictionary update": "d = {'a': torch.zeros(2, 3)}\nd.update(a=d['a'][0])\ny = d['a']",
    "longer Sequential": "s = nn.Sequential(nn.Linear(3, 4))\ns.append(nn.Linear(4, 7))\ny = s(torch.zeros(2, 3))",
    "other layer": "s = nn.Sequential(nn.Linear(3, 4))\ns[0] = nn.Linear(3, 7)\ny = s(torch.zeros(2, 3))",
    "other weight": "s = nn.Linear(3, 4, bias=False)\ns.weight = nn.Parameter(torch.zeros(5, 3))\ny = s(torch.zeros(2, 3))",
    "derived class": "class A:\n    def __init__(self):\n        self.x = torch.zeros(3)\n    def f(self):\n"
    "        y = self.x\nclass B(A):\n    def __init__(self):\n        self.x = torch.zeros(4, 4)\nB().f()",
}


# What a class is for others to set, and what an unknown function does with a list that a function it gets can see.
OPEN = {"nothing is split", "list in a closure"}


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - OPEN))
def test_nothing_wrong_is_said(name: str) -> None:
    assert mistakes_of(HEADER + PROGRAMS[name]) == []


@pytest.mark.xfail(strict=True, reason="inference says something wrong")
@pytest.mark.parametrize("name", sorted(OPEN))
def test_known_mistakes(name: str) -> None:
    assert mistakes_of(HEADER + PROGRAMS[name]) == []
