"""Claims as short text, so that tests are tables."""

from __future__ import annotations

from einlint.claims.model import (
    Claim,
    ClaimedAxis,
    DictClaim,
    ListClaim,
    Reading,
    TreeClaim,
    TupleClaim,
    UnionClaim,
)


def show(reading: Reading) -> str:
    """`float torch [b *n #c rows=3 h*w ...]`, containers around it; a dash says nothing."""
    match reading:
        case Claim():
            kinds = [word for word in (reading.dtype, reading.framework) if word]
            return " ".join([*kinds, f"[{axes(reading.axes)}]"])
        case TupleClaim():
            return f"tuple({', '.join(map(show, reading.elements))})"
        case ListClaim():
            return f"list({show(reading.element)})"
        case DictClaim():
            return f"dict({show(reading.value)})"
        case TreeClaim():
            return f"tree({show(reading.leaf)})"
        case UnionClaim():
            return " | ".join([*map(show, reading.arms), *(["no tensor"] if reading.optional else [])])
        case None:
            return "-"


def axes(found: tuple[ClaimedAxis, ...] | None) -> str:
    """The axes of one tensor."""
    return "-" if found is None else " ".join(map(_axis, found))


def _axis(axis: ClaimedAxis) -> str:
    mark = "#" * axis.broadcasts
    if axis.variadic:
        return f"{mark}*{axis.name}" if axis.name else "..."
    if axis.size is None:
        return mark + (axis.name or "_")
    size = str(axis.size).replace(" ", "")
    return f"{mark}{axis.name}={size}" if axis.name else mark + size
