"""What the Makefile says where something is missing, and when it does its work anew."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.operations import browser_code
from tests.conftest import REPOSITORY

INPUTS = (
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "requirements-node.lock",
    "package.json",
    "package-lock.json",
)
STAMPS = (".venv/.made", ".venv/.installed", "node_modules/.installed", "static/vendor/.copied")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that set-up reads, in a folder where nothing is installed."""
    for name in INPUTS:
        shutil.copy(REPOSITORY / name, tmp_path)
        os.utime(tmp_path / name, (1, 1))
    return tmp_path


def make(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def install(clone: Path) -> None:
    """What a set-up leaves, as far as make looks at it."""
    for at, stamp in enumerate(STAMPS):
        (clone / stamp).parent.mkdir(parents=True, exist_ok=True)
        (clone / stamp).touch()
        os.utime(clone / stamp, (10 + at, 10 + at))
    for name in browser_code.FILES:
        (clone / "static/vendor" / name).parent.mkdir(exist_ok=True)
        (clone / "static/vendor" / name).touch()


def test_make_alone_says_what_there_is(clone: Path) -> None:
    told = make(clone).stdout
    for target in ("run", "setup", "dev", "test", "check", "bench", "lock"):
        assert f"make {target} " in told


def test_an_old_or_missing_python_is_one_sentence(clone: Path) -> None:
    refused = make(clone, "setup", "PYTHON=no-such-python")
    assert refused.returncode
    assert refused.stderr.startswith(
        "Trihedral needs Python 3.11 or newer as no-such-python; name another with: make setup"
    )
    assert not (clone / ".venv").exists()


def test_a_second_set_up_does_nothing(clone: Path) -> None:
    install(clone)
    assert make(clone, "-q", "setup").returncode == 0


@pytest.mark.parametrize(
    "changed", ["requirements.lock", "pyproject.toml", "package-lock.json", "requirements-node.lock"]
)
def test_a_changed_lock_installs_anew(clone: Path, changed: str) -> None:
    install(clone)
    os.utime(clone / changed)
    assert make(clone, "-q", "setup").returncode == 1


@pytest.mark.parametrize(
    "removed", [".venv", "node_modules", "static/vendor", *(f"static/vendor/{name}" for name in browser_code.FILES)]
)
def test_what_was_removed_is_made_anew(clone: Path, removed: str) -> None:
    install(clone)
    shutil.rmtree(clone / removed) if (clone / removed).is_dir() else (clone / removed).unlink()
    assert make(clone, "-q", "setup").returncode == 1


def test_a_wrong_path_to_chromium_is_one_sentence(clone: Path) -> None:
    refused = make(clone, "chromium", TRIHEDRAL_CHROMIUM="/nowhere/chromium")
    assert refused.returncode
    assert "TRIHEDRAL_CHROMIUM is /nowhere/chromium, which is no program" in refused.stderr


def test_ci_and_the_makefile_install_only_what_the_locks_hold() -> None:
    for name in ("Makefile", ".ci/run", "Dockerfile"):
        for line in (REPOSITORY / name).read_text().splitlines():
            if "pip install" in line and "uv" not in line:
                assert "--require-hashes" in line or "--no-deps --no-build-isolation" in line, (name, line)
            if "npm ci" in line or "npm install" in line:
                assert "--ignore-scripts" in line, (name, line)
