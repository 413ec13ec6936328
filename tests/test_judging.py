"""The judge of fixes keeps its verdicts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from einlint.judging import Verifier
from einlint.verification import devices
from einlint.verification.workers import WorkerProcess

pytest.importorskip("torch")
pytest.importorskip("einops")

QUESTION: dict[str, Any] = {"tensors": {"x": "a b"}, "a": "x.t()", "b": "rearrange(x, 'a b -> b a')"}


class Started(Exception):
    """A worker was started."""


def test_a_verdict_is_found_again_without_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Verifier("cpu", str(tmp_path)) as judge:
        first = judge(QUESTION)
    assert (first.verdict, first.differs_in, first.devices) == ("proved", (), ("cpu",))

    def start(self: WorkerProcess) -> None:
        raise Started

    monkeypatch.setattr(WorkerProcess, "start", start)
    with Verifier("cpu", str(tmp_path)) as judge:
        assert judge(QUESTION) == first
        with pytest.raises(Started):
            judge({**QUESTION, "b": "x.t() + 0"})
    with Verifier("cpu") as judge, pytest.raises(Started):
        judge(QUESTION)
    monkeypatch.setattr(devices, "expected", lambda wanted: "cpu and cuda")
    with Verifier("auto", str(tmp_path)) as judge, pytest.raises(Started):
        judge(QUESTION)


def test_the_devices_that_are_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    assert (devices.expected("auto"), devices.expected("cpu")) == ("cpu and cuda", "cpu")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert devices.expected("auto") == "cpu"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert devices.expected("auto") == "cpu"
