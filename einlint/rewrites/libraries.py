"""What names, methods, functions and annotations of a file tell about libraries of tensors."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from einlint.resolution import Dotted
from einlint.rewrites.surroundings import Site

_FRAMEWORKS = frozenset("torch numpy jax tensorflow mlx cupy keras paddle oneflow mindspore dask tinygrad".split())
_OF_TORCH = frozenset(
    "permute unsqueeze contiguous expand expand_as chunk unbind unflatten masked_fill detach cuda float half double "
    "long to cpu".split()
)
"""Methods of tensors that no array of numpy, JAX, CuPy or TensorFlow has."""
_OF_TENSORS = frozenset(
    "cat concat stack hstack vstack dstack matmul mm bmm einsum where clamp softmax sigmoid tanh exp log sqrt abs sum "
    "mean amax amin cumsum".split()
)
"""Functions of torch that take its tensors and no arrays of another library."""
_LIKE_NUMPY = frozenset({"torch", "numpy", "jax", "tensorflow", "cupy"})
_READERS = frozenset({"load", "hub", "utils"})
"""What torch and numpy read from files may be anything."""


def imported_roots(site: Site) -> frozenset[str]:
    """The libraries of tensors that the file imports."""
    return site.file.imported & _FRAMEWORKS


def root_of(site: Site, node: ast.expr) -> str | None:
    """The library that a name is of, where it is one of tensors."""
    referent = site.file.finder.resolve(node, site.call.scope) if isinstance(node, (ast.Name, ast.Attribute)) else None
    parts = referent.name.split(".") if isinstance(referent, Dotted) else [""]
    return parts[0] if parts[0] in _FRAMEWORKS and not (set(parts[1:]) & _READERS) else None


def by_method(site: Site, function: ast.expr) -> str | None:
    """What a method tells among the libraries that the file imports."""
    roots = imported_roots(site)
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name in _OF_TORCH and "torch" in roots and roots <= _LIKE_NUMPY:
        return "torch"
    return "numpy" if name == "astype" and roots == {"torch", "numpy"} else None


def takes_tensors(site: Site, function: ast.expr) -> bool:
    """Whether a function takes tensors of torch and no arrays."""
    referent = site.file.finder.resolve(function, site.call.scope)
    module, _, name = (referent.name if isinstance(referent, Dotted) else "").rpartition(".")
    return module == "torch.nn.functional" or module == "torch" and name in _OF_TENSORS


def by_annotation(site: Site, annotation: ast.expr) -> str | None:
    """The one library that an annotation names."""
    return agreed(root_of(site, part) for part in ast.walk(annotation) if isinstance(part, ast.expr))


def agreed(found: Iterable[str | None]) -> str | None:
    """The one library that is found, whatever says nothing."""
    libraries = {each for each in found if each is not None}
    return libraries.pop() if len(libraries) == 1 else None
