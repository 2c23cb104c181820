"""Captions and questions by models into a real database; the model is a replay server on a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.workflow.drafting import DraftingOptions, DraftReport, EndpointRefusesError, draft_scenes
from app.intake.workflow.options import Progress
from app.work import StopAskedError
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer
from tests.app.intake.made_scenes import found, make_dataset

SCENES = ("sar/scene 0.tif", "sar/scene 1.tif")
CAPTIONS = ("concise_caption", "complex_caption")
CONCISE = ("concise_caption",)


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


def options_for(server: ReplayServer, kinds: tuple[str, ...] = CAPTIONS, **given: Any) -> DraftingOptions:
    return options_at(Endpoint(server.base_url, "replay", is_replay=True), kinds, **given)


def options_at(endpoint: Endpoint, kinds: tuple[str, ...] = CAPTIONS, **given: Any) -> DraftingOptions:
    """Impatient, so that tests are quick."""
    endpoint = replace(endpoint, max_attempts=2, first_backoff_s=0.01)
    drafter = EndpointDrafter(Assignment(kinds, endpoint=endpoint, **given))
    return DraftingOptions("harbour", "endpoint", drafter, drafter.purse, endpoint.address)


def draft(
    sessions: SessionMaker, store: AssetStore, folder: Path, on_progress: Any = lambda progress: None, **given: Any
) -> DraftReport:
    with ReplayServer(folder) as server:
        return draft_scenes(sessions, store, options_for(server, **given), on_progress=on_progress)


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
    report = draft(sessions, store, write_replies(tmp_path / "r", refused, reply(SCENES[1])), kinds=CONCISE)
    assert (report.counts["drafts"], report.counts["failed"]) == (1, 1)
    assert found(sessions, "select file, reason, detail from refusal") == [
        (SCENES[0], "no concise caption: refused", "I cannot help with that.")
    ]
    assert found(sessions, "select failure from drafting_outcome order by scene_id") == ["refused", None]
    again = draft(sessions, store, write_replies(tmp_path / "r", reply(SCENES[0])), kinds=CONCISE)
    assert (again.counts["drafts"], again.counts["failed"]) == (0, 0)


def test_what_failed_for_want_of_connection_is_asked_again_by_the_next_run(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    down = reply(SCENES[0], status=503)
    first = draft(sessions, store, write_replies(tmp_path / "r", down, reply(SCENES[1])), kinds=CONCISE)
    assert (first.counts["drafts"], first.counts["failed"]) == (1, 1)
    second = draft(sessions, store, write_replies(tmp_path / "r", reply(SCENES[0])), kinds=CONCISE)
    assert (second.counts["drafts"], second.counts["failed"]) == (1, 0)


def test_a_wrong_key_ends_the_run_with_a_sentence_and_keeps_what_came_before(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], status=401))
    with pytest.raises(EndpointRefusesError, match="Check its address"):
        draft(sessions, store, replies, kinds=CONCISE, concurrency=1)
    assert found(sessions, "select count(*) from draft") == [1]
    assert found(sessions, "select state from run") == ["failed"]
    assert found(sessions, "select count(*) from drafting_outcome") == [1]


def test_a_very_long_caption_is_refused_by_a_stated_limit(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0], caption="x" * 100_000), reply(SCENES[1], caption="a\0b"))
    report = draft(sessions, store, replies, kinds=CONCISE)
    assert (report.counts["drafts"], report.counts["failed"]) == (0, 2)
    details = found(sessions, "select detail from refusal order by file")
    assert "100000 characters" in details[0]
    assert "NUL" in details[1]


def test_texts_of_all_scripts_are_stored_as_they_came(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    texts = ["<script>alert(1)</script> 港の船 e\u0301 🚢", "مرفأ\u200f with ships \u202e txet"]
    replies = write_replies(tmp_path / "r", *(reply(s, caption=t) for s, t in zip(SCENES, texts, strict=True)))
    draft(sessions, store, replies, kinds=CONCISE)
    assert found(sessions, "select text from draft order by scene_id") == texts


def test_a_drafting_that_is_stopped_keeps_what_was_under_way_and_the_next_call_goes_on(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=41)
    names = [f"sar/scene {number}.tif" for number in range(40)]
    replies = write_replies(tmp_path / "r", *(reply(name, delay_s=0.05) for name in names))

    def leave(_progress: Progress) -> None:
        raise StopAskedError

    with pytest.raises(StopAskedError):
        draft(sessions, store, replies, kinds=CONCISE, concurrency=2, on_progress=leave)
    [before] = found(sessions, "select count(*) from draft")
    assert 1 <= before < 40
    assert found(sessions, "select state from run") == ["running"]
    assert draft(sessions, store, replies, kinds=CONCISE).counts["drafts"] == 40 - before
    assert found(sessions, "select state, done, total, counts ->> 'drafts' from run") == [("done", 40, 40, "40")]


def test_no_transaction_is_open_while_the_model_is_asked(
    sessions: SessionMaker, database_url: str, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene, delay_s=1.0) for scene in SCENES))
    others = "select state from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    seen: set[str] = set()
    with psycopg.connect(database_url, autocommit=True) as watching, ThreadPoolExecutor(1) as pool:
        drafting = pool.submit(draft, sessions, store, replies, kinds=CONCISE)
        while not drafting.done():
            # Long enough after the last statement that one between two statements does not count.
            rows = watching.execute(f"{others} and now() - state_change > interval '0.3 s'").fetchall()
            seen.update(state for (state,) in rows)
            time.sleep(0.02)
        assert drafting.result().counts["drafts"] == 2
    assert seen == {"idle"}


def test_a_run_keeps_an_endpoints_address_without_what_may_be_a_secret() -> None:
    endpoint = Endpoint("https://user:hunter2@host:8000/v1?api-key=hunter2", "m", api_key="hunter2")
    drafter = EndpointDrafter(Assignment(CONCISE, endpoint=endpoint))
    stored = DraftingOptions("ships", "endpoint", drafter, address=endpoint.address).as_json()
    assert stored["endpoint"] == "https://host:8000/v1"
    assert "hunter2" not in str(stored) + repr(endpoint).replace(endpoint.base_url, "")
