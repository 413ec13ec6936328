# ruff: noqa: E501 (tables of writings)
"""Small torch programs that hypothesis draws, grown while they run: only their last statement may raise."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import indent
from types import SimpleNamespace
from typing import Any

import torch
from hypothesis import strategies as st

HEADER = """\
import torch
import torch.nn.functional as F
from einops import einsum, pack, rearrange, reduce, repeat, unpack
from torch import nn
"""
_LETTERS = "abcdefghijklm"
_MOST_ELEMENTS = 4000
_MOST_DIMENSIONS = 5
Draw = Callable[[st.SearchStrategy[Any]], Any]


class _Unfit(Exception):
    """The operation that was drawn cannot be written for this tensor."""


@dataclass(repr=False)
class Program:
    """The code so far and the values of its names; `raises` once a statement has raised."""

    draw: Draw
    lines: list[str] = field(default_factory=lambda: HEADER.splitlines())
    values: dict[str, Any] = field(default_factory=dict)
    raises: bool = False
    count: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def __repr__(self) -> str:
        return self.text

    def pick(self, *choices: Any) -> Any:
        if not choices:
            raise _Unfit
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        found: int = self.draw(st.integers(low, max(low, high)))
        return found

    def fresh(self, prefix: str = "v") -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def add(self, statement: str) -> None:
        """Run a statement and keep it, also where it raises."""
        values = dict(self.values)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.manual_seed(0)
                exec(statement, values)
        except Exception:
            self.raises = True
        self.lines += statement.splitlines()
        self.values = values

    def tensors(self) -> dict[str, Any]:
        return {n: v for n, v in self.values.items() if isinstance(v, torch.Tensor) and v.numel() <= _MOST_ELEMENTS}

    def tensor(self) -> tuple[str, tuple[int, ...]]:
        """The name of a tensor and its shape; the latest ones are likelier."""
        names = [*self.tensors()]
        name = self.pick(*names[-3:], *names)
        return name, tuple(self.values[name].shape)

    def size(self, size: int) -> str:
        """A length as it may be written."""
        names = [n for n, v in self.values.items() if type(v) is int and v == size and not n.startswith("__")]
        return str(self.pick(str(size), *names[-2:]))

    def axis(self, rank: int) -> int:
        """A dimension, one too far at times."""
        return self.number(-rank, rank) if self.number(0, 40) == 0 else self.number(-rank, max(rank - 1, 0))


def _created(p: Program) -> str:
    sizes = [p.pick(1, 2, 2, 3, 4, 6) for _ in range(p.number(1, 4))]
    written = ", ".join(map(p.size, sizes))
    comma = "," if len(sizes) == 1 else ""
    return str(p.pick(
        f"torch.zeros({written})", f"torch.ones(({written}{comma}))", f"torch.rand([{written}])",
        f"torch.full(({written}{comma}), 1.0)", f"torch.arange({math.prod(sizes)}).float().view({written})",
        f"nn.Parameter(torch.zeros({written}))", f"torch.eye({sizes[0]})", f"torch.linspace(0, 1, {sizes[0]})",
    ))  # fmt: skip


def _reshaped(p: Program) -> str:
    x, shape = p.tensor()
    sizes: list[int] = []
    rest = math.prod(shape)
    while rest > 1 and len(sizes) < 3:
        divisor = p.pick(*(d for d in range(1, rest + 1) if rest % d == 0))
        sizes.append(divisor)
        rest //= divisor
    sizes.append(p.pick(rest, rest, rest, -1, rest + 1) if p.number(0, 3) == 0 else rest)
    written = ", ".join(str(s) if s < 0 else p.size(s) for s in sizes)
    listed = p.pick(written, f"({written},)", f"[{written}]")
    return str(
        p.pick(f"{x}.reshape({listed})", f"{x}.contiguous().view({listed})", f"torch.reshape({x}, ({written},))")
    )


def _permuted(p: Program) -> str:
    x, shape = p.tensor()
    rank = len(shape)
    order = ", ".join(map(str, p.draw(st.permutations(range(rank)))))
    a, b = p.axis(rank), p.axis(rank)
    return str(p.pick(
        f"{x}.permute({order})" if order else x, f"{x}.transpose({a}, {b})", f"torch.swapaxes({x}, {a}, {b})",
        f"{x}.movedim({a}, {b})", f"{x}.t()", f"{x}.mT", f"{x}.flip({a})", f"{x}.roll(1, {a})",
    ))  # fmt: skip


def _resized(p: Program) -> str:
    x, shape = p.tensor()
    rank = len(shape)
    a = p.axis(rank)
    wide = ", ".join(str(p.pick(s, -1) if s != 1 else p.pick(1, 3, -1)) for s in shape)
    times = ", ".join(str(p.number(1, 2)) for _ in range(rank + p.number(0, 1)))
    return str(p.pick(
        f"{x}.unsqueeze({a})", f"{x}.squeeze({a})", f"{x}.squeeze()", f"{x}.flatten({p.number(0, max(rank - 1, 0))})",
        f"{x}.flatten()", f"{x}.expand({wide})" if wide else x, f"{x}.repeat({times})" if times else x,
        f"F.pad({x}, (1, 2))", f"torch.tril({x})", f"{x}.unflatten({a}, ({p.number(1, 3)}, -1))",
        f"{x}.narrow({a}, 0, {p.number(1, 3)})", f"{x}.repeat_interleave({p.number(1, 3)}, dim={a})",
    ))  # fmt: skip


def _reduced(p: Program) -> str:
    x, shape = p.tensor()
    a, keep = p.axis(len(shape)), p.pick("", ", keepdim=True")
    return str(p.pick(
        f"{x}.sum({a}{keep})", f"{x}.mean(dim={a}{keep})", f"{x}.amax({a}{keep})", f"{x}.sum()", f"{x}.max()",
        f"torch.sum({x}, dim=({a},){keep})", f"{x}.softmax({a})", f"F.softmax({x}, dim={a})", f"{x}.cumsum({a})",
        f"{x}.max(dim={a}{keep})[0]", f"{x}.max(dim={a}{keep}).indices", f"{x}.argmax(dim={a})",
        f"F.normalize({x}, dim={a})", f"{x}.norm(dim={a}{keep})", f"{x}.std(dim={a}{keep})", f"{x}.topk(1, dim={a})[0]",
    ))  # fmt: skip


def _pattern(p: Program) -> str:
    """A rearrange, reduce or repeat of a drawn pattern."""
    x, shape = p.tensor()
    if len(shape) > _MOST_DIMENSIONS - 1:
        raise _Unfit
    names, left, given = iter(_LETTERS), [], {}
    axes: list[str] = []
    for size in shape:
        if size > 1 and p.number(0, 2) == 0:
            divisor = p.pick(*(d for d in range(1, size + 1) if size % d == 0 or p.number(0, 30) == 0))
            one, two = next(names), next(names)
            given[p.pick(one, two)] = divisor
            left.append(f"({one} {two})")
            axes += [one, two]
        else:
            name = next(names) if size != 1 or p.number(0, 1) else "1"
            left.append(name)
            axes += [name] if name != "1" else []
    if p.number(0, 40) == 0:
        left.append(next(names))
    function = p.pick("rearrange", "rearrange", "reduce", "repeat")
    order = list(p.draw(st.permutations(axes)))
    if function == "reduce":
        order = order[p.number(0, len(order)) :]
    if function == "repeat":
        new = next(names)
        given[new] = p.number(1, 3)
        order.insert(p.number(0, len(order)), new)
    right = " ".join(_grouped(p, order))
    lengths = "".join(f", {name}={p.size(value)}" for name, value in given.items() if value != "1")
    how = f', "{p.pick("mean", "max", "sum")}"' if function == "reduce" else ""
    return f'{function}({x}, "{" ".join(left)} -> {right}"{how}{lengths})'


def _grouped(p: Program, order: list[str]) -> list[str]:
    found = []
    while order:
        count = p.pick(1, 1, 2, 3)
        some, order = order[:count], order[count:]
        found.append(some[0] if len(some) == 1 else f"({' '.join(some)})")
    return found + (["1"] if p.number(0, 5) == 0 else [])


def _contracted(p: Program) -> str:
    (x, one), (y, other) = p.tensor(), p.tensor()
    letters: dict[int, str] = {}
    spare = iter("nopqrstuvwxyz")

    def labels(shape: tuple[int, ...]) -> list[str]:
        found = []
        for size in shape:
            fits = size in letters and letters[size] not in found and p.number(0, 3)
            found.append(letters[size] if fits else next(spare))
            letters.setdefault(size, found[-1])
        return found

    a, b = labels(one), labels(other)
    if b and p.number(0, 20) == 0:
        b[0] = a[0] if a else b[0]
    out = [name for name in dict.fromkeys(a + b) if p.number(0, 2)][:_MOST_DIMENSIONS]
    if p.number(0, 1):
        return f'einsum({x}, {y}, "{" ".join(a)}, {" ".join(b)} -> {" ".join(out)}")'
    return f'torch.einsum("{"".join(a)},{"".join(b)}->{"".join(out)}", {x}, {y})'


def _combined(p: Program) -> str:
    (x, shape), (y, _) = p.tensor(), p.tensor()
    a, rank = p.axis(len(shape)), len(shape)
    fits = [n for n, v in p.tensors().items() if v.ndim == rank and v.shape[1:] == shape[1:]]
    z = p.pick(*fits)
    last = shape[-1] if shape else 1
    return str(p.pick(
        f"torch.cat([{x}, {z}])", f"torch.cat(({x}, {x}), dim={a})", f"torch.cat([{x}, {y}], dim={a})",
        f"torch.stack([{x}, {x}], dim={a})", f"torch.stack([{x}, {y}])", f"{x} + {y}", f"{x} * {z}", f"{x} @ {y}",
        f"{x} @ {x}.transpose(-1, -2)", f"torch.matmul({x}, torch.ones({last}, 3))", f"torch.where({x} > 0, {x}, {y})",
        f"torch.bmm({x}, {x}.transpose(1, 2))", f"torch.outer({x}, {y})", f"({x} > {y}).float()", f"{x} - 1",
        f"torch.minimum({x}, {z})", f"2 * -{x}", f"{x}.clamp(0)", f"{x}.masked_fill({x} > 0, 0.0)",
    ))  # fmt: skip


def _index(p: Program, size: int) -> str:
    return str(p.pick(
        ":", ":", str(p.number(-size, size - 1)), "None", f":{p.number(0, 3)}", f"{p.number(-2, 2)}:", "::2",
        f"{p.number(0, 2)}:{p.number(0, 4)}", "[0, 0]", "torch.arange(1)", str(size) if p.number(0, 9) == 0 else ":",
    ))  # fmt: skip


def _indexed(p: Program) -> str:
    x, shape = p.tensor()
    parts = [_index(p, size) for size in shape[: p.number(0, len(shape))]]
    if p.number(0, 3) == 0:
        parts.insert(p.number(0, len(parts)), "...")
        parts.append(p.pick(":", "0", "None"))
    return f"{x}[{', '.join(parts)}]" if parts and parts.count("...") < 2 else x


def _layered(p: Program) -> str:
    x, shape = p.tensor()
    last = shape[-1] if shape else 1
    channels = shape[1] if len(shape) > 1 else 2
    wrong = last + 1 if p.number(0, 12) == 0 else last
    k, s, pad = p.number(1, 3), p.number(1, 2), p.number(0, 1)
    return str(p.pick(
        f"nn.Linear({wrong}, 5)({x})", f"nn.LayerNorm({wrong})({x})", f"nn.Sequential(nn.Linear({last}, 4), nn.GELU())({x})",
        f"nn.Conv1d({channels}, 4, {k}, stride={s}, padding={pad})({x})", f"nn.Embedding(9000, 3)({x}.long().abs())",
        f"nn.Conv2d({channels}, 4, kernel_size={k}, padding={pad})({x})", f"F.linear({x}, torch.ones(3, {wrong}))",
        f"nn.MaxPool2d(2)({x})", f"F.avg_pool1d({x}, 2)", f"nn.Flatten()({x})", f"F.gelu({x})", f"nn.Dropout(0.1)({x})",
        f"F.interpolate({x}, scale_factor=2)", f"F.one_hot({x}.long().clamp(0, 3), 4)", f"F.layer_norm({x}, ({wrong},))",
        f"nn.BatchNorm1d({channels})({x})", f"nn.GroupNorm(1, {channels})({x})",
    ))  # fmt: skip


_EXPRESSIONS = (
    _reshaped, _permuted, _resized, _reduced, _pattern, _contracted, _combined, _indexed, _layered, _created,
    _pattern, _reshaped, _indexed,
)  # fmt: skip


def _expression(p: Program) -> str:
    for _ in range(3):
        with contextlib.suppress(_Unfit):
            return str(p.pick(*_EXPRESSIONS)(p))
    return _created(p)


def _assign(p: Program) -> None:
    target = p.pick(p.fresh(), p.fresh(), p.tensor()[0])
    p.add(f"{target} = {_expression(p)}")


def _integers(p: Program) -> None:
    x, shape = p.tensor()
    rank = len(shape)
    names = [p.fresh("n") for _ in range(rank)]
    n, some = p.fresh("n"), [k for k, v in p.values.items() if type(v) is int and 0 < v < 100 and k[0] == "n"]
    statements = [f"{n} = {x}.ndim", f"{n} = len({x}.shape)", f"{n} = {x}.numel()"]
    if rank:
        statements += [f"{', '.join(names)}{',' * (rank == 1)} = {x}.shape", f"{n} = {x}.size({p.axis(rank)})"]
        statements += [f"*_, {n} = {x}.shape", f"{n} = {x}.shape[{p.axis(rank)}]", f"{n} = len({x})"]
    if some:
        m = p.pick(*some)
        statements += [f"{n} = {m} {p.pick('+', '*', '//', '%', '-')} {p.number(1, 3)}", f"{n} = max({m}, 2)"]
        statements += [f"{m} *= 2", f"{n} = int({m} / 2)", f"{n} = {m} if {m} > 2 else 2"]
    p.add(p.pick(*statements))


def _pieces(p: Program) -> None:
    x, shape = p.tensor()
    if not shape:
        return
    place = p.number(0, len(shape) - 1)
    size, a, b, rest = shape[place], p.fresh(), p.fresh(), p.fresh()
    half = f"{a}, {b} = {x}.{p.pick('chunk(2, ', f'split({max(size // 2, 1)}, ')}dim={place})"
    p.add(p.pick(
        half if size % 2 == 0 or p.number(0, 6) == 0 else f"{a} = {x}.chunk(2, dim={place})[0]",
        f"{a}, {b} = {x}.split([1, {size - 1}], dim={place})", f"{a}, *{rest} = {x}.unbind({place})",
        f"{rest} = [t.sum() for t in {x}.unbind({place})]", f"{a}, {b} = map(lambda t: t + 1, ({x}, {x}[None]))",
        f"{a}, {b} = (t.sum(0) for t in ({x}, {x}[None]))", f"{rest} = torch.split({x}, 2, {place})",
        f"{a}, {rest} = pack([{x}, {x}], \"* {'abcdef'[: p.number(0, 1)]}\")",
        f"{a}, {b} = {x}.max(dim={place})", f"{rest} = [{x}, {x}]\n{a} = torch.stack({rest})",
        f"{rest} = []\n{rest}.append({x})\n{rest}.append({x})\n{a} = torch.cat({rest})",
        f"{rest} = []\nfor i in range(2):\n    {rest}.append({x})\n{a} = torch.stack({rest}, dim={place})",
        f"{x} += 1", f"{x} -= {x}.mean()", f"{a} = {x} if {x}.ndim == 3 else {x}[None]",
    ))  # fmt: skip


def _branched(p: Program) -> None:
    x, shape = p.tensor()
    n, v, same = p.number(1, 4), p.fresh(), p.pick("==", "!=")  # a branch for other shapes may contradict itself
    tests = [f"{x}.ndim {same} {len(shape)}", f"torch.ones(1).sum() {p.pick('<', '>')} 0", f"len({x}.shape) > {n}"]
    tests += [f"{x}.shape[0] {same} {shape[0]}"] if shape else []
    one, other = _expression(p), _expression(p)
    before = p.values
    for each in (one, other):  # both must run, whichever is taken
        trial = Program(p.draw, values=dict(before))
        trial.add(f"{v} = {each}")
        if trial.raises:
            return
    body = f"if {p.pick(*tests)}:\n    {v} = {one}\n"
    p.add(body + p.pick(f"else:\n    {v} = {other}", f"else:\n    {v} = None\n", "    pass"))
    if v not in p.values or not isinstance(p.values[v], torch.Tensor):
        p.values.pop(v, None)


def _looped(p: Program) -> None:
    x, shape = p.tensor()
    v, e = p.fresh(), _expression(p)
    p.add(p.pick(
        f"{v} = {x}\nfor i in range(2):\n    {v} = {v} + 1", f"{v} = {x}\nfor i in range(2):\n    {v} = {v}[None]",
        f"{v} = {x}\nfor i in range(2):\n    {v} = torch.cat([{v}, {v}])", f"for i in range(2):\n    {v} = {e}",
        f"{v} = {x}\nfor i in range(2):\n    if i == 1:\n        break\n    {v} = {v}[None]",
        f"{v} = {x}\nwhile {v}.ndim < 3:\n    {v} = {v}[None]", f"for i, {v} in enumerate([{x}, {x}]):\n    {v} = {v} * i",
        f"for {v} in ({x}, {x}[None]):\n    {v} = {v} * 2", f"for {v} in {x}:\n    {v} = {v} + 1" if shape else "",
        f"{v} = {x}\nfor layer in [nn.ReLU(), nn.Identity()]:\n    {v} = layer({v})",
        f"for i in range(2):\n    try:\n        {v} = {x}[i]\n    except IndexError:\n        {v} = {x}",
    ))  # fmt: skip


def _inner(p: Program, parameter: str, x: str, **further: Any) -> tuple[str, str] | None:
    """The body of a function of one tensor, indented, and a name to return; None where it raises."""
    others = {k: v for k, v in p.values.items() if not isinstance(v, (torch.Tensor, int))}
    inner = Program(p.draw, lines=[], values={parameter: p.values[x], **others, **further}, count=p.count + 1)
    for attribute in further:
        inner.add(f"{inner.fresh()} = {attribute}.layer({parameter}) + {attribute}.weight")
    for _ in range(p.number(1, 3)):
        if not inner.raises:
            p.pick(_assign, _integers, _pieces, _branched, _looped)(inner)
    p.count = inner.count
    found = [*inner.tensors()]
    return None if inner.raises or not found else ("\n".join(inner.lines), str(p.pick(*found[-2:])))


def _function(p: Program) -> None:
    """A function of what it did to one tensor, called with that tensor and others."""
    f, t, (x, _) = p.fresh("f"), p.fresh("t"), p.tensor()
    inner = _inner(p, t, x)
    if inner is None:
        return
    body, result = inner
    guard = p.pick("", f"if {t}.ndim > 4:\n    return {t}\n", f"if {t} is None:\n    return None\n")
    p.add(f"def {f}({t}, k=2):\n{indent(f'{guard}{body}', '    ')}\n    return {result}")
    p.add(f"{p.fresh()} = {f}({x})")
    if p.number(0, 1) and not p.raises:
        p.add(f"{p.fresh()} = {f}({p.tensor()[0]}, k=3)")


def _module(p: Program) -> None:
    """A module with layers for the last length of one tensor."""
    cls, t, (x, shape) = p.fresh("C"), p.fresh("t"), p.tensor()
    if not shape:
        return
    layer = p.pick(
        "nn.Linear(dim, dim)", "nn.LayerNorm(dim)", "nn.Sequential(nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim))"
    )
    init = f"super().__init__()\nself.dim = dim\nself.layer = {layer}\nself.weight = nn.Parameter(torch.zeros(dim))"
    values: dict[str, Any] = {"nn": torch.nn, "torch": torch, "dim": shape[-1]}
    made = SimpleNamespace(dim=shape[-1], layer=eval(layer, values), weight=torch.zeros(shape[-1]))
    inner = _inner(p, t, x, self=made)
    if inner is None:
        return
    body, result = inner
    methods = f"def __init__(self, dim):\n{indent(init, '    ')}\n\ndef forward(self, {t}):\n{indent(body, '    ')}"
    p.add(f"class {cls}(nn.Module):\n{indent(methods, '    ')}\n        return {result}")
    p.add(f"{p.fresh()} = {cls}({p.size(shape[-1])})({x})")
    if p.number(0, 1) and not p.raises:
        p.add(f"{p.fresh()} = {cls}({shape[-1]})({p.tensor()[0]})")


_STATEMENTS = (_assign, _assign, _assign, _assign, _integers, _pieces, _branched, _looped, _function, _module)


@st.composite
def programs(draw: Draw) -> Program:
    p = Program(draw)
    p.add(HEADER)
    p.lines = HEADER.splitlines()
    p.add(f"{p.fresh()} = {_created(p)}")
    for _ in range(p.number(1, 7)):
        if p.raises or not p.tensors():
            break
        with contextlib.suppress(_Unfit):
            p.pick(*_STATEMENTS)(p)
    return p
