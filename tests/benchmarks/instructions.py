"""Where einlint spends its instructions: a sample of the stack after every half million of them.

    python -m tests.benchmarks.instructions PATH [--below FUNCTION]

Prints, for every function, the share of samples that are in it and in what it calls; `--below` counts only what a
function of this name calls. It costs nothing between samples, where a profiler doubles the price of small functions,
and says the same on a busy machine. Needs Linux on x86-64 and the right to count (`perf_event_paranoid` of at most 2).
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import signal
import struct
from collections import Counter
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from types import FrameType

from tests.benchmarks.measuring import ROOT

_EVERY = 500_000
_OPEN, _REFRESH, _DISABLE = 298, 0x2402, 0x2401
_DISABLED, _NO_KERNEL, _NO_HYPERVISOR = 1, 1 << 5, 1 << 6
_SET_SIGNAL = 10
_INSTRUCTIONS = 1

Stack = tuple[str, ...]


def counter(every: int) -> int:
    """A file that signals SIGUSR1 after so many instructions of this process. Raises OSError."""
    attributes = bytearray(128)
    struct.pack_into("IIQQ", attributes, 0, 0, len(attributes), _INSTRUCTIONS, every)
    struct.pack_into("QI", attributes, 40, _DISABLED | _NO_KERNEL | _NO_HYPERVISOR, 1)
    buffer = (ctypes.c_char * len(attributes)).from_buffer(attributes)
    file: int = ctypes.CDLL(None, use_errno=True).syscall(_OPEN, buffer, 0, -1, -1, 0)
    if file < 0:
        raise OSError(ctypes.get_errno(), "instructions cannot be counted here")
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_ASYNC)
    fcntl.fcntl(file, _SET_SIGNAL, signal.SIGUSR1)
    fcntl.fcntl(file, fcntl.F_SETOWN, os.getpid())
    return file


def sampled(path: str) -> Counter[Stack]:
    """The stacks of a run, innermost function first, and how often each was met."""
    from einlint.cli import main

    stacks: Counter[Stack] = Counter()
    control = ctypes.CDLL(None).ioctl
    file = counter(_EVERY)

    def note(_signal: int, frame: FrameType | None) -> None:
        names = []
        while frame is not None:
            code = frame.f_code
            names.append(f"{_short(code.co_filename)}:{code.co_firstlineno} {code.co_name}")
            frame = frame.f_back
        stacks[tuple(names)] += 1
        control(file, _REFRESH, 1)

    signal.signal(signal.SIGUSR1, note)
    with redirect_stdout(StringIO()), suppress(SystemExit):
        control(file, _REFRESH, 1)
        main([path, "--no-cache", "--isolated", "--jobs", "1", "--exit-zero"], standalone_mode=False)
    control(file, _DISABLE, 0)
    return stacks


def _short(name: str) -> str:
    path = Path(name)
    return f"{path.relative_to(ROOT)}" if path.is_relative_to(ROOT) else path.name


def report(stacks: Counter[Stack], below: str, most: int = 40) -> None:
    """Print the functions that most samples are in, and those that most are below."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for stack, count in stacks.items():
        places = [place for place, name in enumerate(stack) if not below or name.endswith(f" {below}")]
        if places:
            own[stack[0]] += count
            for name in set(stack[: places[-1] + 1]):
                whole[name] += count
    total = stacks.total()
    for title, counted in (("in the function itself", own), ("in all that it calls", whole)):
        print(f"\n{title}")
        for name, count in counted.most_common(most):
            print(f"{100 * count / total:6.2f} %  {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--below", default="", metavar="FUNCTION")
    given = parser.parse_args()
    report(sampled(given.path), given.below)
