"""Symbolic lengths: integers, symbols and canonical polynomials of them, with floor division and modulus."""

from einlint.dimensions.dim import INDEX, ONE, ZERO, Dim, Facts, dim, symbol

__all__ = ["INDEX", "ONE", "ZERO", "Dim", "Facts", "dim", "symbol"]
