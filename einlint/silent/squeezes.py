"""`squeeze()` without a dimension, of a tensor whose batch may be 1, before its dimensions are counted.

Certain where the code says which axis is to go, a length that is 1, and that another one, a name, comes first; and
where a later use counts dimensions from the front and does not fail for one dimension less.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from einlint.callables import Kind
from einlint.dimensions import ONE, symbol
from einlint.findings import Intent
from einlint.names import last_name
from einlint.program.value import length_of
from einlint.shapes.objects import Hole, Known, Step
from einlint.shapes.run import Run
from einlint.silent.history import argument, numbers
from einlint.silent.inspector import OPERATIONS, UNKNOWN_CALLS, Inspector
from einlint.silent.naming import dimension_name
from einlint.silent.repairs import LETTERS, Question, framework_of, repair, text_of
from einlint.silent.uses import assigned_to, later_reads, parents
from einlint.silent.written import tensor_of

_COUNTING = frozenset(
    """transpose swapaxes permute flatten mean sum max min amax amin std var prod softmax log_softmax argmax argmin
    cumsum cumprod diff roll flip argsort percentile quantile logsumexp average expand_dims norm unflatten
    repeat_interleave chunk split unbind select narrow any all median sort topk""".split()
)
_AMOUNT_FIRST = frozenset({"diff", "roll", "norm", "quantile", "percentile", "topk"})
_POINTWISE = frozenset("sigmoid relu tanh exp log sqrt abs detach contiguous float clone gelu silu softplus".split())


def squeezed(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a squeeze of a known tensor."""
    if len(step.operands) == 1 and argument(step, 0) is None:
        tensor = step.operands[0]
        words = [_word(run, tensor, place) for place in range(len(tensor.dims))]
        _judge(inspector, run, step.node, step.written(0), words, _origin(tensor), framework_of(step))


def squeezed_unknown(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report a squeeze of a tensor of which only words are known."""
    if name == "squeeze" and hole.hint is not None and not hole.hint.of_elements and not given and not node.keywords:
        value = tensor_of(node, 0)
        facts = [("said there", hole.hint.row)]
        _judge(inspector, run, node, ast.unparse(value), hole.hint.words, facts, _framework(run, node))


def _framework(run: Run, node: ast.Call) -> str:
    """The library of a squeeze of something unknown."""
    found = run.library(node.func) if node.args else None
    return found.name.partition(".")[0] if found is not None else run.framework


def _word(run: Run, tensor: Known, place: int) -> str:
    size = length_of(tensor.dims[place])
    return str(size) if size.constant is not None else dimension_name(run, tensor.dims[place])


def _origin(tensor: Known) -> list[tuple[str, int]]:
    return [(tensor.origin.how, tensor.origin.row)] if tensor.origin is not None else []


def _judge(
    inspector: Inspector, run: Run, node: ast.expr, name: str, words: Sequence[str], facts: list[tuple[str, int]],
    framework: str,
) -> None:  # fmt: skip
    meant = [place for place, word in enumerate(words) if word == "1"]
    if len(words) < 2 or len(meant) != 1 or words[0].isdecimal() or words[0] == "?":
        return
    body = inspector.body_read(run)
    use = next(_counting_uses(inspector, body, node), None)
    if use is None:
        return
    left = [word for place, word in enumerate(words[1:], 1) if word != "1"]
    shape = f"({', '.join(words)})"
    intent = _with_dimension(inspector, node, words, meant[0], framework)
    message = (
        f"`squeeze()` of `{name}` {shape} also drops `{words[0]}` where that is 1: ({', '.join(left)}) is left, and "
        f"dimension 0 of line {use.lineno} is `{left[0] if left else 'none'}`; write `squeeze({meant[0]})`"
    )
    related = [*facts, ("dimensions are counted here", use.lineno)]
    inspector.suspect(run, "dimensionless-squeeze", node, message, related, intent=intent)


def _with_dimension(
    inspector: Inspector, node: ast.expr, words: Sequence[str], place: int, framework: str
) -> Intent | None:
    """The repair: the dimension is written."""
    if not isinstance(node, ast.Call) or not framework or node.keywords or len(words) > len(LETTERS):
        return None
    value = node.args[0] if node.args else getattr(node.func, "value", None)
    function, name = text_of(inspector.source, node.func), text_of(inspector.source, value) if value else None
    if function is None or name is None or len(node.args) > 1:
        return None
    by_name = f"axis={place}" if framework == "numpy" else str(place)
    new = f"{function}({name}, {by_name})" if node.args else f"{function}({by_name})"
    left = ["1" if at == place else LETTERS[at] for at in range(len(words))]
    question = Question(framework)
    question.tensor("x", [ONE if each == "1" else symbol(each) for each in left])
    pattern = f"{' '.join(left)} -> {' '.join(each for each in left if each != '1')}"
    library = "np" if framework == "numpy" else "torch"
    code = f"{library}.squeeze(x, {by_name})" if node.args else f"x.squeeze({by_name})"
    return repair(inspector.source.span(node), new, question.asking(f"rearrange(x, '{pattern}')", code))


def _counting_uses(inspector: Inspector, body: ast.AST, node: ast.expr) -> Iterator[ast.expr]:
    """The expressions that count the dimensions of what a squeeze gives."""
    around = parents(body)
    name = assigned_to(node, around)
    uses: list[ast.expr] = [node]
    if name:
        uses = list(later_reads(body, name, node.end_lineno or node.lineno))
    while uses:
        use = uses.pop(0)
        parent = around.get(use)
        kept = _kept(use, parent, around)
        if kept is not None:
            uses.insert(0, kept)
            continue
        if isinstance(parent, ast.Attribute) and parent.attr in _COUNTING:
            call = around.get(parent)
            if isinstance(call, ast.Call) and call.func is parent and _counts(parent.attr, call.args, call.keywords):
                yield call
        elif (
            isinstance(parent, ast.Call)
            and use in parent.args
            and (_is_open_pattern(inspector, parent) or _is_counting_function(parent))
        ):
            yield parent


def _kept(use: ast.expr, parent: ast.AST | None, around: dict[ast.AST, ast.AST]) -> ast.expr | None:
    """The expression around one that keeps its dimensions: a softmax over the last one, a function of each element."""
    call = around.get(parent) if isinstance(parent, ast.Attribute) else parent
    if not isinstance(call, ast.Call) or parent is not call and parent is not call.func:
        return None
    if parent is call and (not call.args or use is not call.args[0]):
        return None
    name, given = last_name(call.func), [*call.args[parent is call :], *(k.value for k in call.keywords)]
    last = all(numbers(each) == -1 for each in given)
    return call if name in _POINTWISE and not given or name in ("softmax", "log_softmax") and given and last else None


def _counts(name: str, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> bool:
    """Whether a dimension is given, from the front; `args` are those after the tensor."""
    given = [
        *args[name in _AMOUNT_FIRST : 2],
        *(k.value for k in keywords if k.arg in ("dim", "axis", "start_dim", "dim0")),
    ]
    values = [numbers(each) for each in given]
    flat = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
    return bool(flat) and type(flat[0]) is int and all(type(each) is not int or each >= 0 for each in flat)


def _is_counting_function(call: ast.Call) -> bool:
    name = last_name(call.func) if isinstance(call.func, ast.Attribute) else ""
    return name in _COUNTING and _counts(name, call.args[1:], call.keywords)


def _is_open_pattern(inspector: Inspector, node: ast.Call) -> bool:
    """Whether a call reads its operand with an ellipsis that is not first: one dimension less does not fail."""
    call = inspector.finder.call_of(node)
    if call is None or call.callee.kind is Kind.PARSE_SHAPE:
        return False
    readings = inspector.finder.readings(call)
    left = readings[0].pattern.inputs[0] if len(readings) == 1 and readings[0].pattern.inputs else None
    return left is not None and left.ellipsis is not None and not left.groups[0].is_spread


OPERATIONS.append((squeezed, frozenset({"squeeze"})))
UNKNOWN_CALLS.append(squeezed_unknown)
