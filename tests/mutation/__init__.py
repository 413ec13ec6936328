"""How many bugs, put mechanically into models that run, einlint finds: see docs/silent.md.

Executes published packages on purpose. By hand: `python -m tests.mutation`; a small slice is a test.
"""
