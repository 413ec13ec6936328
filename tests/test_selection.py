"""Which rules are on in which file."""

from __future__ import annotations

from pathlib import Path

import pytest

from einlint.config import Config, ConfigError, Overrides
from einlint.registry import matching, rules
from einlint.selection import Selection
from einlint.settings import Settings

EIN0, EIN1, EIN4 = matching("EIN0"), matching("EIN1"), matching("EIN4")
DEFAULT = frozenset(code for code, rule in rules().items() if rule.default) - EIN4


def codes(config: Config, overrides: Overrides | None = None, path: str = "/r/a.py") -> frozenset[str]:
    return Selection(overrides or Overrides()).settings_of(path, config).enabled


@pytest.mark.parametrize(
    ("config", "overrides", "expected"),
    [
        pytest.param(Config("/r"), Overrides(), DEFAULT, id="default"),
        pytest.param(Config("/r", select=("EIN0",)), Overrides(), EIN0, id="select"),
        pytest.param(Config("/r", select=()), Overrides(), frozenset(), id="nothing"),
        pytest.param(Config("/r", select=("EIN0",), extend_select=("EIN1",)), Overrides(), EIN0 | EIN1, id="extend"),
        pytest.param(Config("/r", ignore=("EIN0",)), Overrides(), DEFAULT - EIN0, id="ignore"),
        pytest.param(
            Config("/r", select=("EIN0",), ignore=("EIN1",)), Overrides(select=("EIN1",)), EIN1, id="--select anew"
        ),
        pytest.param(
            Config("/r", select=("EIN001",)), Overrides(ignore=("EIN0",)), frozenset(), id="--ignore has the last word"
        ),
        pytest.param(
            Config("/r", select=("EIN1",), ignore=("EIN001",)),
            Overrides(extend_select=("missing-arrow",)),
            EIN1 | {"EIN001"},
            id="--extend-select has the last word",
        ),
        pytest.param(
            Config("/r"),
            Overrides(extend_select=("EIN001",), ignore=("EIN0",)),
            DEFAULT - EIN0 | {"EIN001"},
            id="the longer option wins",
        ),
    ],
)
def test_selected(config: Config, overrides: Overrides, expected: frozenset[str]) -> None:
    assert codes(config, overrides) == expected


@pytest.mark.parametrize(
    ("config", "overrides", "expected", "targets"),
    [
        pytest.param(Config("/r", targets=("onnx",)), Overrides(), DEFAULT | EIN4, ("onnx",), id="configured"),
        pytest.param(
            Config("/r", targets=("onnx",)), Overrides(targets=("rknn",)), DEFAULT | EIN4, ("rknn",), id="--target anew"
        ),
        pytest.param(Config("/r", select=("EIN0",)), Overrides(targets=("rknn",)), EIN0, ("rknn",), id="not selected"),
        pytest.param(Config("/r", select=("EIN4",)), Overrides(), frozenset(), (), id="no target"),
    ],
)
def test_rules_about_targets_are_on_where_there_are_targets(
    config: Config, overrides: Overrides, expected: frozenset[str], targets: tuple[str, ...]
) -> None:
    settings = Selection(overrides).settings_of("/r/a.py", config)
    assert (settings.enabled, settings.targets) == (expected, targets)


@pytest.mark.parametrize(
    ("config", "overrides", "message"),
    [
        (Config("/r", "/r/pyproject.toml", targets=("tensort",)), Overrides(), "/r/pyproject.toml: `targets`: unknown"),
        (Config("/r"), Overrides(targets=("tensort",)), "--target: unknown target `tensort`, did you mean `tensorrt`?"),
    ],
)
def test_an_unknown_target_is_an_error(config: Config, overrides: Overrides, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        codes(config, overrides)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("einops.rearange", "unknown function `einops.rearange`, did you mean `einops.rearrange`?"),
        ("einop.rearrange", "unknown function `einop.rearrange`, did you mean `einops.rearrange`?"),
        ("mylib.fold", "unknown function `mylib.fold`"),
    ],
)
def test_an_alias_of_no_function_is_an_error(name: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        codes(Config("/r", "/r/pyproject.toml", aliases=(("a.b", name),)))
    assert str(error.value) == f"/r/pyproject.toml: `aliases`: {message}"


@pytest.mark.parametrize("name", ["einops.reduce", "einops", "einops.layers.torch", "torch.einsum", "torch.matmul"])
def test_an_alias_of_a_function_or_a_module(name: str) -> None:
    assert codes(Config("/r", aliases=(("a.b", name),))) == DEFAULT


@pytest.mark.parametrize(
    ("glob", "path", "off"),
    [
        ("a.py", "/r/a.py", True),
        ("a.py", "/r/deep/a.py", True),
        ("tests/*", "/r/tests/x/a.py", True),
        ("{tests,docs}/*", "/r/docs/a.py", True),
        ("/a.py", "/r/deep/a.py", False),
        ("!tests/*", "/r/a.py", True),
        ("!tests/*", "/r/tests/a.py", False),
    ],
)
def test_per_file_ignores(glob: str, path: str, off: bool) -> None:
    config = Config("/r", per_file_ignores=((glob, ("EIN0", "EIN1")),))
    assert codes(config, path=path) == (DEFAULT - EIN0 - EIN1 if off else DEFAULT)


def test_per_file_ignores_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config("/r", per_file_ignores=(("*", ("EIN0",)),))
    overrides = Overrides(per_file_ignores=(("/a.py", ("EIN1",)),))
    assert codes(config, overrides, str(tmp_path / "a.py")) == DEFAULT - EIN1
    assert codes(config, overrides, "/r/b.py") == DEFAULT


def test_what_else_is_configured() -> None:
    config = Config("/r", aliases=(("a.b", "einops.reduce"),), targets=("onnx",))
    settings = Selection(Overrides()).settings_of("/r/a.py", config)
    assert settings == Settings(DEFAULT | EIN4, (("a.b", "einops.reduce"),), ("onnx",))


def test_files_with_the_same_rules_share_their_settings() -> None:
    selection, config = Selection(Overrides()), Config("/r", per_file_ignores=(("a*", ("EIN0",)),))
    first, second, third = (selection.settings_of(f"/r/{name}.py", config) for name in ("a", "b", "ab"))
    assert first is third
    assert first is not second


@pytest.mark.parametrize(
    ("config", "overrides", "message"),
    [
        (Config("/", "/p", select=("EIN999",)), Overrides(), "/p: `select`: unknown rule, code or prefix `EIN999`"),
        (Config("/", "/p", extend_select=("",)), Overrides(), "/p: `extend-select`: unknown rule"),
        (Config("/", "/p", ignore=("E",)), Overrides(select=("EIN1",)), "/p: `ignore`: unknown rule"),
        (Config("/", "/p", per_file_ignores=(("*", ("X",)),)), Overrides(), "/p: `per-file-ignores`: unknown rule"),
        (Config("/", "/p", per_file_ignores=(("!!", ()),)), Overrides(), "/p: `per-file-ignores`: Invalid git pattern"),
        (
            Config("/"),
            Overrides(select=("mising-arrow",)),
            "--select: unknown rule, code or prefix `mising-arrow`, did you mean `missing-arrow`?",
        ),
        (Config("/"), Overrides(extend_select=("ein1",)), "--extend-select: unknown rule"),
        (Config("/"), Overrides(ignore=("EIN1 ",)), "--ignore: unknown rule"),
        (Config("/"), Overrides(per_file_ignores=(("*", ("X",)),)), "--per-file-ignores: unknown rule"),
    ],
)
def test_mistakes(config: Config, overrides: Overrides, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        codes(config, overrides)
    assert str(caught.value).startswith(message)
