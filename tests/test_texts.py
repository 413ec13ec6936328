"""The texts that a pattern can have, and where a part of one stands."""

from __future__ import annotations

import ast

import pytest

from einlint.scopes import scan
from einlint.source import Source, parse
from einlint.texts import Evaluator, Text, conditions


def evaluated(text: str) -> tuple[Source, list[Text]]:
    """The texts of the argument of the last call of `f`."""
    source = parse(text, "module.py")
    assert isinstance(source, Source)
    names = scan(source.tree)
    calls = [(node, scope) for node, scope in names.calls if isinstance(node.func, ast.Name) and node.func.id == "f"]
    node, scope = max(calls, key=lambda call: (call[0].lineno, call[0].col_offset))
    return source, Evaluator(names).texts(node.args[0], scope)


def values(text: str) -> list[str]:
    return [found.value for found in evaluated(text)[1]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("f(P)", id="a name that nothing binds"),
        pytest.param("def g(P): f(P)", id="a parameter"),
        pytest.param("def g(P='a'): f(P)", id="a parameter with a default"),
        pytest.param("from patterns import P\nf(P)", id="an import"),
        pytest.param("P = 'a'\nP = 'b'\nf(P)", id="a name assigned twice"),
        pytest.param("P = 'a'\nP += 'b'\nf(P)", id="an augmented assignment"),
        pytest.param("P = 'a'\ndel P\nf(P)", id="a deleted name"),
        pytest.param("P = 'a'\ndef g():\n  global P\n  P = 'b'\nf(P)", id="a name that a function assigns"),
        pytest.param("P = 'a'\nif x: P = g()\nf(P)", id="a name that a branch assigns"),
        pytest.param("try: P = 'a'\nexcept E: P = 'b'\nf(P)", id="a name that an except assigns"),
        pytest.param("P = 'a'\nfor P in Q: f(P)", id="a loop variable"),
        pytest.param("P: str\nP = 'a'\nf(P)", id="a name declared apart"),
        pytest.param("P = P\nf(P)", id="a name that stands for itself"),
        pytest.param("P = Q\nQ = P\nf(P)", id="a circle of names"),
        pytest.param("P = 'a' + P\nf(P)", id="a name that contains itself"),
        pytest.param("[P := 'a' for x in xs]\nf(P)", id="a walrus in a comprehension"),
        pytest.param("P, Q = g()\nf(P)", id="an element"),
        pytest.param("P = {'x': 'a'}\nf(P['x'])", id="an item"),
        pytest.param("f('a %s' % P)", id="the old format operator"),
        pytest.param("f('a {}'.format('b'))", id="format"),
        pytest.param("f(' '.join('ab'))", id="join"),
        pytest.param("f('a'.strip())", id="a method of a literal"),
        pytest.param("f('a' * 2)", id="a product"),
        pytest.param("f('a' - 'b')", id="a difference"),
        pytest.param("f('ab'[0])", id="a part of a literal"),
        pytest.param("f(str('a'))", id="a call"),
        pytest.param("f(b'a')", id="bytes"),
        pytest.param("f(1)", id="a number"),
        pytest.param("f(None)", id="None"),
        pytest.param("f(P or 'a')", id="an alternative"),
        pytest.param("f((P := 'a'))", id="a walrus"),
        pytest.param("f('a' + 1)", id="a sum with a number"),
        pytest.param("f('a' + P)", id="a sum with an unknown name"),
        pytest.param("f(f'a {P}')", id="an unknown name in an f-string"),
        pytest.param("P = 'a'\nf(f'{P!r}')", id="a representation"),
        pytest.param("P = 'a'\nf(f'{P:>3}')", id="a format"),
        pytest.param("P = 'a'\nf(f'{P=}')", id="a debugging form"),
        pytest.param("f(f'{1 + 2}')", id="arithmetic in an f-string"),
        pytest.param("f(f'{True} {1.5}')", id="other numbers in an f-string"),
        pytest.param(f"f(f'{{0x{'f' * 9999}}}')", id="a number that Python does not print"),
        pytest.param("f('a' if x else P)", id="an arm that is unknown"),
        pytest.param("f('a' if x else None)", id="an arm that is no text"),
        pytest.param("class A:\n  P = 'a'\nf(P)", id="a class attribute as a name"),
        pytest.param("class A:\n  P = 'a'\n  def g(self): f(P)", id="a class attribute as a name in a method"),
        pytest.param("class A:\n  P = 'a'\n  def g(self): f(other.P)", id="an attribute of something else"),
        pytest.param("class A:\n  P = 'a'\ndef g(self): f(self.P)", id="self outside the class"),
        pytest.param("class A:\n  P = 'a'\n  P = 'b'\n  def g(self): f(self.P)", id="an attribute assigned twice"),
        pytest.param("class A:\n  P: str = 'a'\n  def g(self): f(self.P)", id="a field of a dataclass"),
        pytest.param(
            "class A:\n  def h(self): self.P = 'a'\n  def g(self): f(self.P)", id="an attribute of the object"
        ),
        pytest.param(
            "class A:\n  P = 'a'\n  def g(self): f(self.P)\na.P = 'b'", id="an attribute assigned from outside"
        ),
        pytest.param(
            "class A:\n  P = 'a'\n  def g(self): f(self.P)\nclass B(A): P = 'b'", id="an overridden attribute"
        ),
        pytest.param("class A:\n  P = ''\n  def g(self): f(self.P)", id="an attribute to be filled in"),
        pytest.param("class A:\n  P = 'a'\n  def g(self): f(self.P)\nsetattr(a, 'P', 'b')", id="setattr"),
        pytest.param(
            "class A:\n  P = 'a'\n  def g(self): f(self.P)\nfor k in d: setattr(a, k, 1)", id="setattr of any"
        ),
        pytest.param(
            "class A:\n  P = 'a'\n  @property\n  def P(self): pass\n  def g(self): f(self.P)", id="a property"
        ),
        pytest.param("class A: P = 'a'\nclass A: P = 'b'\nf(A.P)", id="an attribute of either class"),
        pytest.param("class A: P = 'a'\nA = g(A)\nf(A.P)", id="an attribute of a class bound again"),
        pytest.param("class A: P = 'a'\ndef g(A): f(A.P)", id="an attribute of a parameter"),
        pytest.param("def h():\n  class A: P = 'a'\nimport A\nf(A.P)", id="an attribute of another class of that name"),
    ],
)
def test_anything_else_has_no_text(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("f('a b')", ["a b"], id="a literal"),
        pytest.param("f('a' ' b')", ["a b"], id="implicit concatenation"),
        pytest.param("f('a' + ' ' + 'b')", ["a b"], id="concatenation"),
        pytest.param("f('a' + (' ' + 'b'))", ["a b"], id="concatenation in brackets"),
        pytest.param("f(" + " + ".join(["'a'"] * 999) + ")", ["a" * 999], id="a long concatenation"),
        pytest.param("P = 'a'\nf(P)", ["a"], id="a constant of the module"),
        pytest.param("def g(): f(P)\nP = 'a'", ["a"], id="a constant below"),
        pytest.param("P: Final = 'a'\nf(P)", ["a"], id="an annotated constant"),
        pytest.param("P = Q = 'a'\nf(P)", ["a"], id="a chained assignment"),
        pytest.param("P, Q = 'a', 'b'\nf(Q)", ["b"], id="one of a pair"),
        pytest.param("Q = 'a'\nP = Q + ' b'\nf(P)", ["a b"], id="a constant made of another"),
        pytest.param("def g():\n  P = 'a'\n  f(P)", ["a"], id="a constant of the function"),
        pytest.param("def g():\n  P = 'a'\n  return lambda: f(P)", ["a"], id="a constant of the function around"),
        pytest.param("P = 'a'\ndef g():\n  P = 'b'\n  f(P)", ["b"], id="a local constant that hides another"),
        pytest.param("if x: P = 'a'\nf(P)", ["a"], id="a constant of one branch only"),
        pytest.param("(P := 'a')\nf(P)", ["a"], id="a walrus"),
        pytest.param("class A:\n  P = 'a'\n  f(P)", ["a"], id="a name in the class body"),
        pytest.param("class A:\n  P = 'a'\n  def g(self): f(self.P)", ["a"], id="a class attribute"),
        pytest.param("class A:\n  P = 'a'\n  def g(cls): f(cls.P)", ["a"], id="a class attribute of a class method"),
        pytest.param("class A:\n  P = 'a'\n  def g(self): map(lambda x: f(self.P), y)", ["a"], id="in a lambda"),
        pytest.param("class A:\n  P: Final = 'a'\n  def g(self): f(self.P)", ["a"], id="a final class attribute"),
        pytest.param("class A:\n  P: ClassVar[str] = 'a'\n  def g(self): f(self.P)", ["a"], id="a class variable"),
        pytest.param("class A: P = 'a'\nf(A.P)", ["a"], id="an attribute of a class by its name"),
        pytest.param("class A: P = 'a'\nclass B(A): P = 'b'\nf(A.P)", ["a"], id="an overridden attribute by its class"),
        pytest.param(
            "class A:\n  P = 'a'\n  def g(self): f(self.P)\nsetattr(a, 'Q', 'b')", ["a"], id="another setattr"
        ),
        pytest.param("f(f'a b')", ["a b"], id="an f-string without holes"),
        pytest.param("f(f'')", [""], id="an empty f-string"),
        pytest.param("P = 'a'\nf(f'{P} b')", ["a b"], id="an f-string of a constant"),
        pytest.param("P = 'a'\nf(f'{P!s} b')", ["a b"], id="an f-string with a conversion to text"),
        pytest.param("P = 'a'\nf('(' f'{P} b' ')')", ["(a b)"], id="a literal next to an f-string"),
        pytest.param("P = 'a'\nf(f'{{{P}}}')", ["{a}"], id="braces in an f-string"),
        pytest.param("f(f'{2} {f\"{3}\"}')", ["2 3"], id="numbers in an f-string"),
        pytest.param("N = 2\nf(f'a {N}')", ["a 2"], id="a constant number in an f-string"),
        pytest.param("class A:\n  N = 2\n  def g(self): f(f'a {self.N}')", ["a 2"], id="a number of the class"),
        pytest.param("f('a' if x else 'b')", ["a", "b"], id="both arms"),
        pytest.param("P = 'a' if x else 'b'\nf(P)", ["a", "b"], id="both arms of a constant"),
        pytest.param("f('a' if x else 'b' if y else 'c')", ["a", "b", "c"], id="three arms"),
        pytest.param("f('a' if x else 'b' if x else 'c')", ["a", "c"], id="an arm that is never taken"),
        pytest.param("f(('a' if x else 'b') + ' c')", ["a c", "b c"], id="arms inside a concatenation"),
        pytest.param('f(f\'{"a" if x else "b"} c\')', ["a c", "b c"], id="arms inside an f-string"),
        pytest.param("f(('a' if x else 'b') + ('c' if x else 'd'))", ["ac", "bd"], id="the same condition twice"),
        pytest.param(
            "f(('a' if x else 'b') + ('c' if y else 'd'))",
            ["ac", "ad", "bc", "bd"],
            id="two conditions that may differ",
        ),
        pytest.param("P = 'a' if x.y(1) else 'b'\nf(f'{P}{P}')", ["aa", "bb"], id="one constant twice"),
    ],
)
def test_texts(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"f({' + '.join(['(a if x{} else b)'] * 5)})", id="more combinations than anyone writes"),
        pytest.param("f('" + "a" * 6000 + "' + '" + "b" * 6000 + "')", id="longer than any pattern"),
    ],
)
def test_too_much_is_left_alone(text: str) -> None:
    assert values("a = 'a'\nb = 'b'\n" + text.format(*range(5))) == []


@pytest.mark.parametrize(("text", "expected"), [("", [""]), ("a", [])])
def test_constants_that_multiply_are_read_once(text: str, expected: list[str]) -> None:
    holes = [f"{{P{i}}}" * 50 for i in range(8)]
    lines = [f"P0 = {text!r}", *(f"P{i} = f'{hole}'" for i, hole in enumerate(holes, 1)), "f(P4)"]
    assert values("\n".join(lines)) == expected


def test_a_condition_of_any_depth_is_compared() -> None:
    condition = "x" + ".y" * 900
    assert values(f"f(('a' if {condition} else 'b') + ('c' if {condition} else 'd'))")


def test_conditions_are_named_by_what_they_test() -> None:
    _, texts = evaluated("f(('a' if x else 'b') + ('c' if y else 'd') + ('e' if x else 'f'))")
    assert conditions(texts) == {ast.dump(ast.Name("x", ast.Load())), ast.dump(ast.Name("y", ast.Load()))}


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        pytest.param("f('ab cd')", 3, 5, "cd", id="part of a literal"),
        pytest.param("f('ab cd')", 0, 0, "ab cd", id="nothing is the whole text"),
        pytest.param("f('')", 0, 0, "''", id="an empty text"),
        pytest.param("f(r'ab cd')", 3, 5, "cd", id="a raw literal"),
        pytest.param(r"f('\x61b \u0063d')", 3, 5, r"\u0063d", id="an escaped literal"),
        pytest.param("f('ab ' + 'cd')", 3, 5, "cd", id="the second of two literals"),
        pytest.param("f('ab c' + 'd')", 3, 5, "c' + 'd", id="across two literals"),
        pytest.param("f('ab c' \\\n  'd')", 3, 5, "c' \\\n  'd", id="across two lines"),
        pytest.param("f('''ab\n  cd''')", 5, 7, "cd", id="the second line of a literal"),
        pytest.param("é = f('ab cd')", 3, 5, "cd", id="after a letter of two bytes"),
        pytest.param("P = 'ab cd'\nf(P)", 3, 5, "P", id="a constant stands where it is used"),
        pytest.param("P = 'ab'\nf(P + ' cd')", 3, 5, "cd", id="a literal after a constant"),
        pytest.param("P = 'ab'\nf(P + ' cd')", 0, 2, "P", id="a constant before a literal"),
        pytest.param("f(f'ab {1} cd')", 0, 2, "f'ab {1} cd'", id="an f-string is one place"),
        pytest.param("f('ab' if x else 'cd')", 0, 2, "ab", id="an arm"),
    ],
)
def test_a_span_is_what_stands_there(text: str, start: int, end: int, expected: str) -> None:
    source, texts = evaluated(text)
    span = texts[0].span(source, start, end)
    (row, column), (last, until) = span
    rows = source.lines[row - 1 : last]
    rows[-1] = rows[-1][: until - 1]
    rows[0] = rows[0][column - 1 :]
    assert "\n".join(rows) == expected
