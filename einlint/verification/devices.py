"""Where both sides run: the CPU always, CUDA where it is wanted and torch sees it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from einlint.failures import Unavailable

_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
# The driver is found by its path, and the user decides which GPU is seen.
_KEPT = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")


def check(wanted: str, devices: Sequence[str]) -> None:
    """Raise Unavailable when CUDA was asked for and is not there."""
    if wanted == "cuda" and "cuda" not in devices:
        raise Unavailable("`--device cuda` was given, but torch sees no CUDA device")


def expected(wanted: str) -> str:
    """The devices that a process will find, judged without torch: no verdict is reused where a GPU came or went."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    found = any(map(os.path.exists, _DRIVERS)) or shutil.which("nvidia-smi") is not None
    return "cpu" if wanted == "cpu" or hidden or not found else "cpu and cuda"


def environment(wanted: str) -> Mapping[str, str]:
    """What a process needs besides nothing at all to find a device. No kernel is cached on disk."""
    if expected(wanted) == "cpu":
        return {}
    return {"CUDA_CACHE_DISABLE": "1", **{name: os.environ[name] for name in _KEPT if name in os.environ}}


def prepared(torch: Any, wanted: str) -> list[str]:
    """The devices to run on. What CUDA loads late is loaded now, before the process is sealed."""
    if wanted == "cpu" or torch is None or not torch.cuda.is_available():
        return ["cpu"]
    _allow(torch, [False, False])
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        ones = torch.ones(2, 2, dtype=dtype, device="cuda")
        float((ones @ ones).sum())
    return ["cpu", "cuda"]


@contextmanager
def tensor_float(torch: Any, on: bool) -> Iterator[None]:
    """Whether CUDA may round the factors of float32 products to the 10 bits of TF32."""
    before = [backend.allow_tf32 for backend in _backends(torch)]
    _allow(torch, [on, on])
    try:
        yield
    finally:
        _allow(torch, before)


def _backends(torch: Any) -> tuple[Any, Any]:
    return torch.backends.cuda.matmul, torch.backends.cudnn


def _allow(torch: Any, values: Sequence[bool]) -> None:
    for backend, value in zip(_backends(torch), values, strict=True):
        backend.allow_tf32 = value
