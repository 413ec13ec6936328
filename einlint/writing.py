"""A file replaced at once: whatever happens, it is the old one or the new one."""

from __future__ import annotations

import os
from contextlib import suppress

_PREFIX = ".einlint-"


def write(path: str, before: bytes, after: bytes) -> str | None:
    """Replace the content of a file; the reason when it was left alone.

    A file that changed meanwhile, or cannot be written, is left as it is. Its mode stays.
    """
    try:
        with open(path, "r+b") as file:  # a file that may not be written is not replaced either
            if file.read() != before:
                return "it changed while it was checked and was not fixed"
        target = os.path.realpath(path)
        folder = os.path.dirname(target)
        _sweep(folder)
        _replace(target, os.path.join(folder, f"{_PREFIX}{os.getpid()}"), after)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"
    return None


def save(path: str, content: bytes) -> None:
    """Write a file, new or old, at once. Raises OSError."""
    target = os.path.realpath(path)
    _replace(target, os.path.join(os.path.dirname(target), f"{_PREFIX}{os.getpid()}"), content)


def _replace(target: str, temporary: str, content: bytes) -> None:
    try:
        with open(temporary, "xb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """The mode of a file, or what a new one gets."""
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sweep(folder: str) -> None:
    """Remove what a run that was killed left in a folder."""
    for name in os.listdir(folder):
        owner = name.removeprefix(_PREFIX)
        if name.startswith(_PREFIX) and owner.isdecimal() and not _runs(int(owner)):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))


def _runs(process: int) -> bool:
    """Whether a process other than this one is there; on Windows, where asking may end it, it is taken to be."""
    if process == os.getpid() or os.name == "nt":
        return process != os.getpid()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
