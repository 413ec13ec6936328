"""What a call is worth: functions and classes of the file, layers, the operations table, methods."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.names import Scope, called_name
from einlint.operations.jax_names import torch_or_numpy
from einlint.operations.layers import Layer, layers
from einlint.operations.table import entries
from einlint.shapes.assuming import explore
from einlint.shapes.memory import joined, tensor
from einlint.shapes.objects import (
    Class,
    Frame,
    Function,
    Hole,
    Instance,
    Known,
    Library,
    Listing,
    Mapped,
    Method,
    Origin,
    Partial,
    RankOf,
    Sequential,
    ShapeOf,
    Super,
    as_python,
    forget,
    integer,
    length,
    size,
)
from einlint.shapes.run import DEEPEST_CALL, Foreign, Run

_MOST_PARTS = 32
_SAME = frozenset(
    """contiguous clone detach to float half bfloat16 double type type_as cuda cpu requires_grad_ copy astype
    softmax sigmoid tanh relu exp log sqrt abs neg square detach_""".split()
)
"""Methods that return a tensor of the shape of their receiver."""
_TAKES_SIZES = frozenset(
    """view reshape expand repeat tile zeros ones rand randn empty full randint broadcast_to new_zeros new_ones
    new_full new_empty""".split()
)
_RESHAPES = frozenset(
    """resize_ resize_as_ resize set_ squeeze_ unsqueeze_ transpose_ swapaxes_ swapdims_ t_ as_strided_ permute_
    moveaxis_""".split()
)
"""Methods that change the shape of their receiver in place."""
_DIFFERENT = frozenset(
    """repeat max min sort argsort take split dot nonzero std var size view swapaxes sum mean prod all any cumsum
    flatten squeeze""".split()
)
"""Methods that torch and numpy have both, and that differ."""
_ONE_BY_ONE = _TAKES_SIZES - {"full", "randint", "broadcast_to", "new_full"}
_HARMLESS = frozenset({"staticmethod", "property", "no_grad", "typecheck", "autocast", "jaxtyped", "beartype"})
"""Decorators that leave what a function returns as it is."""
_SEQUENTIAL = ("torch.nn.Sequential", "torch.nn.modules.container.Sequential")
_LISTS = ("torch.nn.ModuleList", "builtins.list")
_SAME_THING = frozenset({"torch.nn.Parameter", "torch.nn.parameter.Parameter"})


def call(run: Run, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """The result of calling a value."""
    function = run.memory.current(function)
    handler = HANDLERS.get(function.__class__)
    return _unknown(run, args, kwargs) if handler is None else handler(run, function, args, kwargs, node)


def _unknown(run: Run, args: Sequence[Any], kwargs: dict[str, Any]) -> Hole:
    """An unknown function may change what it is given; a function that it is given may change what that sees."""
    for value in (*args, *kwargs.values()):
        forget(value)
        if isinstance(value, (Function, Partial)):
            for frame in run.memory.frame.around():
                for each in frame.names.values():
                    forget(each)
    return Hole()


def _function(run: Run, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """Read the body of a function of the file with these arguments."""
    definition = function.node
    scope = run.names.scopes.get(definition)
    deep = len(run.callers) >= DEEPEST_CALL or definition in run.active
    if scope is None or deep or not _is_plain(run, definition, scope):
        run.memory.forget_attributes(function.receiver)
        return _unknown(run, args, kwargs)
    given = args if function.receiver is None or _is_static(definition) else [function.receiver, *args]
    frame = Frame(scope, function.frame)
    if not _bound(run, definition, given, kwargs, frame):
        return _unknown(run, args, kwargs)
    if node is not None and not isinstance(definition, ast.Lambda) and not _as_annotated(run, definition, frame, node):
        return Hole()
    caller = run.memory.frame
    is_inside = node is not None and not isinstance(definition, ast.Lambda)
    unsure = run.unsure
    if is_inside:
        run.unsure = unsure and bool(run.callers)
        run.callers.append(node)  # type: ignore[arg-type]
    run.active.append(definition)
    run.memory.frame = frame
    run.memory.callers.append(caller)
    found = len(run.found)
    try:
        result = _result(run, definition, frame)
        if is_inside and len(run.found) == found and any(isinstance(v, Known) for v in args):
            run.served.setdefault(definition, set()).add(run.callers[-1])
        return result
    finally:
        run.memory.frame, run.unsure = caller, unsure
        run.memory.callers.pop()
        run.active.pop()
        if is_inside:
            run.callers.pop()


def _as_annotated(run: Run, definition: Any, frame: Frame, node: ast.Call) -> bool:
    """Whether the arguments are what the annotations of a function say; what is not is noted."""
    from einlint.shapes.evidence import refuted

    arguments = definition.args
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        value = run.memory.current(frame.names.get(parameter.arg))
        claim = _annotated(run, parameter.annotation) if isinstance(value, Known) else None
        if claim is not None and refuted(claim, value, frame.sizes, run):
            reason = f"`{definition.name}` annotates it as `{claim.text}`"
            run.contradict(node, "annotation", reason, operands=((f"`{parameter.arg}`", value),))
            return False
    frame.result = _annotated(run, definition.returns)
    return True


def _result(run: Run, definition: Any, frame: Frame) -> Any:
    from einlint.shapes.expressions import value_of
    from einlint.shapes.statements import read_block

    if isinstance(definition, ast.Lambda):
        return value_of(run, definition.body)
    if read_block(run, definition.body):
        frame.returned.append((None, run.memory.copy()))
    if not frame.returned:
        return Hole()
    run.memory.join([way for _, way in frame.returned])
    result = frame.returned[0][0]
    for value, _ in frame.returned[1:]:
        result = joined(result, value)
    return result


_LITERAL = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)


def _is_static(definition: Any) -> bool:
    return any(getattr(d, "id", "") == "staticmethod" for d in getattr(definition, "decorator_list", []))


def _is_plain(run: Run, definition: Any, scope: Scope) -> bool:
    """Whether calling a function means to read its body: no generator, no decorator that may change it."""
    if isinstance(definition, ast.Lambda):
        return True
    if not isinstance(definition, ast.FunctionDef) or scope.is_generator or scope.elsewhere:
        return False
    return all(called_name(d) in _HARMLESS for d in definition.decorator_list)


def _defaults(spec: ast.arguments) -> dict[str, ast.expr]:
    """The default of each parameter that has one."""
    positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(reversed(positional), reversed(spec.defaults), strict=False))
    return found | {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}


def _bound(run: Run, definition: Any, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> bool:
    """Bind the arguments to the parameters as Python does; False where that fails."""
    from einlint.shapes.expressions import value_of

    spec = definition.args
    positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    names = frame.names
    names.update(zip(positional, args, strict=False))
    if len(args) > len(positional):
        if spec.vararg is None:
            return False
        names[spec.vararg.arg] = tuple(args[len(positional) :])
    elif spec.vararg is not None:
        names[spec.vararg.arg] = ()
    extra = {}
    for name, value in kwargs.items():
        if name in positional or name in (a.arg for a in spec.kwonlyargs):
            if name in names:
                return False
            names[name] = value
        else:
            extra[name] = value
    if extra and spec.kwarg is None:
        return False
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = dict(extra)
    defaults = _defaults(spec)
    for name in (*positional, *(a.arg for a in spec.kwonlyargs)):
        if name not in names:
            if name not in defaults:
                return False
            constant = all(isinstance(n, _LITERAL) for n in ast.walk(defaults[name]))  # others were read elsewhere
            names[name] = value_of(run, defaults[name]) if constant else Hole(name)
    return True


def _class(run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """An object of a class of the file. Its `__init__` is read when something of it is needed."""
    instance = Instance(cls, tuple(args), dict(kwargs), node, tuple(run.callers))
    if not run.callers and run.in_script:  # what runs is read as it runs
        made(run, instance)
    return instance


def made(run: Run, instance: Instance) -> dict[str, Any]:
    """The attributes of an object after its `__init__`."""
    if instance.attributes is None:
        init = method_of(run, instance.cls, "__init__")
        if init is not None and init in run.active:
            return {}
        instance.attributes = {}
        if init is not None:
            attributes, nesting, callers = run.memory.attributes, run.nesting, run.callers
            run.memory.attributes, run.nesting, run.callers = {}, 0, list(instance.callers)
            if instance.args is None:
                read_with_unknown(run, init, instance)
            else:
                _function(run, Function(init, None, instance), [*instance.args], instance.kwargs, instance.node)
            found = run.memory.attributes
            run.memory.attributes, run.nesting, run.callers = attributes, nesting, callers
            instance.attributes = {name: value for (owner, name), value in found.items() if owner is instance}
        for name, value in instance.attributes.items():
            if isinstance(value, Listing) and not value.of_modules or isinstance(value, dict):
                forget(value)  # other methods may change it
            if instance.args is None and name in _set_by_subclasses(run, instance.cls):
                instance.attributes[name] = Hole(name)
    return instance.attributes


def _set_by_subclasses(run: Run, cls: Class) -> set[str]:
    """The attributes that subclasses in the file assign."""
    return set[str]().union(*(run.names.scopes[node].assigned for node in _subclasses(run, cls)))


def method_of(run: Run, cls: Class, name: str) -> Any:
    """The definition of a method, also in base classes of the file."""
    found = [i for i in cls.node.body if isinstance(i, ast.FunctionDef) and i.name == name]
    scope = run.names.scopes.get(cls.node)
    if found or scope is None or name in scope.bindings:  # bound in another way: not known
        return found[-1] if len(found) == 1 and scope is not None and len(scope.bindings[name]) == 1 else None
    for base in cls.node.bases:
        if isinstance(base, ast.Name) and base.id != cls.node.name:
            value = run.global_value(base.id) if base.id in run.names.module.bindings else None
            if isinstance(value, Class) and len(run.active) < 20:
                method = method_of(run, value, name)
                if method is not None:
                    return method
    return None


def _instance(run: Run, instance: Instance, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if not any(_is_telling(run.memory.current(value)) for value in (*args, *kwargs.values())):
        return _unknown(run, args, kwargs)
    for name in ("__call__", "forward"):
        if instance.is_changed or (instance, name) in run.memory.attributes:
            return _unknown(run, args, kwargs)
        definition = method_of(run, instance.cls, name)
        if definition is not None:
            return _function(run, Function(definition, None, instance), args, kwargs, node)
    return _unknown(run, args, kwargs)


def _is_telling(value: Any) -> bool:
    """Whether a module is worth reading for an argument."""
    if isinstance(value, (tuple, Listing)):
        return True
    return isinstance(value, Known) or isinstance(value, Hole) and ("size", -1) in value.members


def read_with_unknown(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, receiver: Instance | None) -> None:
    """Read a function with unknown arguments."""
    from einlint.shapes.statements import read_block

    frame = Frame(run.names.scopes.get(node, run.names.module), None)
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = _defaults(node.args)
    for parameter in (*positional, *node.args.kwonlyargs):
        frame.names[parameter.arg] = _parameter(run, parameter, defaults.get(parameter.arg), frame)
    frame.result = _annotated(run, node.returns)
    static = any(called_name(d) in ("staticmethod", "classmethod") for d in node.decorator_list)
    if receiver is not None and positional and not static:
        frame.names[positional[0].arg] = receiver
    for extra in (node.args.vararg, node.args.kwarg):
        if extra is not None:
            frame.names[extra.arg] = Hole(extra.arg)
    caller = run.memory.frame
    run.memory.frame = frame
    run.active.append(node)
    try:
        ended = read_block(run, node.body)
        ways = [way for _, way in frame.returned] + ([run.memory.copy()] if ended else [])
        if ways:
            run.memory.join(ways)
    finally:
        run.active.pop()
        run.memory.frame = caller


def _parameter(run: Run, parameter: ast.arg, default: ast.expr | None, frame: Frame) -> Any:
    """What the annotation says, or an integer where the default is one; otherwise unknown."""
    if isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "int":
        return integer(parameter.arg)
    is_init = frame.scope.name == "__init__"
    if isinstance(default, ast.Constant) and type(default.value) is int and parameter.annotation is None and is_init:
        return integer(parameter.arg)
    claim = _annotated(run, parameter.annotation)
    if claim is not None and not (isinstance(default, ast.Constant) and default.value is None):
        from einlint.shapes.evidence import claimed

        return claimed(run, claim, Origin(parameter.lineno, "annotated"), frame.sizes, parameter.arg)
    # a factor of 1.0 may be a tensor for some caller, but not for one that makes a module
    made = isinstance(default, ast.Constant) and type(default.value) is float and is_init
    written = isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "float"
    return Hole(parameter.arg, numeric=made or written)


def _annotated(run: Run, annotation: ast.expr | None) -> Any:
    from einlint.shapes.evidence import annotation_of

    return None if annotation is None else annotation_of(run.finder, annotation, run.names.module)


def may_be_other(run: Run, instance: Instance, method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method may be another one: of a subclass, or of a property that can be set."""
    if not all(called_name(d) in (*_HARMLESS, "classmethod") for d in method.decorator_list):
        return True  # a property that can be set, a cached property, whatever a decorator makes of it
    if method.name in run.names.foreign_attributes:
        return True
    if instance.args is not None:
        return False
    body = [s for s in method.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(body) <= 1 and all(isinstance(s, (ast.Pass, ast.Raise)) or _returns_name(s) for s in body):
        return True
    return any(method.name in run.names.scopes[node].bindings for node in _subclasses(run, instance.cls))


def _returns_name(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and (statement.value is None or isinstance(statement.value, ast.Name))


def _subclasses(run: Run, cls: Class) -> list[ast.ClassDef]:
    """The classes of the file that derive from a class."""
    nodes = [n for n in run.names.scopes if isinstance(n, ast.ClassDef) and n is not cls.node]
    return [n for n in nodes if any(called_name(base) == cls.node.name for base in n.bases)]


def _sequential(run: Run, modules: Sequential, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if len(args) != 1 or kwargs or modules.modules is None:
        return _unknown(run, args, kwargs)
    value = args[0]
    for place, module in enumerate(modules.modules):
        if place and isinstance(module, Layer):
            value = _layer(run, module, [value], {}, node, "input")
        else:
            value = call(run, module, [value], {}, node)
    return value


def _partial(run: Run, partial: Partial, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return call(run, partial.function, [*partial.args, *args], {**partial.kwargs, **kwargs}, node)


def _layer(
    run: Run, layer: Layer, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None, named: str = ""
) -> Any:
    """A module of a library; `named` is what its operand is called where the call does not say."""
    if node is None or kwargs or not args or any(layer is each for each in run.changed):
        return _unknown(run, args, kwargs)
    first = run.memory.current(args[0])
    if isinstance(first, Hole):
        return _sized_last(layer, first)
    try:
        tensors = [run.plain(a) for a in args]
    except Foreign:
        return _unknown(run, args, kwargs)
    operands = [(named or _argument(node, 0), first)] if isinstance(first, Known) else []
    return run.operate(lambda: layer(*tensors), node, layer.name, operands, layer=layer.name)


def _argument(node: ast.Call, place: int) -> Any:
    return node.args[place] if place < len(node.args) else node


def _sized_last(layer: Layer, hole: Hole) -> Hole:
    """What a linear layer gives of a tensor of unknown rank: its last length is known."""
    weight = layer.parameters.get("weight")
    result = Hole()
    if layer.name == "torch.nn.Linear":
        result.connect(hole, -1)
    if layer.name == "torch.nn.Linear" and weight is not None:
        result.members[("size", -1)] = weight.shape[0]
    elif layer.name == "torch.nn.Embedding" and weight is not None:
        result.members[("size", -1)] = weight.shape[1]
    elif layer.name in ("torch.nn.LayerNorm", "torch.nn.Dropout", "torch.nn.Identity", "torch.nn.GELU"):
        return hole
    return result


def _library(run: Run, library: Library, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    name = library.name
    special = _SPECIAL.get(name)
    if special is not None:
        return special(run, args, kwargs, node)
    if name in _SEQUENTIAL:
        return Sequential(tuple(args)) if not kwargs else Hole()
    if name in _SAME_THING:
        return args[0] if args else Hole()
    if name in _LISTS:
        given = args[0] if args and isinstance(args[0], Listing) else Listing(None)
        return Listing(given.items, given.element, of_modules=True)
    constructor = layers().get(name)
    if constructor is not None:
        return _constructed(run, name, constructor, args, kwargs)
    if torch_or_numpy(name) not in entries():
        return _unknown(run, args, kwargs)
    return _entry(run, name, args, kwargs, node)


_MATRICES = ("torch.nn.Linear", "torch.nn.Embedding")
_FEATURES = ("in_features", "out_features", "embedding_dim")


def _constructed(
    run: Run, name: str, constructor: Callable[..., Layer], args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """A layer; unknown arguments are integers."""
    try:
        plain = [_layer_argument(run, a) for a in args]
        named = {k: _layer_argument(run, v) for k, v in kwargs.items() if k not in ("device", "dtype", "bias")}
        for value in (*args[:2], *(kwargs.get(name) for name in _FEATURES)):
            found = run.memory.current(value)
            if isinstance(found, Hole) and not found.parents and name in _MATRICES:
                found.numeric = True
    except Foreign:
        return Hole()
    outcome = explore(lambda: constructor(*plain, **named))
    return outcome.results[0] if outcome is not None and outcome.results else Hole()


def _layer_argument(run: Run, value: Any) -> Any:
    found = run.plain(value, holes=True)
    return found.constant if isinstance(found, Dim) and found.constant is not None else found


def _entry(run: Run, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """A function of the operations table."""
    function = name.rpartition(".")[2]
    first = run.memory.current(args[0]) if args else None
    if _writes(run, kwargs):
        return Hole()
    if isinstance(first, Hole) and name.startswith("torch.") and function not in _TAKES_SIZES:
        return call_of_hole(run, first, function, args[1:], kwargs, node)
    try:
        plain = _plain_arguments(run, name, args)
        named = {k: run.plain(v) for k, v in kwargs.items() if k not in ("device", "requires_grad", "generator")}
    except Foreign:
        return Hole()
    if node is None:
        return Hole()
    operands = _operands(node.args, args)
    return run.operate(lambda: run.domain.call(name, plain, named), node, name, operands)


def _writes(run: Run, kwargs: dict[str, Any]) -> bool:
    """Whether a result is written into a tensor, which may change its shape."""
    out = run.memory.current(kwargs.get("out"))
    if isinstance(out, Known):
        run.memory.change(out)
    return isinstance(out, Known)


def _plain_arguments(run: Run, name: str, args: Sequence[Any]) -> list[Any]:
    """Arguments for the table; what is unknown is an integer where only lengths can stand. Raises Foreign."""
    function = name.rpartition(".")[2]
    separate = function in _ONE_BY_ONE and len(args) > 1 and not name.startswith("numpy.")
    listed = function in _TAKES_SIZES
    return [run.plain(a, separate or listed and isinstance(run.memory.current(a), (tuple, Listing))) for a in args]


def _operands(nodes: Sequence[ast.expr], values: Sequence[Any]) -> list[tuple[Any, Known]]:
    """The tensors among the arguments, with their source text."""
    found: list[tuple[Any, Known]] = []
    for node, value in zip(nodes, values, strict=False):
        if isinstance(value, Known):
            found.append((node, value))
        elif isinstance(value, (tuple, Listing)):
            items = value if isinstance(value, tuple) else value.items or ()
            written = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node] * len(items)
            found += [(n, v) for n, v in zip(written, items, strict=False) if isinstance(v, Known)]
    return found


def _method(run: Run, method: Method, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    receiver = run.memory.current(method.receiver)
    if isinstance(receiver, Known):
        return _tensor_method(run, receiver, method.name, args, kwargs, node)
    if isinstance(receiver, Hole):
        return call_of_hole(run, receiver, method.name, args, kwargs, node)
    if isinstance(receiver, Listing):
        return _list_method(run, receiver, method.name, args)
    if isinstance(receiver, Instance):
        run.memory.forget_attributes(receiver)
        return _unknown(run, args, kwargs)
    if isinstance(receiver, Layer) and method.name.startswith("register"):
        run.changed.append(receiver)
    if isinstance(receiver, dict) and method.name in ("values", "keys", "items", "get"):
        return Listing(list(receiver.values())) if method.name == "values" else Hole()
    forget(receiver)
    return _unknown(run, args, kwargs)


def _list_method(run: Run, listing: Listing, name: str, args: list[Any]) -> Any:
    """`append` to a list that is built in a straight line, or in a loop or branch."""
    if name == "append" and len(args) == 1:
        if listing.items is not None and not (run.nesting or run.unsure) and len(listing.items) < _MOST_PARTS:
            listing.items.append(args[0])
            return None
        for each in (*(listing.items or ()), args[0]):
            listing.element = each if listing.element is None else joined(listing.element, each)
        listing.items = None
        return None
    listing.forget()
    return Hole()


def _tensor_method(
    run: Run, receiver: Known, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None
) -> Any:
    if node is None:
        return Hole()
    if name == "size" and not kwargs and len(args) <= 1:
        sizes = tuple(map(as_python, receiver.shape))
        if not args:
            return sizes
        return sizes[args[0]] if type(args[0]) is int and -len(sizes) <= args[0] < len(sizes) else Hole()
    if name in ("dim", "ndimension"):
        return len(receiver.dims)
    if name == "view" and args and isinstance(args[0], Library):  # another dtype
        return Hole()
    if run.is_ambiguous(receiver) and (name in _DIFFERENT or name == "transpose" and len(args) != 2):
        return Hole()
    if name in _RESHAPES:
        run.memory.change(receiver)
        return Hole()
    if _writes(run, kwargs):
        return Hole()
    if name in ("numpy", "asnumpy"):
        return replace(receiver, framework="numpy")
    if name in ("to", "cuda", "cpu", "type", "type_as", "float", "half", "bfloat16", "double", "long", "int", "bool"):
        return receiver
    try:
        plain = _plain_arguments(run, name, args)
        named = {k: run.plain(v) for k, v in kwargs.items()}
    except Foreign:
        return Hole()
    domain = run.domain_of(receiver)
    what = f"{domain.kind}.{name}"
    written = node.func.value if isinstance(node.func, ast.Attribute) else node
    operands = [(written, receiver), *_operands(node.args, args)]
    return run.operate(lambda: domain.method(receiver, name, plain, named), node, what, operands)


def call_of_hole(
    run: Run, hole: Hole, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None
) -> Any:
    """A method of something unknown: what it returns, where the method alone says so."""
    if name in _SAME:
        return hole
    hole.forget()
    if name == "size":
        from einlint.shapes.expressions import _size_at

        return _size_at(run, hole, args[0]) if args else ShapeOf(hole)
    if name in ("dim", "ndimension"):
        return RankOf(hole)
    if name == "chunk" and args and type(args[0]) is int and 0 < args[0] <= _MOST_PARTS:
        return _chunks(run, hole, args, kwargs)
    if name in ("view", "reshape") and node is not None and not kwargs:
        return _reshaped(run, args, node)
    if name == "permute" and node is not None and args and all(type(a) is int for a in args):
        origin = Origin(node.lineno, f"permuted as {len(args)} dimensions")
        run.memory.holes[hole] = ranked(hole, len(args), origin)
        return _tensor_method(run, run.memory.current(hole), name, args, kwargs, node)
    return _unknown(run, args, kwargs)


def ranked(hole: Hole, rank: int, origin: Origin, names: Sequence[str] = ()) -> Known:
    """A tensor of this rank, with the lengths that are known of it."""
    sizes = []
    for place in range(rank):
        found = hole.length(place, rank)
        sizes.append(found if found is not None else size(names[place] if names else ""))
    hole.settle(sizes)
    return tensor(sizes, origin)


def _chunks(run: Run, hole: Hole, args: list[Any], kwargs: dict[str, Any]) -> Any:
    count, last = args[0], ("size", -1)
    parts = [Hole() for _ in range(count)]
    along = args[1] if len(args) > 1 else kwargs.get("dim", 0)
    whole = hole.members.get(last)
    for part in parts if type(along) is int else ():
        part.connect(hole, along)
    if along == -1 and whole is not None:
        share = run.memory.size(dim(whole)).exact(dim(count))
        for part in parts if share is not None else ():
            part.members[last] = share
    return tuple(parts)


def _reshaped(run: Run, args: list[Any], node: ast.Call) -> Any:
    """`x.view(b, n, -1)`: as many dimensions as are written."""
    if len(args) == 1:
        only = run.memory.current(args[0])
        args = list(only) if isinstance(only, tuple) else list(only.items or []) if isinstance(only, Listing) else []
    values = [run.memory.current(a) for a in args]
    lengths = [length(v) for v in values]
    if not lengths or any(each is None for each in lengths):
        return Hole()
    sizes = [size("") if each.constant == -1 else each for each in lengths if each is not None]
    return tensor(sizes, Origin(node.lineno, "made by `view`"))


def _map(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    from einlint.shapes.expressions import sequence

    if len(args) != 2 or node is None:
        return Hole()
    items = sequence(run, args[1])
    if items is None:
        return Mapped(args[0], args[1], node)
    return tuple(call(run, args[0], [item], {}, node) for item in items[:_MOST_PARTS])


def _zip(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    from einlint.shapes.expressions import any_element, sequence

    lists = [sequence(run, a) for a in args]
    if any(items is None for items in lists):
        return Listing(None, tuple(any_element(run, a) for a in args))
    return Listing(list(zip(*(items for items in lists if items is not None), strict=False)))


def _enumerate(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    from einlint.shapes.expressions import any_element

    return Listing(None, (integer("i"), any_element(run, args[0]))) if args else Hole()


def _partial_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    forget((*args[1:], *kwargs.values()))
    return Partial(args[0], tuple(args[1:]), kwargs) if args else Hole()


def _tuple_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    from einlint.shapes.expressions import sequence

    items = sequence(run, args[0]) if len(args) == 1 else None
    return Hole() if items is None else tuple(items)


def _list_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    found = _tuple_of(run, args, kwargs, node)
    return Listing(list(found)) if isinstance(found, tuple) else Listing(None)


def _len(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    value = run.memory.current(args[0]) if len(args) == 1 else None
    if isinstance(value, ShapeOf):
        return RankOf(value.hole)
    if isinstance(value, tuple):
        return len(value)
    if isinstance(value, Known) and value.dims:
        return as_python(value.shape[0])
    return Hole(numeric=True)


def _super(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    for frame in run.memory.frame.around():
        receiver = frame.names.get("self")
        if isinstance(receiver, Instance):
            return Super(receiver)
    return Hole()


def _number_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    value = run.memory.current(args[0]) if len(args) == 1 else None
    if isinstance(value, (int, Dim)) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, float) and abs(value) < 1e15 else Hole(numeric=True)


def _numeric(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return Hole(numeric=True)


def _set_attribute(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if args and isinstance(args[0], Instance):
        args[0].is_changed = True
    elif args:
        run.changed.append(args[0])
        forget(args[0])
    return None


def _nothing(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return Hole()


_SPECIAL: dict[str, Callable[..., Any]] = {
    "builtins.map": _map, "builtins.zip": _zip, "builtins.enumerate": _enumerate, "functools.partial": _partial_of,
    "builtins.tuple": _tuple_of, "builtins.list": _list_of, "builtins.len": _len, "builtins.super": _super,
    "builtins.int": _number_of, "builtins.round": _numeric, "builtins.float": _numeric, "math.sqrt": _numeric,
    "math.log2": _numeric, "math.log": _numeric, "math.ceil": _numeric, "math.floor": _numeric, "math.pi": _numeric,
    "builtins.setattr": _set_attribute, "builtins.delattr": _set_attribute,
    "builtins.print": _nothing, "builtins.isinstance": _nothing,
}  # fmt: skip

HANDLERS: dict[type, Callable[..., Any]] = {
    Layer: _layer, Function: _function, Class: _class, Instance: _instance, Sequential: _sequential, Partial: _partial,
    Library: _library, Method: _method,
}  # fmt: skip
