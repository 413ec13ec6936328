"""The operations table: what each function and method denotes as an index program."""
