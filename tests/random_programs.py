# ruff: noqa: E501 (a table of writings)
"""Random programs: trees of operations, the many ways to write each, and correct transformations of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

Dims = tuple[tuple[str, ...], ...]
_LETTERS = "abcdefghijk"
_POINTWISE = ("neg", "double", "relu", "exp", "square", "half", "inverse", "abs")
_MERGING = (
    "tril",
    "triu",
    "cut",
    "pick",
    "roll",
    "pad",
    "cat",
    "flip",
    "cumsum",
)  # half of the time of merged dimensions
_REDUCTIONS = ("sum", "mean", "amax", "prod")


class Invalid(Exception):
    """The tree denotes nothing."""


@dataclass(frozen=True)
class Node:
    """An operation; `how` holds its numbers."""

    op: str
    args: tuple[Node, ...] = ()
    how: tuple[Any, ...] = ()


@dataclass(frozen=True)
class World:
    """The tensors of a pair."""

    spec: str
    random: random.Random

    @property
    def tensors(self) -> dict[str, Dims]:
        parts = (each.partition(":") for each in self.spec.split(";"))
        return {name.strip(): tuple((size,) for size in sizes.split()) for name, _, sizes in parts}

    def length(self, sizes: Sequence[str]) -> str:
        """The product of sizes as text."""
        return " * ".join(map(self._one, sizes)) or "1"

    def _one(self, size: str) -> str:
        if size.isdigit():
            return size
        places = [(name, k, dims) for name, dims in self.tensors.items() for k, d in enumerate(dims) if d == (size,)]
        if not places:
            raise Invalid
        name, k, dims = self.random.choice(places)
        return self.random.choice((f"{name}.shape[{k}]", f"{name}.shape[{k - len(dims)}]", f"{name}.size({k})"))


def shape_of(node: Node, world: World) -> Dims:
    """The sizes of each dimension. Raises Invalid."""
    if node.op == "tensor":
        return world.tensors[node.how[0]]
    return _SHAPES.get(node.op, _same)(node, [shape_of(a, world) for a in node.args])


def _same(node: Node, shapes: list[Dims]) -> Dims:
    if node.how and not node.how[0] < len(shapes[0]):
        raise Invalid
    return shapes[0]


def _permuted(node: Node, shapes: list[Dims]) -> Dims:
    if sorted(node.how) != list(range(len(shapes[0]))) or not node.how:
        raise Invalid
    return tuple(shapes[0][k] for k in node.how)


def _flat(node: Node, shapes: list[Dims]) -> Dims:
    at, dims = node.how[0], shapes[0]
    if at + 1 >= len(dims):
        raise Invalid
    return (*dims[:at], dims[at] + dims[at + 1], *dims[at + 2 :])


def _split(node: Node, shapes: list[Dims]) -> Dims:
    at, high, low = node.how
    dims = shapes[0]
    if at >= len(dims) or sorted(dims[at]) != sorted(high + low):
        raise Invalid
    return (*dims[:at], high, low, *dims[at + 1 :])


def _without(node: Node, shapes: list[Dims]) -> Dims:
    at, dims = node.how[0], shapes[0]
    if at >= len(dims):
        raise Invalid
    return dims[:at] + dims[at + 1 :]


def _unsqueezed(node: Node, shapes: list[Dims]) -> Dims:
    at, dims = node.how[0], shapes[0]
    if at > len(dims) or len(dims) > 3:
        raise Invalid
    return (*dims[:at], (), *dims[at:])


def _repeated(node: Node, shapes: list[Dims]) -> Dims:
    at, count, inner = node.how
    dims = shapes[0]
    if at >= len(dims):
        raise Invalid
    size = (*dims[at], str(count)) if inner else (str(count), *dims[at])
    return (*dims[:at], size, *dims[at + 1 :])


def _both(node: Node, shapes: list[Dims]) -> Dims:
    a, b = shapes
    wide = []
    if len(a) != len(b):
        raise Invalid
    for p, q in zip(a, b, strict=True):
        if sorted(p) != sorted(q) and p and q and ("1",) not in (p, q):
            raise Invalid
        wide.append(p if p and p != ("1",) else q)
    return tuple(wide)


def _joined(node: Node, shapes: list[Dims]) -> Dims:
    at, (a, b) = node.how[0], shapes
    if a != b or at >= len(a) + (node.op == "stack"):
        raise Invalid
    if node.op == "stack":
        return (*a[:at], ("2",), *a[at:])
    return (*a[:at], ("2", *a[at]), *a[at + 1 :])


def _product(node: Node, shapes: list[Dims]) -> Dims:
    a, b = shapes
    if len(a) < 2 or len(b) != 2 or sorted(a[-1]) != sorted(b[0]):
        raise Invalid
    return (*a[:-1], b[1])


def _diagonal(node: Node, shapes: list[Dims]) -> Dims:
    dims = shapes[0]
    if len(dims) < 2 or dims[0] != dims[1]:
        raise Invalid
    return (*dims[2:], dims[0])


def _triangle(node: Node, shapes: list[Dims]) -> Dims:
    if len(shapes[0]) < 2:
        raise Invalid
    return shapes[0]


def _cut(node: Node, shapes: list[Dims]) -> Dims:
    at, text = node.how
    dims = shapes[0]
    if at >= len(dims):
        raise Invalid
    return (*dims[:at], (f"{''.join(dims[at])}[{text}]",), *dims[at + 1 :])


def _padded(node: Node, shapes: list[Dims]) -> Dims:
    at, before, after = node.how
    dims = shapes[0]
    if at >= len(dims):
        raise Invalid
    return (*dims[:at], (f"{''.join(dims[at])}[{before}+{after}]",), *dims[at + 1 :])


_SHAPES: dict[str, Callable[[Node, list[Dims]], Dims]] = {
    "permute": _permuted, "flatten": _flat, "split": _split, "unsqueeze": _unsqueezed, "repeat": _repeated,
    "add": _both, "sub": _both, "mul": _both, "cat": _joined, "stack": _joined, "matmul": _product,
    "maximum": _both, "diagonal": _diagonal, "cut": _cut, "pick": _without, "pad": _padded, "tril": _triangle, "triu": _triangle,
    **dict.fromkeys(_REDUCTIONS, _without),
}  # fmt: skip


def render(node: Node, world: World) -> str:
    """One of the ways to write a tree."""
    if node.op == "tensor":
        return str(node.how[0])
    texts = [render(a, world) for a in node.args]
    shapes = [shape_of(a, world) for a in node.args]
    return world.random.choice(_writings(node, texts, shapes, world))


def _names(dims: Dims) -> list[str]:
    return list(_LETTERS[: len(dims)])


def _writings(node: Node, e: list[str], shapes: list[Dims], world: World) -> list[str]:
    names, how = _names(shapes[0]), node.how
    spaced = " ".join(names)
    if node.op == "permute":
        out = [names[k] for k in how]
        moved = [k for k, j in enumerate(how) if k != j]
        swaps = [f"{e[0]}.transpose({moved[0]}, {moved[1] - len(how)})"] if len(moved) == 2 else []
        swaps += [f"{e[0]}.mT"] if moved == [len(how) - 2, len(how) - 1] else []
        return [
            *swaps, *([f"{e[0]}.T", f"{e[0]}.t()"] if how == (1, 0) else []), f"torch.permute({e[0]}, {[k - len(how) for k in how]})",
            f"{e[0]}.permute{how if len(how) > 1 else f'({how[0]})'}", f"rearrange({e[0]}, '{spaced} -> {' '.join(out)}')",
            f"torch.einsum('{''.join(names)}->{''.join(out)}', {e[0]})",
            f"torch.movedim({e[0]}, {how}, {tuple(range(len(how)))})",
        ]  # fmt: skip
    if node.op in ("flatten", "split"):
        return _regroupings(node, e[0], shapes[0], world)
    if node.op in (*_REDUCTIONS, "softmax", "cumsum", "flip"):
        return _along(node, e[0], names, shapes[0], world)
    if node.op in _POINTWISE:
        return {
            "neg": [f"(-{e[0]})", f"(0 - {e[0]})", f"({e[0]} * -1)", f"{e[0]}.neg()"],
            "double": [f"({e[0]} * 2)", f"(2 * {e[0]})", f"({e[0]} + {e[0]})"],
            "half": [f"({e[0]} / 2)", f"(0.5 * {e[0]})"], "relu": [f"{e[0]}.relu()", f"F.relu({e[0]})", f"{e[0]}.clamp(min=0)"],
            "exp": [f"{e[0]}.exp()", f"torch.exp({e[0]})"], "square": [f"({e[0]} ** 2)", f"{e[0]}.square()", f"({e[0]} * {e[0]})"],
            "inverse": [f"(1 / {e[0]})", f"{e[0]}.reciprocal()", f"({e[0]} ** -1)"], "abs": [f"{e[0]}.abs()", f"torch.abs({e[0]})"],
        }[node.op]  # fmt: skip
    return _others(node, e, names, shapes, world)


def _regroupings(node: Node, e: str, dims: Dims, world: World) -> list[str]:
    names, at = _names(dims), node.how[0]
    wanted = _SHAPES[node.op](node, [dims])
    lengths = [world.length(sizes) for sizes in wanted]
    shape = ", ".join(lengths)
    found = [f"{e}.reshape({shape})", f"torch.reshape({e}, ({shape},))"]
    if not any("[" in size for sizes in wanted for size in sizes):  # -1 is ambiguous where there is no element
        k = world.random.randrange(len(lengths))
        found.append(f"{e}.reshape({', '.join(['-1' if i == k else length for i, length in enumerate(lengths)])})")
    if node.op == "flatten":
        out = [*names[:at], f"({names[at]} {names[at + 1]})", *names[at + 2 :]]
        return [
            *found,
            f"{e}.flatten({at}, {at + 1})",
            f"{e}.flatten({at - len(dims)}, {at + 1 - len(dims)})",
            f"rearrange({e}, '{' '.join(names)} -> {' '.join(out)}')",
        ]
    high, low = (world.length(sizes) for sizes in node.how[1:])
    left, right = [*names[:at], "(p q)", *names[at + 1 :]], [*names[:at], "p", "q", *names[at + 1 :]]
    arrow = f"'{' '.join(left)} -> {' '.join(right)}'"
    return [
        *found,
        f"{e}.unflatten({at}, ({high}, {low}))",
        f"rearrange({e}, {arrow}, q={low})",
        f"rearrange({e}, {arrow}, p={high})",
    ]


def _along(node: Node, e: str, names: list[str], dims: Dims, world: World) -> list[str]:
    at, op = node.how[0], node.op
    left = [n for k, n in enumerate(names) if k != at]
    einops = f"reduce({e}, '{' '.join(names)} -> {' '.join(left)}', '{op.removeprefix('a')}')"
    back = at - len(dims)
    found = {
        "sum": [f"torch.einsum('{''.join(names)}->{''.join(left)}', {e})", f"{e}.sum(dim=({at},))", einops],
        "mean": [f"{e}.sum({at}) / {e}.shape[{at}]", einops], "amax": [f"{e}.max({at}).values", einops], "prod": [einops],
        "softmax": [f"F.softmax({e}, dim={back})"], "flip": [f"torch.flip({e}, [{at}])", f"{e}.flip(({back},))"],
    }.get(op, [f"{e}.{op}(dim={back})"])  # fmt: skip
    if op in _REDUCTIONS:
        found += [f"torch.{op}({e}, dim={back})", f"{e}.{op}({at}, keepdim=True).squeeze({at})"]
        found += [f"{e}.{op}(({back},), keepdim=True).squeeze({back})", f"{e}.{op}([{back}])"] if op != "prod" else []
    return [f"{e}.{op}({at})", *(f"({f})" for f in found)]


def _others(node: Node, e: list[str], names: list[str], shapes: list[Dims], world: World) -> list[str]:
    how, op = node.how, node.op
    at = how[0] if how else 0
    colons = ":, " * at
    if op in ("add", "sub", "mul"):
        sign = {"add": "+", "sub": "-", "mul": "*"}[op]
        return [f"({e[0]} {sign} {e[1]})", f"torch.{op}({e[0]}, {e[1]})"]
    if op == "maximum":
        return [f"torch.maximum({e[0]}, {e[1]})", f"torch.max({e[0]}, {e[1]})"]
    if op == "unsqueeze":
        return [
            f"{e[0]}.unsqueeze({at})",
            f"torch.unsqueeze({e[0]}, dim={at - len(names) - 1})",
            f"{e[0]}[{colons}None]",
            f"rearrange({e[0]}, '{' '.join(names)} -> {' '.join([*names[:at], '1', *names[at:]])}')",
        ]
    if op == "repeat":
        count, inner = how[1:]
        group = f"({names[at]} r)" if inner else f"(r {names[at]})"
        counts = [str(count) if k == at else "1" for k in range(len(names))]
        plain = f"{e[0]}.repeat_interleave({count}, {at})" if inner else f"{e[0]}.repeat({', '.join(counts)})"
        return [
            plain,
            f"repeat({e[0]}, '{' '.join(names)} -> {' '.join([*names[:at], group, *names[at + 1 :]])}', r={count})",
        ]
    if op in ("cat", "stack"):
        found = [f"torch.{op}([{e[0]}, {e[1]}], {at})", f"torch.{op}(({e[0]}, {e[1]}), dim={at})"]
        out = [*names[:at], f"(z {names[at]})" if op == "cat" else "z", *names[at + (op == "cat") :]]
        return [*found, f"rearrange([{e[0]}, {e[1]}], 'z {' '.join(names)} -> {' '.join(out)}')"]
    if op == "matmul":
        left, kept = "".join(names), "".join(names[:-1])
        return [f"({e[0]} @ {e[1]})", f"torch.einsum('{left},{names[-1]}z->{kept}z', {e[0]}, {e[1]})",
                f"F.linear({e[0]}, {e[1]}.T)", f"torch.tensordot({e[0]}, {e[1]}, 1)", f"({e[0]}.unsqueeze(-1) * {e[1]}).sum(-2)"]  # fmt: skip
    if op in ("tril", "triu"):
        return [f"{e[0]}.{op}({at})", f"torch.{op}({e[0]}, {at})", f"torch.{op}({e[0]}, diagonal={at})"]
    if op == "diagonal":
        return [f"{e[0]}.diagonal(0, 0, 1)", f"torch.einsum('aa...->...a', {e[0]})"]
    if op == "swap":
        return [f"torch.cat({e[0]}.chunk(2, {at})[::-1], {at})"]
    if op == "roll":
        shift, back = how[1], at - len(names)
        halves = {1: (":-1", "-1:"), -1: (":1", "1:")}[shift]
        return [f"{e[0]}.roll({shift}, {at})", f"torch.roll({e[0]}, shifts={shift}, dims={back})", f"torch.roll({e[0]}, ({shift},), ({at},))",
                f"torch.cat([{e[0]}[{colons}{halves[1]}], {e[0]}[{colons}{halves[0]}]], {at})"]  # fmt: skip
    if op == "pad":
        before, after = how[1:]
        skipped = "0, 0, " * (len(names) - 1 - at)
        return [f"F.pad({e[0]}, ({skipped}{before}, {after}))", f"F.pad({e[0]}, [{skipped}{before}, {after}], 'constant', 0.0)",
                f"F.pad(F.pad({e[0]}, ({skipped}0, {after})), ({skipped}{before}, 0), value=0)"]  # fmt: skip
    text = how[1]
    return [f"{e[0]}[{colons}{text}]", f"{e[0]}[{colons}{text}, ...]"]


def grown(world: World, depth: int) -> Node:
    """A random valid tree."""
    while True:
        try:
            node = _grown(world, depth)
            shape_of(node, world)
            render(node, world)
            return node
        except Invalid:
            continue


def _grown(world: World, depth: int) -> Node:
    r = world.random
    if not depth:
        return Node("tensor", how=(r.choice("xyw"),))
    op = r.choice(
        (
            *_SHAPES,
            "permute",
            "permute",
            "permute",
            "flatten",
            "split",
            "softmax",
            "cumsum",
            "flip",
            "roll",
            "pad",
            "swap",
            "tril",
            "triu",
            "pointwise",
            "pointwise",
        )
    )
    one = _grown(world, depth - 1)
    dims = shape_of(one, world)
    if op in _MERGING and len(dims) > 1 and r.random() < 0.5:
        one = Node("flatten", (one,), (r.randrange(len(dims) - 1),))
        if op in ("tril", "triu") and len(dims) == 2:
            one = Node("unsqueeze", (one,), (r.randrange(2),))
        dims = shape_of(one, world)
    at = r.randrange(max(len(dims), 1))
    if op in ("tril", "triu"):
        return Node(op, (one,), (r.choice((-2, -1, -1, 0, 1, 1, 2)),))
    if op == "permute":
        return Node(op, (one,), tuple(r.sample(range(len(dims)), len(dims))))
    if op == "split":
        sizes = dims[at] if dims else ()
        k = r.randrange(len(sizes) + 1)
        return Node(op, (one,), (at, sizes[:k], sizes[k:]))
    if op == "repeat":
        return Node(op, (one,), (at, r.choice((2, 3)), r.random() < 0.5))
    if op == "cut":
        return Node(op, (one,), (at, r.choice(("1:", ":-1", "::2", ":1", ":2", "-2:"))))
    if op == "roll":
        return Node(op, (one,), (at, r.choice((1, -1))))
    if op == "pad":
        return Node(op, (one,), (at, *r.choice(((1, 0), (0, 1), (1, 1), (2, 1), (-1, 1)))))
    if op == "pick":
        return Node(op, (one,), (at, r.choice(("0", "-1", "1"))))
    if op in ("add", "sub", "mul", "cat", "stack", "maximum", "matmul"):
        other = _grown(world, r.randrange(depth)) if r.random() < 0.7 else replace(one)
        return Node(op, (one, other), (at,) if op in ("cat", "stack") else ())
    if op == "diagonal":
        return Node(op, (one,))
    return Node(r.choice(_POINTWISE), (one,)) if op == "pointwise" else Node(op, (one,), (at,))


def transformed(node: Node, world: World) -> Node:
    """An equal tree: a correct transformation at some random places."""
    args = tuple(transformed(a, world) for a in node.args)
    node = replace(node, args=args)
    if world.random.random() < 0.5:
        return node
    choices = list(_equals(node, world))
    return world.random.choice(choices) if choices else node


def _equals(node: Node, world: World) -> Iterator[Node]:
    r, args = world.random, node.args
    dims = shape_of(node, world)
    if dims:
        order = r.sample(range(len(dims)), len(dims))
        yield Node(
            "permute", (Node("permute", (node,), tuple(order)),), tuple(order.index(k) for k in range(len(dims)))
        )
        at = r.randrange(len(dims))
        yield Node("flip", (Node("flip", (node,), (at,)),), (at,))
        yield Node("roll", (Node("roll", (node,), (at, 1)),), (at, -1))
    if len(dims) > 1 and all("[" not in s for d in dims for s in d):
        at = r.randrange(len(dims) - 1)
        yield Node("split", (Node("flatten", (node,), (at,)),), (at, dims[at], dims[at + 1]))
    if node.op in ("add", "mul", "maximum"):
        yield replace(node, args=args[::-1])
    if node.op in ("tril", "triu"):
        yield from _triangles(node, len(dims))
    if node.op == "sub":
        yield Node("add", (args[0], Node("neg", (args[1],))))
    if node.op == "mul" and args[1].op in ("add", "sub") and not _singular(node):
        inner = args[1]
        yield Node(inner.op, (Node("mul", (args[0], inner.args[0])), Node("mul", (args[0], inner.args[1]))))
    if node.op == "permute" and args[0].op in (*_POINTWISE,):
        yield replace(args[0], args=(Node("permute", args[0].args, node.how),))
    if node.op == "permute" and args[0].op in ("add", "sub", "mul", "maximum"):
        yield replace(args[0], args=tuple(Node("permute", (a,), node.how) for a in args[0].args))
    if (
        node.op == "sum"
        and args[0].op in ("add", "sub")
        and shape_of(args[0].args[0], world) == shape_of(args[0].args[1], world)
        and not _singular(node)
    ):
        yield replace(args[0], args=tuple(Node("sum", (a,), node.how) for a in args[0].args))
    if node.op in ("sum", "amax", "prod") and args[0].op == node.op:
        i, j = args[0].how[0], node.how[0]
        yield Node(node.op, (Node(node.op, args[0].args, (j if j < i else j + 1,)),), (i - 1 if j < i else i,))
    if node.op == "matmul" and args[0].op in ("add", "sub") and not _singular(node):
        one, other = (shape_of(a, world) for a in args[0].args)
        if one == other:
            yield replace(args[0], args=tuple(Node("matmul", (a, args[1])) for a in args[0].args))


def _triangles(node: Node, rank: int) -> Iterator[Node]:
    """The opposite triangle of the transpose, and what the opposite triangle leaves."""
    (diagonal,), opposite = node.how, "triu" if node.op == "tril" else "tril"
    turn = (*range(rank - 2), rank - 1, rank - 2)
    yield Node("permute", (Node(opposite, (Node("permute", node.args, turn),), (-diagonal,)),), turn)
    if not _singular(node):
        rest = Node(opposite, node.args, (diagonal + (1 if node.op == "tril" else -1),))
        yield Node("sub", (node.args[0], rest))


def _singular(node: Node) -> bool:
    """Whether something may not be finite, so that sums do not distribute."""
    return node.op in ("inverse", "exp", "prod", "cumsum") or any(map(_singular, node.args))


def has_pole(node: Node) -> bool:
    """Whether 1 / 0 may come up where the sign of the zero depends on how it is computed: `0 - x` or `-x`."""
    return node.op == "inverse" and _computes(node.args[0]) or any(map(has_pole, node.args))


def _computes(node: Node) -> bool:
    arithmetic = (
        "tril",
        "triu",
        *_POINTWISE,
        *_REDUCTIONS,
        "add",
        "sub",
        "mul",
        "maximum",
        "matmul",
        "cumsum",
        "softmax",
    )
    return node.op in arithmetic or any(map(_computes, node.args))


def mutated(node: Node, world: World) -> Node:
    """The tree with one random change; Invalid where none fits."""
    places = list(_places(node))
    for _ in range(20):
        path = world.random.choice(places)
        try:
            changed = _replaced(node, path, _changed(_at(node, path), world))
            if changed != node:
                shape_of(changed, world)
                render(changed, world)
                return changed
        except Invalid:
            continue
    raise Invalid


def _changed(node: Node, world: World) -> Node:
    r, how = world.random, node.how
    dims = shape_of(node.args[0], world) if node.args else ()
    kind = r.randrange(4)
    if node.op == "tensor":
        return Node("tensor", how=(r.choice("xyw"),)) if kind else _turned(node, world)
    if kind == 0:
        return _turned(node, world)
    if (
        kind == 1
        and len(node.args) == 1
        and node.op
        in ("permute", "flip", "roll", "neg", "double", "half", "relu", "swap", "square", "abs", "tril", "triu")
    ):
        return node.args[0]
    if node.op == "permute":
        return replace(node, how=tuple(r.sample(range(len(dims)), len(dims))))
    if node.op == "split":
        return replace(node, how=(how[0], how[2], how[1]))
    if node.op == "repeat":
        return replace(node, how=(r.choice((how[0], r.randrange(len(dims)))), how[1], not how[2]))
    if node.op in ("cut", "pick"):
        texts = ("1:", ":-1", "::2", ":1", ":2", "-2:", "1::2") if node.op == "cut" else ("0", "-1", "1", "-2")
        return replace(node, how=(r.randrange(len(dims)) if kind == 2 else how[0], r.choice(texts)))
    if node.op in ("tril", "triu"):
        return replace(node, op=r.choice(("tril", "triu")), how=(node.how[0] + r.choice((-1, 0, 1)),))
    if node.op == "roll" and kind == 2:
        return replace(node, how=(how[0], -how[1]))
    if node.op == "pad" and kind == 2:
        return replace(node, how=(how[0], *r.choice(((1, 0), (0, 1), (1, 1), (2, 1), (-1, 1)))))
    if node.op in ("sub", "cat", "stack", "matmul") and kind == 2:
        return replace(node, args=node.args[::-1])
    if node.op in ("add", "sub", "mul", "maximum"):
        return replace(node, op=r.choice(("add", "sub", "mul", "maximum")))
    if node.op in _REDUCTIONS and kind == 2:
        return replace(node, op=r.choice(_REDUCTIONS))
    if node.op in _POINTWISE:
        return replace(node, op=r.choice(_POINTWISE))
    return replace(node, how=(r.randrange(max(len(dims), 1)), *how[1:])) if how else _turned(node, world)


def _turned(node: Node, world: World) -> Node:
    dims = shape_of(node, world)
    if not dims:
        raise Invalid
    order = tuple(world.random.sample(range(len(dims)), len(dims)))
    return Node("permute", (node,), order) if world.random.random() < 0.7 else Node("flip", (node,), (order[0],))


def _places(node: Node) -> Iterator[tuple[int, ...]]:
    yield ()
    for k, each in enumerate(node.args):
        yield from ((k, *path) for path in _places(each))


def _at(node: Node, path: tuple[int, ...]) -> Node:
    return _at(node.args[path[0]], path[1:]) if path else node


def _replaced(node: Node, path: tuple[int, ...], new: Node) -> Node:
    if not path:
        return new
    args = tuple(_replaced(a, path[1:], new) if k == path[0] else a for k, a in enumerate(node.args))
    return replace(node, args=args)
