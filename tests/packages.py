"""Published packages as test data: pinned wheels, downloaded once, unpacked, never imported."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

CACHE = user_cache_path("einlint-tests")


class Unreachable(Exception):
    """The registry did not answer; the message says how."""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel of the registry by name, version and content."""

    name: str
    version: str
    sha256: str

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"

    @property
    def folder(self) -> Path:
        """Where its files lie once fetched; the hash keeps two pins of one version apart."""
        return CACHE / f"{self.name}-{self.version}-{self.sha256[:8]}"


DENSE = Package("vit-pytorch", "1.26.11", "2c4a17ceea6862bc3e4a2367ef6f07092750ef6aa96ca15ab54e8b96754543d5")
SPARSE = Package("diffusers", "0.42.1", "9154faa704ce00e0b77f568e0d64786064368528aab5fc14eeea92f87d788014")
WITHOUT_CALLS = Package("click", "8.5.1", "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37")

PACKAGES = (
    DENSE,
    Package("x-transformers", "2.31.10", "40099be7b1f3043ffba67381288a35bdd932decf338dc69a01eb8024bea34d24"),
    Package("imagen-pytorch", "2.1.0", "e3767c0bf59e54607e73a9cbdad6989f9db4dbef5a05f0e55262cc911fe18475"),
    Package("denoising-diffusion-pytorch", "2.3.4", "1f779c01c9b77e45a63f2e6cd54c0e8e8bd6725f564a44fe3ee15795ef5bded2"),
    Package("alphafold3-pytorch", "0.8.3", "9669c457741b5ff10802e98001894183e0f213463ac869fabea42fd4f5e35c98"),
    Package("hyper-connections", "0.4.11", "92a8d24340ef6dbf2a356b1f2e74ebb877d680aa96afc6f9f1cff636ab2e55f0"),
    Package("rectified-flow-pytorch", "0.14.0", "c0f1b9f75712191eb2b703f07a83457ace58ecafd8c75de7fb17838f370593c9"),
    Package("magvit2-pytorch", "0.5.1", "65b5c6288f205521a66f40a31ff14d6bb405ea7a1a6b3f9b342eaac0136ecc68"),
    Package("colt5-attention", "0.11.2", "fd03b28ba55a6a3a03e63cbd5c2c414b3d886a6ee399766f659c77038280a489"),
    Package("ring-attention-pytorch", "0.5.20", "eea8bb4e4384e9c7e1952ca0fa0972e72572972d9a247a6e001b2d4597543af3"),
    Package("soundstorm-pytorch", "0.6.1", "831ee3e50bcf10d6b6c4d76976c154bdc8659b67f4da8a7111ef2e54eb9954c2"),
    Package("itransformer", "0.8.1", "ab63a8cbf486391bd4cdbc79713962c5386a10fd3275be282263d1ed9f9724a8"),
    Package("perceiver-pytorch", "0.11.0", "4c21ef3dd6d7cbb87ec8b0f3ddfd80acd3225c5d41220c85762ca878bc752e26"),
    Package("rotary-embedding-torch", "0.9.1", "489ef53e21ab4c4eb35c0c97b551d724f5eea71c2bca39acb8fee8d88b142a76"),
    Package("local-attention", "1.11.2", "8bbb03cef6a6f0b694de64f9ecd81886fd1e73ef367b57f02995b469ac52fd16"),
    Package("timesformer-pytorch", "0.4.1", "5fc60242e7375b498589d43613bc9c7ef00a9050d20911cb842890d3a99ecbf4"),
)

HELPERS = (Package("torch-einops-utils", "0.2.0", "e8b058190577299ada12c15a71e0e1c3551ef3536dee3c491bd6bd74595ef460"),)
"""What the models of others import, and that holds next to no calls."""

PYREFLY_STUBS = (
    Package("pyrefly-einops-stubs", "1.4.0", "332a391b639bdacdac7949ddbc75f64caa4f084cf910f4ccc5415f36fc4f008b"),
    Package("pyrefly-torch-stubs", "1.4.0", "6cdf05f2265cea671ea40d614e2e94028cc30cdb699ab4419c14c78402db688b"),
    Package("pyrefly-shape-extensions", "1.4.0", "ced2aeeadc21e076bfdb3a223faee696a04cc013a8dc2f644a234f19b0e0bea3"),
)


def fetch(*packages: Package) -> None:
    """Put the files of every package into its folder, unless they are there. Raises Unreachable.

    Wheels are only unpacked: nothing of a package is built or run.
    """
    missing = [package for package in packages if not package.folder.is_dir()]
    if not missing:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        wheels = Path(scratch, "wheels")
        _download(missing, wheels)
        for package in missing:
            _unpack(package, next(wheels.glob(f"{package.name.replace('-', '_')}-*.whl")), Path(scratch))


def _download(packages: list[Package], destination: Path) -> None:
    # Stubs for a newer Python are data like the rest, so the running one does not decide.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries=1"]
    command += ["--no-deps", "--only-binary=:all:", "--python-version=3.13", "--require-hashes"]
    requirements = destination.with_suffix(".txt")
    requirements.write_text("".join(f"{package.requirement}\n" for package in packages), encoding="utf-8")
    command += [f"--dest={destination}", f"--requirement={requirements}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "DO NOT MATCH THE HASHES" in done.stderr:
        raise ValueError(done.stderr)
    if done.returncode:
        raise Unreachable(f"the package registry is not reachable: {done.stderr.strip().splitlines()[-1]}")


def _unpack(package: Package, wheel: Path, scratch: Path) -> None:
    unpacked = scratch / package.name
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    try:
        unpacked.replace(package.folder)
    except OSError:  # another process was first
        if not package.folder.is_dir():
            raise
