"""Lengths that exporters do not follow, as arithmetic with sizes that they do."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

from einlint.findings import Edit, Safety, Span
from einlint.names import Scope
from einlint.resolution import Dotted
from einlint.rewrites.arguments import is_atomic
from einlint.rewrites.rewrite import Refusal, Rewrite, builds_at
from einlint.rewrites.substitution import is_tight
from einlint.rewrites.surroundings import Surroundings
from einlint.targets.integers import is_integer, is_natural
from einlint.targets.sizes import is_negative_floor, is_size
from einlint.verification.fields import question_fields

_ROOTS = ("math.sqrt", "numpy.sqrt")
_RANKS = ("a", "a b", "a b c")


class _Length(NamedTuple):
    """A computation of a length in its place."""

    file: Surroundings
    node: ast.expr
    scope: Scope

    def inner(self, node: ast.expr) -> _Length:
        return self._replace(node=node)

    @property
    def called(self) -> str:
        """`len`, `math.ceil`: what is called with one argument, empty for anything else."""
        node = self.node
        if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            return ""
        referent = self.file.finder.resolve(node.func, self.scope)
        if isinstance(referent, Dotted):
            return referent.name
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return name if self.scope.owner(name) is None else ""

    @property
    def argument(self) -> _Length:
        assert isinstance(self.node, ast.Call)
        return self.inner(self.node.args[0])

    def code(self, tight: tuple[type[ast.operator], ...] = ()) -> str:
        """The code, in parentheses where it is an operation of one of these kinds."""
        code = self.file.code(self.node)
        return f"({code})" if isinstance(self.node, ast.BinOp) and isinstance(self.node.op, tight) else code

    @property
    def is_integer(self) -> bool:
        return is_integer(self.node, self.scope, self.file.finder)

    @property
    def is_natural(self) -> bool:
        return is_natural(self.node, self.scope, self.file.finder)


class _New(NamedTuple):
    """The new code, an operator outermost or not, and both sides of the question with their tensors."""

    code: str
    asked: tuple[str, str]
    forms: tuple[dict[str, str], ...]
    atomic: bool = True


@builds_at("plain-length")
def plain_length(file: Surroundings, span: Span) -> Rewrite:
    """The same length by arithmetic with sizes."""
    return _rewrite(_length(file, span), (_of_tensor, _of_integer, _of_quotient))


@builds_at("symbolic-length")
def symbolic_length(file: Surroundings, span: Span) -> Rewrite:
    """The same, or the integer part of a root by a function that exporters follow."""
    return _rewrite(_length(file, span), (_of_tensor, _of_integer, _of_quotient, _of_root))


def _length(file: Surroundings, span: Span) -> _Length:
    nodes = (n for n in ast.walk(file.source.tree) if isinstance(n, (ast.Call, ast.BinOp, ast.UnaryOp)))
    node = next((n for n in nodes if n.lineno == span.start.row and file.source.span(n) == span), None)
    if node is None or span.start.row != span.end.row:
        raise Refusal("its code is not on one row")
    if any(isinstance(each, ast.JoinedStr) for each in file.ancestors(node)):
        raise Refusal("it stands inside an f-string")
    function = file.function(node)
    scopes = file.finder.names.scopes
    return _Length(file, node, file.finder.names.module if function is None else scopes[function])


def _rewrite(length: _Length, ways: tuple[Callable[[_Length], _New | None], ...]) -> Rewrite:
    new = next((found for way in ways if (found := way(length)) is not None), None)
    if new is None:
        raise Refusal("no arithmetic with sizes is known for it")
    parent = length.file.parents[length.node]
    code = f"({new.code})" if not new.atomic and is_tight(length.node, parent) else new.code
    question = question_fields("torch", new.forms, *new.asked)
    edit = Edit(length.file.source.span(length.node), code)
    return Rewrite(f"Write `{code}`", (edit,), Safety.SAFE, question)


def _of_tensor(length: _Length) -> _New | None:
    """`len(x)` of a tensor is `x.shape[0]`."""
    if length.called != "len" or not is_atomic(length.argument.node):
        return None
    forms = tuple({"x": rank} for rank in _RANKS)
    return _New(f"{length.argument.code()}.shape[0]", ("len(x)", "x.shape[0]"), forms)


def _of_integer(length: _Length) -> _New | None:
    """`int(n // 3)` is `n // 3`."""
    if length.called not in ("int", "round", "math.ceil", "math.floor") or not length.argument.is_integer:
        return None
    sizes = _Sizes(length)
    inner = sizes.of(length.argument.node)
    atomic = not isinstance(length.argument.node, (ast.BinOp, ast.UnaryOp))
    return _New(length.argument.code(), (f"int({inner})", inner), sizes.forms, atomic)


def _of_quotient(length: _Length) -> _New | None:
    """`int(n / 3)` and `math.floor(n / 3)` are `n // 3`; `math.ceil(n / 3)` and `-(-n // 3)` are `(n + 2) // 3`."""
    name, quotient = length.called, length.node
    negative = is_negative_floor(quotient, length.scope) and isinstance(quotient, ast.UnaryOp)
    if negative:
        quotient = quotient.operand  # type: ignore[attr-defined]
    elif name in ("int", "math.floor", "math.ceil"):
        quotient = length.argument.node
    if not isinstance(quotient, ast.BinOp) or not isinstance(quotient.op, ast.FloorDiv if negative else ast.Div):
        return None
    dividend = length.inner(quotient.left.operand if negative else quotient.left)  # type: ignore[attr-defined]
    divisor = length.inner(quotient.right)
    positive = isinstance(divisor.node, ast.Constant) and divisor.is_natural and divisor.node.value
    if not positive or not dividend.is_natural:
        return None
    sizes, by = _Sizes(length), divisor.code()
    number, raised = sizes.of(dividend.node), int(by, 0) - 1
    if negative or name == "math.ceil":
        original = f"-(-({number}) // {by})" if negative else f"math.ceil(({number}) / {by})"
        asked = original, f"({number} + {raised}) // {by}"
        return _New(f"({_raised(dividend, raised)}) // {by}", asked, sizes.forms, atomic=False)
    asked = f"{name}(({number}) / {by})", f"({number}) // {by}"
    return _New(f"{dividend.code((ast.Add, ast.Sub))} // {by}", asked, sizes.forms, atomic=False)


def _raised(dividend: _Length, by: int) -> str:
    """`n + 3` of `n + 1` and 2."""
    node = dividend.node
    added = node.right if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) else None
    if isinstance(node, ast.BinOp) and isinstance(added, ast.Constant) and isinstance(added.value, int):
        return f"{dividend.inner(node.left).code()} + {added.value + by}"
    return f"{dividend.code()} + {by}"


def _of_root(length: _Length) -> _New | None:
    """`int(n**0.5)`, `int(math.sqrt(n))` and `math.isqrt(n)` are `torch.sym_int(n**0.5)` while `n` is below 2**52."""
    root = length.argument if length.called == "int" else length
    if root.called in _ROOTS or length.called == "math.isqrt":
        base = root.argument
    elif length.called == "int" and _is_root(root.node):
        base = root.inner(root.node.left)  # type: ignore[attr-defined]
    else:
        return None
    torch = _torch(length)
    if not base.is_natural or torch is None:
        return None
    sizes = _Sizes(length)
    number = sizes.of(base.node)
    original = f"math.isqrt({number})" if length.called == "math.isqrt" else f"int(({number}) ** 0.5)"
    code = base.code() if is_atomic(base.node) else f"({base.code()})"
    return _New(f"{torch}.sym_int({code} ** 0.5)", (original, f"torch.sym_int(({number}) ** 0.5)"), sizes.forms)


def _is_root(node: ast.expr) -> bool:
    is_power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    return is_power and getattr(node.right, "value", None) == 0.5  # type: ignore[attr-defined]


def _torch(length: _Length) -> str | None:
    """The name of torch, where the module imports it."""
    finder, bindings = length.file.finder, length.file.finder.names.module.bindings
    found = (name for name, those in bindings.items() if len(those) == 1 and those[0].module == "torch")
    resolved = (n for n in found if finder.resolve(ast.Name(n, ast.Load()), length.scope) == Dotted("torch"))
    return next(resolved, None)


class _Sizes(ast.NodeTransformer):
    """Puts the lengths of fresh tensors in the place of sizes and of names."""

    def __init__(self, length: _Length) -> None:
        self._scope = length.scope
        self._tensors: dict[str, str] = {}

    def of(self, node: ast.expr) -> str:
        return ast.unparse(self.visit(ast.parse(ast.unparse(node), mode="eval").body))

    @property
    def forms(self) -> tuple[dict[str, str], ...]:
        return ({tensor: f"axis_{tensor}" for tensor in self._tensors.values()} or {"x": "a"},)

    def visit(self, node: ast.AST) -> Any:
        if (
            isinstance(node, ast.Name)
            or isinstance(node, ast.expr)
            and (isinstance(node, ast.Call) or is_size(node, self._scope))
        ):
            tensor = self._tensors.setdefault(ast.dump(node), f"x{len(self._tensors) + 1}")
            return ast.parse(f"{tensor}.shape[0]", mode="eval").body
        return super().visit(node)
