"""The pages of programs with wrong data: each program as it is written, its repaired twin, and the marked lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PAGES = Path(__file__).parent / "programs"
_MARKED = re.compile(r"^(\s*)(.*?)\s*#([!?])(.*)$")
_RUN = re.compile(r"^# run: (.*)\n?", re.MULTILINE)


class Program(NamedTuple):
    """`marks` are the rows at which a finding is right, none for a program that is right as it is."""

    name: str
    text: str
    repaired: str
    marks: tuple[int, ...]
    run: str


def programs() -> Iterator[Program]:
    """Every program of every page."""
    for page in sorted(PAGES.glob("*.txt")):
        for part in re.split(r"^== ", page.read_text(), flags=re.MULTILINE)[1:]:
            name, _, body = part.partition("\n")
            run = _RUN.search(body)
            assert run is not None, name
            yield _program(f"{page.stem}: {name}", _RUN.sub("", body), run[1])


def _program(name: str, body: str, run: str) -> Program:
    text, repaired, marks = [], [], []
    for row, line in enumerate(body.split("\n"), 1):
        match = _MARKED.match(line)
        if match is None:
            text.append(line)
            repaired.append(line)
            continue
        indent, code, kind, other = match.groups()
        marks.append(row)
        text.append(indent + code)
        repaired.append(indent + (other.strip() if kind == "!" else code))
    return Program(name, "\n".join(text), "\n".join(repaired), tuple(marks), run)
