"""Configuration and command line to the settings of one file; the place that knows whether selected rules exist."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from einlint.config import Config, ConfigError, Overrides
from einlint.globs import Globs, expand, problem
from einlint.lazily import cached, dataclass
from einlint.marks import Marks
from einlint.registry import PORTABILITY, UnknownSelector, enabled_codes, marks_of, matching
from einlint.settings import Settings


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry of `per-file-ignores`; a leading `!` means every other file."""

    globs: Globs
    inverted: bool
    codes: frozenset[str]

    def covers(self, path: str) -> bool:
        """Whether the codes are off in a file."""
        return self.globs.take(path) is not self.inverted


@dataclass(frozen=True)
class Selected:
    """What one configuration selects, before the name of a file is known."""

    config: Config
    codes: frozenset[str]
    ignores: tuple[Ignore, ...]
    targets: tuple[str, ...]

    @cached
    def marks(self) -> Marks:
        """What a file must hold to be parsed."""
        return marks_of(self.config.aliases, self.codes, self.targets)


class Selection:
    """Settings by file, worked out once per configuration and set of codes."""

    def __init__(self, overrides: Overrides) -> None:
        self._overrides = overrides
        self._folder = os.getcwd()
        self._selected: dict[int, Selected] = {}
        self._settings: dict[tuple[int, frozenset[str]], Settings] = {}

    def settings_of(self, path: str, config: Config) -> Settings:
        """The settings of an absolute path. Raises ConfigError."""
        selected = self.selected(config)
        codes = selected.codes.difference(*(ignore.codes for ignore in selected.ignores if ignore.covers(path)))
        key = id(config), codes
        if key not in self._settings:
            self._settings[key] = Settings(codes, config.aliases, selected.targets)
        return self._settings[key]

    def selected(self, config: Config) -> Selected:
        """What a configuration selects. Raises ConfigError."""
        return self._selected.get(id(config)) or self._select(config)

    def _select(self, config: Config) -> Selected:
        _demand_functions(config)
        targets = _targets(config, self._overrides)
        codes = _codes(config, self._overrides)
        if not targets:
            codes = frozenset(code for code in codes if not code.startswith(PORTABILITY))
        ignores = _ignores(config.per_file_ignores, config.root, config)
        if self._overrides.per_file_ignores is not None:
            ignores = _ignores(self._overrides.per_file_ignores, self._folder)
        self._selected[id(config)] = Selected(config, codes, tuple(ignores), targets)
        return self._selected[id(config)]


def _codes(config: Config, overrides: Overrides) -> frozenset[str]:
    """As in ruff, `--select` starts anew, and what else the command line says is not outdone by a longer selector."""
    _demand_rules("select", config.select or (), config)
    _demand_rules("extend-select", config.extend_select, config)
    _demand_rules("ignore", config.ignore, config)
    _demand_rules("select", overrides.select or ())
    _demand_rules("extend-select", overrides.extend_select)
    _demand_rules("ignore", overrides.ignore)
    if overrides.select is not None:
        return enabled_codes(overrides.select, overrides.extend_select, overrides.ignore)
    configured = enabled_codes(config.select, config.extend_select, config.ignore)
    return configured - _union(overrides.ignore) | enabled_codes((), overrides.extend_select, overrides.ignore)


def _targets(config: Config, overrides: Overrides) -> tuple[str, ...]:
    """The targets that are checked for, whose names are in the table."""
    if not config.targets and not overrides.targets:
        return ()
    from einlint.targets.table import UnknownTarget, aims

    for name in config.targets:
        try:
            aims((name,))
        except UnknownTarget as error:
            raise _wrong(str(error), "targets", name, config) from None
    try:
        aims(overrides.targets or ())
    except UnknownTarget as error:
        raise ConfigError(f"--target: {error}") from None
    return config.targets if overrides.targets is None else overrides.targets


def _ignores(
    entries: Iterable[tuple[str, tuple[str, ...]]], root: str, config: Config | None = None
) -> Iterator[Ignore]:
    for glob, selectors in entries:
        _demand_rules("per-file-ignores", selectors, config)
        try:
            lines = expand(glob.removeprefix("!"))
        except ValueError as error:
            raise _wrong(str(error), "per-file-ignores", glob, config) from None
        for reason in filter(None, map(problem, lines)):
            raise _wrong(reason, "per-file-ignores", glob, config)
        yield Ignore(Globs(root, lines), glob.startswith("!"), _union(selectors))


def _union(selectors: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(matching, selectors))


def _demand_rules(key: str, selectors: Iterable[str], config: Config | None = None) -> None:
    for selector in selectors:
        try:
            matching(selector)
        except UnknownSelector as error:
            raise _wrong(str(error), key, selector, config) from None


def _demand_functions(config: Config) -> None:
    """That aliases stand for functions, or modules of functions, of the libraries that are checked."""
    if not config.aliases:
        return
    from einlint.axes import did_you_mean
    from einlint.callables import CALLABLES, LIBRARIES

    for _, name in config.aliases:
        library = name.partition(".")[0]
        known = library != "einops" or any(f"{each}.".startswith(f"{name}.") for each in CALLABLES)
        if library not in LIBRARIES or not known:
            raise _wrong(f"unknown function `{name}`{did_you_mean(name, CALLABLES)}", "aliases", name, config)


def _wrong(reason: str, key: str, item: str, config: Config | None) -> ConfigError:
    """What is wrong with an item of a key of the configuration, or of an option where there is none."""
    return ConfigError(f"--{key}: {reason}") if config is None else config.error(f"`{key}`: {reason}", key, item)
