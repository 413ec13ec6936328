"""Where terms cannot follow an operation its dimensions still can: such results are opaque, and nothing is proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from einlint.dimensions import ONE
from einlint.lazily import replace
from einlint.program.alignment import align
from einlint.program.deciding import Undecided, decider
from einlint.program.terms import Linear, Read, Unprovable, factor, new_axis
from einlint.program.value import Dimension, Value, dimension, opaque


def aligned(values: Sequence[Value], places: Sequence[Sequence[int | None]]) -> tuple[list[Value], list[Dimension]]:
    """The values over common axes; without their elements where the factorisations have no common refinement."""
    try:
        return align(values, places)
    except Undecided:
        raise
    except Unprovable as error:
        decider().admit(str(error))
    held = [[values[v].shape[p] for v, p in enumerate(place) if p is not None] for place in places]
    hidden = [replace(value, body=factor(Read(f"?{new_axis(ONE).name}", ()))) for value in values]
    return hidden, [dimension(decider().common(sizes)) for sizes in held]


def with_body(base: Value, body: Callable[[], Linear]) -> Value:
    """The tensor with the term of its elements; opaque where that leaves what terms can say."""
    try:
        return replace(base, body=body())
    except Undecided:
        raise
    except Unprovable as error:
        decider().admit(str(error))
        return opaque(base.shape, base)
