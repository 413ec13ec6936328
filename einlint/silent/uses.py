"""What the code of a function does later with a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def parents(body: ast.AST) -> dict[ast.AST, ast.AST]:
    """The node around each node."""
    return {child: node for node in ast.walk(body) for child in ast.iter_child_nodes(node)}


def later_reads(body: ast.AST, name: str, row: int) -> Iterator[ast.Name]:
    """The reads of a name below a row, up to where it is assigned anew."""
    found = [node for node in ast.walk(body) if isinstance(node, ast.Name) and node.id == name and node.lineno > row]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    stored = next((n.lineno for n in found if not isinstance(n.ctx, ast.Load)), None)
    for node in found:
        if isinstance(node.ctx, ast.Load) and (stored is None or node.lineno <= stored):
            yield node


def assigned_to(node: ast.AST, around: dict[ast.AST, ast.AST]) -> str:
    """The one name that the value of an expression is assigned to, empty for none."""
    parent = around.get(node)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return parent.targets[0].id
    return ""
