"""Colours, which only a terminal gets."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO

Style = Callable[[str, str], str]
"""Takes what a piece of text is and the text, gives what to print."""

_STYLES = {"path": "bold", "code": "bold red", "gutter": "bold blue", "mark": "bold red", "note": "bold cyan"}


def plain(kind: str, text: str) -> str:
    """No colours."""
    return text


def style_of(stream: IO[str] | None) -> Style:
    """Colours where `stream` shows them, as rich decides from the terminal, NO_COLOR and FORCE_COLOR."""
    if stream is None or not (stream.isatty() or os.environ.get("FORCE_COLOR")):
        return plain
    from rich.console import Console
    from rich.style import Style as RichStyle

    console = Console(file=stream)
    if console.no_color or console.color_system is None:
        return plain
    styles = {kind: RichStyle.parse(definition) for kind, definition in _STYLES.items()}
    return lambda kind, text: styles[kind].render(text)
