"""What names in an annotation stand for: library names, text, dtypes, frameworks."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from dataclasses import field

from einlint.claims.dtypes import torch_dtype
from einlint.lazily import dataclass

Lookup = Callable[[ast.expr], "str | None"]
Alias = Callable[[str], "ast.expr | None"]

TYPING = (
    *("", "builtins", "typing", "typing_extensions", "beartype.typing"),
    *("collections", "collections.abc", "dataclasses"),
)
_LONGEST = 200
_FRAMEWORKS = ("torch", "numpy", "jax")


@dataclass(frozen=True, slots=True)
class Lookups:
    """`lookup` gives the dotted library name of an expression, `alias` the expression that a name was assigned."""

    lookup: Lookup
    alias: Alias
    texts: dict[str, str | None] = field(default_factory=dict)

    def assigned(self, node: ast.expr) -> ast.expr | None:
        return self.alias(node.id) if isinstance(node, ast.Name) and self.lookup(node) is None else None

    def dotted(self, node: ast.expr) -> str:
        """The library name, the bare one when it is not known, else empty."""
        found = self.lookup(node)
        assigned = self.assigned(node) if found is None else None
        if assigned is not None:
            found = self.lookup(assigned)
        return found or (node.id if isinstance(node, ast.Name) else "")

    def last(self, node: ast.expr) -> str:
        """The last part of the name."""
        return self.dotted(node).rpartition(".")[2]

    def text(self, node: ast.expr) -> str | None:
        """A string that is written out, also over names of the module that were assigned one."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return self.joined(node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.joined([node.left, node.right])
        assigned = self.assigned(node)
        if not isinstance(node, ast.Name) or not isinstance(assigned, (ast.Constant, ast.JoinedStr)):
            return None
        if node.id not in self.texts:
            self.texts[node.id] = None  # of a name that is made of itself
            self.texts[node.id] = self.text(assigned)
        return self.texts[node.id]

    def joined(self, nodes: Sequence[ast.expr]) -> str | None:
        whole = ""
        for node in nodes:
            part = self.hole(node) if isinstance(node, ast.FormattedValue) else self.text(node)
            if part is None or len(whole := whole + part) > _LONGEST:
                return None
        return whole

    def hole(self, node: ast.FormattedValue) -> str:
        """What is not known can be any number of axes, when it stands alone."""
        if node.conversion != -1 or node.format_spec is not None:
            return "..."
        assigned = self.assigned(node.value)
        number = assigned.value if isinstance(assigned, ast.Constant) else None
        return str(number) if type(number) is int else self.text(node.value) or "..."

    def dtype(self, node: ast.expr) -> str | None:
        """The dtype that `float`, `torch.float32` name."""
        module, _, name = self.dotted(node).rpartition(".")
        if module == "torch":
            return torch_dtype(name)
        return name if module in TYPING and name in ("float", "int", "bool", "complex") else None

    def framework(self, node: ast.expr) -> str | None:
        """What all arms of an array type belong to."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            quoted = parsed(node.value)
            return self.framework(quoted) if quoted is not None else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            left, right = self.framework(node.left), self.framework(node.right)
            return left if left == right else None
        if isinstance(node, ast.Subscript) and self.dotted(node.value).endswith("Union"):
            found = {self.framework(item) for item in elements(node.slice)}
            return found.pop() if len(found) == 1 else None
        dotted = self.dotted(node.value if isinstance(node, ast.Subscript) else node)
        if dotted == "jaxtyping.Array":
            return "jax"
        library = dotted.partition(".")[0]
        return library if library in _FRAMEWORKS and "ArrayLike" not in dotted else None


def elements(node: ast.expr) -> list[ast.expr]:
    """The parts of a subscript."""
    return list(node.elts) if isinstance(node, (ast.Tuple, ast.List)) else [node]


def parsed(text: str) -> ast.expr | None:
    """A quoted annotation."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
