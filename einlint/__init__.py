"""einlint knows every einops and einsum call of a repository and says what is wrong with it."""

__version__ = "0.1.0"
