"""Modules that a package imports and that are not installed, as far as its models do without them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any


class Anything:
    """A class, function or decorator that is never really used; a decorator gives back what it decorates."""

    def __new__(cls, *given: Any, **_: Any) -> Any:
        return given[0] if len(given) == 1 and isinstance(given[0], (type, FunctionType)) else super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        """Whatever it is given."""

    def __call__(self, *given: Any, **_: Any) -> Any:
        return given[0] if len(given) == 1 else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __class_getitem__(cls, _: Any) -> Any:
        return cls


class _Absent(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _Absent(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


class Finder(MetaPathFinder):
    """The last resort for these packages."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in self.names:
            return None
        return ModuleSpec(name, _Loader(), is_package=True)


ABSENT = (
    "PIL accelerate adam_atan2_pytorch beartype ema_pytorch loguru matplotlib pytorch_fid scipy torchvision tqdm "
    "einx datasets gateloop_transformer huggingface_hub safetensors torchaudio transformers wandb"
).split()


def install() -> None:
    """Stand in for what is not installed."""
    sys.meta_path.append(Finder(ABSENT))
