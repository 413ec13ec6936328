"""Calls with their arguments bound, and the patterns that each can have."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator

import einops
import einops.array_api
import einops.layers.torch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.callables import CALLABLES
from einlint.calls import Call, CallFinder, Reading, dialect_of
from einlint.patterns.dialects import Dialect
from einlint.patterns.model import Axis
from einlint.source import Source, parse

IMPORTS = """\
import functools
import einops.layers.flax
import jax.numpy as jnp
import numpy as np
import opt_einsum
import tensorflow as tf
import torch
from einops import *
from einops.layers.torch import *
"""


def finder_of(text: str) -> CallFinder:
    source = parse(IMPORTS + text, "module.py")
    assert isinstance(source, Source)
    return CallFinder(source, {})


def last_call(text: str) -> Call:
    return finder_of(text).calls()[-1]


def readings(text: str) -> list[Reading]:
    """The readings of the last call."""
    finder = finder_of(text)
    return finder.readings(finder.calls()[-1])


def shown(node: ast.expr | None) -> str | None:
    return None if node is None else ast.unparse(node)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        pytest.param("rearrange()", {}, id="nothing"),
        pytest.param("rearrange(x, p)", {"tensor": "x", "pattern": "p"}, id="positional"),
        pytest.param("rearrange(x, pattern=p)", {"tensor": "x", "pattern": "p"}, id="one keyword"),
        pytest.param("rearrange(pattern=p, tensor=x)", {"tensor": "x", "pattern": "p"}, id="keywords in any order"),
        pytest.param("rearrange(x, **k, pattern=p)", {"tensor": "x", "pattern": "p"}, id="a keyword after others"),
        pytest.param("rearrange(x, *a, p)", {"tensor": "x"}, id="positional after starred"),
        pytest.param("rearrange(*a, pattern=p)", {"pattern": "p"}, id="a keyword after starred"),
        pytest.param("reduce(x, p, 'mean')", {"tensor": "x", "pattern": "p", "reduction": "'mean'"}, id="three"),
        pytest.param("unpack(x, s, p)", {"tensor": "x", "packed_shapes": "s", "pattern": "p"}, id="unpack"),
        pytest.param("pack(pattern=p, tensors=x)", {"tensors": "x", "pattern": "p"}, id="pack"),
        pytest.param("parse_shape(x, p)", {"x": "x", "pattern": "p"}, id="parse_shape"),
        pytest.param("Reduce(p, 'max')", {"pattern": "p", "reduction": "'max'"}, id="a layer"),
        pytest.param(
            "EinMix(p, 'c d', 'd')", {"pattern": "p", "weight_shape": "'c d'", "bias_shape": "'d'"}, id="EinMix"
        ),
        pytest.param("einsum(x, y, p)", {"pattern": "p"}, id="einops.einsum has its pattern last"),
        pytest.param("einsum(*a, p)", {"pattern": "p"}, id="einops.einsum after starred"),
        pytest.param("einsum(x, *a)", {}, id="einops.einsum with starred last"),
        pytest.param("torch.einsum(p, x, y)", {"equation": "p"}, id="an equation stands first"),
    ],
)
def test_arguments_are_bound_to_parameters(text: str, arguments: dict[str, str]) -> None:
    assert {name: shown(node) for name, node in last_call(text).arguments.items()} == arguments


@pytest.mark.parametrize(
    ("text", "operands", "known"),
    [
        pytest.param("torch.einsum(p)", [], True, id="none"),
        pytest.param("torch.einsum(p, x, y)", ["x", "y"], True, id="after the equation"),
        pytest.param("torch.einsum(p, [x, y])", ["[x, y]"], True, id="a list"),
        pytest.param("torch.einsum(p, *a)", [], False, id="starred"),
        pytest.param("torch.einsum(p, x, *a, y)", ["x", "y"], False, id="around starred ones"),
        pytest.param("torch.einsum(*a, x)", ["x"], False, id="after a starred equation"),
        pytest.param("einsum(x, y, p)", ["x", "y"], True, id="before the pattern"),
        pytest.param("einsum(x, *a, p)", ["x"], False, id="before the pattern, starred"),
        pytest.param("einsum(x, *a)", ["x"], False, id="before a starred pattern"),
    ],
)
def test_operands(text: str, operands: list[str], known: bool) -> None:
    call = last_call(text)
    assert ([ast.unparse(node) for node in call.operands], call.operands_known) == (operands, known)


@pytest.mark.parametrize(
    ("text", "lengths", "known"),
    [
        pytest.param("rearrange(x, p)", {}, True, id="none"),
        pytest.param("rearrange(x, p, h=2, w=3)", {"h": "2", "w": "3"}, True, id="keywords"),
        pytest.param("rearrange(t, p, x=2)", {"x": "2"}, True, id="an axis called x"),
        pytest.param("rearrange(x, p, equation=2, out=3)", {"equation": "2", "out": "3"}, True, id="axes of any name"),
        pytest.param("rearrange(x, p, reduction=2)", {"reduction": "2"}, True, id="an axis called reduction"),
        pytest.param("rearrange(x, p, sizes=2)", {"sizes": "2"}, True, id="an axis called sizes"),
        pytest.param("rearrange(x, p, h=2, **k)", {"h": "2"}, False, id="unknown ones"),
        pytest.param("rearrange(x, p, **({'h': 2} if c else {}))", {}, False, id="conditional ones"),
        pytest.param("EinMix(p, 'c d', c=2, d=3)", {"c": "2", "d": "3"}, True, id="of EinMix"),
        pytest.param("einops.layers.flax.Rearrange(p)", {}, True, id="none of a flax layer"),
        pytest.param("einops.layers.flax.Rearrange(p, sizes={'h': 2})", {"h": "2"}, True, id="of a flax layer"),
        pytest.param("einops.layers.flax.Rearrange(p, {'h': 2})", {"h": "2"}, True, id="of a flax layer by position"),
        pytest.param("einops.layers.flax.Rearrange(p, {'h': 2, **k})", {"h": "2"}, False, id="some of a flax layer"),
        pytest.param("einops.layers.flax.Rearrange(p, sizes)", {}, False, id="unknown ones of a flax layer"),
        pytest.param("einops.layers.flax.Rearrange(p, dict(h=2))", {}, False, id="a call for a flax layer"),
    ],
)
def test_lengths(text: str, lengths: dict[str, str], known: bool) -> None:
    call = last_call(text)
    assert ({name: ast.unparse(length.value) for name, length in call.lengths.items()}, call.lengths_known) == (
        lengths,
        known,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x, p, x=2)", id="any length"),
        pytest.param("rearrange(*a, x, y, z)", id="unknown positional arguments"),
        pytest.param("np.einsum(p, x, out=y, optimize=True, dtype=d, order='C', casting='safe')", id="of numpy"),
        pytest.param("jnp.einsum(p, x, precision='high', preferred_element_type=d)", id="of jax"),
        pytest.param(
            "opt_einsum.contract(p, x, optimize='greedy', backend='torch', use_blas=True)", id="of opt_einsum"
        ),
        pytest.param("tf.einsum(p, x, name='n')", id="of tensorflow"),
        pytest.param("einops.layers.flax.Rearrange(p, name='n', parent=None)", id="of flax"),
        pytest.param("torch.einsum(p, x, **k)", id="unknown ones"),
    ],
)
def test_arguments_are_taken(text: str) -> None:
    assert last_call(text).misuse == []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param("rearrange(x, p, y, z)", "y", "takes 2 positional arguments, 4 are given", id="positional"),
        pytest.param("rearrange(x, p, tensor=y)", "tensor=y", "gets `tensor` twice", id="twice"),
        pytest.param("pack(x, p, h=2)", "h=2", "takes no argument `h`", id="a length"),
        pytest.param(
            "einsum(x, pattern=p)", "pattern=p", "takes no argument `pattern`", id="no keyword in einops.einsum"
        ),
        pytest.param("torch.einsum(p, x, out=y)", "out=y", "takes no argument `out`", id="a keyword of numpy"),
        pytest.param(
            "torch.einsum(equation=p)", "equation=p", "takes no argument `equation`", id="the equation by keyword"
        ),
        pytest.param("einops.layers.flax.Rearrange(p, h=2)", "h=2", "takes no argument `h`", id="a length of flax"),
    ],
)
def test_arguments_that_are_not_taken(text: str, place: str, message: str) -> None:
    ((node, reason),) = last_call(text).misuse
    assert ast.unparse(node) == place
    assert message in reason


FUNCTIONS: list[tuple[str, Callable[..., object]]] = [
    *((f"einops.{name}", getattr(einops, name)) for name in einops.__all__ if f"einops.{name}" in CALLABLES),
    *(
        (f"einops.array_api.{name}", getattr(einops.array_api, name))
        for name in ("rearrange", "reduce", "pack", "unpack")
    ),
    *(
        (f"einops.layers.torch.{name}", getattr(einops.layers.torch, name))
        for name in ("Rearrange", "Reduce", "EinMix")
    ),
]


@pytest.mark.parametrize(("name", "function"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_signatures_are_those_of_einops(name: str, function: Callable[..., object]) -> None:
    signature = CALLABLES[name].signature
    parameters = list(inspect.signature(function).parameters.values())
    named = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert tuple(p.name for p in named) == signature.parameters
    assert sum(p.default is p.empty for p in named) == signature.required
    assert any(p.kind is p.VAR_POSITIONAL for p in parameters) == signature.operands
    assert any(p.kind is p.VAR_KEYWORD for p in parameters) == signature.lengths


PARTIAL = "f = functools.partial(rearrange, pattern='a (b c) -> a b c')\n"


@pytest.mark.parametrize(
    ("text", "pattern", "lengths", "complete"),
    [
        pytest.param("functools.partial(rearrange, h=2)", None, ["h"], False, id="a partial alone"),
        pytest.param(PARTIAL + "f(x)", "'a (b c) -> a b c'", [], True, id="a completed partial"),
        pytest.param(PARTIAL + "f(x, b=2)", "'a (b c) -> a b c'", ["b"], True, id="with a length"),
        pytest.param(PARTIAL + "f(x, pattern='a -> a')", "'a -> a'", [], True, id="with another pattern"),
        pytest.param(PARTIAL + "f(*x)", "'a (b c) -> a b c'", [], False, id="with unknown arguments"),
        pytest.param("f = functools.partial(rearrange, x)\nf('a -> a')", "'a -> a'", [], True, id="of the tensor"),
        pytest.param("f = functools.partial(Rearrange, 'a -> a')\nf()", "'a -> a'", [], True, id="of a layer"),
        pytest.param("f = functools.partial(torch.einsum, 'a->a')\nf(x)", "'a->a'", [], True, id="of an equation"),
        pytest.param(
            "f = functools.partial(einsum, x)\nf(y, 'a, b -> a')", "'a, b -> a'", [], True, id="of einops.einsum"
        ),
    ],
)
def test_partial(text: str, pattern: str | None, lengths: list[str], complete: bool) -> None:
    call = last_call(text)
    assert (shown(call.pattern_node), list(call.lengths), call.complete) == (pattern, lengths, complete)


def test_the_pattern_of_a_partial_is_read_where_that_stands() -> None:
    text = "P = 'a -> a'\nf = functools.partial(rearrange, pattern=P)\ndef g(x, P='b'):\n  P = 'c'\n  return f(x)"
    assert [reading.pattern.text for reading in readings(text)] == ["a -> a"]


def test_the_reduction_of_a_partial_is_read_where_that_stands() -> None:
    text = "R = 'mean'\nf = functools.partial(reduce, reduction=R)\ndef g(x):\n  R = 'c'\n  return f(x, 'a -> a')"
    assert [reduction.value for reduction in last_call(text).reductions] == ["mean"]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param("np.einsum(2, [], x, [0])", None, id="a number is an operand"),
        pytest.param("np.einsum(b'ij->ji', x)", None, id="numpy takes bytes"),
        pytest.param("np.einsum(b'ij->ji', x, optimize=True)", "b'ij->ji'", id="its other parser does not"),
        pytest.param("torch.einsum(b'ij->ji', x)", "b'ij->ji'", id="torch does not"),
        pytest.param("torch.einsum(2)", "2", id="a number alone"),
        pytest.param("np.einsum(x, [0])", "x", id="a name may be either"),
    ],
)
def test_what_an_einsum_begins_with(text: str, pattern: str | None) -> None:
    assert shown(last_call(text).pattern_node) == pattern


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x, p)", id="an unknown pattern"),
        pytest.param("rearrange(x)", id="no pattern"),
        pytest.param("asnumpy(x)", id="a function without patterns"),
        pytest.param("torch.einsum(p, x)", id="an unknown equation"),
        pytest.param("torch.einsum(p, [x, y])", id="an unknown equation of a list"),
        pytest.param("np.einsum(x, [0, 1], y, s)", id="a sublist that is a variable"),
        pytest.param("np.einsum(x, [0, n])", id="a sublist that holds a variable"),
        pytest.param("np.einsum(x, [0, 1.5])", id="a list of other numbers"),
        pytest.param("np.einsum(x, [0, True])", id="a list of truth values"),
        pytest.param("np.einsum(x, [0, 1], *a)", id="unknown operands"),
        pytest.param("np.einsum(p, [[1, 2]], [[3]])", id="arrays that are written out"),
        pytest.param("np.einsum(p, [1, 2], [3, 4])", id="vectors that are written out"),
    ],
)
def test_an_unknown_pattern_has_no_reading(text: str) -> None:
    assert readings(text) == []


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        pytest.param("np.einsum(x, [0, 1], y, [1, 2], [0, 2])", ["0 1", "1 2"], "0 2", id="with an output"),
        pytest.param("np.einsum(x, [0, 1], y, [1, 2])", ["0 1", "1 2"], "0 2", id="with an implied output"),
        pytest.param("np.einsum(x, (0, ...), [...])", ["0 ..."], "...", id="with an ellipsis"),
        pytest.param("torch.einsum(x, [])", [""], "", id="of a scalar"),
    ],
)
def test_sublists(text: str, inputs: list[str], output: str) -> None:
    (reading,) = readings(text)
    assert reading.sublists
    assert reading.pattern.output is not None
    names = [" ".join(axis.name for axis in side.axes) for side in (*reading.pattern.inputs, reading.pattern.output)]
    assert names == [*inputs, output]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        pytest.param("torch.einsum(p, x)", Dialect.TORCH, id="torch"),
        pytest.param("np.einsum(p, x)", Dialect.NUMPY, id="numpy"),
        pytest.param("np.einsum(p, x, optimize=False)", Dialect.NUMPY, id="numpy, optimize off"),
        pytest.param("np.einsum(p, x, optimize=True)", Dialect.NUMPY_OPTIMIZED, id="numpy, optimize on"),
        pytest.param("np.einsum(p, x, optimize='greedy')", Dialect.NUMPY_OPTIMIZED, id="numpy, optimize by name"),
        pytest.param("np.einsum(p, x, optimize=['einsum_path', (0, 1)])", Dialect.NUMPY_OPTIMIZED, id="numpy, a path"),
        pytest.param("jnp.einsum(p, x, optimize=False)", Dialect.JAX, id="jax"),
    ],
)
def test_dialect(text: str, dialect: Dialect) -> None:
    assert dialect_of(last_call(text)) is dialect


@pytest.mark.parametrize(
    "equation", [pytest.param("i…->i", id="numpy only with optimize"), pytest.param("i\0->i", id="without")]
)
@pytest.mark.parametrize("given", ["optimize=o", "**k"])
def test_an_unknown_optimize_takes_what_either_parser_takes(equation: str, given: str) -> None:
    known = [readings(f"np.einsum({equation!r}, x, optimize={o})")[0].pattern.valid for o in (True, False)]
    (reading,) = readings(f"np.einsum({equation!r}, x, {given})")
    assert reading.pattern.valid == any(known)


def test_calls_that_a_test_expects_to_fail_are_left_out() -> None:
    text = (
        "with pytest.raises(E):\n  rearrange(x, 'a')\n@pytest.mark.xfail\ndef f(): rearrange(x, 'b')\nrearrange(x, 'c')"
    )
    assert [shown(call.pattern_node) for call in finder_of(text).calls()] == ["'c'"]


def test_calls_come_in_the_order_of_the_file() -> None:
    text = "rearrange(rearrange(x, 'b'), 'a')\ndef f():\n  def g(): rearrange(x, 'c')\n  rearrange(x, 'd')"
    assert "".join(str(shown(call.pattern_node))[1] for call in finder_of(text).calls()) == "abcd"


def axes(reading: Reading) -> Iterator[tuple[str, Axis]]:
    """Every axis of the patterns of a reading with what stands in the file at its span."""
    lines = reading.call.source.lines
    for shape in reading.shapes:
        for side in (*shape.pattern.inputs, *filter(None, [shape.pattern.output])):
            for axis in side.axes:
                (row, column), (last, end) = shape.text.span(reading.call.source, axis.start, axis.end)
                assert row == last
                yield lines[row - 1][column - 1 : end - 1], axis


WAYS = st.sampled_from(
    ["'{}'", '"{}"', "r'{}'", "'''{}'''", "('' '{}')", "(  # it's\n    '{}'\n  )", "u'' \\\n  \"{}\""]
)
NAMES = st.sampled_from(["a", "b1", "h_w", "é", "宽", "𝔘"])


@given(
    st.lists(NAMES, min_size=1, unique=True),
    WAYS,
    st.sampled_from(["", "é = ", "f(𝔘)\n\f", "if x:\n\t"]),
    st.booleans(),
)
def test_axes_stand_where_their_spans_say(names: list[str], way: str, before: str, windows: bool) -> None:
    literal = way.format(f"{' '.join(names)} -> ({' '.join(names[::-1])})")
    text = f"{IMPORTS}{before}rearrange(x, {literal})\n"
    source = parse(text.replace("\n", "\r\n") if windows else text, "module.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    found = [pair for reading in finder.readings(finder.calls()[-1]) for pair in axes(reading)]
    assert [axis.name for _, axis in found] == [*names, *names[::-1]]
    assert all(written == axis.name for written, axis in found)


def test_the_axes_of_weights_stand_where_their_spans_say() -> None:
    (reading,) = readings("EinMix('b c -> b d', weight_shape='c d',\n  bias_shape='d', c=1, d=2)")
    assert [written for written, _ in axes(reading)] == ["b", "c", "b", "d", "c", "d", "d"]
