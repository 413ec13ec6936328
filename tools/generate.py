"""Write every text that is made from the code: the table of the rules, their pages under docs/ and the output that the
README shows.

    python tools/generate.py

`tests/test_generated.py` fails while one of them is out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from einlint.registry import Rule, registered
from einlint.targets.model import RULES, Limit, Target
from einlint.targets.table import aims, names

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "rules"
README = ROOT / "README.md"
SOURCES = ROOT / "einlint" / "rules"
TABLE = ROOT / "einlint" / "rule_table.py"
REFERENCES = "## References\n"

INDEX = """\
# Rules

| code | name | reports | default |
|---|---|---|---|
{rows}"""
ROWS = '''\
"""Every rule: its code, its name, what its check receives, whether it is on by default.

Made by tools/generate.py from the files of the rules, so that what no file needs is not imported.
"""

RULES = (
{rows})
'''
SHOWN = re.compile(r"(?<=^\$ )(?P<command>\.venv/bin/einlint [^\n]*\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def generated() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    sources = {SOURCES / f"{rule.name}.md": with_references(rule) for rule in registered()}
    pages = {PAGES / f"{rule.name}.md": titled(rule, sources[SOURCES / f"{rule.name}.md"]) for rule in registered()}
    return (
        sources
        | pages
        | {TABLE: table(), PAGES / "index.md": index(), README: readme(README.read_text(encoding="utf-8"))}
    )


def titled(rule: Rule, page: str) -> str:
    return rule.titled_page.removesuffix(rule.page) + page


def with_references(rule: Rule) -> str:
    """The page of a rule; one about targets ends with a row for each limit of the table, and who says so."""
    if not any(rule.name in those for those in RULES.values()):
        return rule.page
    before, _, _ = rule.page.partition(REFERENCES)
    rows = "".join(
        f"| {target.title} | {_versions(target, each)} | {_what(each)} | {_link(each)} |\n"
        for target, each in _limits(rule.name)
    )
    table = f"| target | versions | what | source |\n|---|---|---|---|\n{rows}"
    return f"{before.rstrip()}\n\n{REFERENCES}\n{table}"


def _limits(rule: str) -> Iterator[tuple[Target, Limit]]:
    for target in (aim.target for aim in aims(names())):
        for limit in target.limits:
            if rule in RULES[limit.feature]:
                yield target, limit


def _versions(target: Target, limit: Limit) -> str:
    words = (("since", limit.since), ("before", limit.before))
    return ", ".join(f"{word} {target.versions}{version}" for word, version in words if version) or "all known"


def _what(limit: Limit) -> str:
    """The sentence of the table, and what it is about in numbers and names."""
    about = [*sorted(limit.dtypes), *limit.equations, *sorted(limit.functions)]
    most = [f"more than {limit.most}"] if limit.most else []
    return limit.says + (f": {', '.join([*most, *(f'`{each}`' for each in about)])}" if most or about else "")


def _link(limit: Limit) -> str:
    is_page = limit.source.url.startswith("https://")
    return f"[{limit.source.name}]({limit.source.url})" if is_page else f"{limit.source.name}, {limit.source.url}"


def table() -> str:
    """The module that holds the table of the rules."""
    rows = (f'    ("{r.code}", "{r.name}", "{r.subject}", {r.default}),\n' for r in registered())
    return ROWS.format(rows="".join(rows))


def index() -> str:
    return INDEX.format(rows="".join(map(index_row, registered())))


def index_row(rule: Rule) -> str:
    default = rule.when.removesuffix(" by default")
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
