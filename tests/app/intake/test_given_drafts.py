"""What any drafter gives is checked, and stored as it was given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import drafts
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.drafting import DraftingOptions, NothingToShowError, draft_scenes
from pipeline.drafting.drafters import make_drafter
from pipeline.drafting.drafting import Assignment, DrafterError, Outcome
from pipeline.records import Draft, Drafter
from tests.app.intake.made_scenes import found, make_dataset

QUESTION = ("question",)


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


class _Given:
    """A drafter that gives what the test says."""

    def __init__(self, *drafts: Draft) -> None:
        self.kinds = QUESTION
        self.drafts = drafts

    def needs(self, kind: str) -> frozenset[Any]:
        return frozenset({"boxes", "land_cover"} if not self.drafts else {"boxes"})

    def identity(self, kind: str) -> Drafter:
        return Drafter("given", "1")

    def input_sha256(self, kind: str, scene: Any) -> str:
        return ""

    def draft(self, requests: Any, stop: Event) -> Iterator[Outcome]:
        for request in requests:
            yield Outcome(request, self.drafts, attempts=0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (Draft("concise_caption", "A quay."), "gave a concise_caption where a question"),
        (Draft("question", "How?", "colouring", "2"), "question type 'colouring'"),
        (Draft("question", "How?", "general", "2", general_type="mood"), "'mood'"),
    ],
)
def test_what_a_drafter_gives_is_checked_before_it_is_stored(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, given: Draft, told: str
) -> None:
    with pytest.raises(DrafterError, match=told):
        draft_scenes(sessions, store, DraftingOptions("harbour", "given", _Given(given)))
    assert found(sessions, "select state from run") == ["failed"]
    assert found(sessions, "select count(*) from draft") == [0]


@pytest.mark.parametrize("text", ["a\0b", "\ud83d", "x" * 1_000_000])
def test_a_hostile_text_of_a_drafter_is_reported_and_the_rest_goes_on(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, text: str
) -> None:
    drafter = _Given(Draft("question", text, "counting", "2"))
    report = draft_scenes(sessions, store, DraftingOptions("harbour", "given", drafter))
    assert (report.counts["drafts"], report.counts["failed"]) == (0, 3)
    assert found(sessions, "select distinct reason from refusal") == ["no question: unusable text"]


@pytest.mark.parametrize("text", ["?", "🚢", "كم عدد السفن؟ \u202e"])
def test_short_and_foreign_texts_of_a_drafter_are_stored_as_they_are(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, text: str
) -> None:
    draft_scenes(sessions, store, DraftingOptions("harbour", "given", _Given(Draft("question", text, "counting", "2"))))
    assert found(sessions, "select distinct text from draft") == [text]


def test_scenes_without_land_cover_are_passed_over(sessions: SessionMaker, store: AssetStore, dataset_id: int) -> None:
    with pytest.raises(NothingToShowError, match="has land cover"):
        draft_scenes(sessions, store, DraftingOptions("harbour", "given", _Given()))


def test_the_corpus_may_be_run_as_any_drafter_and_is_the_same_drafter(
    sessions: SessionMaker, store: AssetStore, dataset_id: int
) -> None:
    drafter = make_drafter("corpus", Assignment(QUESTION))
    report = draft_scenes(sessions, store, DraftingOptions("harbour", "corpus", drafter))
    assert report.counts["drafts"] > 0
    with transaction(sessions) as session:
        assert drafts.count_missing(session, dataset_id, 1, "question") == 0
    assert draft_corpus(sessions, CorpusOptions("harbour", policy="complete")).counts["drafts"] == 0
