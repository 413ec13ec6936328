"""The equation parser against the libraries: a problem if and only if the library rejects every shape.

Without `EINLINT_EXAMPLES` the examples are few and always the same ones. By hand, 200,000 fresh ones for each test:
`EINLINT_EXAMPLES=200000 pytest tests/patterns/test_equations_differential.py`. jax and tensorflow take part, with one
example in twenty, where they are installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import opt_einsum
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from einlint.patterns.equations import Dialect, operand_problem, parse_equation, parse_sublists
from einlint.patterns.model import ELLIPSIS, Expression, Pattern

Shape = tuple[int, ...]
Einsum = Callable[..., Any]
Sublist = list[Any]

GIVEN = os.environ.get("EINLINT_EXAMPLES")
EXAMPLES = int(GIVEN or 1000)
SIZES = (2, 3, 5, 7)
ELLIPSIS_SIZES = (4, 6)


def torch_einsum(*arguments: Any) -> Any:
    with torch.backends.opt_einsum.flags(enabled=False):
        return torch.einsum(*with_ones(arguments, torch.ones))


def torch_einsum_with_opt_einsum(*arguments: Any) -> Any:
    with torch.backends.opt_einsum.flags(enabled=True):
        return torch.einsum(*with_ones(arguments, torch.ones))


def numpy_einsum(*arguments: Any) -> Any:
    return np.einsum(*with_ones(arguments, np.ones))


def numpy_einsum_optimized(*arguments: Any) -> Any:
    return np.einsum(*with_ones(arguments, np.ones), optimize=True)


def opt_einsum_contract(*arguments: Any) -> Any:
    return opt_einsum.contract(*with_ones(arguments, np.ones))


def jax_einsum(*arguments: Any) -> Any:
    """Traced only: compiling each example would take a hundred times as long."""
    jax = importlib.import_module("jax")

    def call(*operands: Any) -> Any:
        left = iter(operands)
        return jax.numpy.einsum(*with_ones(arguments, lambda _: next(left)))

    return jax.eval_shape(call, *(jax.ShapeDtypeStruct(a, "float32") for a in arguments if isinstance(a, tuple)))


def tensorflow_einsum(*arguments: Any) -> Any:
    tensorflow = importlib.import_module("tensorflow")
    return tensorflow.einsum(*with_ones(arguments, tensorflow.ones))


def with_ones(arguments: Sequence[Any], ones: Callable[[Shape], Any]) -> list[Any]:
    """The arguments of einsum with tensors in place of shapes, which are the tuples among them."""
    return [ones(a) if isinstance(a, tuple) else a for a in arguments]


def outcome(einsum: Einsum, *arguments: Any) -> Shape | None:
    """The shape that the library returns, None if it raises."""
    try:
        return tuple(np.shape(einsum(*arguments)))
    except Exception:
        return None


PINNED = [
    pytest.param(Dialect.TORCH, torch_einsum, 1, id="torch"),
    pytest.param(Dialect.NUMPY, numpy_einsum, 1, id="numpy"),
    pytest.param(Dialect.NUMPY_OPTIMIZED, numpy_einsum_optimized, 1, id="numpy with optimize"),
    pytest.param(Dialect.OPT_EINSUM, opt_einsum_contract, 1, id="opt_einsum"),
]


def any_einsum(*arguments: Any) -> Any:
    """What the first of torch, numpy and opt_einsum returns that does not raise."""
    results = (outcome(einsum, *arguments) for einsum in (torch_einsum, numpy_einsum, opt_einsum_contract))
    return np.ones(next(shape for shape in results if shape is not None))


PINNED = [
    pytest.param(Dialect.TORCH, torch_einsum, id="torch"),
    pytest.param(Dialect.NUMPY, numpy_einsum, id="numpy"),
    pytest.param(Dialect.NUMPY_OPTIMIZED, numpy_einsum_optimized, id="numpy with optimize"),
    pytest.param(Dialect.OPT_EINSUM, opt_einsum_contract, id="opt_einsum"),
    pytest.param(Dialect.GENERIC, any_einsum, id="unknown library"),
]


def where_installed(dialect: Dialect, module: str, einsum: Einsum) -> Any:
    absent = importlib.util.find_spec(module) is None
    return pytest.param(dialect, einsum, id=module, marks=pytest.mark.skipif(absent, reason=f"needs {module}"))


JAX = where_installed(Dialect.JAX, "jax", jax_einsum)
TENSORFLOW = where_installed(Dialect.TENSORFLOW, "tensorflow", tensorflow_einsum)


def examples(share: float = 1) -> settings:
    return settings(
        max_examples=max(1, int(EXAMPLES * share)),
        derandomize=GIVEN is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Texts: of the grammar, of the grammar with a few characters changed, of its tokens, of characters.

CHARACTERS = "aAijk01 .,->…_é\n\t()\0"
FRAGMENTS = ["->", "- >", "- ", ELLIPSIS, ". ..", ".. .", "......", ".", ",", " ", *CHARACTERS]


@st.composite
def operands(draw: st.DrawFn, labels: str) -> str:
    letters = draw(st.text(labels, max_size=4))
    at = draw(st.integers(0, 3 * len(letters) + 3))
    return letters[:at] + ELLIPSIS + letters[at:] if at <= len(letters) else letters


@st.composite
def equations(draw: st.DrawFn) -> str:
    labels = draw(st.sampled_from(["ij", "aBc", "abcijAI", "a1é"]))
    inputs = draw(st.lists(operands(labels), min_size=1, max_size=4))
    left = draw(st.sampled_from([",", ", ", " ,"])).join(inputs)
    if draw(st.integers(0, 3)) == 0:
        return left
    used = sorted(set("".join(inputs)) - {"."})
    output = draw(st.permutations(used))[: draw(st.integers(0, 4))]
    if draw(st.integers(0, 3)) == 0:
        output.append(draw(st.sampled_from([*used, "i", "I", ",", ELLIPSIS])))
    if ELLIPSIS in left or draw(st.integers(0, 9)) == 0:
        output.insert(draw(st.integers(0, len(output))), ELLIPSIS)
    return left + draw(st.sampled_from(["->", " -> "])) + draw(st.sampled_from(["", " "])).join(output)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(equations())
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *FRAGMENTS])) + text[at + draw(st.integers(0, 2)) :]
    return text


def tokens() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(["i", "j", "A", "i", "j", *FRAGMENTS[:10]]), max_size=10).map("".join)


TEXTS = st.one_of(equations(), mutated(), mutated(), tokens(), st.text(CHARACTERS, max_size=12))


# Shapes: those that fit a valid pattern, or a broad set of them.


def fitting(pattern: Pattern, rank: int) -> tuple[list[Shape], Shape]:
    """Shapes of operands and result where the ellipsis covers so many dimensions, fewer of every other operand."""
    names = sorted({axis.name for e in pattern.inputs for axis in e.axes} - {ELLIPSIS})
    sizes = {name: SIZES[i] if i < len(SIZES) else 1 for i, name in enumerate(names)}

    def shape(expression: Expression, covered: Shape) -> Shape:
        return sum((covered if axis.is_ellipsis else (sizes[axis.name],) for axis in expression.axes), ())

    first = next((i for i, e in enumerate(pattern.inputs) if e.ellipsis), None)
    covered = () if first is None else ELLIPSIS_SIZES[:rank]
    inputs = [shape(e, covered[(i - (first or 0)) % 2 :]) for i, e in enumerate(pattern.inputs)]
    return inputs, shape(pattern.output, covered) if pattern.output else ()


def many_shapes(most: Sequence[int]) -> Iterator[list[Shape]]:
    """Shapes of operands with at most so many dimensions: each rank of a lone operand, four of several."""
    fewest = [max(0, rank - 4) if len(most) > 1 else 0 for rank in most]
    for ranks in product(*(range(low, high + 1) for low, high in zip(fewest, most, strict=True))):
        yield [(1,) * rank for rank in ranks]
        if sum(ranks) < 9:
            yield [(2,) * rank for rank in ranks]


def shapes_for(text: str, count: int) -> Iterator[list[Shape]]:
    lengths = [len(piece.replace(" ", "")) + 1 for piece in text.split(",")]
    return many_shapes((lengths + [2] * count)[:count])


def counts_for(text: str) -> set[int]:
    """Operand counts that the text can stand for, whichever of its parts is read as the inputs."""
    return {min(part.count(",") + 1, 4) for part in (text, text.partition("->")[0], text.partition("\0")[0])}


def agrees_that_valid(pattern: Pattern, call: Callable[[list[Shape]], Shape | None]) -> None:
    written = sum(axis.is_ellipsis for axis in pattern.output.axes) if pattern.output else 0
    for rank in range(3):
        shapes, expected = fitting(pattern, rank)
        result = call(shapes)
        if rank == 0 or written == 1:
            assert result == expected, (shapes, result, expected)
        else:
            assert result in (None, expected), (shapes, result, expected)


def check_text(dialect: Dialect, einsum: Einsum, text: str) -> None:
    pattern = parse_equation(text, dialect)
    if pattern.valid:
        agrees_that_valid(pattern, lambda shapes: outcome(einsum, text, *shapes))
        return
    for count in counts_for(text):
        passing = next((s for s in shapes_for(text, count) if outcome(einsum, text, *s) is not None), None)
        assert passing is None, (pattern.problems, passing)


@pytest.mark.parametrize(("dialect", "einsum"), PINNED)
@examples()
@given(text=TEXTS)
def test_equations_have_a_problem_if_and_only_if_no_shape_passes(dialect: Dialect, einsum: Einsum, text: str) -> None:
    check_text(dialect, einsum, text)


@pytest.mark.parametrize(("dialect", "einsum"), [JAX])
@examples(0.05)
@given(text=TEXTS)
def test_equations_of_jax_have_a_problem_if_and_only_if_no_shape_passes(
    dialect: Dialect, einsum: Einsum, text: str
) -> None:
    check_text(dialect, einsum, text)


@pytest.mark.parametrize(("dialect", "einsum"), [TENSORFLOW])
@examples(0.05)
@given(text=TEXTS.filter(lambda text: not text.endswith("\n") and not repeats_ellipsis(text)))
def test_equations_of_tensorflow_have_a_problem_if_and_only_if_no_shape_passes(
    dialect: Dialect, einsum: Einsum, text: str
) -> None:
    """But for a line break at the end, which aborts the process, and two ellipses, which act by accident."""
    check_text(dialect, einsum, text)


def repeats_ellipsis(text: str) -> bool:
    return any(piece.count(ELLIPSIS) > 1 for piece in text.replace(" ", "").partition("->")[0].split(","))


@examples(0.25)
@given(text=TEXTS)
def test_what_torch_rejects_it_rejects_with_opt_einsum_too(text: str) -> None:
    if not parse_equation(text, Dialect.TORCH).valid:
        check_text(Dialect.TORCH, torch_einsum_with_opt_einsum, text)


@pytest.mark.parametrize(("dialect", "einsum"), [*PINNED, JAX, TENSORFLOW])
@examples(0.05)
@given(text=equations(), count=st.integers(0, 4))
def test_any_other_number_of_operands_is_rejected(dialect: Dialect, einsum: Einsum, text: str, count: int) -> None:
    pattern = parse_equation(text, dialect)
    assume(pattern.valid)
    if count == len(pattern.inputs):
        assert operand_problem(pattern, count, dialect) is None
    else:
        assert operand_problem(pattern, count, dialect) is not None
        assert all(outcome(einsum, text, *shapes) is None for shapes in shapes_for(text, count))


AXES = st.sampled_from([*[0, 1, 2, 25, 26, 51, ...] * 4, 52, 300, -1, -51, -52, -53])
SUBLISTS = st.lists(st.lists(AXES, max_size=4), min_size=1, max_size=3)
OUTPUT = st.none() | st.lists(AXES, max_size=3)


@pytest.mark.parametrize(("dialect", "einsum"), PINNED)
@examples()
@given(inputs=SUBLISTS, output=OUTPUT)
def test_sublists_have_a_problem_if_and_only_if_no_shape_passes(
    dialect: Dialect, einsum: Einsum, inputs: list[Sublist], output: Sublist | None
) -> None:
    check_sublists(dialect, einsum, inputs, output)


@pytest.mark.parametrize(("dialect", "einsum"), [JAX])
@examples(0.05)
@given(inputs=SUBLISTS, output=OUTPUT)
def test_sublists_of_jax_have_a_problem_if_and_only_if_no_shape_passes(
    dialect: Dialect, einsum: Einsum, inputs: list[Sublist], output: Sublist | None
) -> None:
    check_sublists(dialect, einsum, inputs, output)


def check_sublists(dialect: Dialect, einsum: Einsum, inputs: list[Sublist], output: Sublist | None) -> None:
    pattern = parse_sublists([numbers(i) for i in inputs], None if output is None else numbers(output), dialect)

    def call(shapes: list[Shape]) -> Shape | None:
        pairs = [part for pair in zip(shapes, inputs, strict=True) for part in pair]
        return outcome(einsum, *pairs, *([] if output is None else [output]))

    if pattern.valid:
        agrees_that_valid(pattern, call)
    else:
        assert all(call(shapes) is None for shapes in many_shapes([len(i) + 1 for i in inputs]))


def numbers(sublist: Sublist) -> list[int | None]:
    return [None if axis is ... else axis for axis in sublist]


@pytest.mark.parametrize("last", [*([0] * n for n in range(9, 15)), *([..., *[0] * n] for n in range(6, 12))])
@pytest.mark.parametrize("output", [None, [], [0], [...]])
def test_numpy_limits_the_length_of_sublists(last: Sublist, output: Sublist | None) -> None:
    inputs = [*[list(range(10))] * 22, last]
    pattern = parse_sublists([numbers(i) for i in inputs], None if output is None else numbers(output), Dialect.NUMPY)
    pairs = [part for i in inputs for part in ((1,) * sum(axis is not ... for axis in i), i)]
    passes = outcome(numpy_einsum, *pairs, *([] if output is None else [output])) is not None
    assert pattern.valid is passes


@pytest.mark.parametrize("count", [62, 63, 64, 65])
@pytest.mark.parametrize(("dialect", "einsum"), [PINNED[0], PINNED[1]])
def test_numpy_limits_the_number_of_operands(dialect: Dialect, einsum: Einsum, count: int) -> None:
    text = ",".join("i" * count)
    problem = operand_problem(parse_equation(text, dialect), count, dialect)
    assert (problem is None) is (outcome(einsum, text, *[(2,)] * count) is not None)


@pytest.mark.parametrize("count", [63, 64, 65, 66])
@pytest.mark.parametrize(("dialect", "einsum"), PINNED[:3])
def test_numpy_limits_the_number_of_dimensions(dialect: Dialect, einsum: Einsum, count: int) -> None:
    text = "i" * count + "->i"
    assert parse_equation(text, dialect).valid is (outcome(einsum, text, (1,) * count) is not None)
