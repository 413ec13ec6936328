"""Abstract interpretation of one file: what every tensor's shape is, and what contradicts it.

`objects` are the values of the interpreter beside the tensors of `program`; `memory` is what is known at a place;
`assuming` answers questions about sizes and learns from the answers; `dispatch` finds the function that reads a node
or calls a value, one file for each kind; `analysis` chooses what to read.
"""
