"""What each report says, to the character."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from einlint import __version__, reports
from einlint.findings import Edit, Finding, Fix, Position, Related, Safety, Span
from einlint.registry import rules
from einlint.reports import statistics, summary
from einlint.reports.places import shown
from einlint.session import Linted


def span(row: int, column: int, end_row: int, end_column: int) -> Span:
    return Span(Position(row, column), Position(end_row, end_column))


PLAIN = Finding("EIN001", "missing-arrow", "pattern `a b` has no `->`", span(2, 15, 2, 18))
LONG = Finding("EIN101", "axis-on-one-side", "100%, `a:b`\r\nand", span(1, 6, 3, 2))
CELL = Finding("EIN001", "missing-arrow", "m", span(2, 1, 2, 3), cell=2)
FIXED = Finding(
    "EIN103",
    "unused-length",
    "m",
    span(1, 1, 1, 2),
    (Related("made here", span(1, 3, 1, 4)), Related("told there", span(7, 8, 7, 9), "/elsewhere/b.py")),
    Fix("Remove `h`", (Edit(span(1, 1, 1, 2), "new"),), Safety.UNSAFE, "proved", ("autocast",), ("cpu",)),
)
DATA = b"from einops import rearrange\nrearrange(x, 'a b')\nlast"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    shown.cache_clear()
    return tmp_path


def report(output_format: str, *findings: Finding, path: str = "a.py", data: bytes = DATA) -> str:
    full = path if path in ("-", "") or path.startswith("/") else str(Path.cwd() / path)
    return "".join(reports.render(output_format, [Linted("/clean.py"), Linted(full, findings, data=data)]))


def test_concise() -> None:
    assert report("concise", PLAIN, LONG) == (
        "a.py:2:15: EIN001 pattern `a b` has no `->`\na.py:1:6: EIN101 100%, `a:b`\\r\\nand\n"
    )
    assert report("concise", CELL, path="n.ipynb") == "n.ipynb:cell 2:2:1: EIN001 m\n"
    assert report("concise", PLAIN, path="/b.py").startswith("/b.py:2:15: ")
    assert report("concise", PLAIN, path="-").startswith("-:2:15: ")


def test_text() -> None:
    assert report("text", PLAIN) == (
        "a.py:2:15: EIN001 pattern `a b` has no `->`\n"
        "  |\n"
        "1 | from einops import rearrange\n"
        "2 | rearrange(x, 'a b')\n"
        "  |               ^^^\n"
        "3 | last\n"
        "  |\n"
        "\n"
    )


def test_text_of_what_explains_a_finding() -> None:
    notes = report("text", FIXED).split("  |\n")[-1]
    assert notes == (
        "  = note: a.py:1:3: made here\n"
        "  = note: /elsewhere/b.py:7:8: told there\n"
        "  = fix: Remove `h` (unsafe, proved on cpu, differs in autocast)\n"
        "  + new\n"
        "\n"
    )


def test_text_of_a_finding_about_the_whole_file() -> None:
    finding = Finding("EIN903", "unreadable-file", "the file cannot be read", span(1, 1, 1, 1))
    assert report("text", finding, data=b"") == "a.py:1:1: EIN903 the file cannot be read\n\n"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_summary(count: int) -> None:
    assert summary([Linted("/a.py", (PLAIN,) * count), Linted("/b.py")]) == {
        0: "All checks passed!\n",
        1: "Found 1 error.\n",
        3: "Found 3 errors.\n",
    }.get(count)


def test_json(root: Path) -> None:
    plain, fixed, cell = json.loads(report("json", PLAIN, FIXED, CELL))
    assert plain == {
        "cell": None,
        "code": "EIN001",
        "name": "missing-arrow",
        "message": "pattern `a b` has no `->`",
        "filename": str(root / "sub" / "a.py"),
        "location": {"row": 2, "column": 15},
        "end_location": {"row": 2, "column": 18},
        "fix": None,
        "url": "https://github.com/einlint/einlint/blob/main/docs/rules/missing-arrow.md",
    }
    assert fixed["fix"] == {
        "applicability": "unsafe",
        "message": "Remove `h`",
        "edits": [
            {"content": "new", "location": {"row": 1, "column": 1}, "end_location": {"row": 1, "column": 2}},
        ],
        "verdict": "proved",
        "differs_in": ["autocast"],
        "devices": ["cpu"],
    }
    assert cell["cell"] == 2


def test_json_says_why_there_is_no_fix() -> None:
    (found,) = json.loads(report("json", replace(PLAIN, unfixed="it is a list")))
    assert (found["fix"], found["unfixed"]) == (None, "it is a list")


def test_github(root: Path) -> None:
    folder = root / "sub"
    assert report("github", PLAIN, LONG, path="a,b:c.py") == (
        f"::error title=einlint (EIN001),file={folder}/a%2Cb%3Ac.py,line=2,col=15,endLine=2,endColumn=18"
        "::a,b:c.py:2:15: EIN001 pattern `a b` has no `->`\n"
        f"::error title=einlint (EIN101),file={folder}/a%2Cb%3Ac.py,line=1,endLine=3"
        "::a,b:c.py:1:6: EIN101 100%25, `a:b`%0D%0Aand\n"
    )
    assert "line=1,col=1,endLine=1,endColumn=1::n.ipynb:cell 2:2:1: " in report("github", CELL, path="n.ipynb")


def sarif(*findings: Finding, path: str = "a.py") -> dict[str, Any]:
    log = json.loads(report("sarif", *findings, path=path))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif() -> None:
    run = sarif(PLAIN, LONG, PLAIN, path="ä b.py")
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("einlint", __version__)
    assert [rule["id"] for rule in driver["rules"]] == ["EIN001", "EIN101"]
    assert driver["rules"][0]["shortDescription"]["text"] == rules()["EIN001"].summary
    assert driver["rules"][0]["fullDescription"]["text"] == rules()["EIN001"].page
    assert [result["ruleId"] for result in run["results"]] == ["EIN001", "EIN101", "EIN001"]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "sub/%C3%A4%20b.py"},
                "region": {"startLine": 2, "startColumn": 15, "endLine": 2, "endColumn": 18},
            }
        }
    ]


def test_sarif_of_a_fix_and_of_nothing() -> None:
    run = sarif(FIXED)
    assert run["results"][0]["fixes"] == [
        {
            "description": {"text": "Remove `h`"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "sub/a.py"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                            "insertedContent": {"text": "new"},
                        }
                    ],
                }
            ],
        }
    ]
    assert "fixes" not in sarif(replace(FIXED, cell=2))["results"][0], "rows of a cell would be taken for the file's"
    assert (sarif()["results"], sarif()["tool"]["driver"]["rules"]) == ([], [])


def test_statistics() -> None:
    linted = [Linted("/a.py", (PLAIN,) * 9 + (FIXED,)), Linted("/b.py", (LONG, PLAIN))]
    assert statistics.render("text", linted) == (
        "10\tEIN001\tmissing-arrow\n 1\tEIN101\taxis-on-one-side\n 1\tEIN103\tunused-length\n"
    )
    assert json.loads(statistics.render("json", linted))[0] == {"code": "EIN001", "name": "missing-arrow", "count": 10}
    assert (statistics.render("concise", []), statistics.render("json", [])) == ("", "[]\n")
