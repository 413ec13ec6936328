"""Type annotations to claims: containers, unions and aliases of annotated tensors."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import field

from einlint.claims.dtypes import dtype_class
from einlint.claims.lookups import TYPING, Alias, Lookup, Lookups, elements, parsed
from einlint.claims.model import Claim, DictClaim, ListClaim, Reading, TreeClaim, TupleClaim, UnionClaim
from einlint.claims.strings import read_jaxtyping
from einlint.claims.tensors import annotated, extended, jaxtyped, nptyped, subscripted, torchtyped
from einlint.lazily import dataclass

_LISTS = frozenset(
    "list List set Set Sequence MutableSequence Collection Iterable Iterator Generator AsyncIterator AsyncIterable "
    "AsyncGenerator Deque deque".split()
)
_DICTS = frozenset("dict Dict Mapping MutableMapping OrderedDict DefaultDict defaultdict".split())
_WRAPPERS = frozenset("Final ClassVar Required NotRequired ReadOnly InitVar".split())
_NO_TENSORS = frozenset("None int float bool str bytes complex slice range Literal Callable".split())
_JAXTYPING: dict[str, Reading] = {
    "jaxtyping.Scalar": Claim((), "", None, "jax"),
    "jaxtyping.ScalarLike": Claim((), ""),
    "jaxtyping.PRNGKeyArray": UnionClaim(
        (
            Claim((), "", "key", "jax"),
            Claim(read_jaxtyping("2") or (), "2", "uint32", "jax"),
        )
    ),
}


def read_annotation(node: ast.expr, lookup: Lookup, alias: Alias) -> Reading:
    """What an annotation says about shapes; None when nothing.

    `lookup` gives the dotted library name of an expression, `alias` the expression that a name was assigned.
    """
    try:
        return _Reader(Lookups(lookup, alias)).read(node)
    except RecursionError:
        return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """What reads the annotations of one place."""

    names: Lookups
    known: dict[str, Reading] = field(default_factory=dict)

    def read(self, node: ast.expr) -> Reading:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            quoted = parsed(node.value)
            return self.read(quoted) if quoted is not None else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.union([node.left, node.right])
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        return self.name(node)

    def name(self, node: ast.expr) -> Reading:
        """`Image`, where `Image = Float[Tensor, "h w c"]`; `jaxtyping.Scalar`."""
        assigned = self.names.assigned(node)
        if assigned is None or not isinstance(node, ast.Name):
            return _JAXTYPING.get(self.names.dotted(node))
        if node.id not in self.known:
            self.known[node.id] = None  # of a name that is made of itself
            self.known[node.id] = self.read(assigned)
        return self.known[node.id]

    def union(self, nodes: Sequence[ast.expr]) -> Reading:
        readings = [self.read(node) for node in nodes if not self.is_no_tensor(node)]
        inner = [reading for reading in readings if isinstance(reading, UnionClaim)]
        optional = len(readings) < len(nodes) or any(reading.optional for reading in inner)
        number = any(map(self.is_number, nodes)) or any(reading.number for reading in inner)
        arms = [arm for reading in readings for arm in (reading.arms if isinstance(reading, UnionClaim) else [reading])]
        arms = list(dict.fromkeys(arms))
        if not any(arms):
            return None
        return arms[0] if len(arms) == 1 and not optional else UnionClaim(tuple(arms), optional, number)

    def is_number(self, node: ast.expr) -> bool:
        """Whether an arm is neither a tensor nor None."""
        return self.is_no_tensor(node) and not (isinstance(node, ast.Constant) and node.value is None)

    def is_no_tensor(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return node.value is None
        module, _, name = self.names.dotted(node.value if isinstance(node, ast.Subscript) else node).rpartition(".")
        return module in TYPING and name in _NO_TENSORS

    def subscript(self, node: ast.Subscript) -> Reading:
        module, _, name = self.names.dotted(node.value).rpartition(".")
        items = elements(node.slice)
        if not items:
            return TupleClaim(()) if name in ("tuple", "Tuple") else None
        if module in TYPING and (reading := self.container(name, items)) is not None:
            return reading
        if name == "Annotated" and module in TYPING:
            return self.read(items[0]) or annotated(items[0], items[1:], self.names)
        if name == "PyTree" and module in ("", "jaxtyping"):
            leaf = self.read(items[0])
            return TreeClaim(leaf) if leaf is not None else None
        if module == "nptyping" and name == "NDArray":
            return nptyped(items, self.names)
        if name == "TensorType" and module in ("", "torchtyping"):
            return torchtyped(items, self.names)
        dtype = dtype_class(name)
        if dtype is not None and _holds_jaxtyping(module):
            outer = jaxtyped(dtype, items, self.names)
            return extended(outer, self.read(items[0])) if outer is not None and len(items) == 2 else outer
        return subscripted(f"{module}.{name}".removeprefix("."), items, self.names)

    def container(self, name: str, items: Sequence[ast.expr]) -> Reading:
        if name == "Optional":
            return self.union([*items, ast.Constant(None)])
        if name == "Union":
            return self.union(items)
        if name in ("tuple", "Tuple"):
            return self.elements(items)
        if name in _WRAPPERS:
            return self.read(items[0])
        if name in _LISTS:
            element = self.read(items[0])
            return ListClaim(element) if element is not None else None
        if name in _DICTS and len(items) == 2:
            value = self.read(items[1])
            return DictClaim(value) if value is not None else None
        return None

    def elements(self, items: Sequence[ast.expr]) -> Reading:
        if len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...:
            element = self.read(items[0])
            return ListClaim(element) if element is not None else None
        if any(isinstance(item, ast.Starred) for item in items):
            return None
        return TupleClaim(tuple(self.read(item) for item in items))


def _holds_jaxtyping(module: str) -> bool:
    """jaxtyping, a name that is not known, or a module of the project that renames it, as `project.tensor_typing`."""
    last = module.rpartition(".")[2]
    return module in ("", "jaxtyping") or (module not in ("nptyping", "typing") and ("typ" in last or last == "shapes"))
