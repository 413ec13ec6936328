"""The prover never proves an unequal pair. `EINLINT_EXAMPLES=100000` runs more."""

from __future__ import annotations

import os

import pytest

from tests.soundness import campaign

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "2000"))
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("equal", [True, False], ids=["transformations", "mutations"])
def test_no_unequal_pair_is_proved(equal: bool, part: int) -> None:
    counts, wrong = campaign(range(part, EXAMPLES, PARTS), equal)
    assert wrong == []
    assert not equal or counts["equal, proved"] > counts["equal, open"] > 0
