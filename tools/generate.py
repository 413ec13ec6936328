"""Write every text that is made from the code: the rule pages under docs/ and the output that the README shows.

    python tools/generate.py

`tests/test_generated.py` fails while one of them is out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from einlint.registry import Rule, rules

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "rules"
README = ROOT / "README.md"

INDEX = """\
# Rules

| code | name | reports | default |
|---|---|---|---|
{rows}"""
SHOWN = re.compile(r"(?<=^\$ )(?P<command>\.venv/bin/einlint [^\n]*\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def generated() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    pages = {PAGES / f"{rule.name}.md": rule.titled_page for rule in rules().values()}
    return pages | {PAGES / "index.md": index(), README: readme(README.read_text(encoding="utf-8"))}


def index() -> str:
    return INDEX.format(rows="".join(map(index_row, rules().values())))


def index_row(rule: Rule) -> str:
    default = "on" if rule.default else "off"
    summary = rule.summary.rstrip(".").replace("|", r"\|")
    return f"| {rule.code} | [{rule.name}]({rule.name}.md) | {summary} | {default} |\n"


def readme(text: str) -> str:
    """The README with the output of each einlint command that it shows."""
    return SHOWN.sub(lambda shown: shown["command"] + output(shown["command"]), text)


def output(command: str) -> str:
    """What a command prints into a pipe; nothing cached, since the cache does not notice changes to einlint itself."""
    arguments = shlex.split(command)[1:]
    uncached = [] if arguments[0] in ("equiv", "explain") else ["--no-cache"]
    run = [sys.executable, "-m", "einlint", *arguments, *uncached]
    plain = os.environ | {"NO_COLOR": "1"}
    return subprocess.run(run, cwd=ROOT, env=plain, capture_output=True, encoding="utf-8", check=False).stdout


def main() -> None:
    wanted = generated()
    PAGES.mkdir(exist_ok=True)
    for path in set(PAGES.iterdir()) - wanted.keys():
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
