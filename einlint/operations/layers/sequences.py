"""Attention and recurrent layers: what they return is more than one tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.operations.layers.model import Built, flag, parameter, size, tensor
from einlint.program.deciding import decider, equal, require, require_divides, require_equal
from einlint.program.value import Value, opaque


def attention(
    embed_dim: Any,
    num_heads: Any,
    dropout: Any = 0.0,
    bias: Any = True,
    add_bias_kv: Any = False,
    add_zero_attn: Any = False,
    kdim: Any = None,
    vdim: Any = None,
    batch_first: Any = False,
) -> Built:
    width, heads = size(embed_dim), size(num_heads)
    require_divides(heads, width, "num_heads does not divide embed_dim")
    widths = [width, width if kdim is None else size(kdim), width if vdim is None else size(vdim)]
    first, extra = flag(batch_first), int(flag(add_bias_kv)) + int(flag(add_zero_attn))
    given = {"out_proj.weight": parameter(width, width)}
    if kdim is None and vdim is None:
        given["in_proj_weight"] = parameter(width * 3, width)

    def forward(
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: Any = True,
        attn_mask: Any = None,
        average_attn_weights: Any = True,
        is_causal: Any = False,
    ) -> tuple[Value, Value | None]:
        q, k, v = (tensor(each) for each in (query, key, value))
        require(len(q.dims) in (2, 3), f"a query of {len(q.dims)} axes, not 2 or 3")
        require(len(k.dims) == len(q.dims) == len(v.dims), "query, key and value of different ranks")
        for each, wanted in zip((q, k, v), widths, strict=True):
            require_equal(each.shape[-1], wanted, f"the last axis is not of the width {wanted}")
        decider().admit("attention")
        batched, sequence = len(q.dims) == 3, 1 if first and len(q.dims) == 3 else 0
        require(all(map(equal, k.shape[:-1], v.shape[:-1])), "keys and values of different shapes")
        batch = [q.shape[1 - sequence]] if batched else []
        if batched:
            require_equal(k.shape[1 - sequence], batch[0], "batches differ")
        rows, columns = q.shape[sequence], k.shape[sequence] + extra
        heads_of = [] if flag(average_attn_weights) else [heads]
        weights = opaque([*batch, *heads_of, rows, columns], q) if flag(need_weights) else None
        return opaque(q.shape, q), weights

    return forward, given


def recurrent(kind: str) -> Callable[..., Built]:
    """RNN, GRU or LSTM: the outputs of all steps, and the last state."""

    def build(
        input_size: Any,
        hidden_size: Any,
        num_layers: Any = 1,
        bias: Any = True,
        batch_first: Any = False,
        dropout: Any = 0.0,
        bidirectional: Any = False,
        proj_size: Any = 0,
        nonlinearity: Any = None,
    ) -> Built:
        width, hidden, depth = size(input_size), size(hidden_size), size(num_layers)
        first, directions, projected = flag(batch_first), 1 + int(flag(bidirectional)), size(proj_size)
        output = hidden if projected == dim(0) else projected
        gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
        given = {"weight_ih_l0": parameter(hidden * gates, width), "weight_hh_l0": parameter(hidden * gates, output)}

        def forward(x: Any, hx: Any = None) -> Any:
            x = tensor(x)
            _step(x, width, (2, 3))
            decider().admit("a recurrent layer")
            batch = [x.shape[0 if first else 1]] if len(x.dims) == 3 else []

            def state(length: Dim) -> Value:
                return opaque([depth * directions, *batch, length], x)

            outputs = opaque([*x.shape[:-1], output * directions], x)
            return outputs, (state(output), state(hidden)) if kind == "LSTM" else state(output)

        return forward, given

    return build


def _step(x: Value, width: Dim, ranks: tuple[int, int]) -> None:
    require(len(x.dims) in ranks, f"{len(x.dims)} axes, not {ranks[0]} or {ranks[1]}")
    require_equal(x.shape[-1], width, f"the last axis is not of input_size = {width}")


def cell(kind: str) -> Callable[..., Built]:
    """One step of a recurrent layer."""

    def build(input_size: Any, hidden_size: Any, bias: Any = True, nonlinearity: Any = None) -> Built:
        width, hidden = size(input_size), size(hidden_size)
        gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
        given = {"weight_ih": parameter(hidden * gates, width), "weight_hh": parameter(hidden * gates, hidden)}

        def forward(x: Any, hx: Any = None) -> Any:
            x = tensor(x)
            _step(x, width, (1, 2))
            decider().admit("a recurrent layer")
            state = opaque([*x.shape[:-1], hidden], x)
            return (state, opaque(state.shape, x)) if kind == "LSTM" else state

        return forward, given

    return build


def transformer_layer(d_model: Any, nhead: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """An encoder or decoder layer of a transformer: the shape stays."""
    width = size(d_model)
    require_divides(size(nhead), width, "nhead does not divide d_model")

    def forward(src: Any, *others: Any, **options: Any) -> Value:
        x = tensor(src)
        require(len(x.dims) in (2, 3), f"{len(x.dims)} axes, not 2 or 3")
        require_equal(x.shape[-1], width, f"the last axis is not of d_model = {width}")
        decider().admit("a layer of a transformer")
        return opaque(x.shape, x)

    return forward
