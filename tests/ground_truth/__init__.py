"""Ground truth: the shapes that tensors really have where models run, against what inference says.

`tracing` records, `documented` runs the models of a package, `inference` asks einlint, `agreement` compares,
`reasons` says why something is not known. `python -m tests.ground_truth FOLDER...` does all of it.
"""
