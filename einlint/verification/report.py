"""A verdict in words, and a counterexample as code that anyone can paste."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from einlint.verification import whitelist
from einlint.verification.question import Question
from einlint.verification.recipes import COMPARED, FINE_VALUES
from einlint.verification.search import Witness
from einlint.verification.verdict import Verdict

_KINDS = {
    "value": "the values differ", "shape": "the shapes differ", "dtype": "the dtypes differ",
    "exception": "one side raises and the other does not",
}  # fmt: skip
_IMPORTS = {
    "torch": "import torch", "np": "import numpy as np", "numpy": "import numpy", "math": "import math",
    "F": "import torch.nn.functional as F", "einops": "import einops",
}  # fmt: skip
_FOLLOW_DEFAULT = frozenset("arange empty eye full linspace logspace ones tensor zeros EinMix".split())
_MOST_LISTED = 512
_LISTED = ("counting", COMPARED)  # however many values there are


def in_words(question: Question, verdict: Verdict) -> str:
    """A few lines for a reader, the verdict first."""
    if verdict.verdict == "unknown":
        return f"unknown: {verdict.message}"
    if verdict.witness is not None:
        return "\n".join(_difference(question, verdict, verdict.witness))
    return "\n".join(_agreement(verdict))


def _agreement(verdict: Verdict) -> Iterator[str]:
    how = "proved for all sizes" if verdict.verdict == "proved" else "tested, not proved"
    yield f"equal ({how}): the sides agreed in all {verdict.runs} runs{_places(verdict)}"
    if verdict.verdict == "tested" and verdict.chance is not None and verdict.chance < 1:
        yield (
            f"if both sides are polynomials, random data (one of {FINE_VALUES} values for each entry) hides a "
            f"difference at a tested size with a chance below {_rounded_up(verdict.chance)}"
        )
    for name, evidence in sorted(verdict.side_effects.items()):
        yield f"differs in {name} at {_sizes(evidence['sizes'])}: {_EFFECTS.get(name, _elsewhere)(evidence)}"


def _places(verdict: Verdict) -> str:
    return f" on {' and '.join(verdict.devices)}" if verdict.devices else ""


def _rounded_up(chance: float) -> str:
    exponent = -18
    while 10.0**exponent < chance:
        exponent += 1
    return f"1e{exponent}"


def _aliasing(evidence: Mapping[str, Any]) -> str:
    sides = (("first", evidence["a_shares"]), ("second", evidence["b_shares"]))
    return ", ".join(f"the {side} shares memory with {_names(names)}" for side, names in sides)


def _elsewhere(evidence: Mapping[str, Any]) -> str:
    """In another dtype or on another device."""
    return f"on data of the kind `{evidence['data']}`, {_KINDS[evidence['kind']]}"


def _names(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names) or "no operand"


_EFFECTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "aliasing": _aliasing,
    "gradient": lambda evidence: f"the gradients differ on data of the kind `{evidence['data']}`",
    "strides": lambda evidence: f"on operands that are not contiguous, {_KINDS[evidence['kind']]}",
    "autocast": lambda evidence: f"under autocast to bfloat16 the results are {evidence['result']}",
}


def _sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{axis} = {size}" for axis, size in sizes.items()) or "any size"


def _difference(question: Question, verdict: Verdict, witness: Witness) -> Iterator[str]:
    yield f"different: {_KINDS[witness.kind]} at {_sizes(witness.sizes)}"
    yield ""
    yield from _imports(question, verdict)
    yield ""
    operands = list(_operands(question, verdict, witness))
    yield from operands
    sides = [
        (_result_name(question, "a"), question.left, verdict.shown["left"]),
        (_result_name(question, "b"), question.right, verdict.shown["right"]),
    ]
    sides.sort(key=lambda side: "error" in side[2])
    for place, (name, side, told) in enumerate(sides):
        if place and (question.mutates or question.left.bindings or question.right.bindings):
            yield from operands
        yield from (binding.text for binding in side.bindings)
        yield f"{name} = {ast.unparse(side.body) if side.bindings else _one_line(side.text)}"
        yield from _outcome(name, told)


def _result_name(question: Question, name: str) -> str:
    """A name for a result that no tensor has and no side uses."""
    used = {*itertools.chain(*question.forms)}
    for side in (question.left, question.right):
        used |= {node.id for node in side.nodes() if isinstance(node, ast.Name)}
        used |= {name for binding in side.bindings for name in binding.names}
    while name in used:
        name += "_"
    return name


def _outcome(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    if "error" in told:
        yield f"# raises {told['error']}"
        return
    yield f"print({name})"
    lines = told["value"].splitlines()
    yield from (f"# {line}" for line in lines[:20])
    if told["shape"] is not None:
        yield f"# shape {tuple(told['shape'])}, dtype {told['dtype']}"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _imports(question: Question, verdict: Verdict) -> Iterator[str]:
    used = {
        node.id for side in (question.left, question.right) for node in side.nodes() if isinstance(node, ast.Name)
    } - set(question.forms[0])
    roots = {name for name in used if name in _IMPORTS} | {"torch" if question.framework == "torch" else "np"}
    roots |= {"np"} if _is_drawn(verdict) else set()
    yield from (_IMPORTS[name] for name in _IMPORTS if name in roots)
    functions = sorted(name for name in used if whitelist.BARE.get(name, "").startswith("einops."))
    layers = [name for name in functions if whitelist.BARE[name].startswith("einops.layers")]
    plain = [name for name in functions if name not in layers]
    if plain:
        yield f"from einops import {', '.join(plain)}"
    if layers:
        yield f"from einops.layers.torch import {', '.join(layers)}"
    if _is_drawn(verdict):
        yield "from einlint.verification.data import draw"
    if question.framework == "torch" and _follows_default(question):
        yield "\ntorch.set_default_dtype(torch.float64)"


def _follows_default(question: Question) -> bool:
    return any(
        isinstance(node, ast.Attribute | ast.Name) and getattr(node, "attr", getattr(node, "id", "")) in _FOLLOW_DEFAULT
        for side in (question.left, question.right)
        for node in side.nodes()
    )


def _operands(question: Question, verdict: Verdict, witness: Witness) -> Iterator[str]:
    if _is_drawn(verdict):
        yield f"rng = np.random.default_rng({witness.seed})"
    form = question.forms[witness.form]
    for name, axes in form.items():
        shape = tuple(witness.sizes[axis] if isinstance(axis, str) else axis for axis in axes)
        dtype = question.dtypes.get(name, "float64")
        module = "torch" if question.framework == "torch" else "np"
        yield f"{name} = {_data(witness, verdict.shown['operands'][name], shape, dtype, module)}"


def _data(witness: Witness, values: Any, shape: tuple[int, ...], dtype: str, module: str) -> str:
    if witness.recipe not in _LISTED and _count(values) > _MOST_LISTED:
        drawn = f'draw("{witness.recipe}", "{dtype}", {shape}, rng)'
        return f"torch.from_numpy({drawn}).to(torch.{dtype})" if module == "torch" else f"{drawn}.astype(np.{dtype})"
    if witness.recipe == "counting" and _count(values) > 12 and dtype[0] not in "bc":
        counted = f"({module}.arange(1, {_count(values) + 1}) % 101).reshape({shape})"
        return f"{counted}.to(torch.{dtype})" if module == "torch" else f"{counted}.astype(np.{dtype})"
    if dtype.startswith("complex"):
        values = _complex(values)
    listed = repr(values).replace("inf", f"{module}.inf").replace("nan", f"{module}.nan")
    if 0 in shape:
        return f"{module}.zeros({shape}, dtype={module}.{dtype})"
    return f"{'torch.tensor' if module == 'torch' else 'np.array'}({listed}, dtype={module}.{dtype})"


def _is_drawn(verdict: Verdict) -> bool:
    """Whether the data is too long to be listed."""
    listed = verdict.witness is None or verdict.witness.recipe in _LISTED
    return not listed and any(_count(values) > _MOST_LISTED for values in verdict.shown["operands"].values())


def _count(values: Any) -> int:
    return sum(map(_count, values)) if isinstance(values, list) else 1


def _complex(values: Any) -> Any:
    if isinstance(values, list) and len(values) == 2 and not isinstance(values[0], list):
        return complex(*values)
    return [_complex(value) for value in values]
