"""Imports while workers and Postgres are killed and disks are pulled: they end as if nothing had happened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.import_faults import BAD, make_scenes, run_disturbed, run_undisturbed

SCENES = 60


@pytest.fixture
def place() -> Iterator[Path]:
    """Not below pytest's own folder, which the account of root's PostgreSQL may not enter."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_killed_workers_a_killed_postgres_and_pulled_disks_change_nothing(place: Path) -> None:
    source = make_scenes(place / "source", SCENES, 512)
    whole = run_undisturbed(source, place / "undisturbed", 4)
    disturbed = run_disturbed(source, place / "disturbed", 4, 4)
    assert len(whole["scenes"]) == SCENES
    assert [row[0] for row in whole["refusals"]] == [f"sar/{BAD}"]
    assert whole["left"] == [(0, 0)]
    for what in whole:
        assert disturbed[what] == whole[what], what
