"""einsum equations: what is valid, where each problem stands, and where the libraries part ways."""

from __future__ import annotations

import pytest

from einlint.patterns.equations import Dialect, operand_problem, parse_equation, parse_sublists
from einlint.patterns.model import Expression, Pattern

EVERY = list(Dialect)
LETTERS_ONLY = [Dialect.TORCH, Dialect.NUMPY, Dialect.NUMPY_OPTIMIZED, Dialect.TENSORFLOW]
ANY_LABEL = [Dialect.JAX, Dialect.OPT_EINSUM, Dialect.GENERIC]


def names(expression: Expression | None) -> list[str]:
    assert expression is not None
    return [axis.name for axis in expression.axes]


def spots(pattern: Pattern) -> list[tuple[str, str]]:
    """The rule and the marked text of each problem."""
    return [(p.rule, pattern.text[p.start : p.end]) for p in pattern.problems]


def spans(pattern: Pattern) -> list[tuple[str, int, int]]:
    return [(p.rule, p.start, p.end) for p in pattern.problems]


@pytest.mark.parametrize("dialect", EVERY)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("bij,bjk->bik", id="a batched matrix product"),
        pytest.param(" b i , b i -> b ", id="spaces between labels"),
        pytest.param("bhqk", id="no arrow"),
        pytest.param("", id="an empty text stands for a scalar"),
        pytest.param(",->", id="scalars and no label at all"),
        pytest.param("ii->i", id="a diagonal"),
        pytest.param("...ij,...jk->...ik", id="ellipses"),
        pytest.param("...i->i", id="a dropped ellipsis passes where it covers nothing"),
        pytest.param("i,j->...ij", id="an ellipsis of the output only passes and covers nothing"),
        pytest.param("bI,bi->Ib", id="labels that differ in case"),
        pytest.param("batch i, batch j -> batch i j", id="words whose letters happen to differ"),
    ],
)
def test_no_problem(text: str, dialect: Dialect) -> None:
    assert parse_equation(text, dialect).valid


@pytest.mark.parametrize(
    ("text", "output"),
    [
        pytest.param("bij,bjk->kb", ["k", "b"], id="written"),
        pytest.param("bj,ja", ["a", "b"], id="labels that occur once are sorted"),
        pytest.param("bA", ["A", "b"], id="upper case sorts first"),
        pytest.param("ii", [], id="a repeated label is summed"),
        pytest.param("b...a,...b", ["...", "a"], id="the ellipsis comes first"),
        pytest.param("ab->", [], id="nothing is written after the arrow"),
    ],
)
def test_output(text: str, output: list[str]) -> None:
    pattern = parse_equation(text, Dialect.TORCH)
    assert names(pattern.output) == output
    assert pattern.implicit is ("->" not in text)


def test_axes_carry_their_place_in_the_text() -> None:
    pattern = parse_equation("b ij, ...j -> b...", Dialect.TORCH)
    assert pattern.output is not None
    assert [[(a.name, a.start, a.end) for a in e.axes] for e in (*pattern.inputs, pattern.output)] == [
        [("b", 0, 1), ("i", 2, 3), ("j", 3, 4)],
        [("...", 6, 9), ("j", 9, 10)],
        [("b", 14, 15), ("...", 15, 18)],
    ]
    assert [(e.start, e.end) for e in (*pattern.inputs, pattern.output)] == [(0, 4), (5, 11), (13, 18)]


def test_axes_of_an_implied_output_carry_their_first_use() -> None:
    output = parse_equation("b...j,...ja", Dialect.TORCH).output
    assert output is not None
    assert [(a.name, a.start) for a in output.axes] == [("...", 1), ("a", 10), ("b", 0)]
    assert (output.start, output.end) == (11, 11)


@pytest.mark.parametrize("dialect", ANY_LABEL)
def test_a_digit_is_a_name(dialect: Dialect) -> None:
    pattern = parse_equation("bsd,3dkh->bs3kh", dialect)
    assert pattern.valid and "3" in pattern.inputs[1].identifiers


@pytest.mark.parametrize("dialect", EVERY)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ij->ik", [("unknown-output-label", 5, 6)], id="a label that no input has"),
        pytest.param("ij->kll", [("unknown-output-label", 4, 5), ("unknown-output-label", 5, 6)], id="each one once"),
        pytest.param("ij->iji", [("repeated-output-label", 6, 7)], id="a label twice in the output"),
        pytest.param("ij->iiik", [("repeated-output-label", 5, 6), ("unknown-output-label", 7, 8)], id="two mistakes"),
        pytest.param("ij->i->j", [("multiple-arrows", 5, 7)], id="two arrows"),
        pytest.param("ij->i,j", [("invalid-label", 5, 6)], id="two outputs"),
        pytest.param("ij-i", [("invalid-label", 2, 3)], id="half an arrow"),
        pytest.param("ij>i", [("invalid-label", 2, 3)], id="the other half"),
        pytest.param("i..->i", [("misplaced-ellipsis", 1, 3)], id="two dots"),
        pytest.param("....i->i", [("misplaced-ellipsis", 3, 4)], id="four dots"),
        pytest.param("i->.i", [("misplaced-ellipsis", 3, 4)], id="a dot in the output"),
        pytest.param("i,...j...,k->ik", [("misplaced-ellipsis", 6, 9)], id="two ellipses in one operand"),
    ],
)
def test_problems_of_every_library(text: str, expected: list[tuple[str, int, int]], dialect: Dialect) -> None:
    assert spans(parse_equation(text, dialect)) == expected


LABEL, ELLIPSIS = "invalid-label", "misplaced-ellipsis"


@pytest.mark.parametrize(
    ("text", "rejected_by", "spot"),
    [
        pytest.param("b1->b", LETTERS_ONLY, (LABEL, "1"), id="a digit"),
        pytest.param("bé->b", LETTERS_ONLY, (LABEL, "é"), id="a letter that is not ASCII"),
        pytest.param("b\n->b", LETTERS_ONLY, (LABEL, "\n"), id="a line break"),
        pytest.param("b…->…", LETTERS_ONLY, (LABEL, "…"), id="an ellipsis that is one character"),
        pytest.param("b(hw)->bh", LETTERS_ONLY, (LABEL, "("), id="a bracket"),
        pytest.param("b - > b", [Dialect.TORCH, Dialect.NUMPY], (LABEL, "-"), id="a space inside the arrow"),
        pytest.param(
            "b. ..->b", [Dialect.TORCH, Dialect.NUMPY, Dialect.TENSORFLOW], (ELLIPSIS, "."), id="a space inside dots"
        ),
        pytest.param("b. ..->b...", [Dialect.TORCH, Dialect.NUMPY], (ELLIPSIS, "."), id="and whole dots elsewhere"),
        pytest.param(
            "b->...b...",
            [Dialect.TORCH, Dialect.NUMPY, Dialect.TENSORFLOW],
            (ELLIPSIS, "..."),
            id="two ellipses in the output",
        ),
        pytest.param(
            "i,j,k->...", [Dialect.TENSORFLOW], (ELLIPSIS, "..."), id="three operands and an ellipsis of none"
        ),
        pytest.param(
            "...i...->i",
            [d for d in EVERY if d is not Dialect.TENSORFLOW],
            (ELLIPSIS, "..."),
            id="two ellipses in one of two operands",
        ),
        pytest.param(
            "i\0j->i", [d for d in LETTERS_ONLY if d is not Dialect.NUMPY], (LABEL, "\0"), id="the end of a C string"
        ),
        pytest.param("i\0é->i", LETTERS_ONLY, (LABEL, "\0"), id="a null character in a text that C does not get"),
        pytest.param("i" * 65, [Dialect.NUMPY, Dialect.NUMPY_OPTIMIZED], ("too-many-labels", "i" * 65), id="65 labels"),
    ],
)
def test_problems_of_some_libraries(text: str, rejected_by: list[Dialect], spot: tuple[str, str]) -> None:
    assert {d: spots(parse_equation(text, d)) for d in EVERY} == {d: [spot] if d in rejected_by else [] for d in EVERY}


def test_numpy_reads_no_further_than_a_null_character() -> None:
    assert names(parse_equation("ij\0->kk", Dialect.NUMPY).output) == ["i", "j"]


def test_tensorflow_counts_ellipses_for_an_implied_output() -> None:
    assert names(parse_equation("...i,j", Dialect.TENSORFLOW).output) == ["...", "i", "j"]
    assert names(parse_equation("...i,...j", Dialect.TENSORFLOW).output) == ["i", "j"]


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        pytest.param(
            "batch seq, batch head -> batch seq head",
            "head",
            "label `a` occurs 2 times",
            id="letters of two words are the same",
        ),
        pytest.param("b seq_len -> b", "seq_len", "takes only letters as labels, not `_`", id="an underscore"),
        pytest.param("b h1 -> b", "h1", "takes only letters as labels, not `1`", id="a digit"),
        pytest.param("b seq -> b len", "len", "output label `l` is in no input", id="a word that no input has"),
    ],
)
def test_words_as_axis_names(text: str, word: str, message: str) -> None:
    pattern = parse_equation(text, Dialect.TORCH)
    assert spots(pattern) == [("invalid-label", word)]
    assert message in pattern.problems[0].message
    assert f"`torch.einsum` reads `{word}` letter by letter, `einops.einsum` takes words" in pattern.problems[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("b1", "`torch.einsum` takes only letters as labels, not `1`", id="which characters are labels"),
        pytest.param("b\t", "`torch.einsum` takes only letters as labels, not `\\t`", id="an escape shows white space"),
        pytest.param(
            "b…", "`torch.einsum` takes only letters as labels, not `…`, did you mean `...`?", id="the dots it takes"
        ),
        pytest.param(
            "bi->bI", "output label `I` is in no input of the equation, did you mean `i`?", id="the other case"
        ),
        pytest.param("bi,I->biK", "output label `K` is in no input of the equation", id="no suggestion"),
        pytest.param("ij=>i", "`torch.einsum` takes only letters as labels, not `=`", id="another arrow"),
        pytest.param("i->iii", "label `i` occurs 3 times in the output, it may occur once", id="how often"),
        pytest.param("......i", "one operand has 2 ellipses, it takes one", id="how many ellipses"),
    ],
)
def test_message(text: str, message: str) -> None:
    assert [p.message for p in parse_equation(text, Dialect.TORCH).problems] == [message]


@pytest.mark.parametrize("dialect", EVERY)
@pytest.mark.parametrize(
    ("text", "count", "span", "message"),
    [
        pytest.param("ij,jk", 1, (3, 5), "the equation has 2 inputs, but the call passes 1 operand", id="too few"),
        pytest.param("ij", 3, (0, 2), "the equation has 1 input, but the call passes 3 operands", id="too many"),
        pytest.param("i,j,k->", 0, (0, 5), "the equation has 3 inputs, but the call passes 0 operands", id="none"),
    ],
)
def test_operand_count(text: str, count: int, span: tuple[int, int], message: str, dialect: Dialect) -> None:
    problem = operand_problem(parse_equation(text, dialect), count, dialect)
    assert problem is not None
    assert (problem.rule, (problem.start, problem.end), problem.message) == ("operand-count", span, message)


@pytest.mark.parametrize("dialect", EVERY)
def test_as_many_operands_as_inputs(dialect: Dialect) -> None:
    assert operand_problem(parse_equation("ij,,jk->", dialect), 3, dialect) is None


def test_numpy_takes_fewer_than_64_operands() -> None:
    pattern = parse_equation(",".join("i" * 64), Dialect.NUMPY)
    problem = operand_problem(pattern, 64, Dialect.NUMPY)
    assert problem is not None and problem.message == "`numpy.einsum` takes at most 63 operands, not 64"
    assert pattern.text[problem.start :] == "i"
    assert operand_problem(pattern, 64, Dialect.NUMPY_OPTIMIZED) is None


@pytest.mark.parametrize("dialect", EVERY)
def test_sublists_are_placed_by_the_ordinal_of_their_elements(dialect: Dialect) -> None:
    pattern = parse_sublists([[None, 0, 17], [17, 2]], [2, None, 0], dialect)
    assert pattern.valid and not pattern.implicit and pattern.output is not None
    assert [[(a.name, a.start) for a in e.axes] for e in (*pattern.inputs, pattern.output)] == [
        [("...", 0), ("0", 1), ("17", 2)],
        [("17", 3), ("2", 4)],
        [("2", 5), ("...", 6), ("0", 7)],
    ]
    assert pattern.inputs[0].identifiers == {"0", "17", "…"}


@pytest.mark.parametrize("dialect", EVERY)
def test_an_implied_output_of_sublists_is_sorted_by_number(dialect: Dialect) -> None:
    pattern = parse_sublists([[10, 9, 0], [0, 2]], None, dialect)
    assert names(pattern.output) == ["2", "9", "10"] and pattern.implicit


@pytest.mark.parametrize("dialect", EVERY)
def test_problems_of_sublists(dialect: Dialect) -> None:
    assert spans(parse_sublists([[0, 1]], [0, 2], dialect)) == [("unknown-output-label", 3, 4)]
    assert spans(parse_sublists([[0], [1]], [0, 0], dialect)) == [("repeated-output-label", 3, 4)]
    assert spans(parse_sublists([[0], [None, None], []], [0], dialect)) == [("misplaced-ellipsis", 2, 3)]


@pytest.mark.parametrize(
    ("number", "rejected_by"),
    [
        pytest.param(51, [], id="the last letter"),
        pytest.param(52, [Dialect.TORCH, Dialect.NUMPY, Dialect.NUMPY_OPTIMIZED], id="one more"),
        pytest.param(-1, [Dialect.TORCH, Dialect.NUMPY], id="a negative number"),
        pytest.param(-53, [Dialect.TORCH, Dialect.NUMPY, Dialect.NUMPY_OPTIMIZED], id="a very negative number"),
    ],
)
def test_numbers_of_sublists(number: int, rejected_by: list[Dialect]) -> None:
    found = {d: spans(parse_sublists([[0, number]], None, d)) for d in EVERY}
    assert found == {d: [("invalid-label", 1, 2)] if d in rejected_by else [] for d in EVERY}


def test_numpy_with_optimize_counts_negative_numbers_from_the_end() -> None:
    assert names(parse_sublists([[-1, 0]], None, Dialect.NUMPY_OPTIMIZED).output) == ["0", "51"]
    assert names(parse_sublists([[-1, 0]], None, Dialect.JAX).output) == ["-1", "0"]


def test_numpy_limits_the_length_of_sublists() -> None:
    assert parse_sublists([[0] * 10] * 23, [0], Dialect.NUMPY).valid
    long = parse_sublists([[0] * 10] * 24, [0], Dialect.NUMPY)
    assert [(p.rule, p.message) for p in long.problems] == [
        (
            "too-many-labels",
            "`numpy.einsum` takes sublists that make an equation of at most 255 characters, these make 266",
        )
    ]
