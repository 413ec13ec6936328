"""The index program: what a tensor expression computes, as a function of its output indices."""
