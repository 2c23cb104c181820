"""A chunk of an import stores all or nothing, and refuses nothing where the store cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import planning
from app.intake.workflow.chunks import import_chunk
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import begin_import, carried_out
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.planning import plan_import
from tests.app.intake.made_scenes import found
from tests.app.intake.made_sources import make_coco

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
STORED = """
select (select count(*) from scene), (select count(*) from object_box), (select count(*) from asset),
    (select count(*) from refusal), (select count(*) from counter_delta where name = 'scenes'),
    (select count(*) from planned_scene), (select count(*) from run_chunk where done_at is not null)
"""


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders(1) as opened:
        yield opened


@pytest.fixture
def run_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    """A planned import of one chunk: three scenes, and a picture that is none."""
    options = ImportOptions(name="harbour", source="coco", path=make_coco(tmp_path / "in", 2))
    (options.path / "JPEGImages" / "train" / "0000000.png").write_bytes(b"no image")
    with transaction(sessions) as session:
        run_id = begin_import(session, options).run_id
    plan_import(sessions, store, run_id, go_on)
    return run_id


def go_on() -> None:
    """Nobody asks the work to stop."""


def test_a_chunk_that_breaks_off_while_it_is_stored_stores_nothing(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(sessions, STORED)
    end_chunk = planning.end_chunk

    def break_off(*given: Any) -> None:
        end_chunk(*given)
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(planning, "end_chunk", break_off)
        with pytest.raises(InterruptedError):
            import_chunk(sessions, store, decoders, run_id, 0, go_on)
    assert found(sessions, STORED) == before
    import_chunk(sessions, store, decoders, run_id, 0, go_on)
    assert found(sessions, "select done_at is not null from run_chunk") == [True]
    assert found(sessions, "select (select count(*) from scene), (select count(*) from refusal)") == [(3, 1)]


def test_a_store_that_goes_away_under_a_chunk_is_waited_for_and_nothing_is_refused(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, run_id: int, tmp_path: Path
) -> None:
    calls = []

    def pull() -> None:
        calls.append(1)
        if len(calls) == 4:
            (tmp_path / "assets").rename(tmp_path / "away")

    def chunk() -> None:
        import_chunk(sessions, store, decoders, run_id, 0, pull)

    before = found(sessions, STORED)
    carried_out(sessions, "intake.import_chunk", run_id, chunk, 0)
    assert found(sessions, STORED) == before
    assert str(tmp_path / "assets") in found(sessions, "select held_up from run")[0]
    (tmp_path / "away").rename(tmp_path / "assets")
    carried_out(sessions, "intake.import_chunk", run_id, chunk, 0)
    assert found(sessions, "select (select count(*) from scene), (select count(*) from refusal)") == [(3, 1)]
    assert found(sessions, "select held_up from run") == [None]
