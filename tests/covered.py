"""How many lines of the core the tests run, folder by folder, and which they do not.

    python tests/covered.py                # an hour of patience on a busy machine; --jobs 4 for a better one
    python tests/covered.py --report       # the figures of the last run again

The process that runs expressions is sealed and cannot write what it covered. So the tests that ask it run a second time
with it inside their own process (this file is the pytest plugin that does so); how they end then does not count.
Slow, so not part of `.ci/run`. Aim: at least 95 % of the lines of each folder.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDERS = ("patterns", "program", "operations", "shapes", "rewrites", "verification")
ALSO = ("claims", "dimensions", "rules", "targets")
TESTS = (
    *(f"tests/{name}" for name in (*FOLDERS, *ALSO, "eject")),
    *(f"tests/test_{name}.py" for name in "fixes fixing judging checking differential soundness calls texts".split()),
)
ASKING = ("tests/verification", "tests/eject", "tests/test_judging.py", "tests/test_soundness.py")
ESCAPING = "tests/verification/test_escapes.py"  # these kill and crash the process that they ask
AIM = 95.0


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


def measure(jobs: int) -> None:
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "erase"], cwd=ROOT, check=True)
    run = [*coverage, "run", "--parallel-mode", "-m", "pytest", "-q", f"-n{jobs}", "-p", "no:cacheprovider"]
    done = subprocess.run([*run, *filter(exists, TESTS)], cwd=ROOT, check=False)
    if done.returncode:
        print("the tests fail, the figures mean little")
    inside = [*run, "-p", "tests.covered", *filter(exists, ASKING), f"--ignore={ESCAPING}"]
    subprocess.run(inside, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=True)


def exists(path: str) -> bool:
    return (ROOT / path).exists()


def report() -> bool:
    """Print the shares and the gaps: whether every folder has its share."""
    import coverage

    data = coverage.Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    data.load()
    enough = True
    for folder in FOLDERS:
        statements, missed, gaps = 0, 0, []
        for path in sorted((ROOT / "einlint" / folder).rglob("*.py")):
            _, lines, _, missing, text = data.analysis2(str(path))
            statements += len(lines)
            missed += len(missing)
            if missing:
                gaps.append(f"    {path.relative_to(ROOT / 'einlint')}: {text}")
        share = 100 * (1 - missed / statements)
        enough &= share >= AIM
        print(f"{folder:14}{share:6.1f} %  {missed} of {statements} lines are not run", *gaps, sep="\n")
    return enough


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="do not run the tests again")
    arguments = parser.parse_args()
    if not arguments.report:
        measure(arguments.jobs)
    sys.exit(not report())


if __name__ == "__main__":
    main()
