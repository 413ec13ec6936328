"""EIN619 unused-einops-import."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Intent, Report
from einlint.registry import rule
from einlint.unused import UnusedImport


@rule("EIN619", "unused-einops-import", subject=UnusedImport, default=False)
def unused_einops_import(unused: UnusedImport) -> Iterator[Report]:
    """An import brings names of einops, or einsum, that nothing reads."""
    names = " and ".join(f"`{name}`" for name in unused.names)
    verb = "is" if len(unused.names) == 1 else "are"
    yield Report(unused.span, f"{names} {verb} imported and not used", intent=Intent("unused-import", unused.span))
