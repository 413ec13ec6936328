"""EIN104 ambiguous-group."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.axes import mode, quoted, sides, unused_lengths
from einlint.calls import Reading
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN104", "ambiguous-group", subject=Reading)
def ambiguous_group(reading: Reading) -> Iterator[Report]:
    """A group of the input has two or more axes without a length, so none can be computed."""
    call = reading.call
    if mode(reading) is None or not call.lengths_known or unused_lengths(reading):
        return
    for group in sides(reading)[0].groups:
        unknown = [a.name for a in group.axes if not a.is_number and a.name not in call.lengths]
        if len(unknown) > 1:
            needed = "one of them" if len(unknown) == 2 else "all but one"
            message = f"axes {quoted(unknown)} of one group have no length: {needed} must be given"
            yield Report(reading.span(group.start, group.end), message)
