"""Layers: modules that are constructed once and called on tensors. They call the entries of their functions."""

from einlint.operations.layers.model import Layer
from einlint.operations.layers.registry import layers

__all__ = ["Layer", "layers"]
