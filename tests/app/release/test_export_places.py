"""Where workers write exports: found again, nobody else's, and swept out once nobody comes back."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from app.release.workflow.workplace import PlaceTakenError, places, workplace


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_two_workers_never_write_the_same_export_and_an_abandoned_place_is_swept_out() -> None:
    def enter() -> None:
        with workplace("export", ()):
            pass

    with workplace("export", ()) as place:
        (place / "half").touch()
        with pytest.raises(PlaceTakenError):
            enter()
        old = place.parent / "abandoned"
        old.mkdir()
        for left in (old, place):
            os.utime(left, (0, 0))
        with workplace("another", ()):
            assert not old.exists()
            assert (place / "half").exists(), "somebody is in it"
    assert list(places().iterdir()) == []


def test_a_folder_of_somebody_else_under_the_same_name_is_not_written_to() -> None:
    places().chmod(0o755)
    with pytest.raises(PermissionError, match="not a private folder"), workplace("export", ()):
        pass
