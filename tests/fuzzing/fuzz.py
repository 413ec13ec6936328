"""Coverage-guided fuzzing by hand: `pip install atheris`, then

    python tests/fuzzing/fuzz.py files --seconds 60        # or another of the targets, or all
    python tests/fuzzing/fuzz.py files --input FILE        # run what was found again

Reports every way to fail once, with an input that does it, and inputs that take more than 10 seconds. Inputs are kept
under --folder, and the next run starts from them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import pkgutil
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

SLOW = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/einlint-fuzzing"))
    parser.add_argument("--input", type=Path, help="run this once instead")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        fuzz(arguments.targets[0], arguments.seconds, arguments.folder)
        return
    if arguments.input:
        from tests.fuzzing.targets import TARGETS

        TARGETS[arguments.targets[0]].run(arguments.input.read_bytes())
        return
    from tests.fuzzing.targets import TARGETS

    for name in TARGETS if arguments.targets == ["all"] else arguments.targets:
        command = [sys.executable, __file__, name, "--inside", f"--seconds={arguments.seconds}"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [*command, f"--folder={arguments.folder}"], stderr=subprocess.PIPE, text=True, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        ended = [line for line in done.stderr.splitlines() if "DONE" in line] or done.stderr.splitlines()[-5:]
        print(f"{name}: exit {done.returncode}, {spent:.0f} CPU s, {' '.join(ended)}", flush=True)


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["einlint"]):
        import einlint

        for module in pkgutil.walk_packages(einlint.__path__, "einlint."):  # many are imported where they are used
            if module.name != "einlint.__main__":
                importlib.import_module(module.name)
        from tests.fuzzing.targets import TARGETS
    from einlint import source

    source._libcst_parses = lambda text: False  # a process for each input is too slow
    target = TARGETS[name]
    corpus, failures = folder / name / "corpus", folder / name / "failures"
    for place in (corpus, failures):
        place.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds:
        data = seed.encode("utf-8", "surrogateescape")
        (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
    words = folder / name / "words"
    words.write_text("".join(f'"{escaped(word)}"\n' for word in target.words if word), "utf-8")
    options = [f"-max_total_time={seconds}", f"-dict={words}", "-timeout=60", "-rss_limit_mb=6000", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={failures}/", str(corpus)], recorded(target.run, failures))
    atheris.Fuzz()


def escaped(word: str) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word.encode())


def recorded(run: Callable[[bytes], object], failures: Path) -> Callable[[bytes], None]:
    """Note what fails or takes long, once for every place in the code, and go on."""
    seen: set[str] = set()

    def note(kind: str, data: bytes, text: str) -> None:
        if kind not in seen:
            seen.add(kind)
            path = failures / hashlib.sha1(data).hexdigest()
            path.write_bytes(data)
            print(f"{kind}\n{text}input: {path}\n", flush=True)

    def one(data: bytes) -> None:
        start = time.process_time()
        try:
            run(data)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            note(f"{type(error).__name__} at {frame.filename}:{frame.lineno}", data, traceback.format_exc(limit=-6))
        if time.process_time() - start > SLOW:
            note("slow", data, f"{time.process_time() - start:.0f} s\n")

    return one


if __name__ == "__main__":
    main()
