"""What the worker is asked about a pair and a case: each answers with a few fields of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from einlint.verification.rounding import departure
from einlint.verification.running import Case, Pair, Result, judge
from einlint.verification.side_effects import autocast_dtypes, gradients_differ, shared

Json = dict[str, Any]


def _compare(pair: Pair, case: Case) -> Json:
    left, right = pair.both(case)
    found = pair.difference(left, right)
    if found is None and left.raised:
        return {"raised": True}
    verdict = "equal" if found is None else judge(pair, case, found)
    if found is not None and verdict == "different":
        return {"different": found.kind, "stop": True}
    sharing = [shared(result, pair.library) for result in (left, right)]
    answer: Json = {"aliasing": [sorted(names) for names in sharing]} if sharing[0] != sharing[1] else {}
    if found is not None:
        answer["unclear" if verdict == "unclear" else "rounded"] = found.gap
    return answer


def _gradient(pair: Pair, case: Case) -> Json:
    return {"differs": True, "stop": True} if gradients_differ(pair, case) else {}


def _autocast(pair: Pair, case: Case) -> Json:
    found = autocast_dtypes(pair, case)
    if found is None or found[0] == found[1]:
        return {}
    return {"differs": True, "result": " vs ".join(found)}


def _strides(pair: Pair, case: Case) -> Json:
    left, right = pair.strided(case)
    found = pair.difference(left, right)
    if found is None or judge(pair, case, found) != "different":
        return {}
    return {"differs": True, "kind": found.kind, "stop": True}


def _depart(pair: Pair, case: Case) -> Json:
    kind = departure(pair, case)
    return {} if kind is None else {"different": kind, "stop": True}


def _show(pair: Pair, case: Case) -> Json:
    left, right = pair.both(case)
    operands = {name: _listed(value) for name, value in pair.operands(case).items()}
    return {"operands": operands, "left": _told(left), "right": _told(right)}


def _told(result: Result) -> Json:
    if result.error is not None:
        return {"error": result.error.splitlines()[0][:300]}
    shape, dtype = getattr(result.value, "shape", None), getattr(result.value, "dtype", None)
    short = repr(result.value)[:2000]
    return {"value": short, "shape": None if shape is None else list(shape), "dtype": str(dtype)}


def _listed(value: Any) -> Any:
    """Nested lists of the values; complex numbers as [real, imaginary]."""
    return json.loads(json.dumps(value.tolist(), default=lambda number: [number.real, number.imag]))


ACTIONS: Mapping[str, Callable[[Pair, Case], Json]] = {
    "compare": _compare, "gradient": _gradient, "autocast": _autocast, "strides": _strides, "show": _show,
    "depart": _depart,
}  # fmt: skip
