from __future__ import annotations

import pytest

from einlint.verification.expressions import Refused, numbers, parse

ALLOWED = (
    "x",
    "x @ y.T",
    "rearrange(x, 'b n -> n b')",
    "torch.nn.functional.pad(x, (0, 1))",
    "F.linear(x, y) if x.shape[0] > 1 else x[:, None]",
    "torch.cat([t * 2 for t in (x, y) if t.ndim == 2])",
    "(x.add_(1), x)[1]",
    "x.max(1).values",
    "rearrange(x, p, **{'h': 2})".replace("p,", "'b (h w) -> b h w',"),
    "torch.nn.Flatten(0)(x)",
    "x.sum() > 0 and not (x < 3).all() or 1 <= x.ndim < 3",
    "x.expand(*y.shape)",
    "x.to(torch.float32)",
)


@pytest.mark.parametrize("text", ALLOWED)
def test_ordinary_expressions_are_read(text: str) -> None:
    assert parse(text, ["x", "y"]).text == text


def test_a_tensor_hides_a_module_of_its_name() -> None:
    assert parse("F.sum()", ["F"]).read == {"F"}


def test_numbers_are_folded() -> None:
    found = {number for _, number in numbers(parse("x[:2**6] + -3 * x.sum(1 + 1)", ["x"]))}
    assert {64, -3, 2} <= found


def test_numbers_in_patterns_count() -> None:
    assert 7 in {number for _, number in numbers(parse("rearrange(x, '(a 7) -> a 7')", ["x"]))}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x +", "does not parse"),
        ("z", "the name `z` is not known"),
        ("x.foo", "`.foo` is not in the table"),
        ("x.sum(out=y)", "`out=` is not allowed"),
        ("2 ** 64", "exponent"),
        (f"x + {2**63}", "2**63"),
        (f"rearrange(x, {'a' * 1024!r})", "too long"),
        ("+".join(["x"] * 300), "nested more than|nodes"),
        ("[[y for y in x] for x in x]", "inside a comprehension"),
        ("torch.float32(x)", "not a function in the table"),
        ("torch.sum", "not a value"),
        ("rearrange", "`rearrange` is not a value"),
        ("x + " * 5000 + "x", "characters long"),
        ("x\0", "null byte"),
        ("-" * 150 + "x", "nested more than"),
        ("lambda: x", "is not allowed"),
        ("x == b'ab'", "bytes are not allowed"),
        ("rearrange(x, **{y: 2})", "keys of a dict must be constants"),
        ("[x async for y in x]", "asynchronous"),
        ("[x for y[0] in x]", "only names may be bound"),
        ("EinMix('b i -> b o', weight_shape='i o', i=1, o=1)(x)", "weights are random"),
    ],
)
def test_refusals_say_why(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason.replace("**", r"\*\*")):
        parse(text, ["x", "y"])
