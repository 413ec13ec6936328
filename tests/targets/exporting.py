"""Models exported to ONNX by both exporters of torch and run: what became of them, in a word and a reason."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import onnx
import onnx.reference
import onnxruntime
import torch
from torch import Tensor, nn

Model = Callable[..., Any]
Run = Callable[[Sequence[Tensor]], Any]
TOLERANCE = 1e-4


_exports: dict[tuple[Any, ...], bytes | str] = {}
"""What each model was exported to, or why it was not: several runtimes are asked about one."""


@dataclass(frozen=True)
class Exporter:
    """By which exporter a model is exported and to which opset; `auto` with `Dim.AUTO` for `Dim.DYNAMIC`."""

    opset: int = 18
    legacy: bool = False
    auto: bool = False


class Outcome(NamedTuple):
    """What became of a model: `right`, or the first step that failed and why.

    `operators` are those of the graph, `rank` is the highest rank of any tensor in it, `opset` what was written.
    """

    word: str
    reason: str = ""
    operators: frozenset[str] = frozenset()
    rank: int = 0
    opset: int = 0

    @property
    def control(self) -> frozenset[str]:
        """The operators that make a graph depend on values, and those on sequences, which most runtimes refuse."""
        return frozenset(o for o in self.operators if o in ("If", "Loop", "Scan") or "Sequence" in o)


class _Wrapped(nn.Module):  # type: ignore[misc]
    """Any model as a module of as many tensors as it is given."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, *tensors: Tensor) -> Any:
        return self.model(*tensors)


def outcome(
    model: Model, first: Sequence[Tensor], second: Sequence[Tensor], exporter: Exporter, runtime: str = "onnxruntime"
) -> Outcome:
    """Export a model with `first`, dimensions that `second` changes dynamic, and compare it with torch on both.

    `runtime` is `onnxruntime` (on the CPU) or `reference`, which takes what the specification allows.
    """
    module = _Wrapped(model).eval()
    key = (model, exporter, *((tensor.shape, tensor.dtype) for tensor in (*first, *second)))
    if key not in _exports:
        try:
            with _silence():
                _exports[key] = (_legacy if exporter.legacy else _dynamo)(module, tuple(first), tuple(second), exporter)
        except Exception as error:
            _exports[key] = _reason(error)
    data = _exports[key]
    if isinstance(data, str):
        return Outcome("not exported", data)
    graph = onnx.load_from_string(data)
    opset = next(each.version for each in graph.opset_import if each.domain in ("", "ai.onnx"))
    found = frozenset(_operators(graph)), _highest_rank(graph), opset
    try:
        run = _onnxruntime(data) if runtime == "onnxruntime" else _reference(graph)
    except Exception as error:
        return Outcome("not loaded", _reason(error), *found)
    for word, tensors in (("wrong", first), ("wrong at another size", second)):
        try:
            result = torch.from_numpy(run(tensors))
        except Exception as error:
            return Outcome("not run", _reason(error), *found)
        with torch.no_grad():
            difference = _difference(result, module(*tensors))
        if difference:
            return Outcome(word, difference, *found)
    return Outcome("right", "", *found)


def _difference(found: Tensor, wanted: Tensor) -> str:
    if found.shape != wanted.shape:
        return f"shape {tuple(found.shape)} for {tuple(wanted.shape)}"
    if found.dtype != wanted.dtype:
        return f"{found.dtype} for {wanted.dtype}"
    return "" if torch.allclose(found.double(), wanted.double(), TOLERANCE, TOLERANCE) else "values"


def _dynamo(module: nn.Module, first: Sequence[Tensor], second: Sequence[Tensor], exporter: Exporter) -> bytes:
    how = torch.export.Dim.AUTO if exporter.auto else torch.export.Dim.DYNAMIC
    shapes = tuple(dict.fromkeys(axes, how) for axes in _changed(first, second))
    program = torch.onnx.export(
        module, first, dynamo=True, opset_version=exporter.opset, dynamic_shapes=(shapes,), verbose=False
    )
    data: bytes = program.model_proto.SerializeToString()
    return data


def _legacy(module: nn.Module, first: Sequence[Tensor], second: Sequence[Tensor], exporter: Exporter) -> bytes:
    names = [f"x{place}" for place in range(len(first))]
    changed = zip(names, _changed(first, second), strict=True)
    axes = {name: {axis: f"{name}_{axis}" for axis in found} for name, found in changed}
    file = BytesIO()
    torch.onnx.export(
        module, first, file, dynamo=False, opset_version=exporter.opset, input_names=names, dynamic_axes=axes
    )
    return file.getvalue()


def _changed(first: Sequence[Tensor], second: Sequence[Tensor]) -> list[list[int]]:
    """The dimensions of each tensor whose size changes."""
    pairs = zip(first, second, strict=True)
    return [[k for k in range(one.ndim) if one.shape[k] != two.shape[k]] for one, two in pairs]


def _onnxruntime(data: bytes) -> Run:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    return lambda tensors: session.run(None, dict(zip(names, (t.numpy() for t in tensors), strict=True)))[0]


def _reference(graph: onnx.ModelProto) -> Run:
    onnx.checker.check_model(graph, full_check=True)
    evaluator = onnx.reference.ReferenceEvaluator(graph)
    names = [each.name for each in graph.graph.input]

    def run(tensors: Sequence[Tensor]) -> Any:
        results: Any = evaluator.run(None, dict(zip(names, (t.numpy() for t in tensors), strict=True)))
        return results[0]

    return run


def _operators(graph: onnx.ModelProto) -> Iterator[str]:
    """The operators of a model, those of its functions and branches, too."""
    nodes = [*graph.graph.node, *(node for function in graph.functions for node in function.node)]
    while nodes:
        node = nodes.pop()
        yield node.op_type
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                nodes += inner.node


def _highest_rank(graph: onnx.ModelProto) -> int:
    inferred = onnx.shape_inference.infer_shapes(graph).graph
    values = (*inferred.input, *inferred.value_info, *inferred.output)
    ranks = [len(v.type.tensor_type.shape.dim) for v in values if v.type.tensor_type.HasField("shape")]
    return max([*ranks, *(len(weight.dims) for weight in inferred.initializer)], default=0)


def _reason(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()] or [""]
    return f"{type(error).__name__}: {lines[0][:160]}"


@contextmanager
def _silence() -> Iterator[None]:
    """Both exporters talk."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
