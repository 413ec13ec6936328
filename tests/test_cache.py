"""The cache: right, or absent."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einlint import cache
from einlint.cache import Cache, key_of
from einlint.findings import Finding, Intent, Position, Related, Safety, Span
from einlint.settings import Checked, Settings

SPAN = Span(Position(1, 2), Position(3, 4))
INTENT = Intent("identity-rearrange", SPAN, Safety.UNSAFE)
RELATED = (Related("here", SPAN), Related("there", SPAN, "/b"))
CHECKED = Checked(
    (
        Finding("EIN001", "missing-arrow", "`…`\n \udcff", SPAN, RELATED, cell=3, intent=INTENT),
        Finding("EIN101", "axis-on-one-side", "", SPAN),
    ),
    {"/known": "1", "/none": None},
    ("a note",),
)
SETTINGS = Settings(frozenset({"EIN001"}))
KEY = key_of("/a.py", b"content", SETTINGS)


def digest(path: str) -> str | None:
    return {"/known": "1"}.get(path)


def saved(folder: Path, *keys: bytes) -> Path:
    """The file of a cache with these entries."""
    filled = Cache(str(folder), digest)
    for key in keys:
        filled.put(key, CHECKED)
    filled.save()
    return Path(filled.store.path)


def test_what_is_put_is_got_in_the_next_run(tmp_path: Path) -> None:
    saved(tmp_path, KEY)
    assert Cache(str(tmp_path), digest).get(KEY) == CHECKED
    assert Cache(str(tmp_path), digest).get(b"other") is None


@pytest.mark.parametrize(
    ("path", "content"), [("/known", "2"), ("/known", None), ("/none", "1")], ids=["changed", "gone", "new"]
)
def test_a_dependency_that_changed(tmp_path: Path, path: str, content: str | None) -> None:
    saved(tmp_path, KEY)
    assert Cache(str(tmp_path), lambda asked: content if asked == path else digest(asked)).get(KEY) is None


def test_all_that_decides_the_findings_is_in_the_key() -> None:
    keys = {
        KEY,
        key_of("/b.py", b"content", SETTINGS),
        key_of("/a.py", b"content2", SETTINGS),
        key_of("/a.py", b"content", Settings(frozenset({"EIN002"}))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), aliases=(("a", "b"),))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), targets=("onnx",))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), noqa=False)),
        key_of(os.fsdecode(b"/\xff.py"), b"content", SETTINGS),
    }
    assert len(keys) == 8
    many = [f"EIN{number}" for number in range(100, 200)]
    assert key_of("/", b"", Settings(frozenset(many))) == key_of("/", b"", Settings(frozenset(many[::-1])))


def test_a_change_of_einlint_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, KEY)
    monkeypatch.setattr(cache, "version", lambda: "2.0-3.11-0")
    assert Cache(str(tmp_path), digest).get(KEY) is None


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_damage_is_never_taken_for_a_result(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    Path(Cache(str(folder), digest).store.path).unlink(missing_ok=True)
    file = saved(folder, b"1", b"2")
    content = bytearray(file.read_bytes())
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(len(content), start + data.draw(st.sampled_from([0, 1, 8, 100, 10**6])))))
    content[start:stop] = data.draw(st.binary(max_size=20))
    file.write_bytes(content)
    assert all(Cache(str(folder), digest).get(key) in (None, CHECKED) for key in (b"1", b"2"))


@pytest.mark.parametrize(
    "payload", [b"[]", b"3", b"[[3], {}, []]", b"[[[1, 2]], {}, []]", b"[" * 100_000, b"[[], 3, []]", b"{}"]
)
def test_a_result_of_another_shape_is_passed_over(tmp_path: Path, payload: bytes) -> None:
    one = Cache(str(tmp_path), digest)
    one.store.put(KEY, zlib.compress(payload))
    assert one.get(KEY) is None
    one.store.put(KEY, payload)
    assert one.get(KEY) is None
