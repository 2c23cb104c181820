"""The lock files hold every package with its hashes, and the address of no registry."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.conftest import REPOSITORY

LOCKS = ("requirements.lock", "requirements-node.lock")


def packages(lock: str) -> dict[str, str]:
    """``{name: what follows it}`` of each package."""
    text = (REPOSITORY / lock).read_text().replace("\\\n", " ")
    return {re.split(r"[=; ]", line, maxsplit=1)[0]: line for line in text.splitlines() if line.strip()}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_its_hashes(lock: str) -> None:
    assert packages(lock)
    for name, line in packages(lock).items():
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+ *", line), name


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_no_lock_names_a_registry(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert "index-url" not in text
    assert '"resolved"' not in text
    assert not re.search(r"(registry|index|pypi)\.[a-z]", text)


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0].lower().replace("_", "-") for each in wanted}
    assert names - packages("requirements.lock").keys() == set()


def test_every_browser_package_is_locked_with_its_integrity() -> None:
    wanted = json.loads((REPOSITORY / "package.json").read_text())
    locked = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    for name in wanted["dependencies"] | wanted["devDependencies"]:
        assert f"node_modules/{name}" in locked
    assert all(found.get("integrity", "").startswith("sha512-") for path, found in locked.items() if path)
