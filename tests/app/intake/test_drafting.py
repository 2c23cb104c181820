"""The corpus into a real database; drafting by models is in test_model_drafting.py."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.queries import datasets
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.running import DatasetMissingError
from pipeline.drafting.corpus import draft_questions
from tests.app.intake.made_scenes import BOXES, found, make_dataset


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


def test_the_corpus_of_all_scenes_is_stored_with_programs_and_boxes(sessions: SessionMaker, dataset_id: int) -> None:
    report = draft_corpus(sessions, CorpusOptions("harbour"))
    expected = draft_questions(BOXES, (96, 96), ("ship", "tank"), seed=0)
    assert dict(report.counts) == {"scenes": 3, "drafts": 3 * len(expected)}
    stored = found(sessions, "select text, answer, program, box_ids from draft where scene_id = 1 order by draft_id")
    assert stored == [(draft.text, draft.answer, draft.program, list(draft.box_ids)) for draft in expected]
    with sessions() as session:
        overview = datasets.dataset_overview(session, "harbour")
    assert overview is not None
    assert overview.drafts == 3 * len(expected)


def test_a_corpus_drafted_twice_or_by_two_at_once_is_stored_once(sessions: SessionMaker, dataset_id: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: draft_corpus(sessions, CorpusOptions("harbour")), range(2)))
    drafts = found(sessions, "select count(*) from draft")[0]
    assert sum(report.counts["drafts"] for report in reports) == drafts
    assert drafts == 3 * len(draft_questions(BOXES, (96, 96), ("ship", "tank"), seed=0))
    assert draft_corpus(sessions, CorpusOptions("harbour")).counts["drafts"] == 0


def test_the_whole_corpus_after_a_sample_repeats_no_question(sessions: SessionMaker, dataset_id: int) -> None:
    assert draft_corpus(sessions, CorpusOptions("harbour", per_scene=4)).counts["drafts"] == 12
    draft_corpus(sessions, CorpusOptions("harbour"))
    assert found(sessions, "select scene_id, text from draft group by 1, 2 having count(*) > 1") == []
    complete = 3 * len(draft_questions(BOXES, (96, 96), ("ship", "tank"), seed=0))
    assert found(sessions, "select count(*) from draft") == [complete]


def test_a_dataset_that_is_not_there_is_named(sessions: SessionMaker) -> None:
    with pytest.raises(DatasetMissingError, match="no dataset 'nowhere'"):
        draft_corpus(sessions, CorpusOptions("nowhere"))
