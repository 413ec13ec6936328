"""The table of targets: every row is complete, has a source, and a rule that reports it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from einlint.registry import PORTABILITY, find_rule, rules
from einlint.targets import table
from einlint.targets.equations import renamed
from einlint.targets.model import RULES, Feature, Limit, Target, parsed
from einlint.targets.table import UnknownTarget, aims, aims_on_the_way, names, on_the_way

ROOT = Path(__file__).parents[2]
TARGETS = [aim.target for aim in aims(names())]
LIMITS = [(target, limit) for target in TARGETS for limit in target.limits]
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
each_limit = pytest.mark.parametrize(
    ("target", "limit"), LIMITS, ids=[f"{t.name}-{n}-{li.feature.value}" for n, (t, li) in enumerate(LIMITS)]
)
_KEYS = frozenset(
    {"title", "through", "versions", "default", "least", "too_old", "sources", "limits", "forms", "releases"}
)
_FIELDS = frozenset(Limit.__dataclass_fields__)
_NEEDED = {
    Feature.OPERANDS: "most", Feature.SPECIALISED: "most", Feature.RANK: "most", Feature.DTYPE: "dtypes",
    Feature.INTEGER_SUM: "dtypes", Feature.SIZE: "functions", Feature.FUNCTION: "functions",
    Feature.HALF_OUTPUT: "dtypes",
}  # fmt: skip


_LEGACY = "(known are opset 7 to 23, and `onnx-legacy` stands for opset 20)"
_TENSORRT = (
    "(known are 5.0, 5.1, 6.0, 7.0 to 7.2, 8.0, 8.2, 8.4 to 8.6, 9.0 to 9.3, 10.0 to 10.16, 11.0 to 11.3, "
    "and `tensorrt` stands for any)"
)


@each_limit
def test_every_limit_has_a_source(target: Target, limit: Limit) -> None:
    assert limit.source.name.strip()
    is_page = re.fullmatch(r"https://[^\s]+\.[^\s]+/[^\s]+", limit.source.url)
    assert is_page or limit.source.url.startswith("docs/") and (ROOT / limit.source.url).exists()


@each_limit
def test_every_limit_says_what_happens(target: Target, limit: Limit) -> None:
    assert re.fullmatch(r"[a-z].*[^.\s]", limit.says), "the rest of a sentence that begins with the title"
    for bound in (limit.since, limit.before):
        assert not bound or parsed(bound)
    if limit.feature in _NEEDED:
        assert getattr(limit, _NEEDED[limit.feature])
    if limit.feature is Feature.EQUATION:
        assert bool(limit.only) is not bool(limit.equations)
        assert all(renamed(equation) for equation in (*limit.only, *limit.equations))


@each_target
def test_versions_are_known_from_a_source(target: Target) -> None:
    bounds = {bound for limit in target.limits for bound in (limit.since, limit.before) if bound}
    releases = target.releases
    if releases is None:
        assert bounds == set()
        return
    assert releases.source.name.strip() and releases.source.url.startswith("https://")
    assert [parsed(version) for version in releases.known] == sorted(parsed(version) for version in releases.known)
    past = [bound for bound in bounds if parsed(bound) <= parsed(releases.known[-1])]
    assert [bound for bound in past if not releases.knows(bound)] == []
    assert aims((f"{target.name}@{releases.known[-1]}",))[0].version == releases.known[-1]


@each_target
def test_the_file_of_a_target_holds_nothing_else(target: Target) -> None:
    rows = table._table(target.name)
    assert rows.keys() <= _KEYS
    assert all(row.keys() <= _FIELDS for row in rows["limits"])
    assert {row["source"] for row in rows["limits"]} == rows["sources"].keys()
    assert not target.through or target.through in names()


def test_titles_are_different() -> None:
    assert [title for title, times in Counter(t.title for t in TARGETS).items() if times > 1] == []


def test_every_feature_has_a_rule_and_every_rule_a_limit() -> None:
    assert RULES.keys() == {*Feature} == {limit.feature for _, limit in LIMITS}
    named = {name for those in RULES.values() for name in those}
    assert {find_rule(name).code[:4] for name in named} == {PORTABILITY}
    assert {rule.name for rule in rules().values() if rule.code.startswith(PORTABILITY)} == named


@each_limit
def test_the_page_of_the_rule_links_the_source(target: Target, limit: Limit) -> None:
    assert all(limit.source.url in find_rule(name).page for name in RULES[limit.feature])


def test_a_version_decides_which_limits_hold() -> None:
    (any_version, old, between, new) = aims(("tensorrt", "tensorrt@8.0", "tensorrt@10", "tensorrt@10.12.1"))
    assert [bool(aim.limits(Feature.EINSUM)) for aim in (any_version, old, between, new)] == [True, True, False, False]
    assert [bool(aim.limits(Feature.DIAGONAL)) for aim in (any_version, old, between, new)] == [True, True, True, False]


def test_a_runtime_is_reached_through_the_exporter_that_is_chosen() -> None:
    chosen = aims(("tensorrt", "onnx-legacy@13"))
    assert on_the_way(chosen[0], chosen) == chosen
    way = aims_on_the_way(("tensorrt", "onnxruntime"))
    assert [aim.target.name for aim in way] == ["tensorrt", "onnx", "onnxruntime"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("tensort", "unknown target `tensort`, did you mean `tensorrt`?"),
        ("tensorrt@", "unknown target `tensorrt@`, did you mean `tensorrt`?"),
        ("tensorrt@new", "unknown target `tensorrt@new`, did you mean `tensorrt`?"),
        ("onnx@12", "`onnx@12`: it writes opset 18 when it is asked for less: use `onnx-legacy@12`"),
        ("rknn@2.3", "`rknn@2.3`: what RKNN takes is not known by version, use `rknn`"),
        ("onnx-legacy@99", "unknown version `onnx-legacy@99`, did you mean `onnx-legacy@23`? " + _LEGACY),
        ("tensorrt@8.1", "unknown version `tensorrt@8.1`, did you mean `tensorrt@8.0`? " + _TENSORRT),
    ],
)
def test_an_unknown_target_is_an_error(asked: str, reason: str) -> None:
    with pytest.raises(UnknownTarget) as error:
        aims((asked,))
    assert str(error.value) == reason
