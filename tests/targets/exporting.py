"""Export a function to ONNX in both ways and run the model: what happens to it, as one word and a reason."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import onnx
import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor, nn

CONTROL = frozenset({"If", "Loop", "Scan"})
"""Operators that make the graph depend on values; `Sequence*` operators are refused by most runtimes as well."""


class Outcome(NamedTuple):
    """What became of an export: `right`, or the first step that failed and why.

    `operators` are those of the graph, `rank` is the highest rank of any tensor in it, `opset` what was written.
    """

    word: str
    reason: str = ""
    operators: frozenset[str] = frozenset()
    rank: int = 0
    opset: int = 0


class _Wrapped(nn.Module):  # type: ignore[misc]
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *tensors: Tensor) -> Any:
        return self.function(*tensors)


def outcome(
    model: Callable[..., Any],
    first: Sequence[Tensor],
    second: Sequence[Tensor],
    opset: int = 18,
    legacy: bool = False,
    auto: bool = False,
) -> Outcome:
    """Export with `first`, every dimension dynamic, and compare with torch on the sizes of both."""
    module = _Wrapped(model).eval()
    try:
        data = _legacy(module, tuple(first), opset) if legacy else _dynamo(module, tuple(first), opset, auto)
    except Exception as error:
        return Outcome("not exported", _first_line(error))
    graph = onnx.load_from_string(data)
    operators = frozenset(_operators(graph))
    written = next(o.version for o in graph.opset_import if o.domain in ("", "ai.onnx"))
    about: dict[str, Any] = {"operators": operators, "rank": highest_rank(graph), "opset": written}
    try:
        session = onnxruntime.InferenceSession(data, _quiet(), providers=["CPUExecutionProvider"])
    except Exception as error:
        return Outcome("not loaded", _first_line(error), **about)
    for word, tensors in (("wrong", first), ("wrong at another size", second)):
        try:
            found = torch.from_numpy(session.run(None, _fed(session, tensors))[0])
        except Exception as error:
            return Outcome("not run", _first_line(error), **about)
        wanted = module(*tensors)
        wanted = wanted if isinstance(wanted, Tensor) else wanted[0]
        if found.shape != wanted.shape:
            return Outcome(word, f"shape {tuple(found.shape)} for {tuple(wanted.shape)}", **about)
        if found.dtype != wanted.dtype:
            return Outcome(word, f"{found.dtype} for {wanted.dtype}", **about)
        if not torch.allclose(found.double(), wanted.detach().double(), rtol=1e-4, atol=1e-4):
            return Outcome(word, "values", **about)
    return Outcome("right", **about)


def _dynamo(module: nn.Module, tensors: tuple[Tensor, ...], opset: int, auto: bool) -> bytes:
    how = torch.export.Dim.AUTO if auto else torch.export.Dim.DYNAMIC
    dynamic = tuple(dict.fromkeys(range(t.ndim), how) for t in tensors)
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                module, tensors, dynamo=True, opset_version=opset, dynamic_shapes=(dynamic,), verbose=False,
            )  # fmt: skip
    finally:
        logging.disable(logging.NOTSET)
    data: bytes = program.model_proto.SerializeToString()
    return data


def _legacy(module: nn.Module, tensors: tuple[Tensor, ...], opset: int) -> bytes:
    names = [f"x{place}" for place in range(len(tensors))]
    axes = {name: dict.fromkeys(range(t.ndim), "") for name, t in zip(names, tensors, strict=True)}
    axes = {name: {axis: f"{name}_{axis}" for axis in found} for name, found in axes.items()}
    file = BytesIO()
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, tensors, file, dynamo=False, opset_version=opset, input_names=names, dynamic_axes=axes,
        )  # fmt: skip
    return file.getvalue()


def _quiet() -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return options


def _fed(session: Any, tensors: Sequence[Tensor]) -> dict[str, Any]:
    return {entry.name: tensor.numpy() for entry, tensor in zip(session.get_inputs(), tensors, strict=True)}


def _operators(graph: Any) -> list[str]:
    """The operators of a model, those of its functions and branches, too."""
    nodes = [*graph.graph.node, *(node for function in graph.functions for node in function.node)]
    found = []
    while nodes:
        node = nodes.pop()
        found.append(node.op_type)
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                nodes += inner.node
    return found


def highest_rank(graph: Any) -> int:
    """The highest rank of any tensor of a model."""
    inferred = onnx.shape_inference.infer_shapes(graph).graph
    values = (*inferred.input, *inferred.value_info, *inferred.output)
    ranks = [len(v.type.tensor_type.shape.dim) for v in values if v.type.tensor_type.HasField("shape")]
    return max([*ranks, *(len(weight.dims) for weight in inferred.initializer)], default=0)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return f"{type(error).__name__}: {lines[0][:200]}"
