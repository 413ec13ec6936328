"""`pytest --update` rewrites the findings that the pages of the rules show, before the tests read them."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the findings that the pages of the rules show")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--update") or hasattr(config, "workerinput"):  # workers of xdist start later
        return
    from tests.rules.pages import update

    for page in update():
        print(f"updated {page.name}")
