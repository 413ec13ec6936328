"""A few models of a pinned package give the same before and after a fix; `tests.models.equality` runs all."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.models.equality import ROOT, compared, fixed_copy
from tests.packages import DENSE, Unreachable, fetch

torch = pytest.importorskip("torch")

MODULES = "cvt max_vit nest pit rvt simple_vit t2t vit xcit".split()


def test_models_give_the_same_with_the_same_weights(tmp_path: Path) -> None:
    try:
        fetch(DENSE)
    except Unreachable as reason:
        pytest.skip(str(reason))
    files = [f"vit_pytorch/{name}.py" for name in MODULES]
    copy = fixed_copy(DENSE, tmp_path, *files)
    texts = {file: (copy / file).read_text("utf-8") for file in files}
    assert [file for file, text in texts.items() if "einops" in text] == ["vit_pytorch/rvt.py", "vit_pytorch/xcit.py"]
    modules = ",".join(f"vit_pytorch.{name}" for name in MODULES)
    found = dict(compared(DENSE, tmp_path, copy, modules))
    assert found == dict.fromkeys(found, "")
    assert len(found) == len(MODULES)


@pytest.mark.parametrize("batch", [1, 3])
def test_the_mamba_block_gives_the_same(tmp_path: Path, batch: int) -> None:
    path = tmp_path / "mamba.py"
    path.write_bytes((ROOT / "fixtures" / "mamba.py").read_bytes())
    command = [sys.executable, "-m", "einlint", "--isolated", "--no-cache", "--select=EIN61", "--fix", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    assert "ein" not in path.read_text("utf-8").replace("being", "")
    before, after = (_module(ROOT / "fixtures" / "mamba.py"), _module(path))
    torch.manual_seed(0)
    one, two = before.MambaBlock(8), after.MambaBlock(8)
    two.load_state_dict(one.state_dict())
    x = torch.randn(batch, 5, 8)
    torch.testing.assert_close(one(x), two(x))
    one(x).sum().backward()
    two(x).sum().backward()
    for p, q in zip(one.parameters(), two.parameters(), strict=True):
        torch.testing.assert_close(p.grad, q.grad)


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("mamba", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
