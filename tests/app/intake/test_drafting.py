"""Corpus and captions into a real database; the model is a replay server on a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.queries import datasets
from app.intake.workflow.captioning import CaptionOptions, EndpointRefusesError, draft_captions
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.options import Progress, RunReport
from app.intake.workflow.running import DatasetMissingError
from app.work import StopAskedError
from pipeline.drafting.client import Endpoint
from pipeline.drafting.corpus import draft_questions
from pipeline.drafting.replay import ReplayServer
from tests.app.intake.made_scenes import BOXES, found, make_dataset

SCENES = ("sar/scene 0.tif", "sar/scene 1.tif")


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


def write_replies(folder: Path, *replies: Mapping[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "replies.jsonl").write_text("".join(json.dumps(reply) + "\n" for reply in replies))
    return folder


def reply(scene: str, kind: str = "concise_caption", caption: str = "A river bank.", **how: Any) -> dict[str, Any]:
    return {"scene": scene, "kind": kind, "content": {"caption": caption}, **how}


def draft(sessions: SessionMaker, store: AssetStore, folder: Path, **options: Any) -> RunReport:
    on_progress = options.pop("on_progress", lambda progress: None)
    with ReplayServer(folder) as server:
        endpoint = Endpoint(server.base_url, "replay", max_attempts=2, first_backoff_s=0.01, is_replay=True)
        asked = CaptionOptions("harbour", endpoint, **options)
        return draft_captions(sessions, store, asked, on_progress=on_progress)


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


def test_captions_are_asked_for_once_for_scenes_with_an_optical_image(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    kinds = ("concise_caption", "complex_caption")
    replies = write_replies(tmp_path / "r", *(reply(s, k, f"{k} of {s}") for s in SCENES for k in kinds))
    report = draft(sessions, store, replies)
    assert (report.counts["drafts"], report.counts["failed"]) == (4, 0)
    stored = found(sessions, "select s.name, d.kind, d.text from draft d join scene s using (scene_id) order by 1, 2")
    assert stored == [(s, k, f"{k} of {s}") for s in SCENES for k in sorted(kinds)]
    assert found(sessions, "select distinct model, prompt_version from drafter order by 2") == [
        ("replay", "complex_caption.1"),
        ("replay", "concise_caption.1"),
    ]
    assert draft(sessions, store, replies).counts["drafts"] == 0
    assert found(sessions, "select count(*) from draft") == [4]


def test_what_a_model_refuses_is_reported_becomes_no_draft_and_is_not_asked_again(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    refused = reply(SCENES[0], refusal="I cannot help with that.")
    report = draft(
        sessions, store, write_replies(tmp_path / "r", refused, reply(SCENES[1])), kinds=("concise_caption",)
    )
    assert (report.counts["drafts"], report.counts["failed"]) == (1, 1)
    assert found(sessions, "select file, reason, detail from refusal") == [
        (SCENES[0], "no concise caption: refused", "I cannot help with that.")
    ]
    assert found(sessions, "select failure from drafting_outcome order by scene_id") == ["refused", None]
    again = draft(sessions, store, write_replies(tmp_path / "r", reply(SCENES[0])), kinds=("concise_caption",))
    assert (again.counts["drafts"], again.counts["failed"]) == (0, 0)


def test_what_failed_for_want_of_connection_is_asked_again_by_the_next_run(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    down = reply(SCENES[0], status=503)
    first = draft(sessions, store, write_replies(tmp_path / "r", down, reply(SCENES[1])), kinds=("concise_caption",))
    assert (first.counts["drafts"], first.counts["failed"]) == (1, 1)
    second = draft(sessions, store, write_replies(tmp_path / "r", reply(SCENES[0])), kinds=("concise_caption",))
    assert (second.counts["drafts"], second.counts["failed"]) == (1, 0)


def test_a_wrong_key_ends_the_run_with_a_sentence_and_keeps_what_came_before(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], status=401))
    with pytest.raises(EndpointRefusesError, match="Check its address"):
        draft(sessions, store, replies, kinds=("concise_caption",), concurrency=1)
    assert found(sessions, "select count(*) from draft") == [1]
    assert found(sessions, "select state from run") == ["failed"]
    assert found(sessions, "select count(*) from drafting_outcome") == [1]


def test_a_very_long_caption_is_refused_by_a_stated_limit(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0], caption="x" * 100_000), reply(SCENES[1], caption="a\0b"))
    report = draft(sessions, store, replies, kinds=("concise_caption",))
    assert (report.counts["drafts"], report.counts["failed"]) == (0, 2)
    details = found(sessions, "select detail from refusal order by file")
    assert "100000 characters" in details[0]
    assert "NUL" in details[1]


def test_texts_of_all_scripts_are_stored_as_they_came(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    texts = ["<script>alert(1)</script> 港の船 e\u0301 🚢", "مرفأ\u200f with ships \u202e txet"]
    replies = write_replies(tmp_path / "r", *(reply(s, caption=t) for s, t in zip(SCENES, texts, strict=True)))
    draft(sessions, store, replies, kinds=("concise_caption",))
    assert found(sessions, "select text from draft order by scene_id") == texts


def test_a_drafting_that_is_stopped_keeps_each_reply_and_the_next_call_goes_on(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))

    def leave(_progress: Progress) -> None:
        raise StopAskedError

    with pytest.raises(StopAskedError):
        draft(sessions, store, replies, kinds=("concise_caption",), concurrency=1, on_progress=leave)
    assert found(sessions, "select count(*) from draft") == [1]
    assert draft(sessions, store, replies, kinds=("concise_caption",)).counts["drafts"] == 1
    assert found(sessions, "select state from run") == ["done"]


def test_no_transaction_is_open_while_the_model_is_asked(
    sessions: SessionMaker, database_url: str, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene, delay_s=1.0) for scene in SCENES))
    others = "select state from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    seen: set[str] = set()
    with psycopg.connect(database_url, autocommit=True) as watching, ThreadPoolExecutor(1) as pool:
        drafting = pool.submit(draft, sessions, store, replies, kinds=("concise_caption",))
        while not drafting.done():
            # Long enough after the last statement that one between two statements does not count.
            rows = watching.execute(f"{others} and now() - state_change > interval '0.3 s'").fetchall()
            seen.update(state for (state,) in rows)
            time.sleep(0.02)
        assert drafting.result().counts["drafts"] == 2
    assert seen == {"idle"}


def test_a_run_keeps_an_endpoints_address_without_what_may_be_a_secret() -> None:
    endpoint = Endpoint("https://user:hunter2@host:8000/v1?api-key=hunter2", "m", api_key="hunter2")
    stored = CaptionOptions("ships", endpoint).as_json()
    assert stored["endpoint"]["base_url"] == "https://host:8000/v1"
    assert "hunter2" not in str(stored)
