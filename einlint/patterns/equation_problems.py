"""Why an einsum equation is rejected for tensors of every shape.

What passes for some shape is no problem: `numpy.einsum` refuses `...a->a` only where the ellipsis covers a dimension.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einlint.lazily import regex
from einlint.patterns.dialects import LETTERS, Dialect
from einlint.patterns.model import ELLIPSIS, Axis, Expression, Label, Pattern, Problem

ARROW = "->"
_WORD = regex(r"\w{2,}")
_TWO_WORDS = regex(r"\w +\w")
_ABOUT_LABELS = frozenset({"invalid-label", "repeated-output-label", "unknown-output-label"})
_NUMPY_DIMENSIONS = 64
_NUMPY_OPERANDS = 63
_NUMPY_SUBLISTS_LENGTH = 255


def operand_problem(pattern: Pattern, count: int, dialect: Dialect) -> Problem | None:
    """Why the library rejects a call that passes so many operands to a valid pattern."""
    inputs = pattern.inputs
    if count != len(inputs):
        wrong = inputs[count:] or inputs
        expected, passed = _counted(len(inputs), "input"), _counted(count, "operand")
        message = f"the equation has {expected}, but the call passes {passed}"
        return Problem("operand-count", wrong[0].start, wrong[-1].end, message)
    if count > _NUMPY_OPERANDS and dialect is Dialect.NUMPY:
        message = f"`{dialect.function}` takes at most {_NUMPY_OPERANDS} operands, not {count}"
        return Problem("operand-count", inputs[_NUMPY_OPERANDS].start, inputs[-1].end, message)
    return None


def spelling_problems(tokens: Sequence[Label], dialect: Dialect) -> tuple[Problem, ...]:
    """Tokens that have no place in an equation, the first for each rule."""
    first: dict[str, Problem] = {}
    after_arrow = False
    for token in tokens:
        if token.name not in LETTERS and (fault := _fault(token.name, after_arrow, dialect)):
            first.setdefault(fault[0], Problem(fault[0], token.start, token.end, fault[1]))
        after_arrow |= token.name == ARROW
    return tuple(first.values())


def _fault(token: str, after_arrow: bool, dialect: Dialect) -> tuple[str, str] | None:
    """Rule and sentence, if this token has no place there."""
    if token == ELLIPSIS or (token in (ARROW, ",") and not after_arrow):
        return None
    if token == ARROW:
        return "multiple-arrows", "the equation has a second `->`, it takes one"
    if token == ",":
        return "invalid-label", f"`,` stands in the output, but `{dialect.function}` returns one tensor"
    if token[0] == ".":
        return "misplaced-ellipsis", f"`{token}` is not an ellipsis: dots stand only in `...`"
    if token in ARROW:
        return "invalid-label", f"`{token}` stands alone: it is only part of the arrow `->`"
    if dialect.takes_any_label:
        return None
    hint = ", did you mean `...`?" if token == "…" else ""
    return "invalid-label", f"`{dialect.function}` takes only letters as labels, not `{_shown(token)}`{hint}"


def _shown(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def number_problems(sublists: Sequence[Expression], dialect: Dialect) -> tuple[Problem, ...]:
    """The first axis whose number the library does not take."""
    numbers = dialect.numbers
    if numbers is None:
        return ()
    axes = (axis for expression in sublists for axis in expression.axes if not axis.is_ellipsis)
    wrong = next((axis for axis in axes if int(axis.name) not in numbers), None)
    if wrong is None:
        return ()
    message = f"`{dialect.function}` takes the axis numbers {numbers[0]} to {numbers[-1]}, not `{wrong.name}`"
    return (Problem("invalid-label", wrong.start, wrong.end, message),)


def sublists_length_problems(sublists: Sequence[Expression], explicit: bool, dialect: Dialect) -> tuple[Problem, ...]:
    """`numpy.einsum` writes sublists as an equation of limited length."""
    separators = len(sublists) - 1 + explicit  # `->` is one longer than `,`
    length = sum(3 if axis.is_ellipsis else 1 for e in sublists for axis in e.axes) + separators
    if length <= _NUMPY_SUBLISTS_LENGTH or dialect is not Dialect.NUMPY:
        return ()
    message = (
        f"`{dialect.function}` takes sublists that make an equation of at most {_NUMPY_SUBLISTS_LENGTH} characters, "
        f"these make {length}"
    )
    return (Problem("too-many-labels", sublists[0].start, sublists[-1].end, message),)


def structure_problems(inputs: Sequence[Expression], output: Expression, dialect: Dialect) -> tuple[Problem, ...]:
    """What is wrong with expressions of valid labels."""
    return (
        *_ellipsis_problems(inputs, output, dialect),
        *_dimension_problems(inputs, dialect),
        *_output_problems(inputs, output),
    )


def _ellipsis_problems(inputs: Sequence[Expression], output: Expression, dialect: Dialect) -> Iterator[Problem]:
    tensorflow = dialect is Dialect.TENSORFLOW
    for expression in inputs if not tensorflow or len(inputs) > 2 else ():
        yield from _second_ellipsis(expression, "one operand")
    if not dialect.repeats_output_ellipsis:
        yield from _second_ellipsis(output, "the output")
    if tensorflow and len(inputs) > 2 and output.ellipsis and not any(e.ellipsis for e in inputs):
        message = f"`{dialect.function}` of {len(inputs)} operands takes `...` in the output only if an input has it"
        yield Problem("misplaced-ellipsis", output.ellipsis.start, output.ellipsis.end, message)


def _second_ellipsis(expression: Expression, what: str) -> Iterator[Problem]:
    ellipses = [axis for axis in expression.axes if axis.is_ellipsis]
    if len(ellipses) > 1:
        message = f"{what} has {len(ellipses)} ellipses, it takes one"
        yield Problem("misplaced-ellipsis", ellipses[1].start, ellipses[1].end, message)


def _dimension_problems(inputs: Sequence[Expression], dialect: Dialect) -> Iterator[Problem]:
    if dialect not in (Dialect.NUMPY, Dialect.NUMPY_OPTIMIZED):
        return
    for expression in inputs:
        count = sum(not axis.is_ellipsis for axis in expression.axes)
        if count > _NUMPY_DIMENSIONS:
            message = f"one operand has {count} labels, an array of numpy has at most {_NUMPY_DIMENSIONS} dimensions"
            yield Problem("too-many-labels", expression.start, expression.end, message)


def _output_problems(inputs: Sequence[Expression], output: Expression) -> Iterator[Problem]:
    """Each label of the output that no input has, or that occurs twice, once."""
    known = {axis.name for expression in inputs for axis in expression.axes}
    places: dict[str, list[Axis]] = {}
    for axis in output.axes:
        if not axis.is_ellipsis:
            places.setdefault(axis.name, []).append(axis)
    for name, (first, *others) in places.items():
        if name not in known:
            other = name.swapcase()
            hint = f", did you mean `{other}`?" if other in known and other not in places else ""
            message = f"output label `{_shown(name)}` is in no input of the equation{hint}"
            yield Problem("unknown-output-label", first.start, first.end, message)
        elif others:
            message = f"label `{_shown(name)}` occurs {len(others) + 1} times in the output, it may occur once"
            yield Problem("repeated-output-label", others[0].start, others[0].end, message)


def words_problem(text: str, problem: Problem, dialect: Dialect) -> tuple[Problem, ...]:
    """The problem with what it comes from, where axes are named by words as in einops: `batch i, i -> batch`."""
    word = next((w for w in _WORD.finditer(text) if w.start() <= problem.start < w.end()), None)
    if word is None or problem.rule not in _ABOUT_LABELS or not _TWO_WORDS.search(text):
        return ()
    reason = f"`{dialect.function}` reads `{word[0]}` letter by letter, `einops.einsum` takes words"
    return (Problem("invalid-label", *word.span(), f"{problem.message}: {reason}"),)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
