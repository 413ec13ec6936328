"""The command line as its users meet it: real processes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from einlint import __version__
from einlint.cli import main
from einlint.registry import rules

ROOT = Path(__file__).parents[1]
GOOD = "from einops import rearrange\nrearrange(x, 'a b -> b a')\n"
BAD = "from einops import rearrange\nrearrange(x, 'a b')\n"
LINE = "a.py:2:15: EIN001 pattern `a b` has no `->`\n"

Done = subprocess.CompletedProcess[str]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "EINLINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.py").write_text(text, "utf-8")


def run(*arguments: str, stdin: str = "", **environment: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "einlint", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        env=os.environ | environment,
        timeout=60,
        check=False,
    )


def test_findings() -> None:
    write(a=BAD, b=GOOD)
    done = run("--output-format", "concise")
    assert (done.stdout, done.stderr, done.returncode) == (f"{LINE}Found 1 error.\n", "", 1)


def test_no_findings() -> None:
    write(b=GOOD)
    done = run(".", "b.py")
    assert (done.stdout, done.stderr, done.returncode) == ("All checks passed!\n", "", 0)


def test_no_files() -> None:
    done = run()
    assert (done.stdout, done.returncode) == ("All checks passed!\n", 0)
    assert done.stderr == "warning: no Python files found under the given paths\n"


def test_the_default_report() -> None:
    write(a=BAD)
    assert run("a.py").stdout == (
        f"{LINE}  |\n1 | from einops import rearrange\n2 | rearrange(x, 'a b')\n  |               ^^^\n3 |\n  |\n\n"
        "Found 1 error.\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "output"),
    [
        pytest.param(["--exit-zero"], 0, f"{LINE}Found 1 error.\n", id="exit zero"),
        pytest.param(["--quiet"], 1, LINE, id="quiet"),
        pytest.param(["--ignore", "EIN001"], 0, "All checks passed!\n", id="ignore"),
        pytest.param(["--ignore", "EIN1, missing-arrow"], 0, "All checks passed!\n", id="ignore several"),
        pytest.param(["--select", "EIN1", "--select", "EIN0"], 1, f"{LINE}Found 1 error.\n", id="select twice"),
        pytest.param(["--select", "EIN1"], 0, "All checks passed!\n", id="select"),
        pytest.param(["--select=EIN1", "--extend-select=EIN0"], 1, f"{LINE}Found 1 error.\n", id="extend select"),
        pytest.param(["--per-file-ignores", "b.py:EIN0,a.py:EIN0"], 0, "All checks passed!\n", id="per file"),
        pytest.param(
            ["--target", "onnx", "--statistics"], 1, "1\tEIN001\tmissing-arrow\nFound 1 error.\n", id="target"
        ),
        pytest.param(["--statistics"], 1, "1\tEIN001\tmissing-arrow\nFound 1 error.\n", id="statistics"),
    ],
)
def test_options(options: list[str], code: int, output: str) -> None:
    write(a=BAD)
    done = CliRunner().invoke(main, [*options, "--output-format", "concise"], prog_name="einlint")
    assert (done.stdout, done.stderr, done.exit_code) == (output, "", code)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--select", "EIN999"], "Error: --select: unknown rule, code or prefix `EIN999`"),
        (["--bogus"], "Error: No such option '--bogus'"),
        (["--bogus"], "Try 'einlint check --help' for help."),
        (["--output-format", "xml"], "Error: Invalid value for '--output-format'"),
        (["--output-format", "github", "--statistics"], "Error: --statistics has no github format"),
        (["--jobs", "0"], "Error: Invalid value for '--jobs'"),
        (["--per-file-ignores", "EIN0"], "expected GLOB:RULE, found `EIN0`"),
        (["--select", ""], "Error: Invalid value for '--select': expected at least one, separated by commas"),
        (["--select", "EIN0", "--target", ","], "Error: Invalid value for '--target': expected at least one"),
        (["rulee", "EIN101"], "Error: there is no command or file `rulee`, did you mean `rule`?"),
        (["rule"], "Error: expected the code or name of a rule, or --all"),
        (["rule", "EIN001", "--all"], "Error: expected the code or name of a rule, or --all"),
        (["rule", "mising-arrow"], "Error: unknown rule `mising-arrow`, did you mean `missing-arrow`?"),
    ],
)
def test_wrong_usage(options: list[str], message: str) -> None:
    done = CliRunner().invoke(main, options, prog_name="einlint")
    assert (done.stdout, done.exit_code) == ("", 2)
    assert message in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "[tool.einlint]\nslect = []",
        "[tool.einlint]\nselect = ['X']",
        "[tool.einlint",
        f"[tool.einlint]\nexclude = ['{'{a,b}' * 20}']",
        f"[tool.einlint.per-file-ignores]\n'{'{a,b}' * 20}' = ['EIN0']",
    ],
)
def test_wrong_configuration(text: str) -> None:
    write(a=BAD)
    Path("pyproject.toml").write_text(text)
    done = run()
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr.startswith(f"Error: {os.path.abspath('pyproject.toml')}")
    assert done.stderr.count("\n") == 1
    assert run("--isolated").returncode == 1


def test_a_missing_path_is_a_finding() -> None:
    write(b=GOOD)
    done = run("nowhere", "b.py", "--output-format", "concise")
    assert done.stdout == ("nowhere:1:1: EIN903 the file cannot be read: No such file or directory\nFound 1 error.\n")
    assert done.returncode == 1


def test_a_file_that_cannot_be_parsed_is_a_finding() -> None:
    write(a="import einops\n(")
    done = run("--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("a.py:2:1: EIN901 ")


def test_standard_input() -> None:
    done = run("-", "--output-format", "concise", stdin=BAD)
    assert (done.stdout, done.returncode) == (f"-{LINE.removeprefix('a.py')}Found 1 error.\n", 1)
    assert run("-", stdin="").stdout == "All checks passed!\n"
    assert not Path("-").exists()


@pytest.mark.parametrize("arguments", [["--stdin-filename", "a.py", "-"], ["--stdin-filename=a.py"]])
def test_standard_input_with_a_name(arguments: list[str]) -> None:
    write(a=GOOD)
    done = run(*arguments, "--output-format", "concise", stdin=BAD)
    assert done.stdout == f"{LINE}Found 1 error.\n"
    assert json.loads(run(*arguments, "--output-format", "json", stdin=BAD).stdout)[0]["filename"] == os.path.abspath(
        "a.py"
    )


def test_a_notebook_on_standard_input() -> None:
    cells = [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": BAD.splitlines(True)}]
    done = run("--stdin-filename", "n.ipynb", "-", stdin=json.dumps({"cells": cells}))
    assert done.stdout.startswith("n.ipynb:cell 2:2:15: EIN001 ")
    assert "2 | rearrange(x, 'a b')\n  |               ^^^\n" in done.stdout


def test_closed_streams() -> None:
    write(a=BAD)
    command = f"{sys.executable} -m einlint a.py"
    assert subprocess.run(f"{command} >&-", shell=True, stderr=subprocess.PIPE, check=False).returncode == 1
    assert subprocess.run(f"{command} 2>&-", shell=True, stdout=subprocess.PIPE, check=False).returncode == 1
    assert subprocess.run(f"{command} - <&-", shell=True, stdout=subprocess.PIPE, check=False).returncode == 1


def test_a_reader_that_goes_away() -> None:
    write(a=BAD + "rearrange(x, 'a b')\n" * 5000)
    command = f"{sys.executable} -m einlint | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (LINE, "")


@pytest.mark.parametrize(
    ("output_format", "environment"),
    [
        ("text", {"PYTHONIOENCODING": "ascii"}),
        ("text", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("text", {"PYTHONUTF8": "1"}),
        ("json", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("concise", {"LC_ALL": "C.UTF-8"}),
        ("github", {"PYTHONIOENCODING": "latin-1"}),
        ("sarif", {"LC_ALL": "C"}),
    ],
)
def test_any_encoding_of_the_output(output_format: str, environment: dict[str, str]) -> None:
    name = os.fsdecode(b"\xff\xe9\n\x1b[1m\xc3\xa9.py")
    Path(name).write_text("from einops import rearrange  # 日本 \x1b[1m\x07\nrearrange(x, 'ä ö \\ud800')\n", "utf-8")
    done = run("--output-format", output_format, "--no-cache", **environment)
    assert (done.stderr, done.returncode) == ("", 1)
    assert "EIN001" in done.stdout
    if output_format != "github":  # where an annotation needs the name as it is
        assert "\x1b" not in done.stdout
    if output_format == "json":
        assert os.fsencode(json.loads(done.stdout)[0]["filename"]) == os.fsencode(os.path.abspath(name))


def test_json_is_all_there_is_on_standard_output() -> None:
    write(a=BAD)
    done = run("--output-format", "json", "a.py", "b.py")
    assert [finding["code"] for finding in json.loads(done.stdout)] == ["EIN001", "EIN903"]
    done = run("--output-format", "json", "--ignore", "EIN", ".")
    assert (done.stdout, done.returncode) == ("[]\n", 0)
    done = run("--output-format", "json", "--statistics")
    assert json.loads(done.stdout) == [{"code": "EIN001", "name": "missing-arrow", "count": 1}]


def test_paths_that_are_named_like_commands() -> None:
    write(a=GOOD)
    os.mkdir("rule")
    Path("rule/b.py").write_text(BAD)
    assert run("./rule").returncode == 1
    assert run("check", "rule").returncode == 1
    assert run("a.py", "rule").returncode == 1
    assert run("rule").returncode == 2


def test_excludes() -> None:
    write(a=BAD)
    Path("pyproject.toml").write_text("[tool.einlint]\nexclude = ['a.py']")
    assert run().returncode == 0
    assert run("a.py").returncode == 1
    assert run("a.py", "--force-exclude").returncode == 0


def test_version_and_help() -> None:
    assert run("--version").stdout == f"einlint {__version__}\n"
    done = run("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: einlint [check] [OPTIONS] [PATHS]...")
    assert all(text in done.stdout for text in ("--per-file-ignores", "Exit codes:", "rule ", "--version"))


def test_rule_pages() -> None:
    by_code = run("rule", "EIN001")
    assert by_code.returncode == 0
    assert by_code.stdout == rules()["EIN001"].titled_page == run("rule", "missing-arrow").stdout
    assert by_code.stdout.startswith("# missing-arrow (EIN001)\n")
    everything = run("rule", "--all").stdout
    assert all(rule.titled_page in everything for rule in rules().values())


def test_a_note_is_a_warning() -> None:
    write(a="import einops\ntype X = int\n")
    done = run(".")
    if sys.version_info < (3, 12):
        assert done.stderr.startswith("warning: a.py: skipped: its syntax is newer than Python 3.")
        assert run(".", "--quiet").stderr == ""
    assert (done.stdout, done.returncode) == ("All checks passed!\n", 0)


def test_a_folder_that_was_deleted(root: Path) -> None:
    gone = root / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && {sys.executable} -m einlint"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: the current folder does not exist\n"


def on_terminal(*arguments: str, script: str = "", **environment: str) -> str:
    """What a run prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, *(["-c", script] if script else ["-m", "einlint"]), *arguments]
    environment = os.environ | {"TERM": "xterm-256color"} | environment
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    output = b""
    try:
        while piece := os.read(ours, 10_000):
            output += piece
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(ours)
    assert process.wait() in (0, 1)
    return output.decode()


def test_colours_on_a_terminal_only() -> None:
    write(a=BAD)
    assert "\x1b[1;31mEIN001\x1b[0m" in on_terminal("--no-cache")
    colour = re.compile(r"\x1b\[[\d;]*m")  # a slow run also moves the cursor, for its progress bar
    assert not colour.search(on_terminal("--no-cache", NO_COLOR="1"))
    assert not colour.search(on_terminal("--no-cache", TERM="dumb"))
    assert "\x1b" not in run("--no-cache").stdout
    assert "\x1b[1;31mEIN001\x1b[0m" in run("--no-cache", FORCE_COLOR="1", TERM="xterm").stdout


SLOW = """
import time
from functools import partial
from einlint import cli
from einlint.settings import Checked

def check(data, path, settings):
    time.sleep({seconds})
    return Checked(())

cli.Options = partial(cli.Options, check=check)
cli.main(prog_name="einlint")
"""


def test_progress_on_a_terminal_when_it_takes_long() -> None:
    for number in range(8):
        write(**{f"m{number}": GOOD})
    assert "Checking" in on_terminal("--no-cache", script=SLOW.format(seconds=0.2))
    patient = "from einlint.reports import progress; progress.PATIENCE = 1000\n"
    assert "Checking" not in on_terminal("--no-cache", script=patient + SLOW.format(seconds=0))
    command = [sys.executable, "-c", SLOW.format(seconds=0.2), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("All checks passed!\n", "")


def wait_for(pids: Iterable[int]) -> bool:
    """Whether all processes end soon."""
    for _ in range(100):
        if not any(map(is_running, pids)):
            return True
        time.sleep(0.05)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_clean_removes_every_cache_below_and_the_configured_one(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.einlint]\ncache-dir = 'build/found'", "utf-8")
    (root / "sub").mkdir()
    (root / "sub" / "pyproject.toml").write_text("[tool.einlint]", "utf-8")
    write(**{"a": GOOD, "sub/b": GOOD})
    (root / "other" / ".einlint_cache").mkdir(parents=True)
    run()
    subprocess.run([sys.executable, "-m", "einlint"], cwd=root / "sub", capture_output=True, check=False)
    caches = [root / "build" / "found", root / "sub" / ".einlint_cache"]
    assert all(folder.is_dir() for folder in caches)
    done = run("clean")
    assert sorted(done.stdout.splitlines()) == [f"Removed {folder}" for folder in caches]
    assert not any(folder.exists() for folder in caches)
    assert (root / "other" / ".einlint_cache").is_dir()
    assert (run("clean").stdout, run("clean").returncode, run("clean", "a.py").returncode) == ("", 0, 2)


def listen_to_interrupts() -> None:
    """A process started from a background job ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_ends_at_once_and_leaves_nothing_running(root: Path, jobs: int, number: int) -> None:
    for name in "abcdef":
        write(**{name: GOOD + "#" * 140_000})
    script = SLOW.format(seconds=60).replace("    time.sleep", "    open(f'{path}.started', 'w').close(); time.sleep")
    command = [sys.executable, "-c", script, f"--jobs={jobs}"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listen_to_interrupts
    )
    while len(list(root.glob("*.started"))) < jobs:
        assert process.poll() is None
        time.sleep(0.05)
    list_children = ["ps", "-o", "pid=", "--ppid", str(process.pid)]
    listed = subprocess.run(list_children, capture_output=True, text=True, check=False)
    children = [int(pid) for pid in listed.stdout.split()]
    assert len(children) == (jobs if jobs > 1 else 0)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert (stdout, stderr.strip()) == ("", "")
    assert wait_for(children)
    assert not list(root.glob(".einlint_cache/*.db*"))
