"""einops notation: `b (h w) c -> b c h w`, `i j, j k -> i k`, `b * c`.

Follows `einops.parsing.ParsedExpression` and its callers at einops 0.8.2, with offsets and
without exceptions.
"""

from __future__ import annotations

import re
from functools import lru_cache

from einlint.lazily import regex
from einlint.patterns.model import ELLIPSIS, UNICODE_ELLIPSIS, Axis, Expression, Group, Pattern, Problem

_TOKEN = regex(r"[()]|[^() ]+")
_DOTS = regex(r"\.+")
_ARROW = "->"
_MISTAKEN_ARROWS = ("=>", "→", "⇒", "-->", "- >", "~>")
_MOST_EINSUM_AXES = 52


@lru_cache(4096)
def parse_arrow(text: str) -> Pattern:
    """`left -> right` of rearrange, reduce, repeat, their layers and EinMix."""
    sides = _sides(text)
    if isinstance(sides, Problem):
        return _broken(text, sides)
    (left, left_problems), (right, right_problems) = (_expression(text, *side) for side in sides)
    problems = [*left_problems, *right_problems]
    if not problems:
        problems = _ellipsis_problems(left, right)
    return Pattern(text, (left,), right, _distinct(problems))


@lru_cache(1024)
def parse_axes(text: str, underscore: bool = False) -> Pattern:
    """A list of axes: the weight and bias shapes of EinMix; with `underscore`, the pattern of parse_shape."""
    expression, problems = _expression(text, 0, len(text), underscore=underscore)
    return Pattern(text, (expression,), None, _distinct(problems))


@lru_cache(1024)
def parse_shape_pattern(text: str) -> Pattern:
    """The pattern of parse_shape: no brackets around several axes or `...`."""
    pattern = parse_axes(text, underscore=True)
    grouped = next((g for g in pattern.inputs[0].groups if g.bracketed and _is_composed(g)), None)
    if grouped is None or pattern.problems:
        return pattern
    message = "`parse_shape` takes no brackets in its pattern"
    return Pattern(text, pattern.inputs, None, (Problem("unbalanced-brackets", grouped.start, grouped.end, message),))


@lru_cache(1024)
def parse_einops_einsum(text: str) -> Pattern:
    """`i j, j k -> i k` of einops.einsum."""
    sides = _sides(text)
    if isinstance(sides, Problem):
        return _broken(text, sides)
    (left_start, left_end), (right_start, right_end) = sides
    operands = _operands(text, left_start, left_end)
    parsed = [_expression(text, start, end, underscore=True, repeated=True) for start, end in operands]
    output, problems = _expression(text, right_start, right_end, underscore=True)
    inputs = tuple(expression for expression, _ in parsed)
    problems = [p for _, found in parsed for p in found] + problems
    problems = problems or [p for e in (*inputs, output) for p in (*_unsupported_in_einsum(e), *_ellipses_in_einsum(e))]
    problems = problems or _einsum_output_problems(inputs, output)
    return Pattern(text, inputs, output, _distinct(problems))


@lru_cache(1024)
def parse_pack(text: str, function: str) -> Pattern:
    """`b * c` of pack and unpack: plain names and exactly one `*`."""
    axes = [Axis(m[0], m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    expression = Expression(tuple(Group((a,), a.start, a.end) for a in axes), 0, len(text))
    problems = _repeated(axes) + [p for a in axes if a.name != "*" for p in _pack_name(a, function)]
    if not problems and all(a.name != "*" for a in axes):
        message = f"`{function}` needs one `*` in its pattern, `{text}` has none"
        problems = [Problem("invalid-pack-pattern", 0, len(text), message)]
    return Pattern(text, (expression,), None, _distinct(problems))


def _broken(text: str, problem: Problem) -> Pattern:
    nothing = Expression((), 0, len(text))
    return Pattern(text, (nothing,), nothing, (problem,))


def _sides(text: str) -> tuple[tuple[int, int], tuple[int, int]] | Problem:
    """Where the two sides of the arrow are, or why there are not two."""
    arrow = text.find(_ARROW)
    if arrow < 0:
        return Problem("missing-arrow", 0, len(text), _without_arrow(text))
    count = text.count(_ARROW)
    if count > 1:
        second = text.find(_ARROW, arrow + 2)
        return Problem("multiple-arrows", second, second + 2, f"pattern has {count} `->`, it takes one")
    return (0, arrow), (arrow + 2, len(text))


def _without_arrow(text: str) -> str:
    if not text.strip():
        return "the pattern is empty: it has no `->`"
    mistaken = next((sign for sign in _MISTAKEN_ARROWS if sign in text), None)
    hint = f": write `->` instead of `{mistaken}`" if mistaken else ""
    return f"pattern `{' '.join(text.split())}` has no `->`{hint}"


def _operands(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the comma-separated operands between two offsets are."""
    commas = [i for i in range(start, end) if text[i] == ","]
    return list(zip([start, *(c + 1 for c in commas)], [*commas, end], strict=True))


def _expression(
    text: str, start: int, end: int, *, underscore: bool = False, repeated: bool = False
) -> tuple[Expression, list[Problem]]:
    """One side of a pattern. `underscore` allows the axis `_`, `repeated` the same axis twice."""
    problems = _dot_problems(text, start, end)
    groups: list[Group] = []
    inside: list[Axis] | None = None
    opened = start
    for token in _TOKEN.finditer(text, start, end):
        word, at = token[0], token.start()
        if word == "(":
            if inside is not None:
                return _side(groups, start, end), [*problems, _bracket(at, "brackets inside brackets are not allowed")]
            inside, opened = [], at
        elif word == ")":
            if inside is None:
                return _side(groups, start, end), [*problems, _bracket(at, "`)` closes no bracket")]
            groups.append(Group(tuple(inside), opened, at + 1, bracketed=True))
            inside = None
        else:
            axis, found = _axis(word, at, underscore, bool(problems))
            problems += found
            kept = () if axis is None or axis.name == "1" else (axis,)
            if inside is not None:
                inside += kept
            elif axis is not None:
                groups.append(Group(kept, axis.start, axis.end))
    if inside is not None:
        problems.append(_bracket(opened, "`(` is never closed"))
    side = _side(groups, start, end)
    if not repeated:
        skipped = {"_"} if underscore else set()
        if any(p.rule == "misplaced-ellipsis" for p in problems):
            skipped.add(ELLIPSIS)
        problems += _repeated([a for a in side.axes if not a.is_number and a.name not in skipped])
    return side, problems


def _side(groups: list[Group], start: int, end: int) -> Expression:
    return Expression(tuple(groups), start, end)


def _bracket(at: int, reason: str) -> Problem:
    return Problem("unbalanced-brackets", at, at + 1, reason)


def _axis(word: str, at: int, underscore: bool, dots_reported: bool) -> tuple[Axis | None, list[Problem]]:
    """The axis a word names, or why it names none."""
    bad = next((i for i, c in enumerate(word) if not (c.isalnum() or c in "_." or c == UNICODE_ELLIPSIS)), None)
    if bad is not None:
        char = word[bad]
        message = f"{_shown(char)} cannot stand in an einops pattern"
        return None, [Problem("invalid-character", at + bad, at + bad + 1, message)]
    if word.isdecimal():
        axis = Axis(str(int(word)), at, at + len(word))
        if axis.name == "0":
            return None, [Problem("invalid-axis-name", at, axis.end, f"an axis cannot have length `{word}`")]
        return axis, []
    axis = Axis(word, at, at + len(word))
    if word in (ELLIPSIS, UNICODE_ELLIPSIS):
        return axis, []
    if "." in word and dots_reported:
        return None, []
    reason = _why_no_name(word, underscore)
    return (None, [Problem("invalid-axis-name", at, axis.end, reason)]) if reason else (axis, [])


def _shown(char: str) -> str:
    return {"\n": "a line break", "\t": "a tab", "\r": "a carriage return"}.get(char, f"`{char}`")


def _why_no_name(word: str, underscore: bool = False) -> str | None:
    """Why einops does not take a word as the name of an axis; None if it does."""
    if not word.isidentifier():
        return f"`{word}` is not a valid axis name"
    if (word[0] == "_" or word[-1] == "_") and not (underscore and word == "_"):
        return f"axis name `{word}` starts or ends with an underscore"
    return None


def is_axis_name(word: str) -> bool:
    """Whether einops takes a word as the name of an axis (einops 0.8.2, `check_axis_name`)."""
    return _why_no_name(word) is None


def _dot_problems(text: str, start: int, end: int) -> list[Problem]:
    runs = list(_DOTS.finditer(text, start, end))
    if all(len(run[0]) == 3 for run in runs) and len(runs) < 2:
        return []
    wrong = next((run for run in runs if len(run[0]) != 3), None)
    if wrong is not None:
        return [
            Problem("misplaced-ellipsis", *wrong.span(), f"`{wrong[0]}` is not an ellipsis: dots stand only in `...`")
        ]
    return [
        Problem(
            "misplaced-ellipsis", *runs[1].span(), f"one side of the pattern has {len(runs)} ellipses, it takes one"
        )
    ]


def _repeated(axes: list[Axis]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for axis in axes:
        name = axis.identifier
        if name in seen:
            problems.append(
                Problem(
                    "repeated-axis", axis.start, axis.end, f"axis `{axis.name}` occurs twice on one side of the pattern"
                )
            )
        seen.add(name)
    return problems


def _ellipsis_problems(left: Expression, right: Expression) -> list[Problem]:
    if left.ellipsis is None:
        if right.ellipsis is None:
            return []
        message = "`...` stands in the output but not in the input"
        return [Problem("misplaced-ellipsis", right.ellipsis.start, right.ellipsis.end, message)]
    group = next(g for g in left.groups if left.ellipsis in g.axes)
    if not group.bracketed:
        return []
    return [Problem("misplaced-ellipsis", group.start, group.end, "`...` cannot stand in brackets in the input")]


def _is_composed(group: Group) -> bool:
    return len(group.axes) > 1 or any(a.is_ellipsis for a in group.axes)


def _unsupported_in_einsum(expression: Expression) -> list[Problem]:
    return [
        Problem("unsupported-einsum-axis", g.start, g.end, f"`einops.einsum` does not take {what}")
        for g in expression.groups
        if (what := _unsupported(g)) is not None
    ]


def _ellipses_in_einsum(expression: Expression) -> list[Problem]:
    """More than one ellipsis in an operand, in either spelling."""
    found = [g for g in expression.groups if g.axes and _einsum_identifier(g) is None]
    message = f"one operand of the einsum has {len(found)} ellipses, it takes one"
    return [Problem("misplaced-ellipsis", g.start, g.end, message) for g in found[1:2]]


def _unsupported(group: Group) -> str | None:
    if not group.axes:
        return "axes of length 1"
    if len(group.axes) > 1:
        return "brackets: rearrange before or after"
    return f"the number `{group.axes[0].name}` as an axis" if group.axes[0].is_number else None


def _einsum_output_problems(inputs: tuple[Expression, ...], output: Expression) -> list[Problem]:
    known = {_einsum_identifier(g) for e in inputs for g in e.groups} - {None}
    problems: list[Problem] = []
    seen: set[str] = set()
    for group in output.groups:
        name, axis = _einsum_identifier(group), group.axes[0]
        if name is None:
            continue
        if name not in known:
            problems.append(
                Problem(
                    "unknown-output-label",
                    axis.start,
                    axis.end,
                    f"output axis `{axis.name}` is in no input of the einsum",
                )
            )
        elif name in seen:
            problems.append(
                Problem(
                    "repeated-output-label",
                    axis.start,
                    axis.end,
                    f"axis `{axis.name}` occurs twice in the einsum output",
                )
            )
        seen.add(name)
    if len(known) > _MOST_EINSUM_AXES:
        count = f"the einsum has {len(known)} axes, it takes at most {_MOST_EINSUM_AXES}"
        problems.append(Problem("too-many-labels", 0, output.end, count))
    return problems


def _einsum_identifier(group: Group) -> str | None:
    """The name einops.einsum gives a dimension; None for an ellipsis outside brackets."""
    axis = group.axes[0]
    is_ellipsis = axis.identifier == UNICODE_ELLIPSIS
    return None if is_ellipsis and not group.bracketed else axis.identifier


def _pack_name(axis: Axis, function: str) -> list[Problem]:
    reason = _why_no_name(axis.name)
    if reason is None:
        return []
    return [Problem("invalid-pack-pattern", axis.start, axis.end, f"{reason}: `{function}` takes names and one `*`")]


def _distinct(problems: list[Problem]) -> tuple[Problem, ...]:
    """The first problem of each sentence, in the order of the text."""
    first: dict[tuple[str, str], Problem] = {}
    for problem in sorted(problems, key=lambda p: (p.start, p.end)):
        first.setdefault((problem.rule, problem.message), problem)
    return tuple(first.values())
