"""Scopes and bindings: what a name that is called refers to, by Python's rules."""

from __future__ import annotations

import ast
import sys

import pytest

from einlint.names import BindingKind, Names, names_in
from einlint.scopes import module_scope, scan

IMPORT = "from einops import rearrange\n"


def names_of(text: str) -> Names:
    return scan(ast.parse(text))


def bound_to(text: str) -> list[BindingKind] | None:
    """What binds the name of the last call of `rearrange`; None when nothing in the file does."""
    calls = [(node, scope) for node, scope in names_of(text).calls if getattr(node.func, "id", "") == "rearrange"]
    _, scope = max(calls, key=lambda call: (call[0].lineno, call[0].col_offset))
    owner = scope.owner("rearrange")
    return [binding.kind for binding in owner.bindings["rearrange"]] if owner else None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x)", id="in the module"),
        pytest.param("def f(x): rearrange(x)", id="in a function"),
        pytest.param("f = lambda x: rearrange(x)", id="in a lambda"),
        pytest.param("def f(x=rearrange(y)): pass", id="in a default"),
        pytest.param("@rearrange(x)\ndef f(): pass", id="in a decorator"),
        pytest.param("class A(rearrange(x)): pass", id="in the bases of a class"),
        pytest.param("[rearrange(x) for x in xs if x]", id="in a comprehension"),
        pytest.param("{rearrange(x): 1 for x in xs}", id="in the key of a comprehension"),
        pytest.param("[y for x in xs for y in rearrange(x)]", id="in the second loop of a comprehension"),
        pytest.param("f'{rearrange(x)}'", id="in an f-string"),
        pytest.param("if (y := rearrange(x)): pass", id="in a walrus"),
        pytest.param("match rearrange(x):\n  case 1: pass", id="in the subject of a match"),
        pytest.param("match x:\n  case y if rearrange(y): pass", id="in the guard of a case"),
        pytest.param(
            "async def f(x):\n  async with a as b:\n    async for c in d: await rearrange(x)", id="in async code"
        ),
        pytest.param("try: pass\nexcept E: rearrange(x)", id="in an except"),
        pytest.param("try: pass\nfinally: rearrange(x)", id="in a finally"),
        pytest.param(
            "class A:\n  rearrange = 1\n  def f(self): rearrange(x)", id="in a method, which sees no class attribute"
        ),
        pytest.param(
            "class A:\n  rearrange = 1\n  y = [rearrange(x) for x in xs]", id="in a comprehension of a class body"
        ),
        pytest.param("class A:\n  rearrange = 1\n  f = lambda x: rearrange(x)", id="in a lambda of a class body"),
        pytest.param("def f(rearrange): pass\nrearrange(x)", id="after a parameter of another function"),
        pytest.param("[0 for rearrange in xs]\nrearrange(x)", id="after the variable of a comprehension"),
        pytest.param("(lambda rearrange: 0)\nrearrange(x)", id="after the parameter of a lambda"),
        pytest.param("def f(x: rearrange) -> rearrange: rearrange(x)", id="beside annotations"),
        pytest.param("x.rearrange = 1\nx['rearrange'] = 1\nrearrange(x)", id="beside attributes and items"),
        pytest.param("f(rearrange=1)\nrearrange(x)", id="beside a keyword"),
        pytest.param("def f(x):\n  global rearrange\n  rearrange(x)", id="declared global and only read"),
    ],
)
def test_an_import_is_seen(text: str) -> None:
    assert bound_to(IMPORT + text) == [BindingKind.MEMBER]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(rearrange): rearrange(x)", id="a parameter"),
        pytest.param("def f(*rearrange): rearrange(x)", id="a starred parameter"),
        pytest.param("def f(**rearrange): rearrange(x)", id="a double-starred parameter"),
        pytest.param("def f(rearrange, /): rearrange(x)", id="a positional parameter"),
        pytest.param("def f(*, rearrange): rearrange(x)", id="a keyword parameter"),
        pytest.param("lambda rearrange: rearrange(x)", id="the parameter of a lambda"),
        pytest.param("def f(rearrange):\n  def g(): rearrange(x)", id="the parameter of an enclosing function"),
        pytest.param("def f():\n  for rearrange in xs: rearrange(x)", id="a loop"),
        pytest.param("def f():\n  for a, (b, rearrange) in xs: rearrange(x)", id="a nested target of a loop"),
        pytest.param("def f():\n  with a as rearrange: rearrange(x)", id="a with"),
        pytest.param("def f():\n  with a as (b, rearrange): rearrange(x)", id="a nested target of a with"),
        pytest.param("def f():\n  try: pass\n  except E as rearrange: rearrange(x)", id="an except"),
        pytest.param("[rearrange(x) for rearrange in xs]", id="a comprehension"),
        pytest.param("[0 for f in xs for rearrange in rearrange(f)]", id="a later loop of a comprehension"),
        pytest.param("def f():\n  rearrange += 1\n  rearrange(x)", id="an augmented assignment"),
        pytest.param("def f():\n  rearrange: int\n  rearrange(x)", id="a bare annotation"),
        pytest.param("def f():\n  *rearrange, a = xs\n  rearrange(x)", id="a starred target"),
        pytest.param("def f():\n  [a, [rearrange]] = xs\n  rearrange(x)", id="a nested target"),
        pytest.param("def f():\n  del rearrange\n  rearrange(x)", id="a deletion"),
        pytest.param("def f():\n  [rearrange := g for g in xs]\n  rearrange(x)", id="a walrus inside a comprehension"),
        pytest.param("def f():\n  match x:\n    case rearrange: rearrange(x)", id="a captured pattern"),
        pytest.param("def f():\n  match x:\n    case [*rearrange]: rearrange(x)", id="a captured sequence"),
        pytest.param("def f():\n  match x:\n    case {**rearrange}: rearrange(x)", id="a captured mapping"),
        pytest.param("def f():\n  match x:\n    case A(b=int() as rearrange): rearrange(x)", id="a captured attribute"),
        pytest.param("class A:\n  for rearrange in xs: pass\n  rearrange(x)", id="a loop of the same class body"),
        pytest.param("def f():\n  async def g():\n    async with a as rearrange: rearrange(x)", id="an async with"),
    ],
)
def test_an_import_is_shadowed(text: str) -> None:
    assert bound_to(IMPORT + text) == [BindingKind.OPAQUE]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("def f():\n  rearrange = g\n  rearrange(x)", [BindingKind.VALUE], id="by an assignment"),
        pytest.param("def f():\n  a = rearrange = g\n  rearrange(x)", [BindingKind.VALUE], id="by a chained one"),
        pytest.param("def f():\n  rearrange: F = g\n  rearrange(x)", [BindingKind.VALUE], id="by an annotated one"),
        pytest.param("def f():\n  (rearrange := g)\n  rearrange(x)", [BindingKind.VALUE], id="by a walrus"),
        pytest.param("def f():\n  rearrange, a = g, h\n  rearrange(x)", [BindingKind.VALUE], id="by one of a pair"),
        pytest.param("def f():\n  rearrange, a = g()\n  rearrange(x)", [BindingKind.ELEMENT], id="by an element"),
        pytest.param(
            "def f():\n  rearrange, a = *g, h\n  rearrange(x)", [BindingKind.ELEMENT], id="beside a starred one"
        ),
        pytest.param("def f():\n  def rearrange(): pass\n  rearrange(x)", [BindingKind.DEFINITION], id="by a function"),
        pytest.param("def f():\n  class rearrange: pass\n  rearrange(x)", [BindingKind.DEFINITION], id="by a class"),
        pytest.param("def f():\n  import rearrange\n  rearrange(x)", [BindingKind.MODULE], id="by a module"),
        pytest.param("def f():\n  import rearrange.a\n  rearrange(x)", [BindingKind.MODULE], id="by a package"),
        pytest.param(
            "def f():\n  from a import b as rearrange\n  rearrange(x)", [BindingKind.MEMBER], id="by an import"
        ),
    ],
)
def test_a_local_name_is_bound(text: str, kinds: list[BindingKind]) -> None:
    assert bound_to(IMPORT + text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "def f():\n  global rearrange\n  rearrange = g\nrearrange(x)", id="by a function that declares it global"
        ),
        pytest.param("def f():\n  rearrange = g\n  global rearrange\nrearrange(x)", id="declared after the assignment"),
        pytest.param(
            "class A:\n  global rearrange\n  rearrange = g\nrearrange(x)", id="by a class that declares it global"
        ),
        pytest.param(
            "def f():\n  global rearrange\n  def g():\n    global rearrange\n    rearrange = h\nrearrange(x)",
            id="by a function inside another that declares it",
        ),
        pytest.param("if a: rearrange = g\nrearrange(x)", id="in one branch"),
        pytest.param("while a: rearrange = g\nrearrange(x)", id="in a loop"),
        pytest.param("(rearrange := g)\nrearrange(x)", id="by a walrus"),
    ],
)
def test_the_module_rebinds_an_import(text: str) -> None:
    kinds = bound_to(IMPORT + text)
    assert kinds is not None
    assert set(kinds) == {BindingKind.MEMBER, BindingKind.VALUE}


def test_nonlocal_rebinds_in_the_function_that_has_the_name() -> None:
    inner = "  def g():\n    def h():\n      nonlocal rearrange\n      rearrange = 2\n"
    text = f"def f():\n  rearrange = 1\n{inner}  rearrange(x)"
    assert bound_to(text) == [BindingKind.VALUE] * 2


def test_a_function_inside_one_that_declares_a_global_reads_the_global() -> None:
    text = "def f():\n  rearrange = 1\n  def g():\n    global rearrange\n    def h(): rearrange(x)"
    assert bound_to(IMPORT + text) == [BindingKind.MEMBER]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x)", id="not bound at all"),
        pytest.param("global rearrange\nrearrange(x)", id="declared global by the module itself"),
        pytest.param("nonlocal rearrange\nrearrange(x)", id="declared nonlocal by the module itself"),
        pytest.param("class A:\n  def rearrange(self): rearrange(self)", id="only the name of a method"),
    ],
)
def test_a_name_that_nothing_binds(text: str) -> None:
    assert bound_to(text) is None


@pytest.mark.skipif(sys.version_info < (3, 12), reason="newer syntax")
def test_a_type_alias_binds_its_name() -> None:
    assert bound_to("def f():\n  type rearrange = int\n  rearrange(x)") == [BindingKind.OPAQUE]


def test_the_body_of_an_except_is_a_fallback() -> None:
    names = names_of("try:\n  from a import f\nexcept ImportError:\n  def g(): h = 1\n  from b import f")
    assert sorted((b.module, b.fallback) for b in names.module.bindings["f"]) == [("a", False), ("b", True)]


def test_attributes_assigned_anywhere_are_known() -> None:
    text = "self.a = 1\nx.b += 1\ndel y.c\nfor z.d in e: pass\nwith f as g.h: pass\n(i.j, k.l) = 1\nm.n.o = p.q"
    assert names_of(text).stored_attributes == set("abcdhjlo")


def test_every_call_is_found_once() -> None:
    text = (
        "@a()\nclass B(c(), k=d()):\n  e()\n  def f(self, x: g() = h(), *, y=i()) -> j(): return [k(l()) for l in m()]"
    )
    assert sorted(ast.unparse(node.func) for node, _ in names_of(text).calls) == list("acdehiklm")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("with a: pass", [], id="no failure is expected"),
        pytest.param("@pytest.mark.parametrize('a', b)\ndef f(): pass", [], id="another decorator"),
        pytest.param("with pytest.raises(E):\n  a", [(1, 2)], id="pytest"),
        pytest.param("with raises(E) as error, a: pass", [(1, 1)], id="one of several contexts"),
        pytest.param("with self.assertRaises(E): pass", [(1, 1)], id="unittest"),
        pytest.param("with self.assertRaisesRegex(E, 'a'): pass", [(1, 1)], id="unittest with a message"),
        pytest.param("with np.testing.assert_raises(E): pass", [(1, 1)], id="numpy"),
        pytest.param("async def f():\n  async with raises(E):\n    a", [(2, 3)], id="async"),
        pytest.param("@unittest.expectedFailure\ndef f():\n  a", [(2, 3)], id="an expected failure"),
        pytest.param("@pytest.mark.xfail(reason='a')\ndef f():\n  a", [(2, 3)], id="an xfail"),
    ],
)
def test_expected_failures(text: str, rows: list[tuple[int, int]]) -> None:
    assert names_of(text).expected_failures == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("f(E, lambda: a)", set(), id="another call"),
        pytest.param("assert_raises(E, lambda: a)", {1}, id="in a lambda"),
        pytest.param("self.assertRaises(\n  E,\n  lambda: a)", {1, 2, 3}, id="in a lambda over several rows"),
        pytest.param("with raises(E):\n  a\nb", {1, 2}, id="in a block"),
    ],
)
def test_expected_rows(text: str, rows: set[int]) -> None:
    assert names_of(text).expected_rows == rows


@pytest.mark.parametrize(
    "text",
    [
        "from a import b\nimport c\nd = [e := 1 for _ in c]\ntry:\n  f = 1\nexcept E:\n  f = 2\nclass G:\n  h = 1",
        "x = 1\ndef f():\n  global x, y\n  x = 2\n  y = 3",
        "from a import *\nlambda: (x := 1)\nfor i, (j, *k) in l: m, n = 1, 2",
    ],
)
def test_what_a_module_binds_is_known_without_its_functions(text: str) -> None:
    tree = ast.parse(text)
    whole, module = scan(tree).module, module_scope(tree, "global" in text)
    assert module.bindings == whole.bindings
    assert module.stars == whole.stars


def test_attributes_that_others_set_on_nodes_are_no_part_of_them() -> None:
    tree = ast.parse("y = f(x, 0)")
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    assert names_in(tree) == {"x", "y", "f"}
