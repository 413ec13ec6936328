"""Runs the models of a package: the examples in its documentation, and recipes where it has none."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ground_truth.tracing import Trace

_BLOCK = re.compile(r"^```py(?:thon)?[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_RECIPES = Path(__file__).with_name("recipes.md")
_DEPTH = re.compile(r"(^|_)(depth|num_layers|n_layers|layers|timesteps|steps)$")
_STATEMENT_SECONDS = 20
_PACKAGE_SECONDS = 200


class TooLong(BaseException):
    """A statement or a package takes too long; nothing in a model catches this."""


def examples(folder: Path) -> list[str]:
    """The Python code in the description of an unpacked wheel, after the recipes for it."""
    recipes = dict(_SECTION.findall(_RECIPES.read_text(encoding="utf-8")))
    described = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.dist-info/METADATA"))]
    return [block for text in (recipes.get(_name(folder), ""), *described) for block in _BLOCK.findall(text)]


def _name(folder: Path) -> str:
    """The package of a wheel: `vit_pytorch` for `vit-pytorch-1.26.11-2c4a17ce`."""
    return re.sub(r"-\d.*", "", folder.name).replace("-", "_")


def run(folder: Path, out: Path) -> None:
    """Run the examples of a package in this process and write what was recorded."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    torch.set_num_threads(1)
    trace, notes = Trace(), []
    trace.install()
    sys.path.insert(0, str(folder))
    fake: dict[str, Any] = {"__name__": "example"}
    real = dict(fake)
    with confined(_PACKAGE_SECONDS):
        for number, example in enumerate(examples(folder)):
            # without data a model of any size runs at once; where its code looks at data, the real thing is tried
            with FakeTensorMode(allow_non_fake_inputs=True):
                problems = _execute(example, fake)
            if problems:
                problems = _execute(example, real)
            notes += [f"{folder.name} example {number}: {problem}" for problem in problems]
            _write(trace, notes, out)


def _execute(example: str, names: dict[str, Any]) -> list[str]:
    """Run a program one statement after the other, whatever fails; says what did."""
    try:
        tree = ast.parse(example)
    except SyntaxError as error:
        return [f"{error}"]
    problems = []
    for statement in Smaller().visit(tree).body:
        module = ast.fix_missing_locations(ast.Module([statement], []))
        try:
            with alarm(_STATEMENT_SECONDS), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(module, "<example>", "exec"), names)
        except (Exception, SystemExit, TooLong) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            text = str(error).strip().splitlines()
            problems.append(f"{type(error).__name__}: {text[0] if text else ''} ({place})")
    return problems


class Smaller(ast.NodeTransformer):
    """Two layers show the same shapes as twelve, and the processor the same as a device."""

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        self.generic_visit(node)
        is_deep = isinstance(node.value, ast.Constant) and type(node.value.value) is int and node.value.value > 2
        if is_deep and _DEPTH.search(node.arg or ""):
            node.value = ast.Constant(2)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        moves = isinstance(node.func, ast.Attribute) and node.func.attr == "cuda"
        return node.func.value if moves and isinstance(node.func, ast.Attribute) else node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("cpu") if node.value in ("cuda", "cuda:0") else node


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextlib.contextmanager
def confined(seconds: int) -> Iterator[None]:
    """No network, a folder of its own, and an end: examples download weights and write checkpoints."""

    def refuse(*_: object) -> None:
        raise OSError("no network")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    os.environ |= {"HF_HUB_OFFLINE": "1", "WANDB_MODE": "disabled", "TORCHDYNAMO_DISABLE": "1"}
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    with tempfile.TemporaryDirectory() as scratch, _inside(scratch):
        yield


@contextlib.contextmanager
def _inside(folder: str) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _write(trace: Trace, notes: list[str], out: Path) -> None:
    found = [[site, list(runs)] for site, runs in trace.executions.items()]
    written = out.with_suffix(".part")
    written.write_text(json.dumps({"notes": notes, "found": found, "together": trace.together()}), encoding="utf-8")
    written.replace(out)


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
