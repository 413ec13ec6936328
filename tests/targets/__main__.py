"""Every case on every path: what happened, and where the rules disagree.

python -m tests.targets [PATH ...]
"""

from __future__ import annotations

import sys

from tests.targets.agreement import PATHS, answers
from tests.targets.cases import CASES


def main(paths: list[str]) -> int:
    disagreements = 0
    for path in paths or PATHS:
        found = list(answers(CASES, path))
        wrong = [answer for answer in found if not answer.agrees]
        disagreements += len(wrong)
        print(f"{path}: {len(found)} cases, {len(wrong)} disagreements", flush=True)
        for answer in found:
            mark = " " if answer.agrees else "!"
            codes, (word, reason, *_) = ",".join(answer.codes) or "-", answer.happened
            print(f"  {mark} {answer.case.name:80} {codes:20} {word} {reason}", flush=True)
    return disagreements


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
