"""Published packages: einlint reports their real errors and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.packages import PACKAGES, SPARSE, Package, Unreachable, fetch


class Place(NamedTuple):
    file: str
    row: int
    code: str


MULTI_INPUT = "hyper_connections/hyper_connections_with_multi_input_streams.py"
NO_TENSOR = "`rearrange('b d ... -> b ... d')` has no tensor: Python raises TypeError"
NO_ARROW = "einops raises ValueError on a pattern without `->`, whatever the shape"
WRITES_MASK = "`rearrange` gives a view of `mask`, and what is written into it stands in `mask`, too"
SHORT_COMMENT = "`# (B, K)` stands at a stack of tensors of rank 3 or more, (B, K, C, ...)"

# The real errors of each package, and why each is one.
ERRORS: dict[str, dict[Place, str]] = {
    "vit-pytorch": {
        Place("vit_pytorch/vaat.py", 566, "EIN001"): NO_ARROW,
        Place("vit_pytorch/vat.py", 376, "EIN001"): NO_ARROW,
        Place("vit_pytorch/vat_siglip.py", 360, "EIN001"): NO_ARROW,
    },
    "hyper-connections": {
        Place(MULTI_INPUT, 263, "EIN109"): NO_TENSOR,
        Place(MULTI_INPUT, 277, "EIN109"): NO_TENSOR,
    },
    "x-transformers": {
        Place("x_transformers/xm_latent_decoder.py", 339, "EIN314"): "`(b k) -> b k` keeps every element"
    },
    "soundstorm-pytorch": {
        Place("soundstorm_pytorch/soundstorm.py", 945, "EIN308"): WRITES_MASK,
        Place("soundstorm_pytorch/soundstorm.py", 997, "EIN308"): WRITES_MASK,
    },
    "diffusers": {
        Place(
            "diffusers/models/transformers/transformer_z_image.py", 716, "EIN301"
        ): "(H, W, C), permuted to (C, H, W), is reshaped to (H*W, C)",
        Place("diffusers/schedulers/scheduling_helios.py", 576, "EIN210"): SHORT_COMMENT,
        Place("diffusers/schedulers/scheduling_unipc_multistep.py", 947, "EIN210"): SHORT_COMMENT,
    },
}


@pytest.mark.parametrize("package", [*PACKAGES, SPARSE], ids=lambda package: package.name)
def test_reports_the_real_errors_and_nothing_else(package: Package) -> None:
    folder = unpacked(package)
    found = lint(folder)
    expected = ERRORS.get(package.name, {})
    alarms = [describe(folder, place, found[place]) for place in found.keys() - expected]
    assert not alarms, "not known to be real errors:\n" + "\n".join(sorted(alarms))
    assert expected.keys() <= found.keys()


def test_every_package_with_known_errors_is_checked() -> None:
    assert ERRORS.keys() <= {package.name for package in (*PACKAGES, SPARSE)}


def unpacked(package: Package) -> Path:
    """The folder of the package's files; skips the test where there is no registry to get them from."""
    try:
        fetch(package)
    except Unreachable as error:
        pytest.skip(str(error))
    return package.folder


def lint(folder: Path) -> dict[Place, str]:
    """The messages of the default rules by place."""
    command = [sys.executable, "-m", "einlint", str(folder), "--isolated", "--no-cache", "--output-format=json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 1), done.stderr
    return {
        Place(
            Path(finding["filename"]).relative_to(folder).as_posix(), finding["location"]["row"], finding["code"]
        ): finding["message"]
        for finding in json.loads(done.stdout)
    }


def describe(folder: Path, place: Place, message: str) -> str:
    line = (folder / place.file).read_text(encoding="utf-8").splitlines()[place.row - 1]
    return f"{place.file}:{place.row}: {place.code} {message}\n    {line.strip()}"
