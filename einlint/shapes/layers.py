"""Layers of libraries: how they are made and what they return."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.lazily import replace
from einlint.operations.layers import Layer
from einlint.program.value import dimension
from einlint.shapes.assuming import explore
from einlint.shapes.dispatch import CALLABLES, call, unknown_call
from einlint.shapes.hints import Hint
from einlint.shapes.objects import Hole, Known, Sequential
from einlint.shapes.patterns import PatternLayer, apply_layer
from einlint.shapes.run import Foreign, Run
from einlint.shapes.unknown_tensors import size_at

_MATRICES = ("torch.nn.Linear", "torch.nn.Embedding")
_RECURRENT = frozenset({"torch.nn.RNN", "torch.nn.GRU", "torch.nn.LSTM"})
_RECURRENT_ARGUMENTS = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional")
_FEATURES = ("in_features", "out_features", "embedding_dim")


def _sequential(run: Run, modules: Sequential, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if len(args) != 1 or kwargs or modules.modules is None:
        return unknown_call(run, args, kwargs)
    value = args[0]
    for place, module in enumerate(modules.modules):
        if place and isinstance(module, Layer):
            value = _layer(run, module, [value], {}, node, "input")
        elif place and isinstance(module, PatternLayer) and node is not None:
            value = apply_layer(run, module, value, node, "input")
        else:
            value = call(run, module, [value], {}, node)
    return value


def _layer(
    run: Run, layer: Layer, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None, named: str = ""
) -> Any:
    """A module of a library; `named` is what its operand is called where the call does not say."""
    if node is None or kwargs or not args or any(layer is each for each in run.changed):
        return unknown_call(run, args, kwargs)
    first = run.memory.present(args[0])
    args = [first, *args[1:]]
    if isinstance(first, Hole):
        return _recurrent(run, layer, first, node) if layer.name in _RECURRENT else _sized_last(layer, first)
    try:
        tensors = [run.plain(a) for a in args]
    except Foreign:
        return unknown_call(run, args, kwargs)
    operands = [(named or _argument(node, 0), first)] if isinstance(first, Known) else []
    return run.operate(_applied, (layer, *tensors), node, layer.name, operands, layer=layer)


def _recurrent(run: Run, layer: Layer, hole: Hole, node: ast.Call) -> Any:
    """What a recurrent layer gives of a tensor of unknown rank: the state of a batch has three dimensions."""
    state = Hole()
    positional, named = layer.arguments or ((), {})
    given = {**dict(zip(_RECURRENT_ARGUMENTS, positional, strict=False)), **named}
    hidden, layers = given.get("hidden_size"), given.get("num_layers", 1)
    first, both = given.get("batch_first", False), given.get("bidirectional", False)
    if isinstance(hidden, (int, Dim)) and isinstance(layers, (int, Dim)) and type(first) is type(both) is bool:
        batch = size_at(run, hole, 0 if first else 1)
        sizes = (dim(layers) * (1 + both), dim(batch), dim(hidden))
        kind = layer.name.rpartition(".")[2]
        words = ("layers", "batch", "hidden")
        state.hint = Hint(words, node.lineno, how=f"the state of `nn.{kind}` is (layers, batch, hidden)", sizes=sizes)
    if layer.name.endswith("LSTM"):
        cell = Hole()
        cell.hint = state.hint
        return Hole(), (state, cell)
    return Hole(), state


def _applied(layer: Layer, *tensors: Any) -> Any:
    return layer(*tensors)


def _argument(node: ast.Call, place: int) -> Any:
    return node.args[place] if place < len(node.args) else node


def _sized_last(layer: Layer, hole: Hole) -> Hole:
    """What a linear layer gives of a tensor of unknown rank: its last length is known."""
    weight = layer.parameters.get("weight")
    result = Hole()
    if layer.name == "torch.nn.Linear":
        result.connect(hole, -1)
    if layer.name == "torch.nn.Linear" and weight is not None:
        result.lengths[-1] = weight.shape[0]
        if hole.assumed is not None and hole.assumed.dims:
            result.assumed = replace(hole.assumed, dims=(*hole.assumed.dims[:-1], dimension(weight.shape[0])))
    elif layer.name == "torch.nn.Embedding" and weight is not None:
        result.lengths[-1] = weight.shape[1]
    elif layer.name in ("torch.nn.LayerNorm", "torch.nn.Dropout", "torch.nn.Identity", "torch.nn.GELU"):
        return hole
    return result


def constructed(run: Run, name: str, constructor: Callable[..., Layer], args: list[Any], kwargs: dict[str, Any]) -> Any:
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


CALLABLES.update({Layer: _layer, Sequential: _sequential})
