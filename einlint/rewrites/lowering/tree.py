"""Emitted code as a tree that is printed once, parenthesised only where Python needs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias


class Precedence(IntEnum):
    """How tightly an expression holds together; one of a lower value needs parentheses inside a higher one."""

    CONDITIONAL = 0
    SUM = 1
    PRODUCT = 2
    SIGN = 3
    PRIMARY = 4
    """Names, numbers, calls, subscripts, attributes and everything in brackets."""


_OPERATORS = {"+": Precedence.SUM, "-": Precedence.SUM, **dict.fromkeys(("*", "@", "//"), Precedence.PRODUCT)}


@dataclass(frozen=True)
class Name:
    """An operand or a length that the caller names."""

    text: str


@dataclass(frozen=True)
class Number:
    value: int


@dataclass(frozen=True)
class Attribute:
    value: Node
    name: str


@dataclass(frozen=True)
class Call:
    """A function `torch.stack` or, with a receiver, a method."""

    function: str
    args: tuple[Argument, ...]
    receiver: Node | None = None


@dataclass(frozen=True)
class Keyword:
    """`name=value`; a value that is a constant such as `True` is text."""

    name: str
    value: Node | str


@dataclass(frozen=True)
class Operation:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Index:
    """`x[:, None]`; an item is a node, a slice, or text that stands for itself: `:`, `...`, `None`."""

    value: Node
    items: tuple[Node | Slice | str, ...]


@dataclass(frozen=True)
class Slice:
    start: int | None
    stop: int | Node | None
    step: Node | None = None


@dataclass(frozen=True)
class Items:
    """A tuple `(a, b)` or, with other brackets, a list `[a, b]`."""

    items: tuple[Node | Star, ...]
    brackets: str = "()"


@dataclass(frozen=True)
class Dictionary:
    """A dictionary whose keys are texts."""

    items: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Comprehension:
    """`[element for variables in iterable]`."""

    element: Node
    variables: tuple[Name, ...]
    iterable: Node


@dataclass(frozen=True)
class Conditional:
    """`chosen if left > right else other`."""

    chosen: Node
    left: Node
    right: Node
    other: Node


@dataclass(frozen=True)
class Star:
    """`*value`, among arguments or in a sequence."""

    value: Node


Node: TypeAlias = (
    "Name | Number | Attribute | Call | Operation | Index | Items | Dictionary | Comprehension | Conditional"
)
Argument: TypeAlias = "Node | Star | Keyword"
Part: TypeAlias = "Argument | Slice | str"


def method(receiver: Node, name: str, *args: Argument | int) -> Call:
    """`receiver.name(args)`; integers become numbers."""
    return Call(name, _arguments(args), receiver)


def function(name: str, *args: Argument | int) -> Call:
    """`name(args)`, where `name` is dotted: `torch.stack`."""
    return Call(name, _arguments(args))


def numbers(values: Sequence[int]) -> Node:
    """One number by itself, several as a tuple."""
    return Number(values[0]) if len(values) == 1 else Items(tuple(map(Number, values)))


def _arguments(args: Sequence[Argument | int]) -> tuple[Argument, ...]:
    return tuple(Number(arg) if isinstance(arg, int) else arg for arg in args)


def precedence(node: Part) -> Precedence:
    """The precedence of the printed node."""
    if isinstance(node, Operation):
        return _OPERATORS[node.operator]
    if isinstance(node, Conditional):
        return Precedence.CONDITIONAL
    if isinstance(node, Number) and node.value < 0:
        return Precedence.SIGN
    return Precedence.PRIMARY


def text(node: Part) -> str:
    """The code of a node."""
    match node:
        case str():
            return node
        case Name(text=name):
            return name
        case Number(value=value):
            return str(value)
        case Attribute(value=value, name=name):
            return f"{_within(value, Precedence.PRIMARY)}.{name}"
        case Call(function=name, args=args, receiver=receiver):
            prefix = "" if receiver is None else f"{_within(receiver, Precedence.PRIMARY)}."
            return f"{prefix}{name}({', '.join(map(text, args))})"
        case Keyword(name=name, value=value):
            return f"{name}={text(value)}"
        case Operation(operator=operator, left=left, right=right):
            own = _OPERATORS[operator]
            mixes = isinstance(left, Operation) and left.operator != operator and _OPERATORS[left.operator] == own
            first = f"({text(left)})" if mixes else _within(left, own)
            return f"{first} {operator} {_within(right, Precedence(own + 1))}"
        case Index(value=value, items=items):
            return f"{_within(value, Precedence.PRIMARY)}[{', '.join(map(text, items))}]"
        case Slice(start=start, stop=stop, step=step):
            return f"{_end(start)}:{_end(stop)}" + ("" if step is None else f":{text(step)}")
        case Comprehension(element=element, variables=variables, iterable=iterable):
            return f"[{text(element)} for {', '.join(map(text, variables))} in {text(iterable)}]"
        case Conditional(chosen=chosen, left=left, right=right, other=other):
            test = f"{_within(left, Precedence.SUM)} > {_within(right, Precedence.SUM)}"
            return f"{_within(chosen, Precedence.SUM)} if {test} else {text(other)}"
        case Star(value=value):
            return f"*{text(value)}"
        case Dictionary(items=pairs):
            return "{" + ", ".join(f'"{key}": {text(value)}' for key, value in pairs) + "}"
        case Items(items=items, brackets=brackets):
            comma = "," if len(items) == 1 and brackets == "()" else ""
            return f"{brackets[0]}{', '.join(map(text, items))}{comma}{brackets[1]}"


def _end(end: int | Node | None) -> str:
    return "" if end is None else str(end) if isinstance(end, int) else text(end)


def _within(node: Node, least: Precedence) -> str:
    return text(node) if precedence(node) >= least else f"({text(node)})"


def parts(node: Part) -> Sequence[Part]:
    """The nodes inside a node, in the order of evaluation."""
    match node:
        case Call(args=args, receiver=receiver):
            return args if receiver is None else (receiver, *args)
        case Operation(left=left, right=right):
            return left, right
        case Index(value=value, items=items):
            return value, *items
        case Attribute(value=value) | Keyword(value=value) | Star(value=value):
            return (value,)
        case Items(items=items):
            return items
        case Slice(stop=stop, step=step):
            return [end for end in (stop, step) if end is not None and not isinstance(end, int)]
        case Comprehension(element=element, iterable=iterable):
            return iterable, element
        case Dictionary(items=pairs):
            return [value for _, value in pairs]
        case Conditional(chosen=chosen, left=left, right=right, other=other):
            return left, right, chosen, other
    return ()


def names(node: Part) -> Iterator[str]:
    """The names that the code reads, in the order of evaluation, with repetitions."""
    if isinstance(node, Name):
        yield node.text
    own = {name.text for name in node.variables} if isinstance(node, Comprehension) else set()
    for part in parts(node):
        yield from (name for name in names(part) if name not in own)


def modules(node: Part) -> Iterator[str]:
    """The modules whose functions and constants the code reads: `torch`, `F`, `np`, `math`."""
    if isinstance(node, Call) and node.receiver is None and "." in node.function:
        yield node.function.partition(".")[0]
    for part in parts(node):
        yield from modules(part)


def effort(node: Part) -> int:
    """How many calls, subscripts and operators the code has; an order of many dimensions takes two to read."""
    steps = isinstance(node, (Call, Index, Operation)) or (isinstance(node, Attribute) and node.name != "shape")
    reorders = isinstance(node, Call) and node.function in ("permute", "movedim")
    return steps + reorders + sum(map(effort, parts(node)))
