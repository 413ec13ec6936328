"""How often each rule is broken, most often first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from einlint.session import Linted

FORMATS = ("text", "concise", "json")


def render(output_format: str, linted: Sequence[Linted]) -> str:
    """A table, or the objects that ruff prints."""
    counts = Counter((finding.code, finding.name) for file in linted for finding in file.findings)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if output_format == "json":
        objects = [{"code": code, "name": name, "count": count} for (code, name), count in rows]
        return json.dumps(objects, indent=2) + "\n"
    width = max((len(str(count)) for _, count in rows), default=0)
    return "".join(f"{count:>{width}}\t{code}\t{name}\n" for (code, name), count in rows)
