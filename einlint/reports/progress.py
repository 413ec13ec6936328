"""A progress bar on a terminal, for runs that take long enough to wonder."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 0.5
_INTERVAL = 0.1


class ProgressBar:
    """Drawn on standard error when it is called, and by no thread: processes are forked meanwhile."""

    def __init__(self, doing: str = "Checking") -> None:
        self._doing = doing
        self._next = time.monotonic() + PATIENCE
        self._bar: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how many files are done, now and then."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _INTERVAL
        progress, task = self._bar or self._start(total)
        progress.update(task, completed=done, total=total)
        progress.refresh()

    def close(self) -> None:
        """Wipe the bar off."""
        if self._bar:
            self._bar[0].stop()

    def _start(self, total: int) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import Progress

        progress = Progress(console=Console(file=sys.stderr), auto_refresh=False, transient=True)
        self._bar = progress, progress.add_task(self._doing, total=total)
        progress.start()
        return self._bar
