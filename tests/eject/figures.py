"""How many einops and einsum calls of a folder `einlint --select EIN61 --fix` rewrites, and why not the others.

    python -m tests.eject.figures [FOLDER ...]

Without folders it takes the pinned packages. Nothing is written.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from einlint.calls import CallFinder
from einlint.config import Overrides
from einlint.findings import Safety
from einlint.fixes import fix
from einlint.fixing import repair
from einlint.judging import Verifier
from einlint.session import Linted, Options, lint
from einlint.source import Source, read
from tests.packages import PACKAGES, fetch


def calls_in(data: bytes, path: str) -> int:
    """How many calls of einops and einsum a file has, as the linter sees them."""
    source = read(data, path)
    return len(CallFinder(source, {}).calls()) if isinstance(source, Source) else 0


def figures(folder: Path, judge: Verifier) -> Iterator[str]:
    """What is rewritten in a folder, safe fixes only, and the reasons where nothing is."""
    start, before = time.perf_counter(), time.process_time()
    linted = lint([str(folder)], Overrides(select=("EIN61",)), Options(isolated=True, cache=False))
    outcome = repair(linted, judge, unsafe=False)
    seconds, own = time.perf_counter() - start, time.process_time() - before
    files = list(folder.rglob("*.py"))
    total = sum(calls_in(path.read_bytes(), str(path)) for path in files)
    changed = {path: after for path, _, after in outcome.changes}
    left = total - sum(calls_in(b, p) - calls_in(a, p) for p, b, a in outcome.changes)
    done = total - left
    yield f"{folder.name}: {done} of {total} calls rewritten ({done / max(total, 1):.1%}) in {len(changed)} files"
    yield f"  {seconds:.1f} s, of which {own:.1f} s of CPU in this process"
    verdicts = Counter(f"{f.fix.verdict}" for found in outcome.applied.values() for f in found if f.fix)
    yield f"  applied by verdict: {dict(verdicts)}"
    broken = [path for path, after in changed.items() if not isinstance(read(after, path), Source)]
    unstable = [file.path for file in outcome.linted if file.path in changed and _again(file, judge) != file.data]
    yield f"  {len(broken)} files do not parse {broken}, a second run changes {len(unstable)} {unstable}"
    for reason, count in _reasons(outcome.linted).most_common():
        yield f"  {count:4} left: {reason}"


def _again(file: Linted, judge: Verifier) -> bytes:
    assert file.settings is not None
    return fix(file.data, file.path, file.settings, judge).data


def _reasons(linted: Sequence[Linted]) -> Counter[str]:
    found: Counter[str] = Counter()
    for file in linted:
        for finding in file.findings:
            fix = finding.fix
            told = finding.unfixed
            if fix is not None and fix.safety is not Safety.SAFE:
                told = f"{fix.safety.value}, {fix.verdict}, differs in {' and '.join(fix.differs_in)} {told}"
            found[f"{finding.code} {told}"] += 1
    return found


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:]]
    if not folders:
        fetch(*PACKAGES)
        folders = [package.folder for package in PACKAGES]
    with Verifier("cpu", ".einlint_cache") as judge:
        for folder in folders:
            for line in figures(folder, judge):
                print(line, flush=True)


if __name__ == "__main__":
    main()
