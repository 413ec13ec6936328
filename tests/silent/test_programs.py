"""Programs with wrong data are found, their repaired twins and look-alikes are not; fixes give what the twins give."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from einlint.checking import check
from einlint.fixes import fix
from einlint.judging import Verifier
from einlint.registry import enabled_codes
from einlint.settings import Settings
from tests.silent.programs import Program, programs

SILENT = Settings(frozenset(code for code in enabled_codes(None) if code.startswith("EIN3")))
EVERY = list(programs())
WRONG = [program for program in EVERY if program.marks]


def rows(text: str) -> list[int]:
    return [finding.span.start.row for finding in check(text.encode(), "program.py", SILENT).findings]


def near(row: int, program: Program) -> bool:
    return any(abs(row - mark) <= 1 for mark in program.marks)


@pytest.mark.parametrize("program", WRONG, ids=lambda program: program.name)
def test_wrong_data_is_found(program: Program) -> None:
    found = rows(program.text)
    assert any(near(row, program) for row in found)
    assert all(near(row, program) for row in found)


@pytest.mark.parametrize("program", EVERY, ids=lambda program: program.name)
def test_what_is_right_is_left_alone(program: Program) -> None:
    assert rows(program.repaired) == []


def values(text: str, expression: str, folder: Path) -> list[Any]:
    """What the expression of a program gives, with the same weights and data each time."""
    module = folder / "module.py"
    module.write_text(f"import numpy as np\nimport torch\n{text}\n\ndef _run():\n    return {expression}\n")
    torch.manual_seed(0)
    np.random.seed(0)
    found = runpy.run_path(str(module))["_run"]()
    each = found if isinstance(found, (tuple, list)) else (found,)
    return [np.asarray(v.detach() if isinstance(v, torch.Tensor) else v) for v in each]


def alike(one: list[Any], other: list[Any]) -> bool:
    return all(a.shape == b.shape and np.allclose(a, b, atol=1e-4) for a, b in zip(one, other, strict=True))


@pytest.mark.filterwarnings("ignore")
def test_programs_differ_from_their_twins_and_fixes_give_what_twins_give(tmp_path: Path) -> None:
    fixed = 0
    with Verifier(device="cpu") as judge:
        for program in WRONG:
            wanted = values(program.repaired, program.run, tmp_path)
            assert not alike(values(program.text, program.run, tmp_path), wanted), program.name
            result = fix(program.text.encode(), "program.py", SILENT, judge, unsafe=True)
            if result.applied and not result.left:
                fixed += 1
                assert alike(values(result.data.decode(), program.run, tmp_path), wanted), program.name
    assert fixed > len(WRONG) // 2
