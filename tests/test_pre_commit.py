"""The pre-commit hook, as a repository that points at this checkout runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CONFIGURATION = """\
repos:
- repo: {repository}
  rev: {revision}
  hooks:
  - id: einlint
"""
BAD = "from einops import rearrange\n\n\ndef flat(x):\n    return rearrange(x, 'b 1 c h w')\n"
GOOD = BAD.replace("c h w", "c h w -> b c h w")


def run(*command: str, cwd: Path, **variables: str) -> str:
    """What a command that must succeed prints."""
    done = attempt(*command, cwd=cwd, **variables)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def attempt(*command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # A git hook that runs these tests must not lend them its repository.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return subprocess.run(
        command,
        cwd=cwd,
        env=inherited | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def commit_all(repository: Path) -> str:
    """Make a repository of a folder; its one revision."""
    identity = ("-c", "user.name=einlint", "-c", "user.email=einlint@example.invalid")
    run("git", "init", "--quiet", cwd=repository)
    run("git", "add", "--all", cwd=repository)
    run("git", *identity, "commit", "--quiet", "--no-verify", "--message=all", cwd=repository)
    return run("git", "rev-parse", "HEAD", cwd=repository)


def copy_checkout(destination: Path) -> None:
    """Copy what git would take of the working tree, committed or not."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, destination / name)


def need_registry(folder: Path) -> None:
    """Skip where the build backend, which pre-commit needs to install the hook, cannot be had."""
    command = (sys.executable, "-m", "pip", "download", "--no-deps", "--retries=1", "hatchling")
    done = attempt(*command, cwd=folder)
    if done.returncode:
        pytest.skip(f"the package registry is not reachable: {done.stdout.strip().splitlines()[-1]}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository whose pre-commit configuration points at a copy of this checkout."""
    for name in ("hook", "project", "download"):
        (tmp_path / name).mkdir()
    need_registry(tmp_path / "download")
    copy_checkout(tmp_path / "hook")
    text = CONFIGURATION.format(repository=tmp_path / "hook", revision=commit_all(tmp_path / "hook"))
    (tmp_path / "project" / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    commit_all(tmp_path / "project")
    return tmp_path / "project"


def test_the_hook_stops_a_bad_file_and_lets_a_good_one_pass(project: Path) -> None:
    (project / "model.py").write_text(BAD, encoding="utf-8")
    refused = run_hook(project)
    assert refused.returncode == 1, refused.stdout
    assert "model.py:5:" in refused.stdout
    assert "EIN" in refused.stdout

    (project / "model.py").write_text(GOOD, encoding="utf-8")
    accepted = run_hook(project)
    assert accepted.returncode == 0, accepted.stdout
    assert "Passed" in accepted.stdout


def run_hook(project: Path) -> subprocess.CompletedProcess[str]:
    run("git", "add", "--all", cwd=project)
    home = str(project.parent / "pre-commit")
    return attempt(sys.executable, "-m", "pre_commit", "run", cwd=project, PRE_COMMIT_HOME=home)
