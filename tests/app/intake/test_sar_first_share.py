"""The share of scenes that are judged from the SAR image first: drawn when packets are sealed, whole scenes at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.workflow.hiding import set_hidden_share
from app.intake.workflow.running import DatasetMissingError
from app.intake.workflow.sar_first import SarFirstShareError, set_sar_first_share
from app.intake.workflow.screening import screen_dataset
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts, captions

DRAWN = "select s.name from packet p join scene s using (scene_id) where p.sar_first and p.dataset_id = {} order by 1"


def sealed(sessions: SessionMaker, folder: Path, percent: str, *, name: str, scenes: int = 300, texts: int = 1) -> int:
    """A dataset of so many scenes, the last without an optical image, sealed under this share."""
    dataset_id = make_dataset(sessions, AssetStore(folder / "assets"), folder, name=name, count=scenes)
    with transaction(sessions) as session:
        set_sar_first_share(session, name, percent)
    ids = tuple(found(sessions, f"select scene_id from scene where dataset_id = {dataset_id} order by 1"))
    add_drafts(sessions, dataset_id, *captions(texts), scenes=ids)
    screen_dataset(sessions, name)
    return dataset_id


def test_about_the_share_of_scenes_is_drawn_and_a_larger_share_only_adds_to_it(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    drawn = [
        set(found(sessions, DRAWN.format(sealed(sessions, tmp_path, share, name=f"share-{share[:-1]}"))))
        for share in ("0%", "20%", "50%", "100%")
    ]
    assert drawn[0] == set()
    assert 40 <= len(drawn[1]) <= 80
    assert 120 <= len(drawn[2]) <= 180
    assert drawn[1] < drawn[2] < drawn[3]
    # Without an optical image there is nothing to hide.
    assert len(drawn[3]) == 299


def test_all_packets_of_a_scene_are_drawn_together_but_none_that_hides_its_findings(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, name="both", count=40)
    with transaction(sessions) as session:
        set_hidden_share(session, "both", 0.5)
        session.execute(
            text("insert into pair_decision (scene_id, decision, decided_by)"
                 " select min(scene_id), 'without_optical', 'x' from scene")
        )  # fmt: skip
        assert set_sar_first_share(session, "both", "50").share == 0.5
    ids = tuple(found(sessions, "select scene_id from scene order by 1"))
    add_drafts(sessions, 1, *captions(26), scenes=ids)
    screen_dataset(sessions, "both")
    by_scene = "select scene_id, count(*) filter (where {}) as n from packet group by 1"
    kinds = found(
        sessions, f"select distinct n from ({by_scene.format('sar_first or hides_findings')}) as x order by 1"
    )
    assert kinds[-1] == 3
    mixed = "select count(*) from ({}) as x where n between 1 and 2"
    # Of a scene that is drawn every packet is judged so, or hides its findings; never both.
    drawn = by_scene.format("sar_first") + " having bool_or(sar_first)"
    shown = "select count(*) from packet where not sar_first and not hides_findings and scene_id in (select scene_id"
    assert found(sessions, f"{shown} from ({drawn}) as d)") == [0]
    assert found(sessions, mixed.format(by_scene.format("sar_first")))[0] > 0
    assert found(sessions, "select count(*) from packet where sar_first and hides_findings") == [0]
    first = f"select count(*) from packet where sar_first and scene_id in ({min(ids)}, {max(ids)})"
    assert found(sessions, first) == [0]


@pytest.mark.parametrize("share", ["-1", "101", "nan", "inf", "", "ten", "5\0"])
def test_a_share_that_is_none_is_refused(sessions: SessionMaker, tmp_path: Path, share: str) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    with pytest.raises(SarFirstShareError, match="from 0 to 100"), transaction(sessions) as session:
        set_sar_first_share(session, "harbour", share)
    with pytest.raises(DatasetMissingError), transaction(sessions) as session:
        set_sar_first_share(session, "nowhere", "5")
    assert found(sessions, "select sar_first_share from dataset") == [0]
