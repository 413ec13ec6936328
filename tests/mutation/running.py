"""Runs mutants of a package: which of them still run, with the same shapes and other values."""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery
import io
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.ground_truth.documented import Smaller, TooLong, alarm, confined, examples
from tests.mutation.kinds import Mutant, mutants

_EXAMPLE_SECONDS = 6
_TRIES_OF_A_SITE = 4
_DIFFERENT = 1e-4
_VERDICTS = ("same", "fails", "shape", "other")
Outcome = tuple[list[str], list[Any]]
"""What went wrong in a program, and the tensors that it leaves behind."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mutant of a file that runs, with the same shapes and other values."""

    path: str
    mutant: Mutant


@dataclass(frozen=True, slots=True)
class Example:
    """A program of a package, what it leaves behind, the lines it executes and its CPU seconds."""

    code: Sequence[CodeType]
    outcome: Outcome
    lines: frozenset[tuple[str, int]]
    seconds: float


class Sources:
    """Compiles the files of a package once, and any of them with other content where that is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder) + os.sep
        self.codes: dict[str, CodeType] = {}
        self._read = importlib.machinery.SourceFileLoader.get_code

    def install(self) -> None:
        def get_code(loader: Any, name: str) -> CodeType | None:
            if loader.path not in self.codes:
                code = self._read(loader, name)
                if code is None or not loader.path.startswith(self.folder):
                    return code
                self.codes[loader.path] = code
            return self.codes[loader.path]

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]

    def forget(self) -> None:
        """Modules of the package are to be imported anew."""
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(self.folder):
                del sys.modules[name]


def run(folder: Path, seconds: float) -> tuple[list[Kept], dict[str, dict[str, int]]]:
    """The mutants kept of those that could be tried in a time, and per kind how many had each verdict.

    As much time again is there for finding examples that run.
    Meant for a process of its own: changes how it imports, and where it is.
    """
    import torch

    torch.set_num_threads(1)  # so that a fork has no thread less
    folder, sources, chance = folder.resolve(), Sources(folder.resolve()), random.Random(0)
    sources.install()
    sys.path.insert(0, str(folder))
    kept: list[Kept] = []
    counts: dict[str, dict[str, int]] = {}
    with confined(10**6):
        known = list(_examples(folder, sources, chance, time.monotonic() + seconds))
        executed = frozenset[tuple[str, int]]().union(*(example.lines for example in known))
        end = time.monotonic() + seconds
        for path, mutant in _candidates(executed, chance):
            if time.monotonic() > end:
                break
            verdict = _verdict(path, mutant, known, sources)
            kind = counts.setdefault(mutant.kind, dict.fromkeys(_VERDICTS, 0))
            kind[verdict] += 1
            if verdict == "other":
                kept.append(Kept(path, mutant))
    return kept, counts


def _examples(folder: Path, sources: Sources, chance: random.Random, end: float) -> Iterator[Example]:
    programs = examples(folder)
    chance.shuffle(programs)
    for program in filter(None, map(_program, programs)):
        if time.monotonic() < end and (example := _example(program, sources)):
            yield example


def _program(text: str) -> list[CodeType] | None:
    """The statements of a program; the value of an expression gets a name."""
    try:
        statements = Smaller().visit(ast.parse(text)).body
    except SyntaxError:
        return None
    code = []
    for k, statement in enumerate(statements):
        if isinstance(statement, ast.Expr):
            statement = ast.Assign([ast.Name(f"value_{k}", ast.Store())], statement.value)
        module = ast.fix_missing_locations(ast.copy_location(ast.Module([statement], []), statement))
        code.append(compile(module, "<example>", "exec"))
    return code


def _example(code: list[CodeType], sources: Sources) -> Example | None:
    """A program that takes no long, has tensors to show, and gives the same ones twice."""
    _perform(code, sources, _EXAMPLE_SECONDS)  # imports what it needs
    began = time.process_time()
    outcome = _perform(code, sources, _EXAMPLE_SECONDS)
    seconds = time.process_time() - began
    if not outcome[1] or seconds > _EXAMPLE_SECONDS / 2:
        return None
    lines: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        path = frame.f_code.co_filename
        if not path.startswith(sources.folder):
            return None
        lines.add((path, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        again = _perform(code, sources, 10 * _EXAMPLE_SECONDS)
    finally:
        sys.settrace(None)
    return Example(code, outcome, frozenset(lines), seconds) if _compared(outcome, again) == "same" else None


def _candidates(executed: frozenset[tuple[str, int]], chance: random.Random) -> Iterator[tuple[str, Mutant]]:
    """Mutants of executed lines in random order, one of each kind in turn, so that any number is a fair sample."""
    kinds: dict[str, list[tuple[str, Mutant]]] = {}
    for path in sorted({path for path, _ in executed}):
        sites: dict[tuple[str, int, int], list[Mutant]] = {}
        for mutant in mutants(Path(path).read_bytes()):
            if any((path, row) in executed for row in range(mutant.row, mutant.end_row + 1)):
                sites.setdefault((mutant.kind, mutant.row, mutant.start), []).append(mutant)
        for (kind, _, _), made in sites.items():
            some = chance.sample(made, min(len(made), _TRIES_OF_A_SITE))
            kinds.setdefault(kind, []).extend((path, mutant) for mutant in some)
    for each in kinds.values():
        chance.shuffle(each)
    while any(kinds.values()):
        yield from [each.pop() for each in kinds.values() if each]


def _verdict(path: str, mutant: Mutant, known: list[Example], sources: Sources) -> str:
    """What the fastest program that executes the place says of a mutant."""
    rows = range(mutant.row, mutant.end_row + 1)
    example = min((e for e in known if any((path, row) in e.lines for row in rows)), key=lambda e: e.seconds)
    with contextlib.suppress(SyntaxError):
        code = compile(mutant.applied(Path(path).read_bytes()), path, "exec")
        return _in_child(lambda: _compared(example.outcome, _mutated(example, path, code, sources)))
    return "fails"


def _mutated(example: Example, path: str, code: CodeType, sources: Sources) -> Outcome:
    sources.codes[path] = code
    return _perform(example.code, sources, 3 * _EXAMPLE_SECONDS)


def _in_child(judge: Callable[[], str]) -> str:
    """The answer of a process that is a copy of this one: whatever a mutant does ends with it."""
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            status = _VERDICTS.index(judge())
        os._exit(status)
    return _VERDICTS[max(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))]


def _perform(code: Sequence[CodeType], sources: Sources, seconds: float) -> Outcome:
    """Run a program on modules imported anew; every statement starts with the same random numbers."""
    import numpy as np
    import torch

    sources.forget()
    names: dict[str, Any] = {"__name__": "example"}
    problems = []
    try:
        with alarm(seconds), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for k, statement in enumerate(code):
                torch.manual_seed(k)
                np.random.seed(k)
                random.seed(k)
                try:
                    exec(statement, names)
                except Exception as error:
                    problems.append(f"{k}: {traceback.format_exception_only(error)[-1]}")
    except TooLong:
        problems.append("takes too long")
    return problems, [leaf for name in sorted(names) for leaf in _tensors(names[name])]


def _tensors(value: Any) -> Iterator[Any]:
    import torch

    if isinstance(value, torch.Tensor):
        yield value.detach()
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _compared(one: Outcome, other: Outcome) -> str:
    """Rounding is no other value: a difference must be 1e-4 of the largest number."""
    if one[0] != other[0]:
        return "fails"
    if [tensor.shape for tensor in one[1]] != [tensor.shape for tensor in other[1]]:
        return "shape"
    return "other" if any(map(_differ, one[1], other[1])) else "same"


def _differ(one: Any, other: Any) -> bool:
    import torch

    one, other = (torch.nan_to_num(torch.view_as_real(t) if t.is_complex() else t.double()) for t in (one, other))
    return bool(one.numel()) and bool((one - other).abs().max() > _DIFFERENT * max(one.abs().max(), 1e-30))


def as_json(kept: list[Kept]) -> list[dict[str, Any]]:
    return [{"path": each.path, **asdict(each.mutant)} for each in kept]


def from_json(found: list[dict[str, Any]]) -> list[Kept]:
    return [Kept(path, Mutant(**rest)) for each in found for path, rest in [(each["path"], _without_path(each))]]


def _without_path(each: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in each.items() if key != "path"}
