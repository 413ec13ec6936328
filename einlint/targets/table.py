"""The table of targets, read from `data/`: one TOML file for each, named after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from einlint.lazily import regex
from einlint.targets.model import Aim, Demand, Effect, Feature, Form, Limit, Releases, Source, Target, parsed

_DATA = os.path.join(os.path.dirname(__file__), "data")
_EXPORTERS = ("onnx", "onnx-legacy")
_ASKED = regex(r"(?P<name>[\w-]+)(?:@(?P<version>\d+(?:\.\d+)*))?")


class UnknownTarget(ValueError):
    """A target that is not in the table, or not in this version; the message says which and what is."""


@cache
def names() -> tuple[str, ...]:
    """The names of all targets."""
    return tuple(sorted(name.removesuffix(".toml") for name in os.listdir(_DATA) if name.endswith(".toml")))


@cache
def aims(asked: tuple[str, ...]) -> tuple[Aim, ...]:
    """What `NAME` and `NAME@VERSION` stand for, in their order. Raises UnknownTarget."""
    return tuple(dict.fromkeys(map(_aim, asked)))


def on_the_way(aim: Aim, chosen: Iterable[Aim]) -> tuple[Aim, ...]:
    """A target with those that a model passes before it, the first last; the exporter is the one that was chosen."""
    exporters = {other.target.name: other for other in chosen if other.target.name in _EXPORTERS}
    way = [aim]
    while name := way[-1].target.through:
        if name in _EXPORTERS and exporters:
            way.append(exporters.get(name) or next(iter(exporters.values())))
        else:
            way.append(next((other for other in chosen if other.target.name == name), _aim(name)))
    return tuple(way)


@cache
def aims_on_the_way(asked: tuple[str, ...]) -> tuple[Aim, ...]:
    """What the names stand for, and every target on the way there, each once. Raises UnknownTarget."""
    chosen = aims(asked)
    return tuple(dict.fromkeys(each for aim in chosen for each in on_the_way(aim, chosen)))


def _aim(asked: str) -> Aim:
    words = _ASKED.fullmatch(asked.strip())
    name, version = (words["name"], words["version"] or "") if words else (asked, "")
    if name not in names():
        from einlint.axes import did_you_mean

        known = did_you_mean(name, names()) or f", expected one of {', '.join(f'`{n}`' for n in names())}"
        raise UnknownTarget(f"unknown target `{asked}`{known}")
    target, table = _target(name), _table(name)
    least = table.get("least")
    if version and least and parsed(version) < parsed(least):
        raise UnknownTarget(f"`{asked}`: {table['too_old'].format(version=version)}")
    _demand_known(target, version)
    return Aim(target, version or target.default)


def _demand_known(target: Target, version: str) -> None:
    """Raises UnknownTarget for a version of which nothing is known."""
    asked, releases = f"{target.name}@{version}", target.releases
    if version and releases is None:
        raise UnknownTarget(f"`{asked}`: what {target.title} takes is not known by version, use `{target.name}`")
    if version and releases is not None and not releases.knows(version):
        near = f"did you mean `{target.name}@{releases.nearest(version)}`?"
        without = f"{target.versions}{target.default}" if target.default else "any"
        known = f"known are {target.versions}{releases}, and `{target.name}` stands for {without}"
        raise UnknownTarget(f"unknown version `{asked}`, {near} ({known})")


@cache
def _target(name: str) -> Target:
    table = _table(name)
    sources = {key: Source(**value) for key, value in table["sources"].items()}
    limits = tuple(_limit(row, sources) for row in table["limits"])
    further: dict[str, str] = {key: table[key] for key in ("through", "versions", "default") if key in table}
    forms, releases = tuple(map(_demand, table.get("forms", ()))), table.get("releases")
    return Target(name, table["title"], limits, **further, forms=forms, releases=releases and _releases(releases))


def _releases(row: dict[str, Any]) -> Releases:
    return Releases(tuple(row["known"]), Source(row["name"], row["url"]))


def _demand(row: dict[str, Any]) -> Demand:
    fields = dict(row)
    before = fields.pop("before", "")
    return Demand(Form(**fields), before)


def _limit(row: dict[str, Any], sources: dict[str, Source]) -> Limit:
    further: dict[str, Any] = {key: row[key] for key in ("since", "before", "most", "symbolic") if key in row}
    further |= {key: tuple(row[key]) for key in ("equations", "only") if key in row}
    further |= {"form": Form(**row["form"])} if "form" in row else {}
    further |= {key: frozenset(row[key]) for key in ("dtypes", "functions") if key in row}
    feature, effect, source = Feature(row["feature"]), Effect(row["effect"]), sources[row["source"]]
    return Limit(feature, effect, row["says"], source, **further)


@cache
def _table(name: str) -> dict[str, Any]:
    loads = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads
    with open(os.path.join(_DATA, f"{name}.toml"), encoding="utf-8") as file:
        table: dict[str, Any] = loads(file.read())
    return table
