"""Why something is not known: the operand as written, and the statement that it comes from."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from einlint.calls import Call
from tests.ground_truth.inference import Inferences
from tests.ground_truth.tracing import Site


def table(sites: Iterable[Site], inferences: dict[Path, Inferences], most: int = 25) -> str:
    """The most frequent reasons, each with places to look at."""
    reasons: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for site in sites:
        path = Path(site.path)
        for reason, text in _reasons(inferences[path], site):
            reasons[reason] += 1
            places.setdefault(reason, []).append(f"{path.parent.name}/{path.name}:{site.row} {text}")
    rows = []
    for reason, count in reasons.most_common(most):
        rows += [f"{count:5}  {reason}", *(f"         {place}" for place in places[reason][:4])]
    return "\n".join(rows)


def _reasons(found: Inferences, site: Site) -> list[tuple[str, str]]:
    call = found.calls[site]
    readings = found.readings.get(site)
    if call.callee.layer:
        return [("a layer that no reading calls" if not readings else "a layer called with", ast.unparse(call.node)[:90])]
    if not readings:
        return [("a call that no reading reaches, or whose pattern is not one text", ast.unparse(call.node)[:90])]
    nodes = list(call.operands or call.tensors or [a for n, a in call.arguments.items() if n == "tensors"])
    missing = [n for n, shape in zip(nodes, readings[0].before, strict=False) if shape is None] or nodes[:1]
    return [_reason(call, node) for node in missing]


def _reason(call: Call, node: ast.expr) -> tuple[str, str]:
    """A kind of expression and the text that shows it; names are followed to where they were last bound."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        definition = _definition(call, node)
        if definition is None:
            return "the parameter or outer name `" + node.id + "`", text
        return _kind(definition), f"{text} <- {ast.unparse(definition).splitlines()[0][:110]}"
    return _kind(node), text[:110]


def _definition(call: Call, name: ast.Name) -> ast.AST | None:
    """The last statement above a call in the same function that binds a name."""
    scope = getattr(call.scope, "node", None)
    best: ast.AST | None = None
    for node in ast.walk(scope or call.source.tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.With)):
            bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            if name.id in bound and node.lineno < call.node.lineno:
                best = node if best is None or node.lineno > getattr(best, "lineno", 0) else best
    return best


def _kind(node: ast.AST) -> str:
    """What sort of expression a value comes from: calls by the name of what is called."""
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        return _kind(node.value)
    if isinstance(node, ast.For):
        return f"for ... in {_kind(node.iter)}"
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = ast.unparse(function.value)
            return f"{'self' if owner == 'self' else owner if owner in ('F', 'torch', 'nn', 'np') else '_'}.{function.attr}(...)"
        return f"{ast.unparse(function)[:30]}(...)"
    if isinstance(node, ast.Attribute):
        return f"{'self' if ast.unparse(node.value) == 'self' else '_'}.{node.attr}"
    return type(node).__name__
