"""einops functions and einsum: patterns to programs, by the parsers of `einlint.patterns`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions.dim import product
from einlint.lazily import dataclass, replace
from einlint.operations.assumptions import natural
from einlint.operations.contractions import contract, parsed
from einlint.operations.reductions import reduced
from einlint.operations.segments import joined, parts
from einlint.operations.structure import unsqueeze
from einlint.operations.table import denotes
from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation
from einlint.patterns.expressions import parse_arrow, parse_axes, parse_einops_einsum, parse_pack
from einlint.patterns.model import Axis as Name
from einlint.patterns.model import Expression, Group
from einlint.program.deciding import decider, equal, require, require_divides, require_equal
from einlint.program.terms import COPY, Unprovable, new_axis
from einlint.program.value import Value, fresh, regroup, split

_REDUCTIONS = ("min", "max", "sum", "mean", "prod", "any", "all")


def apply(tensor: Any, pattern: str, function: str, lengths: Mapping[str, Any]) -> Value:
    """rearrange, repeat or a reduction."""
    x = _stacked(tensor)
    read = parse_arrow(pattern)
    require(read.valid and read.output is not None, "an invalid pattern")
    left, right = read.inputs[0], read.output
    assert right is not None
    _check(left, right, function, lengths)
    names, sizes = elementary(x, left, lengths)
    flat = split(fresh(x), sizes)
    spread = [name for name in names if name.startswith("...")]
    wanted = [each for group in right.groups for each in _dimensions(group, spread)]
    kept = [name for group in wanted for name in group]
    gone = [at for at, name in enumerate(names) if name not in kept]
    if gone:
        require(function in _REDUCTIONS, "an axis is dropped")
        flat = reduced(function, flat, gone, keep=True)
    table = dict(zip(names, flat.dims, strict=True))
    for name in kept:
        if name not in table:
            require(function == "repeat", "an axis is added")
            if not name.isdecimal() and not isinstance(lengths[name], (int, Dim)):
                raise Unprovable("a length that is not an integer")
            _positive([dim(int(name)) if name.isdecimal() else dim(lengths[name])])
            table[name] = (new_axis(dim(int(name)) if name.isdecimal() else dim(lengths[name]), COPY),)
    dims = tuple(tuple(axis for name in group for axis in table[name]) for group in wanted)
    return replace(flat, dims=dims, contiguous=False)


def _stacked(tensor: Any) -> Value:
    if isinstance(tensor, Value):
        return tensor
    require(isinstance(tensor, list) and bool(tensor), "not a tensor")
    return joined([unsqueeze(each, 0) for each in tensor], 0)


def _check(left: Expression, right: Expression, function: str, lengths: Mapping[str, Any]) -> None:
    """What einops refuses whatever the sizes are."""
    dropped, added = left.identifiers - right.identifiers, right.identifiers - left.identifiers
    require(function != "rearrange" or not (dropped or added or left.numbers or right.numbers), "axes on one side")
    require(function != "repeat" or not (dropped or left.numbers) and added <= set(lengths), "axes without a length")
    require(function not in _REDUCTIONS or not (added or right.numbers), "an axis is added")
    require(set(lengths) <= left.identifiers | right.identifiers, "a length of no axis")


def elementary(x: Value, left: Expression, lengths: Mapping[str, Any]) -> tuple[list[str], list[Dim]]:
    """Names and sizes of the axes of the input, the ellipsis spread into numbered axes."""
    count = len(x.dims) - sum(not g.is_spread for g in left.groups)
    require(count == 0 or (left.ellipsis is not None and count > 0), "rank and pattern differ")
    names: list[str] = []
    sizes: list[Dim] = []
    shape = iter(x.shape)
    for group in left.groups:
        if group.is_spread:
            names += [f"...{k}" for k in range(count)]
            sizes += [next(shape) for _ in range(count)]
            continue
        size = next(shape)
        known = [_length(axis, lengths) for axis in group.axes]
        sizes += _inferred(size, known)
        names += [f"{axis.name}@{axis.start}" if axis.is_number else axis.name for axis in group.axes]
    return names, sizes


def _length(axis: Name, lengths: Mapping[str, Any]) -> Dim | None:
    if axis.is_number:
        return dim(int(axis.name))
    if axis.name not in lengths:
        return None
    if not isinstance(lengths[axis.name], (int, Dim)):
        raise Unprovable("a length that is not an integer")
    _positive([dim(lengths[axis.name])])
    return dim(lengths[axis.name])


def _positive(sizes: Sequence[Dim]) -> None:
    if not natural(sizes, ONE):
        decider().admit("a length that may not be positive")


def _inferred(size: Dim, known: list[Dim | None]) -> list[Dim]:
    if known == [None]:
        return [size]
    given = product(k for k in known if k is not None)
    missing = sum(k is None for k in known)
    require(missing < 2, "two unknown axes in one group")
    if not missing:
        require_equal(given, size, "sizes of a group differ from the dimension")
        return [k for k in known if k is not None]
    require_divides(given, size, "not divisible")
    return [size // given if k is None else k for k in known]


def _dimensions(group: Group, spread: list[str]) -> list[list[str]]:
    """The dimensions that a group of the output makes: one, or as many as a bare ellipsis covers."""
    if group.is_spread:
        return [[name] for name in spread]
    return [[n for axis in group.axes for n in (spread if axis.is_ellipsis else [axis.name])]]


@denotes("einops.rearrange")
def rearrange(tensor: Any, pattern: str, **lengths: Any) -> Value:
    return apply(tensor, pattern, "rearrange", lengths)


@denotes("einops.reduce")
def reduce(tensor: Any, pattern: str, reduction: Any, **lengths: Any) -> Value:
    if not isinstance(reduction, str):
        decider().admit("a reduction that is a function")
        reduction = "sum"
    require(reduction in (*_REDUCTIONS, "rearrange", "repeat"), "an unknown reduction")
    return apply(tensor, pattern, reduction, lengths)


@denotes("einops.repeat")
def repeat(tensor: Any, pattern: str, **lengths: Any) -> Value:
    return apply(tensor, pattern, "repeat", lengths)


@denotes("einops.einsum")
def einops_einsum(*operands: Any) -> Value:
    *tensors, pattern = operands
    return _einsum(parse_einops_einsum(pattern), tensors)


@denotes("torch.einsum")
def torch_einsum(equation: str, *operands: Any) -> Value:
    tensors = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    return _einsum(parse_equation(equation, Dialect.TORCH), tensors)


@denotes("numpy.einsum")
def numpy_einsum(equation: str, *operands: Any, optimize: Any = False) -> Value:
    return _einsum(parse_equation(equation, Dialect.NUMPY), operands)


def _einsum(read: Any, tensors: Sequence[Value]) -> Value:
    require(read.valid and len(read.inputs) == len(tensors), "an invalid einsum")
    labels, output = parsed(read, [len(t.dims) for t in tensors])
    return contract(list(tensors), labels, output)


@denotes("einops.pack")
def pack(tensors: Sequence[Value], pattern: str) -> tuple[Value, list[Any]]:
    before, after = _around_star(pattern, "pack")
    shapes, flat = [], []
    for tensor in tensors:
        _positive(tensor.shape)
        end = len(tensor.dims) - after
        require(end >= before, "too few dimensions")
        shapes.append(tuple(tensor.shape[before:end]))
        flat.append(regroup(tensor, [*tensor.shape[:before], product(tensor.shape[before:end]), *tensor.shape[end:]]))
    return joined(flat, before), shapes


def _around_star(pattern: str, function: str) -> tuple[int, int]:
    read = parse_pack(pattern, function)
    require(read.valid, "an invalid pattern")
    names = [axis.name for axis in read.inputs[0].axes]
    return names.index("*"), len(names) - names.index("*") - 1


@denotes("einops.unpack")
def unpack(tensor: Value, packed_shapes: Sequence[Any], pattern: str) -> list[Value]:
    before, after = _around_star(pattern, "unpack")
    require(len(tensor.dims) == before + 1 + after, "rank and pattern differ")
    _positive(tensor.shape)
    _positive([dim(s) for shape in packed_shapes for s in shape if dim(s).constant != -1])
    packed_shapes = _completed(packed_shapes, tensor.shape[before])
    sizes = [product(dim(s) for s in shape) for shape in packed_shapes]
    require_equal(sum(sizes, dim(0)), tensor.shape[before], "the parts do not add up")
    pieces = parts(tensor, before, sizes)
    ends = tensor.shape[:before], tensor.shape[before + 1 :]
    return [
        regroup(p, [*ends[0], *(dim(s) for s in shape), *ends[1]])
        for p, shape in zip(pieces, packed_shapes, strict=True)
    ]


def _completed(shapes: Sequence[Sequence[Any]], whole: Dim) -> list[list[Dim]]:
    """Packed shapes with -1 computed."""
    sizes = [[dim(s) for s in shape] for shape in shapes]
    open_ones = [shape for shape in sizes if any(s.constant == -1 for s in shape)]
    if not open_ones:
        return sizes
    decider().admit("-1 in packed shapes")
    require(len(open_ones) == 1 and sum(s.constant == -1 for s in open_ones[0]) == 1, "more than one -1")
    rest = whole - sum((product(shape) for shape in sizes if shape is not open_ones[0]), dim(0))
    given = product(s for s in open_ones[0] if s.constant != -1)
    require_divides(given, rest, "not divisible")
    return [[rest // given if s.constant == -1 else s for s in shape] for shape in sizes]


@denotes("einops.parse_shape")
def parse_shape(x: Value, pattern: str) -> dict[str, Dim]:
    read = parse_axes(pattern, underscore=True)
    groups = read.inputs[0].groups
    require(read.valid and len(groups) == len(x.dims), "rank and pattern differ")
    pairs = [(g.axes[0], size) for g, size in zip(groups, x.shape, strict=True) if g.axes]
    require(all(equal(size, ONE) for g, size in zip(groups, x.shape, strict=True) if not g.axes), "not of length 1")
    return {axis.name: size for axis, size in pairs if axis.name != "_"}


@dataclass(frozen=True)
class EinMix:
    """An EinMix layer, to be called with its weight by `functional_call`."""

    pattern: str
    weight_shape: str
    bias_shape: str | None
    lengths: Mapping[str, Any]

    @property
    def weight_names(self) -> list[str]:
        return [axis.name for axis in parse_axes(self.weight_shape).inputs[0].axes]


@denotes("einops.layers.torch.EinMix", "einops.EinMix")
def einmix(pattern: str, weight_shape: str, bias_shape: str | None = None, **lengths: Any) -> EinMix:
    return EinMix(pattern, weight_shape, bias_shape, lengths)


@denotes("torch.func.functional_call")
def functional_call(module: Any, parameters: Mapping[str, Value], arguments: Any) -> Value:
    if not isinstance(module, EinMix) or module.bias_shape is not None or set(parameters) != {"weight"}:
        raise Unprovable("a module")
    return mixed(module, arguments[0] if isinstance(arguments, (tuple, list)) else arguments, parameters["weight"])


def mixed(module: EinMix, x: Value, weight: Value) -> Value:
    """What an EinMix layer without bias makes of a tensor."""
    read = parse_arrow(module.pattern)
    require(read.valid and read.output is not None, "an invalid pattern")
    left, right = read.inputs[0], read.output
    assert right is not None
    if left.ellipsis is not None:
        raise Unprovable("an EinMix with an ellipsis")
    _positive([*x.shape, *weight.shape])
    given = {n: v for n, v in module.lengths.items() if n in left.identifiers}
    names, sizes = elementary(x, left, given)
    for name, size in zip(module.weight_names, weight.shape, strict=True):
        require_equal(size, dim(module.lengths[name]), "the weight has another shape")
    output = [axis.name for axis in right.axes]
    result = contract([regroup(x, sizes), weight], [names, module.weight_names], output, ones=False)
    table = dict(zip(output, result.shape, strict=True))
    return regroup(result, [product(table[a.name] for a in group.axes) for group in right.groups])
