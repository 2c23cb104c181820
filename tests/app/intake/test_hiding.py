"""The share of packets that hide their findings: drawn when they are sealed, the same for the same data."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import packets
from app.intake.workflow.hiding import HiddenShareError, set_hidden_share
from app.intake.workflow.running import DatasetMissingError
from app.intake.workflow.screening import screen_dataset
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts, captions

CHOSEN = "select s.name || '#' || p.number from packet p join scene s using (scene_id) where {} order by 1"
HIDING = CHOSEN.format("p.hides_findings and p.dataset_id = {}")


def sealed_dataset(
    sessions: SessionMaker, folder: Path, share: float, *, name: str = "harbour", scenes: int = 400
) -> int:
    """A dataset of so many packets, sealed while the share was ``share``."""
    dataset_id = make_dataset(sessions, AssetStore(folder / "assets"), folder, name=name, count=scenes)
    with transaction(sessions) as session:
        set_hidden_share(session, name, share)
    ids = tuple(found(sessions, f"select scene_id from scene where dataset_id = {dataset_id} order by 1"))
    add_drafts(sessions, dataset_id, *captions(1), scenes=ids)
    screen_dataset(sessions, name)
    return dataset_id


def test_no_packet_hides_its_findings_unless_an_admin_wants_it(sessions: SessionMaker, tmp_path: Path) -> None:
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    add_drafts(sessions, dataset_id, *captions(20))
    screen_dataset(sessions, "harbour")
    assert found(sessions, "select distinct hides_findings from packet") == [False]


def test_about_the_share_is_drawn_and_a_larger_share_only_adds_to_it(sessions: SessionMaker, tmp_path: Path) -> None:
    drawn = {}
    for share in (0.2, 0.5, 1.0):
        dataset_id = sealed_dataset(sessions, tmp_path, share, name=f"share-{share}")
        drawn[share] = set(found(sessions, HIDING.format(dataset_id)))
    assert 55 <= len(drawn[0.2]) <= 105
    assert 160 <= len(drawn[0.5]) <= 240
    assert len(drawn[1.0]) == 400
    assert drawn[0.2] < drawn[0.5] < drawn[1.0]


def test_the_same_data_and_seed_give_the_same_choice_and_another_seed_another(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        session.execute(text("insert into dataset (name, source, split_seed) values ('other', 'paired', 7)"))
    chosen = [
        found(sessions, HIDING.format(sealed_dataset(sessions, tmp_path, 0.3, name=name)))
        for name in ("one", "two", "other")
    ]
    assert chosen[0] == chosen[1] != chosen[2]


def test_what_is_hidden_says_nothing_of_the_place_in_the_queue(sessions: SessionMaker, tmp_path: Path) -> None:
    sealed_dataset(sessions, tmp_path, 0.5)
    early = (
        "select count(*) from (select packet_id from slot order by sort_key limit 200) s join packet using (packet_id)"
    )
    assert 65 <= found(sessions, f"{early} where hides_findings")[0] <= 135


def test_a_new_share_holds_for_packets_that_are_sealed_from_now_on(sessions: SessionMaker, tmp_path: Path) -> None:
    dataset_id = sealed_dataset(sessions, tmp_path, 0.0, scenes=3)
    with transaction(sessions) as session:
        assert set_hidden_share(session, "harbour", 1).packets == 0
    assert found(sessions, HIDING.format(dataset_id)) == []
    add_drafts(sessions, dataset_id, *captions(1, start=1), scenes=(1,))
    screen_dataset(sessions, "harbour")
    assert found(sessions, HIDING.format(dataset_id)) == ["sar/scene 0.tif#2"]
    with transaction(sessions) as session:
        assert packets.loose_scenes(session, dataset_id) == []


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_share_that_is_none_is_refused(sessions: SessionMaker, tmp_path: Path, share: float) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    with pytest.raises(HiddenShareError, match="between 0 and 1"), transaction(sessions) as session:
        set_hidden_share(session, "harbour", share)
    with pytest.raises(DatasetMissingError), transaction(sessions) as session:
        set_hidden_share(session, "nowhere", 0.1)
