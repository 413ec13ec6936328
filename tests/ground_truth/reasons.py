"""Why something is not known: unknown operands are followed back to the expression that knowledge ends at."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from einlint.shapes.objects import as_written
from tests.ground_truth.figures import ranked, shown
from tests.ground_truth.inference import Inferences
from tests.ground_truth.tracing import Site

_MOST_STEPS = 40
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def table(sites: Iterable[Site], inferences: dict[Path, Inferences], most: int = 40, examples: int = 5) -> str:
    """The most frequent reasons, each with places to look at."""
    reasons: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for site in sites:
        path = Path(site.path)
        for reason, text in sorted(set(_reasons(inferences[path], site))):
            reasons[reason] += 1
            places.setdefault(reason, []).append(f"{path.parent.name}/{path.name}:{site.row}  {text}")
    rows = []
    for reason, count in reasons.most_common(most):
        step = max(1, len(places[reason]) // examples)
        rows += [f"{count:5}  {reason}", *(f"         {place}" for place in places[reason][::step][:examples])]
    return "\n".join(rows)


def sizes(sites: Iterable[Site], inferences: dict[Path, Inferences], most: int = 60) -> str:
    """Operands with lengths that have no name, as inferred."""
    rows = []
    for site in list(sites)[:most]:
        for reading in inferences[Path(site.path)].readings[site][:1]:
            path = Path(site.path)
            texts = ", ".join(
                f"{as_written(n)[:30]}: {shown(s)}" for n, s in zip(reading.operands, reading.after, strict=False)
            )
            rows.append(f"  {path.parent.name}/{path.name}:{site.row}  {texts}")
    return "\n".join(rows)


def _reasons(found: Inferences, site: Site) -> Iterator[tuple[str, str]]:
    call = found.calls[site]
    readings = found.readings.get(site)
    if not readings:
        kind = (
            "a layer that is called nowhere"
            if call.callee.layer
            else "no reading comes here, or its pattern is not one text"
        )
        yield kind, ast.unparse(call.node)[:90]
        return
    for reading in readings:
        for node, shape in zip(reading.operands, reading.before, strict=False):
            if not ranked([shape]) and isinstance(node, ast.expr):
                trail = _Trail(found, call.source.tree)
                end = trail.end(node)
                kind = trail.sort(end) if isinstance(end, ast.Name) else _kind(end)
                dots = " of `...`" if kind == "a parameter" and "..." in ast.unparse(call.node) else ""
                yield kind + dots, f"{ast.unparse(node)[:40]} <- {end.lineno}: {ast.unparse(end)[:90]}"


class _Trail:
    """From an unknown expression back to the first one whose parts are all known, or that has none."""

    def __init__(self, found: Inferences, tree: ast.Module) -> None:
        self.found = found
        self.tree = tree

    def end(self, node: ast.expr) -> ast.expr:
        for _ in range(_MOST_STEPS):
            before = self._before(node)
            if before is None:
                return node
            node = before
        return node

    def sort(self, name: ast.Name) -> str:
        """What a name is that nothing is assigned to."""
        functions = [n for n in ast.walk(self.tree) if isinstance(n, (*_FUNCTIONS, ast.Lambda))]
        for node in functions:
            names = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            if name.id in names and node.lineno <= name.lineno <= (node.end_lineno or 0):
                return "a parameter"
        return (
            "a loop variable or outer name"
            if _definition(self.tree, name) is None
            else "a name with a known value, lost"
        )

    def _before(self, node: ast.expr) -> ast.expr | None:
        if isinstance(node, ast.Name):
            value = _definition(self.tree, node)
            return value if value is not None and self.found.unknown.get(value, True) else None
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
            if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).split(".")[0] not in (
                "self",
                "torch",
                "F",
            ):
                parts.insert(0, node.func.value)
        elif isinstance(node, ast.Subscript):
            parts = [node.value]
        elif not isinstance(node, (ast.Attribute, ast.Lambda)):
            parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return next((part for part in parts if self.found.unknown.get(part) and _may_be_tensor(part)), None)


def _may_be_tensor(node: ast.expr) -> bool:
    return not isinstance(node, (ast.Constant, ast.JoinedStr, ast.UnaryOp))


def _definition(tree: ast.Module, name: ast.Name) -> ast.expr | None:
    """What was last assigned to a name above, in the innermost function around."""
    around: ast.AST = tree
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS) and node.lineno <= name.lineno <= (node.end_lineno or 0):
            around = node
    best: tuple[int, ast.expr] | None = None
    for node in ast.walk(around):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            place, value = node.lineno, node.value
        elif isinstance(node, ast.For):
            place, value = node.lineno, node.iter
        else:
            continue
        stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if value is not None and name.id in stored and place < name.lineno and (best is None or place > best[0]):
            best = place, value
    return best[1] if best is not None else None


def _kind(node: ast.expr) -> str:
    """What sort of expression knowledge ends at: calls by the name of what is called."""
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = ast.unparse(function.value).split(".")[0]
            return (
                f"{owner}.method(...)"
                if owner == "self"
                else f"{owner if owner in ('F', 'torch') else '_'}.{function.attr}(...)"
            )
        return f"{ast.unparse(function)[:30]}(...)"
    if isinstance(node, ast.Attribute):
        return f"{'self' if ast.unparse(node.value) == 'self' else '_'}.attribute"
    return type(node).__name__
