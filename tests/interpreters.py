"""einlint on every other supported Python that is installed: each module imports, and the command line says the same.

    python tests/interpreters.py

Every interpreter gets a virtual environment of its own with what a plain install brings. Versions that are not there
are named and passed over.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPTIONAL = ("torch", "numpy", "einops", "opt_einsum", "distributed")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("fixtures", "--no-cache", "--isolated", "--output-format=json", "--select=ALL"),
    ("fixtures", "--no-cache", "--isolated", "--jobs=2"),
    ("explain", "--at", "fixtures/vision_transformer.py:21"),
    ("rule", "--all"),
    ("--help",),
)
IMPORT_ALL = f"""
import pkgutil, importlib, einlint
for module in pkgutil.walk_packages(einlint.__path__, "einlint."):
    if module.name != "einlint.__main__":
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name not in {OPTIONAL}:
                raise
"""


def supported() -> list[str]:
    """The versions that the project says it runs on, without this one."""
    found = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    return [version for version in found if version != "{}.{}".format(*sys.version_info)]


def interpreter(version: str) -> Path | None:
    """One that starts: of the PATH, or one that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    candidates = [shutil.which(f"python{version}"), *kept.glob(f"{version}.*/bin/python")]
    return next((Path(one) for one in candidates if one and starts(Path(one), version)), None)


def starts(python: Path, version: str) -> bool:
    """Whether it runs and is of this version: pyenv has placeholders that do not."""
    command = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == version


def output(python: Path, arguments: tuple[str, ...]) -> str:
    """What a command prints, and how it ends."""
    command = [str(python), "-m", "einlint", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}exit {done.returncode}\n"


def smoke(python: Path, expected: dict[tuple[str, ...], str]) -> None:
    """Raise AssertionError where something differs. Runs on the checkout, with the libraries of the environment."""
    subprocess.run([str(python), "-c", IMPORT_ALL], cwd=ROOT, check=True)
    for arguments, wanted in expected.items():
        found = output(python, arguments)
        assert found == wanted, f"{python}: {' '.join(arguments)}\n{found}\ninstead of\n{wanted}"


def main() -> None:
    expected = {arguments: output(Path(sys.executable), arguments) for arguments in COMMANDS}
    for version in supported():
        python = interpreter(version)
        if python is None:
            print(f"Python {version} is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
            inside = Path(folder, "bin", "python")
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(inside)]
            subprocess.run([*pip, "install", "--quiet", str(ROOT)], check=True)
            smoke(inside, expected)
        print(f"Python {version} passes")


if __name__ == "__main__":
    main()
