"""`python -m einlint`."""

from einlint.cli import main

if __name__ == "__main__":
    main(prog_name="einlint")
