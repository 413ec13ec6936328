"""Models give the same before and after `einlint --select EIN61 --fix`, with the same weights.

    python -m tests.models.equality [PACKAGE ...]

copies each pinned package, fixes the copy, and runs its models in processes of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.models.recipes import RECIPES
from tests.packages import HELPERS, PACKAGES, Package, fetch

NEEDED = ("hyper-connections", "rotary-embedding-torch", "local-attention")
ROOT = Path(__file__).parent.parent.parent


def fixed_copy(package: Package, folder: Path, *files: str) -> Path:
    """A copy of the package in a folder, all of it or some files fixed as a user would."""
    copy = folder / package.name
    shutil.copytree(package.folder, copy)
    command = [sys.executable, "-m", "einlint", "--isolated", "--select=EIN61", "--fix", "--quiet", "--exit-zero"]
    command += files or ["."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EINLINT_CACHE_DIR": str(ROOT / ".einlint_cache")}
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env=environment)
    return copy


def compared(package: Package, folder: Path, copy: Path, modules: str = "") -> Iterator[tuple[str, str]]:
    """Each model of a package, or of some modules, and how it differs, empty where it does not."""
    import torch

    before, after = folder / "before.pt", folder / "after.pt"
    _run(package.folder, package.name, before, "", modules)
    _run(copy, package.name, after, before, modules)
    old, new = (torch.load(path, weights_only=False) for path in (before, after))
    for name in old:
        yield name, old[name].get("error") or new[name].get("error") or _difference(old[name], new[name])


def _run(*arguments: object) -> None:
    command = [sys.executable, "-m", "tests.models.outputs", *arguments]
    path = os.pathsep.join(str(each.folder) for each in (*HELPERS, *PACKAGES) if each.folder.is_dir())
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True, env=environment)


def _difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    import torch

    if list(old["weights"]) != list(new["weights"]):
        return "the state dicts have other keys"
    pairs = [*zip(old["result"], new["result"], strict=True)]
    if not pairs:
        return "there are no results"
    pairs += [(gradient, new["gradients"][name]) for name, gradient in old["gradients"].items()]
    worst = 0.0
    for a, b in pairs:
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"shape or dtype: {tuple(a.shape)} {a.dtype} and {tuple(b.shape)} {b.dtype}"
        if a.numel() and a.is_floating_point():
            worst = max(worst, float((a - b).detach().abs().max() / a.detach().abs().max().clamp_min(1e-30)))
        elif not torch.equal(a, b):
            return "values"
    return "" if worst < 1e-4 else f"values, by {worst:.1e} of the largest"


def main() -> None:
    names = sys.argv[1:] or sorted({recipe.package for recipe in RECIPES})
    chosen = [package for package in PACKAGES if package.name in names]
    fetch(*chosen, *HELPERS, *(each for each in PACKAGES if each.name in NEEDED))
    equal = 0
    for package in chosen:
        with tempfile.TemporaryDirectory() as folder:
            copy = fixed_copy(package, Path(folder))
            for name, difference in compared(package, Path(folder), copy):
                equal += not difference
                print(f"{package.name} {name}: {difference or 'equal'}", flush=True)
    print(f"{equal} models equal")


if __name__ == "__main__":
    main()
