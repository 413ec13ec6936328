"""Kill `einlint --fix` at random moments and count what is left: every file must be old or new.

    python tests/fuzzing/kill.py --runs 100

Verdicts are cached by a first run, so that most of the time of the others is spent writing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = 200
HEAD = "from einops import rearrange\n"
OLD = HEAD + "y = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')\n" + "# filler\n" * 2000
NEW = HEAD + "y = rearrange(x, 'a b -> b 1 a')\n" + "# filler\n" * 2000
COMMAND = [sys.executable, "-m", "einlint", "--fix", "--select=EIN601", "--quiet", "."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    print(f"{arguments.runs} runs, seed {arguments.seed}")
    states: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "EINLINT_CACHE_DIR": f"{folder}.cache"}
        tree = Path(folder)
        run(tree, environment, None)
        seconds = run(tree, environment, None)
        for _ in range(arguments.runs):
            run(tree, environment, draw.uniform(0.2, 1) * seconds)
            states += Counter(state(path) for path in tree.iterdir())
        run(tree, environment, None)
        after = Counter(state(path) for path in tree.iterdir())
    print("after the killed runs:", dict(states))
    print("after one more run:", dict(after))
    sys.exit(bool(states["broken"] or after != Counter(new=FILES)))


def run(tree: Path, environment: dict[str, str], seconds: float | None) -> float:
    """Fix a tree of old files, killed after some seconds; how long it took."""
    for number in range(FILES):
        (tree / f"m{number}.py").write_text(OLD)
    start = time.monotonic()
    process = subprocess.Popen(COMMAND, cwd=tree, env=environment, stdout=-3, stderr=-3)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return time.monotonic() - start


def state(path: Path) -> str:
    if path.suffix != ".py":
        return "left over"
    return {OLD: "old", NEW: "new"}.get(path.read_text(), "broken")


if __name__ == "__main__":
    main()
