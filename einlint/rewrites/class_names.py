"""Short names for the modules that layers become: what happens to which axes. Their docstrings have the pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einlint.patterns.model import Axis, Expression, Group, Pattern

_LONGEST = 24
_REST = "Rest"


def class_name(pattern: Pattern, reduction: str = "") -> str:
    """`MeanOverHW`, `MergeHWAndP1P2C`, `SplitHW` or `ToBCHW`."""
    left, right = _sides(pattern)
    if reduction:
        gone = [axis for axis in left.axes if axis.name not in right.identifiers and axis.name != "1"]
        if gone:
            return _short(f"{reduction.capitalize()}Over", [gone])
    for verb, side, other in (("Merge", right, left), ("Split", left, right)):
        groups = [group.axes for group in side.groups if _is_whole(group) and not _has(other, group)]
        if groups:
            return _short(verb, groups)
    return _short("To", [[axis for group in right.groups for axis in group.axes or (Axis("1", 0, 0),)]])


def mix_name(pattern: Pattern, weight: Expression) -> str:
    """`MixCToD` of a layer that sums over `c` and gives `d`; `ScaleC` where it does neither."""
    left, right = _sides(pattern)
    gone = [axis for axis in weight.axes if axis.name in left.identifiers and axis.name not in right.identifiers]
    new = [axis for axis in weight.axes if axis.name in right.identifiers and axis.name not in left.identifiers]
    if not gone and not new:
        return _short("Scale", [weight.axes])
    name = f"Mix{_words(gone)}To{_words(new)}" if new else f"Mix{_words(gone)}"
    return name if len(name) <= _LONGEST and name.isidentifier() else "MixAxes"


def _sides(pattern: Pattern) -> tuple[Expression, Expression]:
    assert pattern.output is not None
    return pattern.inputs[0], pattern.output


def _is_whole(group: Group) -> bool:
    """Whether a dimension is made of several axes."""
    return len(group.axes) > 1 or group.bracketed and any(axis.is_ellipsis for axis in group.axes)


def _has(side: Expression, group: Group) -> bool:
    return any([a.name for a in each.axes] == [a.name for a in group.axes] for each in side.groups if _is_whole(each))


def _short(verb: str, groups: Sequence[Sequence[Axis]]) -> str:
    """The verb and its axes, of the first group only where all are too many."""
    names = (f"{verb}{'And'.join(map(_words, some))}" for some in (groups, groups[:1]))
    return next((name for name in names if len(name) <= _LONGEST and name.isidentifier()), f"{verb}Axes")


def _words(axes: Iterable[Axis]) -> str:
    """`HW` of `h w`, `2x2` of `2 2`."""
    words = [_REST if axis.is_ellipsis else _camel(axis.name) for axis in axes]
    return "x".join(words) if all(word.isdecimal() for word in words) else "".join(words)


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
