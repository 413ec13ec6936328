"""What the process that runs expressions refuses its libraries. `test_escapes.py` tries expressions on a real one."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("torch")

from einlint.verification.worker import Forbidden, Worker, _audit


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("file", "w", os.O_WRONLY)),
        ("open", ("file", "r+", os.O_RDWR)),
        ("open", ("file", None, os.O_CREAT)),
        ("open", ("file", "ab", 0)),
        ("os.system", ("ls",)),
        ("os.remove", ("file", -1)),
        ("subprocess.Popen", ("ls", [], None, None)),
        ("socket.connect", (None, None)),
        ("shutil.rmtree", ("folder", None)),
    ],
)
def test_what_is_forbidden(event: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(Forbidden):
        _audit(event, arguments)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [("open", ("file", "r", os.O_RDONLY)), ("open", ("file", "rb", 0)), ("import", ("math",)), ("os.listdir", (".",))],
)
def test_what_is_not(event: str, arguments: tuple[object, ...]) -> None:
    _audit(event, arguments)


def test_the_greeting_names_what_is_there() -> None:
    worker = Worker("cpu")
    ready = worker.ready()
    assert set(ready["ready"]) == {"torch", "numpy", "einops"}
    assert ready["devices"] == ["cpu"]
    worker.library.modules["einops"] = None
    assert set(worker.ready()["ready"]) == {"torch", "numpy"}


def test_a_library_that_is_not_installed_is_named() -> None:
    library = Worker("cpu").library
    assert (
        str(library.absent("torch.no_such_function"))
        == "`torch.no_such_function` does not exist in the installed version"
    )
    library.modules["einops"] = None
    assert str(library.absent("einops.rearrange")) == "`einops` is not installed"
