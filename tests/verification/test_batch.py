from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from einlint.verification.batch import running
from einlint.verification.cache import VerdictCache
from einlint.verification.question import parse_question
from einlint.verification.verdict import Verdict

pytest.importorskip("torch")

PAIR: dict[str, Any] = {"tensors": {"x": "n"}, "a": "x", "b": "2 * x"}


def test_a_verdict_is_kept_for_the_same_question(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    with running(1) as workers:
        verdict = workers.decide(PAIR, cache)
    assert verdict.verdict == "different"
    assert cache.get(parse_question({**PAIR, "b": "(2*x)"})) == verdict
    assert cache.get(parse_question({**PAIR, "b": "3 * x"})) is None
    assert cache.get(parse_question({**PAIR, "dtypes": {"x": "float32"}})) is None


def test_unknown_is_not_kept(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    question = parse_question(PAIR)
    cache.put(question, Verdict("unknown", message="no time"))
    assert cache.get(question) is None and not list(tmp_path.iterdir())


def test_a_broken_cache_is_no_error(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    question = parse_question(PAIR)
    cache.put(question, Verdict("tested", ("aliasing",)))
    (file,) = tmp_path.rglob("*.db")
    assert VerdictCache(tmp_path).get(question) == Verdict("tested", ("aliasing",))
    file.write_text("{")
    assert VerdictCache(tmp_path).get(question) is None
    (tmp_path / "file").write_text("")
    VerdictCache(tmp_path / "file").put(question, Verdict("tested"))


def test_a_line_that_breaks_the_worker_does_not_end_the_run() -> None:
    heavy = {"tensors": {"x": "n"}, "a": "torch.ones(2**24).expand(100, -1) * 1", "b": "x"}
    with running(1) as workers:
        assert workers.decide(heavy).verdict == "unknown"
        assert workers.decide(PAIR).verdict == "different"
