"""Run models in this process and write what they give.

    python -m tests.models.outputs SOURCES PACKAGE OUT WEIGHTS MODULES

With WEIGHTS, the file that an earlier run wrote, every model first loads the weights that it had there; MODULES are
separated by commas. Both may be empty.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from tests.models import absent
from tests.models.recipes import RECIPES, Recipe


def outputs(recipe: Recipe, weights: dict[str, Any] | None) -> dict[str, Any]:
    """The weights of a model, its results on one input, and the gradients of all weights."""
    import torch

    torch.manual_seed(0)
    model, *given = recipe.build(importlib.import_module(recipe.module))
    model.eval()
    if weights is not None:
        model.load_state_dict(weights["weights"])
        given = weights["given"]
    result = list(_tensors(model(*given)))
    total = sum((each.double() ** 2).sum() for each in result if each.requires_grad)
    if isinstance(total, torch.Tensor):
        total.backward()
    gradients = {name: each.grad for name, each in model.named_parameters() if each.grad is not None}
    return {"weights": model.state_dict(), "given": given, "result": result, "gradients": gradients}


def _tensors(value: Any) -> Iterator[Any]:
    """The tensors of a result, whatever it is."""
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _tensors(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _tensors(each)


def main() -> None:
    sources, package, out, weights, modules = sys.argv[1:]
    import torch

    torch.set_num_threads(1)
    sys.path.insert(0, sources)
    absent.install()
    known = torch.load(weights, weights_only=False) if weights else {}
    found: dict[str, Any] = {}
    for recipe in RECIPES:
        if recipe.package == package and (not modules or recipe.module in modules.split(",")):
            try:
                found[recipe.name] = outputs(recipe, known.get(recipe.name))
            except Exception:
                found[recipe.name] = {"error": traceback.format_exc(limit=-3)}
    torch.save(found, out)


if __name__ == "__main__":
    main()
