"""The child process that runs expressions: JSON lines in, JSON lines out, nothing else.

Started by `workers.py` with an empty environment in a temporary directory. It keeps torch loaded,
limits its own memory, and refuses to open files for writing, sockets and processes.
"""

from __future__ import annotations

import functools
import gc
import json
import math
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from einlint.verification import devices
from einlint.verification.concrete import MAX_ELEMENTS, Library
from einlint.verification.expressions import Refused, parse
from einlint.verification.limits import OverLimit

Json = dict[str, Any]
HEADROOM = 2 * 2**30
CUDA_HEADROOM = 64 * 2**30  # CUDA maps what lies on the GPU into the same addresses
CPU_SECONDS = 60


class Forbidden(BaseException):
    """Code of a library tried what no expression may do."""


_FORBIDDEN_EVENTS = tuple(
    "ctypes.dlopen os.chmod os.chown os.exec os.fork os.forkpty os.kill os.link os.mkdir os.posix_spawn os.remove "
    "os.rename os.rmdir os.spawn os.symlink os.system os.truncate shutil. socket. subprocess.Popen tempfile. urllib. "
    "webbrowser.".split()
)


def lock(headroom: int = HEADROOM) -> None:
    """Seal the process: bounded memory, no files written, no processes, no sockets."""
    _limit_memory(headroom)
    sys.addaudithook(_audit)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        mode, flags = args[1], args[2]
        writes = isinstance(mode, str) and set(mode) & set("wax+")
        if writes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            raise Forbidden(event)
    elif event.startswith(_FORBIDDEN_EVENTS):
        raise Forbidden(event)


def _limit_memory(headroom: int) -> None:
    try:
        import resource
    except ImportError:
        return
    status = Path("/proc/self/statm")
    if status.exists():
        top = int(status.read_text().split()[0]) * resource.getpagesize() + headroom
        resource.setrlimit(resource.RLIMIT_AS, (top, top))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _renew_cpu_limit() -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, hard))


def forget_lengths(einops: Any) -> None:
    """einops keeps what it made of lengths by equality: after `b=2` it would let `b=2.0` pass, which it refuses."""
    cached = getattr(getattr(einops, "einops", None), "_reconstruct_from_shape", None)
    direct = getattr(cached, "__wrapped__", None)
    if direct is not None:
        einops.einops._reconstruct_from_shape = direct


class Worker:
    """Answers requests about pairs."""

    def __init__(self, device: str = "cpu") -> None:
        self.library = Library()
        self.devices = devices.prepared(self.library.torch, device)
        self.pair = functools.lru_cache(maxsize=8)(self._pair)

    def ready(self) -> Json:
        """The greeting: which libraries there are, at which version."""
        modules = {name: self.library.modules[name] for name in ("torch", "numpy", "einops")}
        versions = {name: str(module.__version__) for name, module in modules.items() if module is not None}
        return {"ready": versions, "devices": self.devices}

    def prepare(self) -> None:
        """What costs too much to set for every run."""
        torch, numpy = self.library.torch, self.library.numpy
        warnings.simplefilter("ignore")
        forget_lengths(self.library.modules["einops"])
        if numpy is not None:
            numpy.seterr(all="ignore")
        if torch is not None:
            torch.set_num_threads(1)
            torch.set_num_interop_threads(1)
            self._reset()

    def _reset(self) -> None:
        if self.library.torch is not None:
            self.library.torch.set_default_dtype(self.library.torch.float64)
            self.library.torch.default_generator.manual_seed(0)

    def _pair(self, text: str) -> Any:
        from einlint.verification.running import Pair

        fields = json.loads(text)
        names = list(fields["tensors"])
        sides = (parse(fields["a"], names), parse(fields["b"], names))
        further = {name: fields[name] for name in ("device", "sums_products") if name in fields}
        return Pair(self.library, *sides, fields["framework"], fields["dtypes"], fields["mutates"], **further)

    def answer(self, request: Json) -> Json:
        """One line for each case; a case that is refused says why and the others go on."""
        _renew_cpu_limit()
        self._reset()
        try:
            pair = self.pair(json.dumps(request["pair"]))
        except Refused as refusal:
            return {"refused": str(refusal)}
        from einlint.verification.actions import ACTIONS

        action, answers = ACTIONS[request["do"]], []
        for case in request["cases"]:
            answers.append(self._guarded(action, pair, self._case(request["pair"]["tensors"], case)))
            if answers[-1].get("stop") or (request["strict"] and "refused" in answers[-1]):
                break
        return {"answers": answers}

    def _case(self, tensors: Mapping[str, list[str | int]], case: list[Any]) -> Any:
        from einlint.verification.running import Case

        sizes, recipe, seed = case
        shapes = {
            name: tuple(sizes[axis] if isinstance(axis, str) else axis for axis in axes)
            for name, axes in tensors.items()
        }
        return Case(shapes, recipe, seed)

    def _guarded(self, action: Callable[[Any, Any], Json], pair: Any, case: Any) -> Json:
        try:
            if any(math.prod(shape) > MAX_ELEMENTS for shape in case.shapes.values()):
                raise OverLimit("an operand has more elements than verification computes with")
            return action(pair, case)
        except OverLimit as refusal:
            return {"refused": str(refusal), "limit": True}
        except Refused as refusal:
            return {"refused": str(refusal), "stop": True}
        except MemoryError:
            return {"refused": "the expression needs more memory than verification gives it", "limit": True}
        except RecursionError:
            return {"refused": "the expression is nested too deeply", "stop": True}
        except Forbidden as forbidden:
            return {"refused": f"the expression tried `{forbidden}`, which is not allowed", "stop": True}


def main() -> None:
    """Answer requests until the input ends."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker(*sys.argv[2:])
    worker.prepare()
    lock(CUDA_HEADROOM if "cuda" in worker.devices else HEADROOM)
    gc.freeze()
    print(json.dumps(worker.ready()), file=channel, flush=True)
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), file=channel, flush=True)


if __name__ == "__main__":
    main()
