"""Calls with a pattern: what they say of their operands, and what they return."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from einlint.callables import Kind
from einlint.calls import Call, Reading
from einlint.dimensions import Dim, dim
from einlint.lazily import dataclass, replace
from einlint.operations import notation
from einlint.patterns.model import Expression, Group, Pattern
from einlint.program.terms import new_axis
from einlint.program.value import BLANK, Dimension, dimension
from einlint.shapes.assuming import explore
from einlint.shapes.dispatch import CALLABLES, value_of
from einlint.shapes.ellipses import given_length, read_around, written_around
from einlint.shapes.hints import Hint
from einlint.shapes.memory import element_of, joined, tensor
from einlint.shapes.objects import Hole, Known, Listing, Origin, size
from einlint.shapes.run import Foreign, Run
from einlint.shapes.sequences import sequence

_FUNCTIONS = {Kind.REARRANGE: "rearrange", Kind.REPEAT: "repeat"}
_ONE_OPERAND = (Kind.REARRANGE, Kind.REPEAT, Kind.REDUCE)
_MOST_DIMENSIONS = 12
_MOST_TEXTS = 4


@dataclass(frozen=True, eq=False)
class PatternLayer:
    """A Rearrange, Reduce or EinMix layer."""

    reading: Reading
    lengths: dict[str, Any]


def pattern_call(run: Run, call: Call) -> Any:
    """The value of a call with a pattern; what is unknown among its operands gets the rank the pattern reads."""
    values = {}
    for node in (*call.node.args, *(k.value for k in call.node.keywords)):
        inner = node.value if isinstance(node, ast.Starred) else node
        values[id(node)] = value_of(run, inner)
    if call.callee.kind is Kind.ASNUMPY:
        return values.get(id(call.arguments.get("tensor")), Hole())
    reading = _reading(run, call, values)
    several = run.finder.readings(call) if reading is None else []
    if 1 < len(several) <= _MOST_TEXTS and not call.callee.layer:
        return _one_of(run, call, several, values)
    return Hole() if reading is None else _read_as_written(run, call, reading, values)


def _one_of(run: Run, call: Call, readings: Sequence[Reading], values: Mapping[int, Any]) -> Any:
    """The value of a call whose pattern is one of several texts: what those that can be agree on."""
    before = run.memory.copy()
    results, ways = [], []
    observer, run.observer = run.observer, None
    open_ones = [hole for value in values.values() if isinstance(hole := run.memory.current(value), Hole)]
    lengths = [(hole, dict(hole.lengths)) for hole in open_ones]
    for reading in readings:
        run.memory.restore(before.again())
        found = len(run.found)
        with run.quiet():
            result = _read_as_written(run, call, reading, values)
            can_be = len(run.found) == found
        if can_be:
            results.append(result)
            ways.append(run.memory.copy())
        for hole, known in lengths:  # what one text says around `...`
            hole.lengths = dict(known)
    run.observer = observer
    run.memory.join(ways or [before])
    return reduce(joined, results) if results else Hole()


def _read_as_written(run: Run, call: Call, reading: Reading, values: Mapping[int, Any]) -> Any:
    """The value of a call whose pattern has this text."""
    if not reading.valid or call.misuse or reading.sublists:
        return Hole()
    if not call.complete and (call.callee.kind not in (Kind.EINSUM, Kind.EQUATION) or call.origin is not None):
        return Hole()
    lengths = {}
    for name, length in call.lengths.items():
        lengths[name] = values.get(id(length.value), Hole())
    if call.callee.layer:
        layer = PatternLayer(reading, lengths)
        run.made(layer, call.node)
        return layer
    if call.callee.kind in (Kind.EINSUM, Kind.EQUATION):
        return _einsum(run, reading, values)
    operand = call.arguments.get("tensor", call.arguments.get("tensors", call.arguments.get("x")))
    if operand is None:
        return Hole()
    return applied(run, reading, values.get(id(operand), Hole()), lengths, call.node, operand, values)


def _reading(run: Run, call: Call, values: Mapping[int, Any]) -> Reading | None:
    """The one reading of a call: where its pattern is not a constant, with the text that it has here."""
    readings = run.finder.readings(call)
    if len(readings) == 1:
        return readings[0]
    text = values.get(id(call.pattern_node))
    return run.finder.reading_as(call, text) if isinstance(text, str) else None


def applied(
    run: Run,
    reading: Reading,
    operand: Any,
    lengths: Mapping[str, Any],
    node: ast.Call,
    written: ast.expr | str,
    values: Mapping[int, Any],
) -> Any:
    """An einops function or layer of one operand."""
    kind = reading.call.callee.kind
    operand = run.memory.present(operand)
    if kind is Kind.PACK or kind is Kind.UNPACK:
        return _packed(run, reading, operand, node, values)
    try:
        sizes = {name: run.plain(value, holes=True) for name, value in lengths.items()}
    except Foreign:
        return Hole()
    left, right = reading.pattern.inputs[0], reading.pattern.output
    if isinstance(operand, Hole):
        operand = read_as(run, operand, left, sizes, node)
    if isinstance(operand, Listing) and operand.items and left.ellipsis is None:
        _read_each(run, operand.items, left, sizes, node)
    if isinstance(operand, Hole) and right is not None and left.ellipsis is not None and kind in _ONE_OPERAND:
        axes = read_around(run, operand, left, sizes)
        return _written(run, reading, axes, sizes)
    if isinstance(operand, Known):
        run.name_lengths(operand, left.names)
        operand = run.memory.current(operand)
    tensors = _tensors(run, operand)
    if tensors is None or kind is Kind.EINMIX and reading.weight is None:
        return Hole()
    operation, arguments = _operation(reading, tensors, sizes)
    what = f"einops.{reading.call.callee.name}"
    result = run.operate(operation, arguments, node, what, _named(operand, written), reading, sizes)
    if isinstance(result, Known) and reading.pattern.output is not None:
        label(run, result, reading.pattern.output, node.lineno)
    return result


def _read_each(run: Run, items: Sequence[Any], left: Expression, sizes: Mapping[str, Any], node: ast.expr) -> None:
    """Unknown tensors of a list have the rank that a pattern reads after its first dimension, which is the list."""
    each = Expression(left.groups[1:], left.start, left.end)
    found = [run.memory.current(item) for item in items]
    known = next((item for item in found if isinstance(item, Known)), None)
    for item in found:
        if isinstance(item, Hole) and known is None:
            known = read_as(run, item, each, sizes, node)
        elif isinstance(item, Hole) and isinstance(known, Known):  # tensors of one list have one shape
            run.memory.holes[item] = tensor(known.shape, known.origin or Origin(node.lineno, "in a list"))


def _tensors(run: Run, operand: Any) -> Any:
    """A tensor, or a list of tensors as einops stacks them."""
    if isinstance(operand, Known):
        return operand
    if isinstance(operand, Listing) and operand.items is None:
        each = run.memory.current(element_of(operand))
        return replace(each, dims=(dimension(size("")), *each.dims), made=None) if isinstance(each, Known) else None
    if isinstance(operand, Listing) and operand.items:
        items = [run.memory.current(item) for item in operand.items]
        return items if all(isinstance(item, Known) for item in items) else None
    return None


def _operation(reading: Reading, operand: Any, lengths: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
    """The operation that a call is, and its arguments."""
    kind, text = reading.call.callee.kind, reading.pattern.text
    if kind is Kind.PARSE_SHAPE:
        return notation.parse_shape, (operand, text)
    if kind is Kind.EINMIX:
        assert reading.weight is not None
        return _mixed, (text, reading.weight.pattern, operand, lengths)
    return notation.apply, (operand, text, _FUNCTIONS.get(kind) or _reduction(reading), lengths)


def _reduction(reading: Reading) -> str:
    """The reduction of a reduce; which one it is does not matter for shapes."""
    written = reading.call.reduction_names
    return written.pop() if len(written) == 1 and written <= {"rearrange", "repeat"} else "max"


def _mixed(text: str, weight_shape: Pattern, operand: Known, lengths: dict[str, Any]) -> Any:
    """EinMix: the axes of the input and of the weight, mixed."""
    names = [axis.name for axis in weight_shape.inputs[0].axes]
    weight = tensor([dim(lengths[name]) for name in names], Origin(0, ""))
    layer = notation.EinMix(text, weight_shape.text, None, lengths)
    return notation.functional_call(layer, {"weight": weight}, operand)


def _named(operand: Any, written: ast.expr | str) -> list[tuple[Any, Known]]:
    if isinstance(operand, Known):
        return [(written, operand)]
    nodes = written.elts if isinstance(written, ast.List) else []
    items = operand.items or [] if isinstance(operand, Listing) else []
    return [(node, item) for node, item in zip(nodes, items, strict=False) if isinstance(item, Known)]


def read_as(
    run: Run, hole: Hole, left: Expression, lengths: Mapping[str, Any], node: ast.expr, verb: str = "read"
) -> Any:
    """What is unknown has the rank that a pattern reads, once the call has returned."""
    groups = left.groups
    if left.ellipsis is not None or len(groups) > _MOST_DIMENSIONS:
        return hole
    if len(groups) < hole.least:
        reads = f"and the pattern reads {len(groups)} (annotated so)"
        run.contradict(node, "rank", f"`{hole.name}` has at least {hole.least} axes, {reads}")
        run.memory.holes[hole] = Hole(hole.name)
        return run.memory.holes[hole]
    origin = Origin(node.lineno, f"{verb} as `{left.text}`")
    hinted = _hinted(hole, groups)
    dims = []
    for place, group in enumerate(groups):
        length = hole.length(place, len(groups))
        made = _dimension(run, group, lengths, origin) if length is None else dimension(length)
        if len(made) == len(group.axes) == 1:
            run.name_axis(made[0], group.axes[0].name, *origin)
        if hinted is not None and len(made) == 1:
            run.name_axis(made[0], hinted.words[place], hinted.row, "said there")
        dims.append(made)
    found = Known(tuple(dims), BLANK, origin=origin)
    run.memory.settle(hole, found.shape)
    run.memory.holes[hole] = found
    return found


def _hinted(hole: Hole, groups: Sequence[Group]) -> Hint | None:
    """The words that may be the axes of something unknown, where a pattern has the same."""
    hint = hole.hint
    if hint is None or hint.of_elements or len(set(hint.words)) < len(hint.words):
        return None
    return hint if sorted(hint.words) == sorted(group.text for group in groups) else None


def _dimension(run: Run, group: Group, lengths: Mapping[str, Any], origin: Origin) -> Dimension:
    axes: list[Any] = []
    for axis in group.axes:
        given = given_length(axis.name, lengths)
        made = dimension(given if given is not None else size(axis.name))
        for each in made:
            run.name_axis(each, axis.name, *origin)
        axes += made
    return tuple(axes)


LABELLED = "labelled"
"""How an einsum names the axes of its result: labels of one letter are chosen anew in every equation."""


def label(run: Run, result: Known, output: Expression, row: int, verb: str = "written") -> None:
    """Give the axes of a result the names of the pattern."""
    if output.ellipsis is not None or len(output.groups) != len(result.dims):
        return
    how = f"{verb} as `{output.text}`"
    for group, dimension_ in zip(output.groups, result.dims, strict=True):
        if len(group.axes) == len(dimension_):
            for axis, each in zip(group.axes, dimension_, strict=True):
                if verb == LABELLED and len(axis.name) == 1 and run.axis_name(each) is not None:
                    continue
                run.name_axis(each, axis.name, row, how)


def _einsum(run: Run, reading: Reading, values: Mapping[int, Any]) -> Any:
    call = reading.call
    nodes, found = _operands(run, call, values)
    if len(found) == 1 and isinstance(found[0], (Listing, tuple)) and call.callee.kind is Kind.EQUATION:
        nodes = nodes[0].elts if isinstance(nodes[0], (ast.List, ast.Tuple)) else []
        items = found[0] if isinstance(found[0], tuple) else found[0].items
        if items is None or len(items) != len(nodes):
            return Hole()
        found = [run.memory.current(item) for item in items]
    if len(found) != len(reading.pattern.inputs):
        return Hole()
    for place, (value, expression) in enumerate(zip(found, reading.pattern.inputs, strict=True)):
        if isinstance(value, Hole):
            found[place] = value = read_as(run, value, expression, {}, nodes[place], LABELLED)
            if isinstance(value, Hole) and expression.ellipsis is not None:
                read_around(run, value, expression, {})
        elif isinstance(value, Known):
            run.name_lengths(value, expression.names)
    if not all(isinstance(value, Known) for value in found):
        return Hole() if reading.pattern.implicit else _written(run, reading, {}, {})
    found = [run.memory.current(value) for value in found]
    what = call.callee.name
    operands = list(zip(nodes, found, strict=True))
    result = run.operate(notation._einsum, (reading.pattern, found), call.node, what, operands, reading)
    if isinstance(result, Known) and reading.pattern.output is not None:
        label(run, result, reading.pattern.output, call.node.lineno, LABELLED)
    return result


def _written(run: Run, reading: Reading, axes: Mapping[str, Dim], lengths: Mapping[str, Any]) -> Any:
    """What a call gives that reads something of unknown rank."""
    output, call = reading.pattern.output, reading.call
    assert output is not None
    result = written_around(output, axes, lengths, Origin(call.node.lineno, f"made by `{call.callee.name}`"))
    if isinstance(result, Known):
        is_einsum = call.callee.kind in (Kind.EINSUM, Kind.EQUATION)
        label(run, result, output, call.node.lineno, LABELLED if is_einsum else "written")
    return result


def _operands(run: Run, call: Call, values: Mapping[int, Any]) -> tuple[Sequence[ast.expr], list[Any]]:
    """The operands of an einsum, those of `*args` where it is known how many these are, as written and as values."""
    if call.operands_known:
        return call.operands, [run.memory.present(values.get(id(n), Hole())) for n in call.operands]
    nodes: list[ast.expr] = []
    found: list[Any] = []
    for node in call.node.args:
        if node is not call.pattern_node:
            value = values[id(node)]
            items = sequence(run, value) if isinstance(node, ast.Starred) else [value]
            if items is None:
                return [], []
            nodes += [node.value if isinstance(node, ast.Starred) else node] * len(items)
            found += map(run.memory.present, items)
    return nodes, found


def _packed(run: Run, reading: Reading, operand: Any, node: ast.Call, values: Mapping[int, Any]) -> Any:
    text = reading.pattern.text
    if reading.call.callee.kind is Kind.UNPACK:
        shapes = reading.call.arguments.get("packed_shapes")
        if isinstance(operand, Hole) and reading.pattern.inputs[0].axes:
            operand = read_as(run, operand, reading.pattern.inputs[0], {}, node)
        try:
            given = run.plain(values.get(id(shapes), Hole()))
        except Foreign:
            return Hole()
        if not isinstance(operand, Known) or not isinstance(given, (list, tuple)):
            return Hole()
        return run.operate(notation.unpack, (operand, given, text), node, "einops.unpack", (), reading)
    items = operand.items if isinstance(operand, Listing) else list(operand) if isinstance(operand, tuple) else None
    tensors = [run.memory.current(item) for item in items or ()]
    for each in tensors:
        if isinstance(each, Hole):
            read_around(run, each, reading.pattern.inputs[0], {})
    if not tensors or not all(isinstance(each, Known) for each in tensors):
        return (_packed_rank(run, reading, node), Hole())
    written = reading.call.arguments["tensors"]
    nodes = written.elts if isinstance(written, (ast.List, ast.Tuple)) else []
    operands = list(zip(nodes, tensors, strict=False))
    return run.operate(notation.pack, (tensors, text), node, "einops.pack", operands, reading)


def _packed_rank(run: Run, reading: Reading, node: ast.Call) -> Any:
    """What pack returns has as many dimensions as its pattern."""
    names = [axis.name for axis in reading.pattern.inputs[0].axes]
    origin = Origin(node.lineno, f"packed as `{reading.pattern.text}`")
    return tensor([size(name if name.isidentifier() else "") for name in names], origin)


def called_layer(run: Run, layer: PatternLayer, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """A Rearrange, Reduce or EinMix layer of a tensor."""
    if node is None or len(args) != 1 or kwargs:
        return Hole()
    return apply_layer(run, layer, args[0], node, node.args[0] if node.args else "input")


def apply_layer(run: Run, layer: PatternLayer, operand: Any, node: ast.Call, written: ast.expr | str) -> Any:
    """A layer of one operand, which is written so."""
    if not run.callers:
        run.applied.add(layer.reading.call.node)
    return applied(run, layer.reading, operand, layer.lengths, node, written, {})


CALLABLES[PatternLayer] = called_layer


def would_fit(contradiction_reading: Reading, lengths: Mapping[str, Any]) -> bool:
    """Whether other shapes of the operands would do: if not, the pattern itself is at fault."""
    pattern = contradiction_reading.pattern
    operands = []
    for expression in pattern.inputs:
        dims: list[Dimension] = []
        for group in expression.groups:
            axes: list[Any] = []
            for axis in group.axes:
                if axis.is_ellipsis:
                    continue
                given = given_length(axis.name, lengths)
                axes.append(new_axis(given if given is not None else size(axis.name)))
            if axes or not any(axis.is_ellipsis for axis in group.axes):
                dims.append(tuple(axes))
        operands.append(Known(tuple(dims), BLANK))
    kind = contradiction_reading.call.callee.kind
    if kind in (Kind.EINSUM, Kind.EQUATION):
        # axes of one name have one length
        outcome = explore(lambda: notation._einsum(pattern, operands))
        return outcome is None or bool(outcome.results)
    if kind in (Kind.PACK, Kind.UNPACK, Kind.EINMIX, Kind.PARSE_SHAPE):
        return True
    function = _FUNCTIONS.get(kind) or _reduction(contradiction_reading)
    outcome = explore(lambda: notation.apply(operands[0], pattern.text, function, lengths))
    return outcome is None or bool(outcome.results)
