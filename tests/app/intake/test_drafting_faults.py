"""Drafting at an endpoint that misbehaves in every way, under kill -9: it ends as if nothing had happened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.drafting_faults import FAULTS, LASTING, PASSING, plan_of, run

SCENES = 3 * max(len(LASTING), len(PASSING) // 2)
"""So many that each behaviour comes about."""


@pytest.fixture
def place() -> Iterator[Path]:
    """Not below pytest's own folder, which the account of root's PostgreSQL may not enter."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_misbehaving_endpoint_and_kills_leave_each_text_drafted_once_or_recorded(place: Path) -> None:
    behaviours = {plan_of(number)[0] for number in range(SCENES)}
    assert behaviours == {*PASSING, *(f"{name} for ever" for name in LASTING)}
    faults, whole = run(place / "undisturbed", SCENES)
    assert faults == []
    faults, disturbed = run(place / "disturbed", SCENES, FAULTS)
    assert faults == []
    for what in whole:
        assert disturbed[what] == whole[what], what
