"""Abstract interpretation of one file: what every tensor's shape is, and what contradicts it.

`holes` and `objects` are the values of the interpreter beside the tensors of `program`; `assuming`
answers questions about sizes and learns from the answers; `memory` is what is known at a place;
`library` calls the operations table, `expressions` and `statements` walk the tree, `analysis`
chooses what to walk.
"""
