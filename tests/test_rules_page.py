"""The guide's page of rules names tests that exist."""

from __future__ import annotations

import re

from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "guide" / "rules.md"
SHORT = {"…": "app/review/test_review_constraints.py"}


def named_tests() -> list[tuple[str, str]]:
    """(file, function) of each test in the tables' last column; ``::name`` is of the file before it."""
    found, file = [], ""
    for line in PAGE.read_text().splitlines():
        last = line.split("|")[3] if line.count("|") == 4 else ""
        for name in re.findall(r"`([^` ]*(?:\.py|::)[^` ]*)`", last):
            path, _, function = name.partition("::")
            file = SHORT.get(path, path) or file
            found.append((file, function))
    return found


def test_every_rule_names_a_test_that_exists() -> None:
    missing = [
        f"{file}::{function}"
        for file, function in named_tests()
        if not (REPOSITORY / "tests" / file).is_file()
        or (function and f"def {function}(" not in (REPOSITORY / "tests" / file).read_text())
    ]
    assert len(named_tests()) > 80
    assert missing == []


def test_every_row_names_a_test() -> None:
    rows = [
        line
        for line in PAGE.read_text().splitlines()
        if line.count("|") == 4 and not line.startswith(("|---", "| rule"))
    ]
    assert [row for row in rows if "test_" not in row.split("|")[3] and "the same" not in row.split("|")[3]] == []
