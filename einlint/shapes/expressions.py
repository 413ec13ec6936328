"""What an expression is worth."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.operations.layers import Layer
from einlint.operations.table import Scalar
from einlint.shapes.calling import call, made, may_be_other, method_of
from einlint.shapes.conditions import assume, compared, truth
from einlint.shapes.memory import element_of, joined
from einlint.shapes.objects import (
    UNKNOWN_DTYPE,
    Frame,
    Function,
    Hole,
    Instance,
    Known,
    Library,
    Listing,
    Mapped,
    Method,
    RankOf,
    Sequential,
    ShapeOf,
    as_python,
    size,
)
from einlint.shapes.run import DEEPEST_EXPRESSION, Foreign, Run

SYMBOLS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@",
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "/": operator.truediv, "**": operator.pow,
}  # fmt: skip
_EXACT = frozenset({"+", "-", "*", "//", "%"})
_NUMBERS = (int, float, Dim, Scalar)
_MOST_ITEMS = 8
_LONGEST = 64
_LARGEST = 2**63


def value_of(run: Run, node: ast.expr) -> Any:
    """The value of an expression; unknown absorbs."""
    run.step()
    handler = _HANDLERS.get(node.__class__)
    if run.depth > DEEPEST_EXPRESSION:
        return Hole()
    run.depth += 1
    try:
        value = _others(run, node) if handler is None else run.memory.current(handler(run, node))
    finally:
        run.depth -= 1
    if run.watch is not None:
        run.watch(node, value)
    return value


def _others(run: Run, node: ast.AST) -> Hole:
    """Read the parts of an expression that has no value here."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            value_of(run, child)
    return Hole()


def _constant(run: Run, node: ast.Constant) -> Any:
    return node.value if isinstance(node.value, (int, float, str, bool, type(None), type(...))) else Hole()


def _name(run: Run, node: ast.Name) -> Any:
    for frame in run.memory.frame.around():
        if node.id in frame.names:
            return frame.names[node.id]
    found = run.library(node)
    if found is not None:
        return found
    owner = run.scope.owner(node.id)
    if owner is not None and owner is not run.names.module:  # of a function around this one, which is not read
        return Hole(node.id)
    return run.global_value(node.id)


def _attribute(run: Run, node: ast.Attribute) -> Any:
    if _is_dotted(run, node):
        found = run.library(node)
        if found is not None:
            return found
    return attribute(run, value_of(run, node.value), node.attr, node)


def _is_dotted(run: Run, node: ast.expr) -> bool:
    """Whether `a.b.c` begins with a name that no frame holds."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Name):
        return False
    return not any(node.id in frame.names for frame in run.memory.frame.around())


def attribute(run: Run, receiver: Any, name: str, node: ast.expr) -> Any:
    """`receiver.name`."""
    receiver = run.memory.current(receiver)
    if isinstance(receiver, Known):
        return _of_tensor(run, receiver, name, node)
    if isinstance(receiver, Hole):
        if name == "shape":
            return ShapeOf(receiver)
        if name == "ndim":
            return RankOf(receiver)
        return Method(receiver, name)
    if isinstance(receiver, Instance):
        return instance_attribute(run, receiver, name)
    if isinstance(receiver, tuple) and name in ("values", "indices") and len(receiver) == 2:
        return receiver[name == "indices"]
    if isinstance(receiver, Library):
        return Library(f"{receiver.name}.{name}")
    if isinstance(receiver, Layer) and not name.startswith("register"):
        return Hole(name)
    if isinstance(receiver, (Listing, dict, str, Sequential, Layer)):
        return Method(receiver, name)
    return Hole(name)


def _of_tensor(run: Run, tensor: Known, name: str, node: ast.expr) -> Any:
    if name == "shape":
        return tuple(as_python(size) for size in tensor.shape)
    if name == "ndim":
        return len(tensor.dims)
    if name in ("T", "mT", "mH", "real", "imag", "data", "grad"):
        if name in ("data", "grad"):
            return Hole(name)
        domain = run.domain_of(tensor)
        what = f"{domain.kind}.{name}"
        return run.operate(lambda: domain.attribute(tensor, name), node, what, [(_written(node), tensor)])
    return Method(tensor, name)


def _written(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Attribute) else node


def instance_attribute(run: Run, instance: Instance, name: str) -> Any:
    """An attribute of an object of a class of the file: one that was assigned, a method, or unknown."""
    key = (instance, name)
    instance.is_changed |= name == "__dict__"
    if instance.is_changed:
        return Hole(name)
    if key in run.memory.attributes:
        return run.memory.attributes[key]
    method = method_of(run, instance.cls, name)
    if method is not None and may_be_other(run, instance, method):
        return Method(instance, name)
    if method is not None:
        bound = Function(method, None, instance)
        is_property = any(getattr(d, "id", "") == "property" for d in method.decorator_list)
        return call(run, bound, [], {}, None) if is_property else bound
    return made(run, instance).setdefault(name, Hole(name))


def _subscript(run: Run, node: ast.Subscript) -> Any:
    receiver, index = value_of(run, node.value), _index(run, node.slice)
    return element(run, receiver, index, node)


def _index(run: Run, node: ast.expr) -> Any:
    if isinstance(node, ast.Slice):
        parts = [None if part is None else value_of(run, part) for part in (node.lower, node.upper, node.step)]
        return slice(*parts)
    if isinstance(node, ast.Tuple):
        return tuple(_index(run, item) for item in node.elts)
    return value_of(run, node)


def element(run: Run, receiver: Any, index: Any, node: ast.Subscript) -> Any:
    """`receiver[index]`."""
    receiver, index = run.memory.current(receiver), run.memory.current(index)
    if isinstance(receiver, ShapeOf):
        return _size_at(run, receiver.hole, index)
    if isinstance(receiver, Known):
        try:
            places = _places(run, index)
        except Foreign:
            return Hole()
        domain = run.domain_of(receiver)
        return run.operate(lambda: domain.subscript(receiver, places), node, "indexing", [(node.value, receiver)])
    if isinstance(receiver, Listing):
        if receiver.items is None:
            return Listing(None, receiver.element) if isinstance(index, slice) else element_of(receiver)
        receiver = tuple(receiver.items)
    if isinstance(receiver, tuple) and not _is_static(index):
        _share(receiver)
    if isinstance(receiver, tuple) and _is_static(index):
        return receiver[index] if isinstance(index, slice) or -len(receiver) <= index < len(receiver) else Hole()
    if isinstance(receiver, dict) and isinstance(index, str):
        return receiver.get(index, Hole())
    if isinstance(receiver, Sequential) and receiver.modules is not None and type(index) is int:
        count = len(receiver.modules)
        return receiver.modules[index] if -count <= index < count else Hole()
    if isinstance(receiver, Hole) and isinstance(index, (int, str)):
        return receiver.member(index) if receiver.parents == () else Hole()
    return Hole()


def _places(run: Run, index: Any) -> Any:
    """An index for the table. Raises Foreign; a tensor indexes in ways that its dtype decides."""
    index = run.memory.current(index)
    if isinstance(index, tuple):
        return tuple(_places(run, item) for item in index)
    if not isinstance(index, Known):
        return run.plain(index)
    if index.dtype == UNKNOWN_DTYPE:
        raise Foreign
    return index


def _is_static(index: Any) -> bool:
    if isinstance(index, slice):
        return all(part is None or type(part) is int for part in (index.start, index.stop, index.step))
    return type(index) is int


def _size_at(run: Run, hole: Hole, index: Any) -> Any:
    """`x.shape[i]` of a tensor of unknown rank: a length, the same one each time."""
    if type(index) is not int:
        return Hole()
    key = ("size", index)
    if key not in hole.members:
        hole.members[key] = size(f"{hole.name or 'x'}.shape[{index}]")
    return hole.members[key]


def _call(run: Run, node: ast.Call) -> Any:
    from einlint.shapes.patterns import pattern_call

    known_call = run.finder.call_of(node)
    if known_call is not None:
        return pattern_call(run, known_call)
    function = value_of(run, node.func)
    args: list[Any] = []
    for item in node.args:
        if isinstance(item, ast.Starred):
            inner = sequence(run, value_of(run, item.value))
            if inner is None:
                for rest in (*node.args, *(k.value for k in node.keywords)):
                    value_of(run, rest.value if isinstance(rest, ast.Starred) else rest)
                return Hole()
            args += inner
        else:
            args.append(value_of(run, item))
    kwargs = {}
    for keyword in node.keywords:
        found = value_of(run, keyword.value)
        if keyword.arg is None:
            return Hole()
        kwargs[keyword.arg] = found
    return call(run, function, args, kwargs, node)


def sequence(run: Run, value: Any) -> list[Any] | None:
    """The elements of a sequence of known length."""
    value = run.memory.current(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Listing) and value.items is not None:
        return list(value.items)
    if isinstance(value, Sequential):
        return None if value.modules is None else list(value.modules)
    if isinstance(value, range) and len(value) <= _MOST_ITEMS:
        return list(value)
    return None


def _binary(run: Run, node: ast.BinOp) -> Any:
    left, right = value_of(run, node.left), value_of(run, node.right)
    return operated(run, SYMBOLS.get(node.op.__class__, ""), left, right, node, (node.left, node.right))


def operated(run: Run, symbol: str, left: Any, right: Any, node: ast.expr, parts: Sequence[ast.expr]) -> Any:
    """`left + right` and its like."""
    left, right = (int(v) if v.__class__ is bool else v for v in map(run.memory.current, (left, right)))
    if isinstance(left, Known) or isinstance(right, Known):
        return _tensors(run, symbol, left, right, node, parts)
    if isinstance(left, (tuple, Listing)) or isinstance(right, (tuple, Listing)):
        return _sequences(run, symbol, left, right)
    if isinstance(left, Hole) or isinstance(right, Hole):
        return _unknown_number(run, symbol, left, right)
    if not all(isinstance(v, _NUMBERS) for v in (left, right)):
        return Hole()
    return _number(symbol, left, right)


def _number(symbol: str, left: Any, right: Any) -> Any:
    """Arithmetic of numbers: exact for lengths, otherwise some number."""
    function = _ARITHMETIC.get(symbol)
    exact = symbol in _EXACT and isinstance(left, (int, Dim)) and isinstance(right, (int, Dim))
    plain = isinstance(left, (int, float)) and isinstance(right, (int, float))
    small = symbol != "**" or isinstance(right, (int, float)) and abs(right) <= 64
    if function is None or not (exact or plain) or not small:
        return Hole(numeric=True)
    try:
        result = function(dim(left), dim(right)) if exact and not plain else function(left, right)
    except (ArithmeticError, ValueError):
        return Hole(numeric=True)
    if isinstance(result, Dim):
        large = len(result.terms) > _MOST_ITEMS or any(abs(c) >= _LARGEST for _, c in result.terms)
        return Hole(numeric=True) if large else as_python(result)
    small = isinstance(result, float) or isinstance(result, int) and abs(result) < _LARGEST
    return result if small else Hole(numeric=True)


def _unknown_number(run: Run, symbol: str, left: Any, right: Any) -> Any:
    parents = tuple(v for v in (left, right) if isinstance(v, Hole))
    if not all(isinstance(v, (Hole, *_NUMBERS)) for v in (left, right)):
        return Hole()
    both = [v.as_number() if isinstance(v, Hole) else v for v in (left, right)]
    result = Hole(parents=parents)
    if symbol in ("+", "-", "*", "//", "%") and all(isinstance(v, (int, Dim)) for v in both):
        found = _number(symbol, dim(both[0]), dim(both[1]))
        result.number = dim(found) if isinstance(found, (int, Dim)) else None
    return result


def _tensors(run: Run, symbol: str, left: Any, right: Any, node: ast.expr, parts: Sequence[ast.expr]) -> Any:
    if any(isinstance(v, Hole) and not run.memory.is_number(v) for v in (left, right)):
        return Hole()
    if symbol == "":
        return Hole()
    tensors = [v for v in (left, right) if isinstance(v, Known)]
    if len(tensors) == 1 and symbol != "@":
        return tensors[0] if all(isinstance(v, (Known, Hole, *_NUMBERS)) for v in (left, right)) else Hole()
    operands = [(n, v) for n, v in zip(parts, (left, right), strict=True) if isinstance(v, Known)]
    return run.operate(lambda: run.domain.binary(symbol, left, right), node, symbol, operands)


def _sequences(run: Run, symbol: str, left: Any, right: Any) -> Any:
    if symbol == "+" and type(left) is type(right):
        if isinstance(left, tuple):
            return _light(left + right)
        if left.items is not None and right.items is not None and len(left.items) + len(right.items) <= _LONGEST:
            return Listing(left.items + right.items)
        return Listing(None, joined(element_of(left), element_of(right)))
    items = sequence(run, left)
    if symbol == "*" and items is not None and type(right) is int and 0 <= right * len(items) <= _MOST_ITEMS:
        return tuple(items * right) if isinstance(left, tuple) else Listing(items * right)
    return Hole()


def _unary(run: Run, node: ast.UnaryOp) -> Any:
    value = value_of(run, node.operand)
    if isinstance(node.op, ast.Not):
        known_truth = truth(value)
        return Hole() if known_truth is None else not known_truth
    if isinstance(value, Known):
        return value
    if isinstance(node.op, ast.USub):
        if isinstance(value, (int, float, Dim)):
            return -value
        if isinstance(value, Hole):
            return _unknown_number(run, "-", 0, value)
    return value if isinstance(node.op, ast.UAdd) and isinstance(value, _NUMBERS) else Hole()


def _boolean(run: Run, node: ast.BoolOp) -> Any:
    """`a and b`, `a or b`: each operand is read knowing what the ones before it said."""
    stays = isinstance(node.op, ast.Or)
    before = None
    result: Any = None
    for place, operand in enumerate(node.values):
        with run.perhaps() if place else nullcontext():
            value = value_of(run, operand)
        result = value if place == 0 else joined(result, value)
        before = before or run.memory.copy()
        decided = truth(value)
        if decided is stays:
            result = value if place == 0 else result
            break
        if place == 0 and decided is not None:
            result = value_of(run, node.values[1]) if len(node.values) == 2 else Hole()
            break
        assume(run, operand, not stays)
    if before is not None:
        run.memory.join([before, run.memory.copy()])
    return result


def _conditional(run: Run, node: ast.IfExp) -> Any:
    decided = truth(value_of(run, node.test))
    if decided is not None:
        return value_of(run, node.body if decided else node.orelse)
    before = run.memory.copy()
    with run.perhaps():
        assume(run, node.test, True)
        first = value_of(run, node.body)
        one = run.memory.copy()
        run.memory.restore(before)
        assume(run, node.test, False)
        second = value_of(run, node.orelse)
    run.memory.join([one, run.memory.copy()])
    return joined(first, second)


def _tuple(run: Run, node: ast.Tuple) -> Any:
    items = _items(run, node.elts)
    return Hole() if items is None else _light(tuple(items))


def _light(items: tuple[Any, ...]) -> Any:
    """A tuple, unknown where it is long or holds too many others."""
    return items if _weight(items) <= _LONGEST else Hole()


def _weight(value: Any) -> int:
    """How many values a tuple holds, those of its tuples included."""
    if not isinstance(value, tuple):
        return 1
    total = 0
    for item in value:
        total += _weight(item)
        if total > _LONGEST:
            break
    return total


def _list(run: Run, node: ast.List) -> Any:
    items = _items(run, node.elts)
    return Listing(None) if items is None else Listing(items)


def _items(run: Run, nodes: Sequence[ast.expr]) -> list[Any] | None:
    items: list[Any] | None = []
    for node in nodes:
        value = value_of(run, node.value if isinstance(node, ast.Starred) else node)
        inner = sequence(run, value) if isinstance(node, ast.Starred) else [value]
        items = None if items is None or inner is None or len(items) > _LONGEST else items + inner
    return items


def _dict(run: Run, node: ast.Dict) -> Any:
    found = {}
    for key, value in zip(node.keys, node.values, strict=True):
        result = value_of(run, value)
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return _others(run, node)
        found[key.value] = result
    return found


def _lambda(run: Run, node: ast.Lambda) -> Function:
    return Function(node, run.memory.frame)


def _comprehension(run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
    """A list of what the element is for each item, or of what it is for any."""
    generator = node.generators[0]
    items = sequence(run, value_of(run, generator.iter))
    over = value_of(run, generator.iter) if items is None else None
    outer = run.memory.frame
    frame = Frame(run.names.scopes.get(node, outer.scope), outer)
    run.memory.frame = frame
    try:
        if items is None or len(items) > _MOST_ITEMS or len(node.generators) > 1 or generator.ifs:
            return Listing(None, _for_any(run, node, over))
        results = []
        for item in items:
            bind_target(run, generator.target, item)
            results.append(value_of(run, node.elt))
        return Listing(results)
    finally:
        run.memory.frame = outer


def _other_comprehension(run: Run, node: ast.SetComp | ast.DictComp) -> Hole:
    """A set or a dictionary: what its elements are computed from is read once."""
    over = value_of(run, node.generators[0].iter)
    outer = run.memory.frame
    run.memory.frame = Frame(run.names.scopes.get(node, outer.scope), outer)
    try:
        _for_any(run, node, over)
    finally:
        run.memory.frame = outer
    return Hole()


def _for_any(run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp, over: Any) -> Any:
    before = run.memory.copy()
    for generator in node.generators:
        bind_target(run, generator.target, any_element(run, over) if generator is node.generators[0] else Hole())
        for condition in generator.ifs:
            value_of(run, condition)
            assume(run, condition, True)
    if isinstance(node, ast.DictComp):
        value_of(run, node.key)
    result = value_of(run, node.value if isinstance(node, ast.DictComp) else node.elt)
    run.memory.restore(before)
    return result


def any_element(run: Run, over: Any) -> Any:
    """What an element of an iterable is like."""
    over = run.memory.current(over)
    items = over.items if isinstance(over, Listing) else list(over) if isinstance(over, tuple) else None
    if items:
        _share(items)
    if isinstance(over, Listing):
        return element_of(over)
    return element_of(Listing(items)) if items else Hole()


def _share(items: Sequence[Any]) -> None:
    """Lists that are reached without saying which may be changed there: nothing is known of them any more."""
    for item in items:
        if isinstance(item, Listing):
            item.forget()


def bind_target(run: Run, target: ast.expr, value: Any) -> None:
    """Assign to a name or to a tuple of names."""
    from einlint.shapes.statements import bind

    bind(run, target, value)


def _walrus(run: Run, node: ast.NamedExpr) -> Any:
    value = value_of(run, node.value)
    frame = run.memory.frame
    while frame.scope.is_comprehension and frame.outer is not None:  # the name belongs to the function
        frame = frame.outer
    frame.names[node.target.id] = value
    if run.watch is not None:
        run.watch(node.target, value)
    return value


def _await(run: Run, node: ast.Await) -> Any:
    value_of(run, node.value)
    return Hole()


def _compare(run: Run, node: ast.Compare) -> Any:
    values = [value_of(run, each) for each in (node.left, *node.comparators)]
    by_identity = isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn))
    if any(isinstance(v, Known) for v in values) and not by_identity:
        tensors = [v for v in values if isinstance(v, Known)]
        if len(values) == 2 and len(tensors) == 1 and all(isinstance(v, (Known, *_NUMBERS)) for v in values):
            return replace(tensors[0], dtype="bool")
        return Hole()
    decided = compared(node.ops[0], *values) if len(values) == 2 else None
    return Hole() if decided is None else decided


def iterate_mapped(run: Run, mapped: Mapped, count: int) -> list[Any]:
    """`count` results of `map` over something of unknown length."""
    over = [any_element(run, mapped.over) for _ in range(count)]
    return [call(run, mapped.function, [each], {}, mapped.node) for each in over]


_HANDLERS: dict[type, Callable[[Run, Any], Any]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Call: _call,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _boolean, ast.IfExp: _conditional, ast.Tuple: _tuple,
    ast.List: _list, ast.Dict: _dict, ast.Lambda: _lambda, ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension, ast.SetComp: _other_comprehension, ast.DictComp: _other_comprehension,
    ast.NamedExpr: _walrus, ast.Await: _await, ast.Compare: _compare,
}  # fmt: skip
