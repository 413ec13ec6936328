"""The one-way flow: a module imports only from layers above its own, and plain linting stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "einlint"

# Modules and packages in the order of docs/design.md, which says what each line is for.
LAYERS = """
lazily findings
marks failures store
globs config discovery
literals comments source notebooks notebook_cells modules suppressions
patterns
names scopes project callables resolution texts calls unused axes
dimensions claims program operations shapes verification silent targets
rewrites
rule_table registry settings rules checking
fixes
portability
execution executors cache quiet selection session
reports
writing baseline fixing judging fix_mode
options terminal rule_cli clean_cli equivalence_cli explain_cli targets_cli cli flake8_plugin __main__
""".split()
LEVELS = {name: level for level, name in enumerate(["__init__", *LAYERS])}

HEAVY = {"torch", "numpy", "libcst", "rich", "distributed", "dask"}
# Packages that are only imported when a fix is built, and by the worker that runs expressions.
AT_HOME = {"rewrites": {"libcst"}, "verification": {"numpy"}}

MODULES = sorted(PACKAGE.rglob("*.py"))
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(node: ast.AST) -> list[str]:
    """The dotted names that an import statement reaches."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0, names=names):
            return [f"{module}.{alias.name}" for alias in names]
    return []


def imported_layers(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of einlint, anywhere in the module: its row and the layer it reaches."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for root, *inner in (name.split(".") for name in imports(node)):
            if root == "einlint":
                yield getattr(node, "lineno", 0), inner[0] if inner and inner[0] in LEVELS else "__init__"


def imported_by(*command: str) -> set[str]:
    """Every module that `python -m COMMAND`, which must find something, imports in any of its processes."""
    done = subprocess.run([sys.executable, "-v", "-m", *command], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    return set(re.findall(r"^import '([\w.]+)'", done.stderr, re.MULTILINE))


@each_module
def test_imports_only_from_above(path: Path) -> None:
    assert layer_of(path) in LEVELS, "a new module needs its place in LAYERS"
    level = LEVELS[layer_of(path)]
    assert not [f"row {row} imports {layer}" for row, layer in imported_layers(path) if LEVELS[layer] > level]


@each_module
def test_imports_nothing_heavy_before_it_is_needed(path: Path) -> None:
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    reached = {name.partition(".")[0] for statement in statements for name in imports(statement)}
    assert HEAVY.isdisjoint(reached - AT_HOME.get(layer_of(path), set()))


def test_plain_linting_imports_nothing_heavy(tmp_path: Path) -> None:
    calls = tmp_path / "calls.py"
    calls.write_text("import torch\nfrom einops import rearrange\nrearrange(torch.ones(2, 3), 'a b')\n", "utf-8")
    imported = imported_by("einlint", str(calls), "--no-cache", "--isolated")
    assert "einlint.checking" in imported
    assert imported.isdisjoint(HEAVY)


@pytest.mark.parametrize(("text", "needed"), [("einops = 1\n", True), ("nothing = 1\n", False)])
def test_flake8_loads_einlint_only_for_files_that_mention_a_call(tmp_path: Path, text: str, needed: bool) -> None:
    path = tmp_path / "module.py"
    path.write_text(f"{text}import os\n", "utf-8")
    imported = imported_by("flake8", "--isolated", "--jobs=1", str(path))
    assert "einlint.flake8_plugin" in imported
    assert ("einlint.checking" in imported) == needed
    assert imported.isdisjoint(HEAVY)
