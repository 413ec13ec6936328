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
    assert ERRORS.keys() <= {package.name for package in PACKAGES}


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
