"""Two steps, so that the second can be repeated as rules change.

`python -m tests.mutation run FOLDER KEPT.json SECONDS`: make mutants of an unpacked wheel and keep those that count.
The interpreter must have what the package needs.
`python -m tests.mutation report KEPT.json...`: lint them, print the share found and every one that is missed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutation.figures import described, judged, original
from tests.mutation.running import as_json, from_json, run


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run", folder, out, seconds]:
            kept, counts = run(Path(folder), float(seconds))
            Path(out).write_text(json.dumps({"kept": as_json(kept), "tried": counts}), encoding="utf-8")
            print(folder, counts)
        case ["report", *files]:
            report([json.loads(Path(file).read_text(encoding="utf-8")) for file in files])
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def report(runs: list[dict[str, Any]]) -> None:
    figures = judged(kept for each in runs for kept in from_json(each["kept"]))
    tried: Counter[str] = Counter()
    for each in runs:
        for verdicts in each["tried"].values():
            tried.update(verdicts)
    paths = {kept.path for kept in figures.by}
    print(f"{sum(tried.values())} mutants run: {dict(tried)}")
    print(figures)
    print(f"{len(paths)} files; findings of default rules in the originals:")
    for path in sorted(paths):
        for code, row in sorted(original(path)):
            print(f"  {path}:{row} {code}")
    print("missed:")
    for kept in sorted(figures.missed, key=lambda kept: (kept.mutant.kind, kept.path, kept.mutant.row)):
        print(described(kept))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
