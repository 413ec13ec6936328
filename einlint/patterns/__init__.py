"""Pattern text to values: einops expressions, pack patterns and einsum equations."""
