"""How many lines of the core its tests run, folder by folder, and which they do not.

    python tests/covered.py                # what .ci/run does; ends with 1 below 95 % of the lines of a folder
    python tests/covered.py --report       # the figures of the last run again

The process that runs expressions is sealed and cannot write what it covered. So it runs inside the process of the tests
here (this file is the pytest plugin that does so), and how they end does not count: `pytest` says that.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDERS = ("patterns", "program", "operations", "shapes", "rewrites", "verification")
TESTS = [f"tests/{name}" for name in (*FOLDERS, "claims", "dimensions", "rules", "targets", "eject", "test_fixes.py")]
ESCAPING = "tests/verification/test_escapes.py"  # these kill and crash the process that they ask
AIM = 95.0
DATA = ROOT / ".coverage.json"


@cache
def _worker(device: str) -> Any:
    from einlint.verification.worker import Worker

    one = Worker(device)
    one.prepare()
    return one


def pytest_configure() -> None:
    """Answer in this process what a worker is asked."""
    from einlint.verification.workers import WorkerProcess

    def ask(self: WorkerProcess, request: dict[str, Any]) -> Any:
        return _worker(self.device).answer(request)

    WorkerProcess.ask = ask  # type: ignore[method-assign]


def measure(jobs: str) -> None:
    """Run the tests, and write which lines they ran."""
    slipcover = [sys.executable, "-m", "slipcover", "--source=einlint", "--json", f"--out={DATA}", "-m"]
    pytest = ["pytest", "-q", f"-n{jobs}", "-p", "tests.covered", "-p", "no:cacheprovider", *TESTS]
    warning = "ignore:Module already imported so cannot be rewritten; slipcover"
    subprocess.run(
        [*slipcover, *pytest, f"--ignore={ESCAPING}", "-W", warning],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        check=False,
    )


def report() -> bool:
    """Print the shares and the gaps: whether every folder has its share."""
    files = json.loads(DATA.read_text("utf-8"))["files"]
    enough = True
    for folder in FOLDERS:
        inside = {path: found for path, found in sorted(files.items()) if path.startswith(f"einlint/{folder}/")}
        gaps = {path: found["missing_lines"] for path, found in inside.items() if found["missing_lines"]}
        run = sum(len(found["executed_lines"]) for found in inside.values())
        missed = sum(map(len, gaps.values()))
        share = 100 * run / (run + missed)
        enough &= share >= AIM
        print(f"{folder:14}{share:6.1f} % of {run + missed} lines are run, {missed} are not")
        for path, rows in gaps.items():
            print(f"    {path}: {' '.join(map(str, rows))}")
    return enough


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", default="auto", help="how many processes run tests (default: %(default)s)")
    parser.add_argument("--report", action="store_true", help="do not run the tests again")
    arguments = parser.parse_args()
    if not arguments.report:
        DATA.unlink(missing_ok=True)
        measure(arguments.jobs)
    sys.exit(not report())


if __name__ == "__main__":
    main()
