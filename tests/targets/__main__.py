"""Every case on every path: what happened, and where the rules disagree; every plain form, exported and run.

python -m tests.targets [PATH ...]      paths of agreement.py, and `forms`
"""

from __future__ import annotations

import sys

from einlint.judging import Verifier
from tests.targets import forms
from tests.targets.agreement import PATHS, answers
from tests.targets.cases import CASES


def main(asked: list[str]) -> int:
    """The number of disagreements and of forms that a target would not take."""
    found = 0
    for path in asked or [*PATHS, "forms"]:
        found += _forms() if path == "forms" else _agreement(path)
    return found


def _agreement(path: str) -> int:
    found = list(answers(CASES, path))
    wrong = [answer for answer in found if not answer.agrees]
    print(f"{path}: {len(found)} cases, {len(wrong)} disagreements", flush=True)
    for answer in found:
        mark = " " if answer.agrees else "!"
        codes, (word, reason, *_) = ",".join(answer.codes) or "-", answer.happened
        print(f"  {mark} {answer.case.name:80} {codes:20} {word} {reason}", flush=True)
    return len(wrong)


def _forms() -> int:
    with Verifier("cpu") as judge:
        found = list(forms.forms(forms.CASES, judge))
    written = [form for form in found if form.code]
    wrong = [form for form in written if form.wrong]
    exports = sum(len(form.outcomes) for form in written)
    print(f"forms: {len(found)} cases, {len(written)} with plain code, {exports} exports, {len(wrong)} wrong")
    for form in found:
        last = form.code.rstrip().rpartition("\n")[2].strip()
        print(f"  {'!' if form.wrong else ' '} {form.case.name:70} {last}  {'; '.join(form.wrong)}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
