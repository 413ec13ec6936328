"""Which library function a call is, through imports, aliases, assignments, partials and other files of the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from einlint.calls import CallFinder
from einlint.source import Source, parse

REARRANGE = "from einops import rearrange\n"
CALL = "rearrange(x, 'a -> a')\n"


def resolved(path: Path, text: str, aliases: dict[str, str] | None = None) -> list[str]:
    """The names of the functions that the file at `path` is found to call, in order."""
    source = parse(text, str(path))
    assert isinstance(source, Source)
    return [call.callee.name for call in CallFinder(source, aliases or {}).calls()]


def tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x, 'a')", id="nothing is imported"),
        pytest.param("from other import rearrange\nrearrange(x, 'a')", id="another library"),
        pytest.param("import other.einops as einops\neinops.rearrange(x, 'a')", id="a vendored copy"),
        pytest.param("from . import einops\neinops.rearrange(x, 'a')", id="a relative module that does not exist"),
        pytest.param("from .einops import rearrange\nrearrange(x, 'a')", id="a member of a missing relative module"),
        pytest.param("from functools import reduce\nreduce(f, 'a')", id="reduce of functools"),
        pytest.param("def rearrange(x, p): pass\n" + CALL, id="a function of the file"),
        pytest.param("class rearrange: pass\n" + CALL, id="a class of the file"),
        pytest.param(REARRANGE + "def rearrange(x, p): pass\n" + CALL, id="a function that replaces the import"),
        pytest.param("if a:\n  " + REARRANGE + "else:\n  def rearrange(): pass\n" + CALL, id="either of two"),
        pytest.param(
            "if a: from torch import einsum\nelse: from numpy import einsum\neinsum('a', x)", id="two libraries"
        ),
        pytest.param("from einops import einsum\nfrom torch import einsum\neinsum('a', x)", id="imported twice"),
        pytest.param(
            "if TYPE_CHECKING:\n  " + REARRANGE + "else: rearrange = lazy('einops')\n" + CALL, id="typed only"
        ),
        pytest.param(REARRANGE + "rearrange = wrap(rearrange)\n" + CALL, id="wrapped"),
        pytest.param(REARRANGE + "rearrange = rearrange if a else b\n" + CALL, id="chosen"),
        pytest.param("rearrange = rearrange\n" + CALL, id="itself"),
        pytest.param("rearrange = None\n" + CALL, id="None alone"),
        pytest.param("a = b\nb = a\na(x, 'a')", id="a circle of names"),
        pytest.param(REARRANGE + "def f(rearrange=rearrange): " + CALL, id="a parameter with that default"),
        pytest.param(REARRANGE + "for rearrange in xs: " + CALL, id="a loop variable"),
        pytest.param("import einops\ndef f(einops): einops.rearrange(x, 'a')", id="a module's name as a parameter"),
        pytest.param(
            "from einops.layers.torch import Rearrange\nf = Rearrange('a -> a')\nf(x)", id="an instance of a layer"
        ),
        pytest.param("import einops\nself.einops.rearrange(x, 'a')", id="an attribute of that name"),
        pytest.param("import einops\neinops.rearrange.cache_clear()", id="an attribute of the function"),
        pytest.param("import numpy as np\nnp.linalg.einsum('a', x)", id="a module that has no such function"),
        pytest.param(
            "class A:\n  from einops import rearrange\n  def f(self): " + CALL, id="an import of a class body"
        ),
        pytest.param("def f():\n  from einops import rearrange\n" + CALL, id="an import of another function"),
        pytest.param("def f(xp): xp.tensordot(x)", id="another function of an array module"),
        pytest.param("try: from fast import rearrange\nexcept ImportError: " + REARRANGE + CALL, id="a preferred one"),
        pytest.param(
            "import importlib\neinops = importlib.import_module(name)\neinops.rearrange(x, 'a')", id="computed"
        ),
        pytest.param("rearrange, _ = load('einops', name='rearrange')\n" + CALL, id="a loader that is not known"),
        pytest.param("_, rearrange = optional_import('einops', name='rearrange')\n" + CALL, id="the flag of a loader"),
    ],
)
def test_calls_of_other_functions_are_not_found(tmp_path: Path, text: str) -> None:
    found = resolved(tmp_path / "module.py", text)
    assert [name for name in found if name != "Rearrange"] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(REARRANGE + CALL, "rearrange", id="an import"),
        pytest.param("from einops import rearrange as r\nr(x, 'a')", "rearrange", id="an import under another name"),
        pytest.param("import einops\neinops.rearrange(x, 'a')", "rearrange", id="a module"),
        pytest.param("import einops as E\nE.rearrange(x, 'a')", "rearrange", id="a module under another name"),
        pytest.param("import einops.layers.torch\neinops.rearrange(x, 'a')", "rearrange", id="a package"),
        pytest.param("import einops.layers.torch\neinops.layers.torch.Rearrange('a')", "Rearrange", id="a dotted name"),
        pytest.param("import einops.layers.torch as L\nL.Rearrange('a')", "Rearrange", id="a renamed submodule"),
        pytest.param("from einops import layers\nlayers.flax.Reduce('a', 'b')", "Reduce", id="a package of a package"),
        pytest.param("from einops.layers.keras import EinMix\nEinMix('a', 'b')", "EinMix", id="a layer"),
        pytest.param("from einops.einops import rearrange\n" + CALL, "rearrange", id="the module that defines it"),
        pytest.param("from einops.array_api import rearrange\n" + CALL, "rearrange", id="the array API"),
        pytest.param("from einops import *\n" + CALL, "rearrange", id="a star import"),
        pytest.param("def f():\n  from einops import rearrange\n  " + CALL, "rearrange", id="an import in a function"),
        pytest.param("class A:\n  " + REARRANGE + "  y = " + CALL, "rearrange", id="an import in a class body"),
        pytest.param("f = lambda x: rearrange(x, 'a')\n" + REARRANGE, "rearrange", id="an import below"),
        pytest.param("try: " + REARRANGE + "except ImportError: rearrange = None\n" + CALL, "rearrange", id="or None"),
        pytest.param("try: " + REARRANGE + "except E:\n  def rearrange(): pass\n" + CALL, "rearrange", id="or its own"),
        pytest.param("rearrange = None\nif a:\n  " + REARRANGE + CALL, "rearrange", id="None before"),
        pytest.param("if a: " + REARRANGE + "else: " + REARRANGE + CALL, "rearrange", id="the same in both branches"),
        pytest.param("import einops\nf = einops.rearrange\nf(x, 'a')", "rearrange", id="an assignment"),
        pytest.param("import einops\nf = g = einops.rearrange\ng(x, 'a')", "rearrange", id="a chained assignment"),
        pytest.param("import einops\nf, g = einops.reduce, einops.rearrange\ng(x, 'a')", "rearrange", id="a pair"),
        pytest.param("import einops\nf: F = einops.rearrange\nf(x, 'a')", "rearrange", id="an annotated assignment"),
        pytest.param("import einops\n(f := einops.rearrange)\nf(x, 'a')", "rearrange", id="a walrus"),
        pytest.param(REARRANGE + "def f(y): return map(lambda t: rearrange(t, 'a'), y)", "rearrange", id="a map"),
        pytest.param(REARRANGE + "[rearrange(t, 'a') for t in x]", "rearrange", id="a comprehension"),
        pytest.param(REARRANGE + "print(f'{rearrange(x, PATTERN)}')", "rearrange", id="an f-string"),
        pytest.param("import torch\ntorch.einsum('a', x)", "torch.einsum", id="torch"),
        pytest.param("from torch import nn, einsum\neinsum('a', x)", "torch.einsum", id="an import of torch"),
        pytest.param("import numpy as np\nnp.einsum('a', x)", "numpy.einsum", id="numpy"),
        pytest.param("import jax.numpy as jnp\njnp.einsum('a', x)", "jax.numpy.einsum", id="jax"),
        pytest.param("import jax\njnp = jax.numpy\njnp.einsum('a', x)", "jax.numpy.einsum", id="an assigned module"),
        pytest.param("from jax import numpy as jnp\njnp.einsum('a', x)", "jax.numpy.einsum", id="jax by from"),
        pytest.param("import tensorflow as tf\ntf.linalg.einsum('a', x)", "tensorflow.linalg.einsum", id="tensorflow"),
        pytest.param("import opt_einsum as oe\noe.contract('a', x)", "opt_einsum.contract", id="opt_einsum"),
        pytest.param("from einops import einsum\neinsum(x, 'a')", "einops.einsum", id="einsum of einops"),
        pytest.param("from keras import ops\nops.einsum('a', x)", "keras.ops.einsum", id="keras"),
        pytest.param("def f(xp): xp.einsum('a', x)", "xp.einsum", id="an array module as a parameter"),
        pytest.param("def f(self): self.xp.einsum('a', x)", "xp.einsum", id="an array module as an attribute"),
        pytest.param("xp = array_namespace(x)\nxp.einsum('a', x)", "xp.einsum", id="an array module that is computed"),
        pytest.param("import numpy\nxp = numpy\nxp.einsum('a', x)", "numpy.einsum", id="an array module that is known"),
        pytest.param(
            "import importlib\nE = importlib.import_module('einops')\nE.rearrange(x, 'a')", "rearrange", id="importlib"
        ),
        pytest.param(
            "import pytest\nE = pytest.importorskip('einops')\nE.rearrange(x, 'a')", "rearrange", id="importorskip"
        ),
        pytest.param(
            "rearrange, _ = optional_import('einops', name='rearrange')\n" + CALL, "rearrange", id="optional_import"
        ),
        pytest.param(
            "einops, _ = optional_import('einops')\neinops.rearrange(x, 'a')",
            "rearrange",
            id="optional_import of a module",
        ),
    ],
)
def test_a_call_is_found(tmp_path: Path, text: str, name: str) -> None:
    assert resolved(tmp_path / "module.py", text) == [name]


PARTIAL = "from functools import partial\n" + REARRANGE


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(PARTIAL + "partial(f, 'a')", [], id="of another function"),
        pytest.param(REARRANGE + "partial(rearrange, pattern='a')", [], id="by another partial"),
        pytest.param(PARTIAL + "partial(*args)", [], id="of unknown arguments"),
        pytest.param(PARTIAL + "partial(rearrange, pattern='a')", ["rearrange"], id="alone"),
        pytest.param(PARTIAL + "f = partial(rearrange, pattern='a')\nf(x)", ["rearrange"] * 2, id="called by its name"),
        pytest.param(
            "import functools as F\nimport einops\nf = F.partial(einops.rearrange, pattern='a')\nf(x)",
            ["rearrange"] * 2,
            id="through modules",
        ),
        pytest.param(PARTIAL + "partial(partial(rearrange, h=1), w=1)", ["rearrange"], id="of a partial"),
        pytest.param(PARTIAL + "f = partial(rearrange)\nf = g\nf(x)", ["rearrange"], id="of a name bound again"),
        pytest.param(
            PARTIAL + "class A:\n  f = partial(rearrange)\n  def g(self): self.f(x)", ["rearrange"], id="a method"
        ),
    ],
)
def test_partial(tmp_path: Path, text: str, names: list[str]) -> None:
    assert resolved(tmp_path / "module.py", text) == names


@pytest.mark.parametrize(
    ("files", "text"),
    [
        pytest.param(
            {"ops.py": "def rearrange(): pass"}, "from ops import rearrange\n" + CALL, id="a module outside packages"
        ),
        pytest.param({"ops.py": "class A:\n  " + REARRANGE}, "from ops import rearrange\n" + CALL, id="a class body"),
        pytest.param(
            {"ops.py": "def f():\n  " + REARRANGE}, "from ops import rearrange\n" + CALL, id="a function body"
        ),
        pytest.param({"ops.py": "f(\n  rearrange,\n)"}, "from ops import rearrange\n" + CALL, id="an argument"),
        pytest.param({"ops.py": "# rearrange = 1"}, "from ops import rearrange\n" + CALL, id="a comment"),
        pytest.param(
            {"ops.py": "import (\n  rearrange"}, "from ops import rearrange\n" + CALL, id="a file that is no Python"
        ),
        pytest.param(
            {"ops.py": "from functools import partial\n" + REARRANGE + "f = partial(rearrange, pattern='a')"},
            "from ops import f\nf(x)",
            id="a partial of another file",
        ),
        pytest.param(
            {"ops.py": "def rearrange(): pass"},
            "from einops import *\nfrom ops import *\n" + CALL,
            id="a later star import of the tree's own function",
        ),
        pytest.param(
            {"ops.py": "def rearrange(): pass"},
            REARRANGE + "from ops import *\n" + CALL,
            id="a star import of the tree's own function after the import",
        ),
        pytest.param(
            {}, "from einops import einsum\nfrom torch import *\neinsum('a', x)", id="a star import of another library"
        ),
        pytest.param(
            {
                "a.py": "from b import *\nfrom c import *",
                "b.py": "from a import *\nfrom c import *",
                "c.py": "from b import *",
            },
            "from a import *\n" + CALL,
            id="a circle of star imports",
        ),
        pytest.param(
            {"a.py": "from b import f", "b.py": "from a import f"}, "from a import f\nf(x, 'a')", id="a circle"
        ),
        pytest.param(
            {"ops.py": "__all__ = ['f']\n" + REARRANGE},
            "from ops import *\n" + CALL,
            id="a star import that leaves it out",
        ),
        pytest.param(
            {"ops.py": "from einops import rearrange as _r"}, "from ops import *\n_r(x, 'a')", id="a private name"
        ),
        pytest.param(
            {"einops.py": "def rearrange(): pass"}, "from .einops import rearrange\n" + CALL, id="an own einops"
        ),
        pytest.param(
            {"ops/__init__.py": "def rearrange(): pass"}, "import ops\nops.rearrange(x, 'a')", id="a package's"
        ),
        pytest.param(
            {"ops/__init__.py": "def rearrange(): pass", "ops.py": REARRANGE},
            "from ops import rearrange\n" + CALL,
            id="a package beside a module of that name",
        ),
    ],
)
def test_what_other_files_define_is_not_found(tmp_path: Path, files: dict[str, str], text: str) -> None:
    tree(tmp_path, files)
    assert resolved(tmp_path / "module.py", text) == []


@pytest.mark.parametrize(
    ("files", "text"),
    [
        pytest.param({"ops.py": REARRANGE}, "from ops import rearrange\n" + CALL, id="a sibling outside packages"),
        pytest.param({"ops.py": REARRANGE}, "from .ops import rearrange\n" + CALL, id="a relative import"),
        pytest.param({"ops.py": REARRANGE}, "from . import ops\nops.rearrange(x, 'a')", id="a relative module"),
        pytest.param({"ops.py": REARRANGE}, "import ops\nops.rearrange(x, 'a')", id="a module"),
        pytest.param({"ops.py": REARRANGE}, "from ops import rearrange as r\nr(x, 'a')", id="renamed here"),
        pytest.param(
            {"ops.py": "from einops import rearrange as r"}, "from ops import r\nr(x, 'a')", id="renamed there"
        ),
        pytest.param(
            {"ops.py": "import einops"}, "from ops import einops\neinops.rearrange(x, 'a')", id="a module of a module"
        ),
        pytest.param(
            {"ops.py": "import einops\nf = einops.rearrange"}, "from ops import f\nf(x, 'a')", id="an assignment"
        ),
        pytest.param({"ops.py": REARRANGE}, "from ops import *\n" + CALL, id="a star import"),
        pytest.param(
            {"ops.py": "from einops import *"}, "from ops import *\n" + CALL, id="a star import of a star import"
        ),
        pytest.param(
            {"ops.py": "from einops import *"}, "from ops import rearrange\n" + CALL, id="a member of a star import"
        ),
        pytest.param(
            {"ops.py": "__all__ = ['rearrange']\n" + REARRANGE}, "from ops import *\n" + CALL, id="a listed name"
        ),
        pytest.param({"ops.py": "__all__ = f()\n" + REARRANGE}, "from ops import *\n" + CALL, id="a computed list"),
        pytest.param({"ops.py": "def f(): pass"}, REARRANGE + "from ops import *\n" + CALL, id="beside a star import"),
        pytest.param(
            {"ops.py": "def rearrange(): pass"}, "from ops import *\n" + REARRANGE + CALL, id="after a star import"
        ),
        pytest.param({"ops.py": REARRANGE}, REARRANGE + "from ops import *\n" + CALL, id="the same by a star import"),
        pytest.param(
            {"ops.py": "from einops import (\n    reduce, rearrange,\n)"},
            "from ops import *\n" + CALL,
            id="in brackets",
        ),
        pytest.param(
            {"ops.py": "from einops import reduce, \\\n  rearrange"}, "from ops import *\n" + CALL, id="continued"
        ),
        pytest.param(
            {"ops.py": "from einops import (\r\n    rearrange, # all\r\n    reduce)\r\n"},
            "from ops import rearrange\n" + CALL,
            id="in brackets with comments and Windows lines",
        ),
        pytest.param(
            {"ops.py": "rearrange, has_einops = optional_import('einops', name='rearrange')"},
            "from ops import rearrange\n" + CALL,
            id="optional_import in another file",
        ),
        pytest.param(
            {"ops/__init__.py": "from .inner import rearrange", "ops/inner.py": REARRANGE},
            "from .ops import rearrange\n" + CALL,
            id="a package that re-exports",
        ),
        pytest.param(
            {"ops/__init__.py": "", "ops/inner.py": REARRANGE},
            "import ops.inner\nops.inner.rearrange(x, 'a')",
            id="a dotted module",
        ),
        pytest.param(
            {"ops/__init__.py": "", "ops/inner/__init__.py": REARRANGE},
            "from ops import inner as I\nI.rearrange(x, 'a')",
            id="a package of a package",
        ),
        pytest.param(
            {"ops/__init__.py": "from . import inner", "ops/inner.py": "from ..base import *", "base.py": REARRANGE},
            "from .ops.inner import rearrange\n" + CALL,
            id="two folders up",
        ),
        pytest.param(
            {"ops.py": "try:\n  from einops import rearrange\nexcept ImportError:\n  rearrange = None"},
            "from ops import rearrange\n" + CALL,
            id="a fallback in another file",
        ),
    ],
)
def test_what_other_files_import_is_found(tmp_path: Path, files: dict[str, str], text: str) -> None:
    tree(tmp_path, files)
    assert resolved(tmp_path / "module.py", text) == ["rearrange"]


OPS = {"mylib/__init__.py": "", "mylib/ops.py": REARRANGE, "mylib/nn/__init__.py": ""}


@pytest.mark.parametrize(
    ("root", "checkout", "file"),
    [
        pytest.param("", None, "mylib/nn/model.py", id="inside the package, wherever it lies"),
        pytest.param("", "setup.py", "tests/test_ops.py", id="tests beside the package"),
        pytest.param("", "pyproject.toml", "examples/deep/run.py", id="a script further down"),
        pytest.param("src/", "pyproject.toml", "src/mylib/nn/model.py", id="inside the package, src layout"),
        pytest.param("src/", "pyproject.toml", "tests/test_ops.py", id="tests, src layout"),
        pytest.param("src/", ".git", "run.py", id="a script of the root, src layout"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "from mylib.ops import rearrange\n" + CALL,
        "from mylib.ops import *\n" + CALL,
        "import mylib.ops as O\nO.rearrange(x, 'a')",
        "from mylib import ops\nops.rearrange(x, 'a')",
    ],
)
def test_absolute_imports_of_the_projects_own_package(
    tmp_path: Path, root: str, checkout: str | None, file: str, text: str
) -> None:
    tree(tmp_path, {root + name: content for name, content in OPS.items()} | {file: text})
    if checkout:
        (tmp_path / checkout).touch()
    assert resolved(tmp_path / file, text) == ["rearrange"]


def test_packaged_tests_find_the_src_layout(tmp_path: Path) -> None:
    files = {"src/" + name: content for name, content in OPS.items()}
    tree(tmp_path, files | {"pyproject.toml": "", "tests/__init__.py": ""})
    assert resolved(tmp_path / "tests/test_ops.py", "from mylib.ops import rearrange\n" + CALL) == ["rearrange"]


def test_folders_above_are_not_searched_outside_a_checkout(tmp_path: Path) -> None:
    tree(tmp_path, OPS)
    assert resolved(tmp_path / "scripts/run.py", "from mylib.ops import rearrange\n" + CALL) == []


FOLD = {"mylib/__init__.py": "", "mylib/ops.py": "def fold(x, pattern): pass\ndef other(): pass"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("from mylib.ops import other\nother(x)", False, id="another function"),
        pytest.param("def fold(): pass\nfold(x, 'a')", False, id="a function of that name"),
        pytest.param("from ops import fold\nfold(x, 'a')", False, id="another module"),
        pytest.param("from mylib.ops import fold\nfold(x, 'a')", True, id="an import"),
        pytest.param("from mylib.ops import fold as f\nf(x, 'a')", True, id="an import under another name"),
        pytest.param("from mylib.ops import *\nfold(x, 'a')", True, id="a star import"),
        pytest.param("import mylib.ops\nmylib.ops.fold(x, 'a')", True, id="a dotted name"),
        pytest.param("import mylib.ops as O\nO.fold(x, 'a')", True, id="a module under another name"),
    ],
)
@pytest.mark.parametrize("files", [pytest.param({}, id="installed"), pytest.param(FOLD, id="in the tree")])
def test_aliases(tmp_path: Path, files: dict[str, str], text: str, found: bool) -> None:
    tree(tmp_path, files)
    assert resolved(tmp_path / "run.py", text, {"mylib.ops.fold": "einops.rearrange"}) == ["rearrange"] * found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("mylib/model.py", "from .ops import fold\nfold(x, 'a')", id="by a relative import"),
        pytest.param("mylib/model.py", "from . import ops\nops.fold(x, 'a')", id="by a relative module"),
        pytest.param("mylib/ops.py", "def fold(x, pattern): pass\nfold(x, 'a')", id="in the file that defines it"),
    ],
)
def test_aliases_inside_their_own_package(tmp_path: Path, file: str, text: str) -> None:
    tree(tmp_path, FOLD)
    assert resolved(tmp_path / file, text, {"mylib.ops.fold": "einops.rearrange"}) == ["rearrange"]


def test_a_module_may_have_an_alias(tmp_path: Path) -> None:
    text = "import backend.numpy as np\nnp.einsum('a', x)"
    assert resolved(tmp_path / "run.py", text, {"backend.numpy": "numpy"}) == ["numpy.einsum"]


def test_every_file_that_was_looked_for_is_a_dependency(tmp_path: Path) -> None:
    tree(tmp_path, {"ops/__init__.py": "from .inner import *", "ops/inner.py": REARRANGE})
    source = parse(
        "from ops import rearrange\nfrom missing import f\nf(" + CALL.strip() + ")", str(tmp_path / "run.py")
    )
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    finder.calls()
    known = {
        path.removeprefix(str(tmp_path)): digest is not None
        for path, digest in finder.project.dependencies.items()
        if path.endswith(".py")
    }
    assert known == {
        "/ops/__init__.py": True,
        "/ops/inner/__init__.py": False,
        "/ops/inner.py": True,
        "/missing/__init__.py": False,
        "/missing.py": False,
    }


def test_many_star_imports_of_each_other_are_read_once(tmp_path: Path) -> None:
    stars = "".join(f"from m{i} import *\n" for i in range(12))
    tree(tmp_path, {f"m{i}.py": stars for i in range(12)})
    assert resolved(tmp_path / "run.py", stars + "nothing(x)\n" * 100 + REARRANGE + CALL) == ["rearrange"]


def test_a_pipe_named_like_a_module_is_not_opened(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "ops.py")
    assert resolved(tmp_path / "run.py", "from ops import rearrange\n" + CALL) == []
