"""`python -m tests.ground_truth FOLDER...`: run the models of unpacked wheels, compare, report.

The interpreter must have what the packages need. A file that ends in `.json` is taken as recorded already.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.ground_truth.figures import Contradiction, compare, recorded
from tests.ground_truth.reasons import sizes, table

_SECONDS = 300


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        files = [record(Path(argument), Path(scratch)) for argument in arguments]
        found = recorded(file for file in files if file.exists())
    figures, inferences = compare(found)
    print(figures)
    for each in (*figures.contradictions, *figures.slow, *figures.failures):
        print(each)
    for group in figures.apart:
        print("calls of one activation that do not go together:")
        for site, run in group:
            readings = inferences[Path(site.path)].readings.get(site, [])
            print("\n".join(f"  {line}" for line in str(Contradiction(site, run, readings)).splitlines()))
    for each in figures.undecided:
        print(f"undecided: {each}")
    print(f"\nrank not known, not even after the pattern is read:\n{table(figures.unknown, inferences)}")
    print(f"\nrank known from the pattern only:\n{table(figures.guessed, inferences)}")
    print(f"\nrank known, sizes not:\n{sizes(figures.unsized, inferences)}")
    return bool(figures.contradictions or figures.apart)


def record(folder: Path, scratch: Path) -> Path:
    """Run a package in a process of its own: models may crash."""
    if folder.suffix == ".json":
        return folder
    out = scratch / f"{folder.name}.json"
    command = [sys.executable, "-W", "ignore", "-m", "tests.ground_truth.documented", str(folder), str(out)]
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{folder.name}: stopped after {_SECONDS} s", file=sys.stderr)
    return out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
