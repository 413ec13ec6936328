"""Which files a run finds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from einlint.config import ConfigError
from einlint.discovery import Discovery


def make(root: Path, *files: str) -> Path:
    """A folder with empty files."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def found(root: Path, *paths: str, isolated: bool = False, force_exclude: bool = False) -> list[str]:
    """The files below `root` that its paths lead to."""
    discovery = Discovery(isolated=isolated, force_exclude=force_exclude)
    for path in paths or (".",):
        discovery.add(str(root / path))
    assert not discovery.missed
    return [os.path.relpath(file.path, root) for file in discovery.files()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def repository(root: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / ".git" / "info").mkdir(exist_ok=True)
    return root


def test_python_files_and_notebooks_in_the_order_of_their_paths(root: Path) -> None:
    make(root, "b.py", "a/z.pyi", "a/n.ipynb", "a/t.txt", "py", "a.py", "c.pyc", ".hidden/x.py")
    assert found(root) == [".hidden/x.py", "a.py", "a/n.ipynb", "a/z.pyi", "b.py"]


def test_a_file_is_found_once(root: Path) -> None:
    make(root, "a/b.py")
    os.symlink(root / "a", root / "link")
    os.symlink(root / "a" / "b.py", root / "a" / "a.py")
    assert found(root, "a/a.py", "a", "a/b.py", "./a/../a/b.py", "link/b.py", ".") == ["a/b.py"]


def test_loops_broken_links_and_odd_files_are_passed_over(root: Path) -> None:
    make(root, "a/b.py", "outside")
    os.symlink("..", root / "a" / "up")
    os.symlink("loop.py", root / "loop.py")
    os.symlink("nowhere", root / "broken.py")
    os.symlink(root / "a", root / "folder.py")
    os.mkfifo(root / "pipe.py")
    make(root, "really.py/a.py")
    assert found(root) == ["a/b.py", "really.py/a.py"]


def test_a_link_to_a_file_elsewhere_is_found(root: Path, tmp_path: Path) -> None:
    make(tmp_path, "elsewhere.py")
    os.symlink(tmp_path / "elsewhere.py", root / "link.py")
    assert found(root) == ["link.py"]


def test_an_explicit_file_is_found_whatever_it_is_called(repository: Path) -> None:
    make(repository, "script", ".venv/a.py", "ignored.py")
    write(repository / ".gitignore", "ignored.py")
    paths = ("script", ".venv/a.py", "ignored.py")
    assert found(repository, *paths) == sorted(paths)


def test_default_excludes(root: Path) -> None:
    make(root, "a.py", *(f"{name}/a.py" for name in (".venv", "venv", "node_modules", "build", "dist", "x/.git")))
    assert found(root) == ["a.py"]
    assert found(root, "build") == ["build/a.py"]


def test_configured_excludes(root: Path) -> None:
    write(root / "pyproject.toml", "[tool.einlint]\nexclude = ['gen', 'src/{old,older}', '*_pb2.py', 'z/', '/top.py']")
    make(root, "a.py", "gen/a.py", "x/gen/a.py", "src/old/a.py", "src/older/a.py", "src/new.py", "x_pb2.py", "z/a.py")
    make(root, "top.py", "x/top.py", "build/a.py", "x/z.py")
    assert found(root) == ["a.py", "build/a.py", "src/new.py", "x/top.py", "x/z.py"]
    assert found(root, "src/old", "gen") == ["gen/a.py", "src/old/a.py"]
    assert found(root, "src/old", "gen/a.py", "x_pb2.py", "x/z.py", force_exclude=True) == ["x/z.py"]
    assert len(found(root, isolated=True)) == 11


def test_extended_excludes_and_exceptions(root: Path) -> None:
    write(root / "pyproject.toml", "[tool.einlint]\nextend-exclude = ['gen/*', '!gen/keep.py']")
    make(root, "a.py", "gen/a.py", "gen/keep.py", "venv/a.py")
    assert found(root) == ["a.py", "gen/keep.py"]


def test_the_closest_configuration_is_in_force(root: Path) -> None:
    write(root / "pyproject.toml", "[tool.einlint]\nexclude = ['a.py']")
    write(root / "inner" / "pyproject.toml", "[tool.einlint]\nexclude = ['b.py']")
    write(root / "other" / "pyproject.toml", "[tool.ruff]")
    make(root, "a.py", "b.py", "inner/a.py", "inner/b.py", "other/a.py")
    assert found(root) == ["b.py", "inner/a.py"]
    discovery = Discovery()
    discovery.add(str(root))
    assert [os.path.relpath(file.config.root, root) for file in discovery.files()] == [".", "inner"]


@pytest.mark.parametrize(
    ("text", "row", "key"),
    [
        ("exclude = 3", 2, "exclude"),
        ("exclude = ['!']", 2, "exclude"),
        ("exclude = ['a']\nextend-exclude = [\n 'b.py',\n '!',\n]", 5, "extend-exclude"),
        (f"extend-exclude = ['a',\n '{'{a,b}' * 20}']", 3, "extend-exclude"),
    ],
    ids=["no list", "no glob", "no glob in a list", "too many braces"],
)
def test_configuration_that_cannot_be_used(root: Path, text: str, row: int, key: str) -> None:
    write(root / "inner" / "pyproject.toml", f"[tool.einlint]\n{text}")
    with pytest.raises(ConfigError, match=rf"inner/pyproject\.toml:{row}.*`{key}`"):
        found(root)


def test_paths_that_cannot_be_read(root: Path) -> None:
    make(root, "a.py")
    discovery = Discovery()
    for path in ("missing", "a.py/b.py", "x" * 300, "a\0b"):
        discovery.add(os.path.join(root, path))
    assert not discovery.files()
    assert [missed.reason for missed in discovery.missed] == [
        "No such file or directory",
        "Not a directory",
        "File name too long",
        "embedded null byte",
    ]


def test_a_folder_that_cannot_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(root, "a/a.py", "gone/a.py", "locked/a.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        if path.endswith("gone"):
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    discovery = Discovery()
    discovery.add(str(root))
    assert [file.path for file in discovery.files()] == [str(root / "a/a.py")]
    assert [(os.path.basename(path), reason) for path, reason in discovery.missed] == [("locked", "Permission denied")]


def test_names_that_are_not_text(root: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.py")
    make(root, "a.py", name)
    write(root / "pyproject.toml", "[tool.einlint]\nextend-exclude = ['a*.py']")
    assert found(root) == [name]


def test_a_deep_tree(root: Path) -> None:
    folders = [str(root) + "/d" * depth for depth in range(1, 1050)]
    for folder in folders:
        os.mkdir(folder)
    make(root, f"{folders[-1]}/a.py")
    assert len(found(root)) == len(found(root, folders[-1])) == 1
    os.unlink(f"{folders[-1]}/a.py")
    for folder in reversed(folders):  # deeper than pytest's own clean-up goes
        os.rmdir(folder)


def test_ignore_files_count_in_a_repository_only(root: Path) -> None:
    make(root, "a.py", "b.py")
    write(root / ".gitignore", "b.py")
    assert found(root) == ["a.py", "b.py"]
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    assert found(root) == ["a.py"]


def test_ignore_files_above_the_starting_folder(repository: Path) -> None:
    write(repository / ".gitignore", "b.py\n/sub/c.py\n")
    write(repository / "sub" / ".gitignore", "!b.py\n")
    make(repository, "sub/a/b.py", "sub/c.py", "x/b.py", "x/c.py")
    assert found(repository, "sub/a", "x") == ["sub/a/b.py", "x/c.py"]


def test_an_ignored_folder_that_was_asked_for(repository: Path) -> None:
    write(repository / ".gitignore", "out/\n*.py\n!keep.py\n")
    make(repository, "out/a.py", "out/deep/b.py", "x/c.py", "x/keep.py")
    assert found(repository) == ["x/keep.py"]
    assert found(repository, "out") == ["out/a.py", "out/deep/b.py"]
    assert found(repository, "out/deep") == ["out/deep/b.py"]


def test_an_inner_repository_has_its_own_rules(repository: Path) -> None:
    write(repository / ".gitignore", "a.py")
    subprocess.run(["git", "init", "--quiet", str(repository / "inner")], check=True)
    make(repository, "a.py", "inner/a.py", "inner/b.py")
    write(repository / "inner" / ".git" / "info" / "exclude", "b.py")
    assert found(repository) == ["inner/a.py"]


def test_ignore_files_that_are_not_text(repository: Path) -> None:
    (repository / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\n\xff.py\r\n!\r\n#b.py\r\n\r\n")
    (repository / "sub" / ".gitignore").mkdir(parents=True)
    make(repository, "a.py", "b.py", "sub/c.py", os.fsdecode(b"\xff.py"))
    assert found(repository) == ["b.py", "sub/c.py"]


FILES = ["a.py", "b.py", "x/a.py", "x/b.py", "x/y/a.py", "x/y/b.py", "y/a.py", "y/x/b.py"]
LINES = st.one_of(
    st.sampled_from(
        ["*", "*.py", "x", "x/", "/x", "y/", "x/*", "**/y", "x/**", "!a.py", "!x/", "!*.py", "/*", "!/x", "[ab].*"]
    ),
    st.text("abxy/*!.p? ", min_size=1, max_size=6),
)
IGNORES = st.lists(LINES, max_size=4)


def agree_with_git(root: Path, texts: dict[str, list[str]]) -> None:
    for name, lines in texts.items():
        (root / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    listed = subprocess.run(
        ["git", "-C", str(root), "check-ignore", "--no-index", "--", *FILES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode in (0, 1), listed.stderr
    assert found(root, isolated=True) == sorted(set(FILES) - set(listed.stdout.splitlines()))


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("compared")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / ".git" / "info").mkdir(exist_ok=True)
    return make(root, *FILES)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param({".gitignore": ["a.py"]}, id="name at any depth"),
        pytest.param({".gitignore": ["/a.py", "x/y/"]}, id="anchored"),
        pytest.param({".gitignore": ["*.py", "!a.py"]}, id="exception"),
        pytest.param({".gitignore": ["x/", "!x/a.py"]}, id="no exception below an ignored folder"),
        pytest.param({".gitignore": ["x/*", "!x/y/"]}, id="exception for a folder"),
        pytest.param({".gitignore": ["*.py"], "x/.gitignore": ["!a.py"]}, id="closer file wins"),
        pytest.param({".gitignore": ["!a.py"], "x/.gitignore": ["a.py"], "x/y/.gitignore": ["!*"]}, id="three levels"),
        pytest.param({".gitignore": ["!a.py"], ".git/info/exclude": ["a.py", "b.py"]}, id="the repository's own"),
        pytest.param({".gitignore": ["*/y", "**/x/b.py", "a.p?", "[ab].py", "# a.py", "\\!a.py", ""]}, id="syntax"),
    ],
)
def test_ignores_what_git_ignores(compared: Path, texts: dict[str, list[str]]) -> None:
    agree_with_git(compared, {name: texts.get(name, []) for name in NAMES})


NAMES = [".gitignore", "x/.gitignore", "x/y/.gitignore", ".git/info/exclude"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(IGNORES, IGNORES, IGNORES, IGNORES))
def test_ignores_what_git_ignores_whatever_it_says(compared: Path, lines: tuple[list[str], ...]) -> None:
    agree_with_git(compared, dict(zip(NAMES, lines, strict=True)))
