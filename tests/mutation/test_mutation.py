"""A small slice of the study of mutants: a model of a published package, run with bugs put into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.figures import judged
from tests.mutation.kinds import mutants
from tests.mutation.running import from_json
from tests.packages import PACKAGES, Unreachable, fetch

SOURCE = b"""\
x = x.transpose(1, 2)
y = rearrange(out, 'b h n d -> b n (h d)')
q = rearrange(q, 'b n (h d) -> b h n d', h = h)
s = F.softmax(s, dim = -1) + s.squeeze(1)
k = k.repeat_interleave(r, dim = 1)
m = repeat(m, 'b -> (b r)', r = 2)
v = v.repeat(1, 2)
o = torch.einsum('ij,jk->ik', a, b)
"""
EXPECTED = {
    ("dropped permute", "x = x"),
    ("dropped permute", "y = out.reshape(out.shape[0], out.shape[2], -1)"),
    ("merge order", "y = rearrange(out, 'b h n d -> b n (d h)')"),
    ("dropped permute", "q = q.reshape(q.shape[0], (h), q.shape[1], -1)"),
    ("split order", "q = rearrange(q, 'b n (d h) -> b h n d', h = h)"),
    ("dropped dim", "s = F.softmax(s) + s.squeeze(1)"),
    ("dropped dim", "s = F.softmax(s, dim = -1) + s.squeeze()"),
    ("repeat order", "k = torch.cat([k] * (r), dim=1)"),
    ("repeat order", "m = repeat(m, 'b -> (r b)', r = 2)"),
    ("repeat order", "v = v.repeat_interleave(2, dim=-1)"),
    ("renamed label", "o = torch.einsum('kj,jk->ik', a, b)"),
    ("renamed label", "o = torch.einsum('iz,jk->ik', a, b)"),
}


def test_kinds_of_bugs() -> None:
    made = {(each.kind, each.applied(SOURCE).decode().splitlines()[each.row - 1]) for each in mutants(SOURCE)}
    assert made >= EXPECTED
    assert {each for each in made if each[0] != "renamed label"} == {e for e in EXPECTED if e[0] != "renamed label"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a mutant runs in a copy of the process")
def test_mutants_of_a_model(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    package = next(each for each in PACKAGES if each.name == "perceiver-pytorch")
    try:
        fetch(package)
    except Unreachable as error:
        pytest.skip(str(error))
    out = tmp_path / "kept.json"
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutation", "run", str(package.folder), str(out), "300"]
    subprocess.run(command, check=True, capture_output=True)
    figures = judged(from_json(json.loads(out.read_text(encoding="utf-8"))["kept"]))
    assert len(figures.by) >= 5
    assert len(figures.missed) < len(figures.by)
