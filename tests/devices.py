"""The devices that tests run on: CUDA is skipped where torch sees none."""

from __future__ import annotations

import importlib.util

import pytest


def _has_cuda() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())


needs_cuda = pytest.mark.skipif(not _has_cuda(), reason="torch sees no CUDA device on this machine")
DEVICES = ("cpu", pytest.param("cuda", marks=needs_cuda))
