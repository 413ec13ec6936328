"""`python -m einlint`, and the command `einlint`."""

import gc

gc.disable()  # nothing of what is loaded is garbage

from einlint.cli import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main(prog_name="einlint")
