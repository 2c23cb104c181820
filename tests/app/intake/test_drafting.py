"""The corpus into a real database; drafting by models is in test_model_drafting.py."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets
from app.intake.workflow import corpus
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.options import Progress
from app.intake.workflow.running import DatasetMissingError
from app.work import StopAskedError
from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.corpus import count_types, draft_scenes
from pipeline.drafting.policy import Fit, Policy
from pipeline.records import Draft
from tests.app.intake.made_scenes import BOXES, found, make_dataset


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


def expected(policy: Policy, count: int = 3) -> list[list[Draft]]:
    """What is to be written of the scenes that ``make_dataset`` makes."""
    scenes = [BoxedScene(f"sar/scene {number}.tif", (96, 96), BOXES, ("ship", "tank")) for number in range(count)]
    return draft_scenes(scenes, policy, seed=0)


def test_the_corpus_of_all_scenes_is_stored_with_programs_and_boxes(sessions: SessionMaker, dataset_id: int) -> None:
    report = draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    drafts = expected(Policy())
    total = sum(map(len, drafts))
    assert dict(report.counts) == {"scenes": 3, "drafts": total, **count_types(drafts)}
    for number, listed in enumerate(drafts, 1):
        stored = f"select text, answer, program, box_ids from draft where scene_id = {number} order by draft_id"
        told = [(draft.text, draft.answer, draft.program, list(draft.box_ids)) for draft in listed]
        assert found(sessions, stored) == told
    with sessions() as session:
        overview = datasets.dataset_overview(session, "harbour")
    assert overview is not None
    assert overview.drafts == total


def test_a_corpus_drafted_twice_or_by_two_at_once_is_stored_once(sessions: SessionMaker, dataset_id: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: draft_corpus(sessions, CorpusOptions("harbour")), range(2)))
    drafts = found(sessions, "select count(*) from draft")[0]
    assert sum(report.counts["drafts"] for report in reports) == drafts
    assert draft_corpus(sessions, CorpusOptions("harbour")).counts["drafts"] == 0
    assert found(sessions, "select scene_id, text from draft group by 1, 2 having count(*) > 1") == []


def test_two_policies_at_once_ask_no_question_twice(sessions: SessionMaker, dataset_id: int) -> None:
    wanted = [CorpusOptions("harbour", policy="complete", seed=seed) for seed in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda options: draft_corpus(sessions, options), wanted))
    assert found(sessions, "select scene_id, program from draft group by 1, 2 having count(*) > 1") == []
    assert found(sessions, "select count(*) from draft") == [sum(map(len, expected(Policy())))]


def test_the_whole_corpus_after_a_sample_repeats_no_question_in_whatever_words(
    sessions: SessionMaker, dataset_id: int
) -> None:
    assert draft_corpus(sessions, CorpusOptions("harbour", per_scene=4, seed=1)).counts["drafts"] == 12
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    assert found(sessions, "select scene_id, program from draft group by 1, 2 having count(*) > 1") == []
    assert found(sessions, "select count(*) from draft") == [sum(map(len, expected(Policy())))]


def test_the_paper_s_policy_keeps_its_numbers_with_the_run_and_goes_on_with_them(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "CHUNK_SCENES", 5)
    make_dataset(sessions, store, tmp_path, count=23)

    def leave(progress: Progress) -> None:
        if progress.counts["scenes"]:
            raise StopAskedError

    with pytest.raises(StopAskedError):
        draft_corpus(sessions, CorpusOptions("harbour"), on_progress=leave)
    kept = found(sessions, "select parameters -> 'fit' from run")[0]
    assert found(sessions, "select state from run") == ["running"]
    report = draft_corpus(sessions, CorpusOptions("harbour"))
    assert found(sessions, "select state, parameters -> 'fit' from run") == [("done", kept)]
    assert report.counts["scenes"] < 23
    stored = found(sessions, "select s.name, d.text from draft d join scene s using (scene_id) order by draft_id")
    scenes = {f"sar/scene {number}.tif": number for number in range(23)}
    listed = expected(Fit.from_json(kept).policy, 23)
    assert {(name, text) for name, text in stored} == {
        (name, draft.text) for name, number in scenes.items() for draft in listed[number]
    }


def test_what_the_boxes_are_too_few_for_is_said(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    make_dataset(sessions, store, tmp_path, boxes=BOXES[:1], labelled=())
    report = draft_corpus(sessions, CorpusOptions("harbour"))
    assert "of 14 identification" in report.remark
    assert report.counts["identification"] < 14


def test_questions_follow_from_the_land_cover_of_a_scene(sessions: SessionMaker, dataset_id: int) -> None:
    shares = """{"water": 0.7, "tree": 0.3}"""
    with transaction(sessions) as session:
        session.execute(text("update scene set land_cover = cast(:shares as jsonb)"), {"shares": shares})
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    stored = "select distinct text, answer from draft where general_type = 'land_cover' order by 1"
    assert ("Is more than half of the area covered by water?", "Yes") in found(sessions, stored)


def test_a_dataset_that_is_not_there_is_named(sessions: SessionMaker) -> None:
    with pytest.raises(DatasetMissingError, match="no dataset 'nowhere'"):
        draft_corpus(sessions, CorpusOptions("nowhere"))
