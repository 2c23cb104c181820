"""What holds for drafting by any drafter: once for each input, within the limit, with a sentence where it cannot."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets, pairs
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.drafting import EndpointRefusesError, NothingToShowError, draft_scenes
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.prompts import default_prompt
from pipeline.drafting.replay import ReplayServer
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_model_drafting import (
    CONCISE,
    SCENES,
    draft,
    options_at,
    options_for,
    reply,
    write_replies,
)

QUESTION = ("question",)


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


def asked(question: str, question_type: str = "counting", answer: str = "2", **more: Any) -> dict[str, Any]:
    return {"type": question_type, "general_type": None, "question": question, "answer": answer} | more


def questions(scene: str, *listed: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {"scene": scene, "kind": "question", "content": {"questions": list(listed)}, **how}


def test_questions_are_stored_with_their_types_and_bad_ones_reported(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    shape = asked("What shape is the basin?", "general", "Square", general_type="shape")
    first = questions(SCENES[0], asked("How many piers are there?"), shape, asked("How many?", "colouring"))
    replies = write_replies(tmp_path / "r", first, questions(SCENES[1], asked("How many piers are there?")))
    report = draft(sessions, store, replies, kinds=QUESTION)
    assert (report.counts["drafts"], report.counts["dropped"], report.counts["failed"]) == (3, 1, 0)
    stored = found(
        sessions, "select text, answer, question_type, general_type from draft where scene_id = 1 order by 1"
    )
    assert stored == [
        ("How many piers are there?", "2", "counting", None),
        ("What shape is the basin?", "Square", "general", "shape"),
    ]
    assert found(sessions, "select name, prompt_version from drafter") == [("questions", "questions.1")]
    assert found(sessions, "select file, reason from refusal") == [(SCENES[0], "a question was dropped")]
    assert found(sessions, "select kind, drafts from drafting_outcome order by scene_id") == [
        ("question", 2),
        ("question", 1),
    ]


def test_a_question_that_the_corpus_asks_already_is_not_asked_again(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    [text] = found(sessions, "select text from draft where scene_id = 1 and question_type = 'counting' limit 1")
    repeated = asked(text.replace("image", "scene"))
    replies = write_replies(
        tmp_path / "r", questions(SCENES[0], repeated, asked("How many piers?")), questions(SCENES[1], repeated)
    )
    report = draft(sessions, store, replies, kinds=QUESTION)
    assert (report.counts["drafts"], report.counts["repeated"], report.counts["failed"]) == (1, 2, 0)
    assert found(
        sessions, "select drafts, failure from drafting_outcome where input_sha256 <> '' order by scene_id"
    ) == [
        (1, None),
        (0, None),
    ]


def test_a_scene_is_drafted_once_for_each_input_and_the_same_text_is_stored_once(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(questions(scene, asked("How many piers?")) for scene in SCENES))
    for per_scene, calls in ((4, 2), (4, 0), (6, 2), (6, 0)):
        assert draft(sessions, store, replies, kinds=QUESTION, per_scene=per_scene).counts["calls"] == calls
    assert found(sessions, "select count(*) from draft") == [2]
    assert found(sessions, "select count(distinct input_sha256), count(*) from drafting_outcome") == [(2, 4)]
    assert found(sessions, "select count(*) from drafter") == [1]


def test_drafts_of_before_inputs_were_kept_are_not_made_again(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    draft(sessions, store, replies, kinds=CONCISE)
    with transaction(sessions) as session:
        from sqlalchemy import text

        session.execute(text("update drafting_outcome set input_sha256 = ''"))
    assert draft(sessions, store, replies, kinds=CONCISE).counts["calls"] == 0


def test_two_processes_at_once_store_each_text_once(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    make_dataset(sessions, store, tmp_path, count=61)
    names = [f"sar/scene {number}.tif" for number in range(60)]
    replies = write_replies(tmp_path / "r", *(reply(name, delay_s=0.02) for name in names))
    with ReplayServer(replies) as server, ThreadPoolExecutor(2) as pool:
        reports = list(
            pool.map(lambda _: draft_scenes(sessions, store, options_for(server, CONCISE, concurrency=4)), range(2))
        )
    assert sum(report.counts["drafts"] for report in reports) == 60
    assert found(sessions, "select count(*), count(distinct scene_id) from draft") == [(60, 60)]


def test_from_the_radar_image_scenes_without_an_optical_one_are_drafted_too(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    names = (*SCENES, "sar/scene 2.tif")
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in names))
    prompts = {"concise_caption": default_prompt("concise_caption", "sar")}
    report = draft(sessions, store, replies, kinds=CONCISE, prompts=prompts)
    assert report.counts["drafts"] == 3
    assert found(sessions, "select prompt_version from drafter") == ["concise_caption_sar.1"]
    both = {"concise_caption": default_prompt("concise_caption", "both")}
    report = draft(sessions, store, replies, kinds=CONCISE, prompts=both)
    assert report.counts["drafts"] == 2
    assert "1 of 3 scenes lack" in report.remark


def test_an_optical_image_that_an_admin_put_aside_is_not_shown(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    import uuid

    with transaction(sessions) as session:
        pairs.add_decision(session, 1, "without_optical", uuid.uuid4())
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    draft(sessions, store, replies, kinds=CONCISE)
    assert found(sessions, "select scene_id from draft") == [2]


def test_no_scene_with_an_optical_image_is_told_with_what_to_do(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=1)
    replies = write_replies(tmp_path / "r", reply(SCENES[0]))
    with pytest.raises(NothingToShowError, match=r"No scene of harbour has an optical image.*--show sar"):
        draft(sessions, store, replies, kinds=CONCISE)
    assert found(sessions, "select count(*) from run") == [0]


def test_a_dataset_without_scenes_is_nothing_to_do(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    with transaction(sessions) as session:
        datasets.add_dataset(session, "harbour", "paired", 0, 1)
    report = draft(sessions, store, write_replies(tmp_path / "r", reply(SCENES[0])))
    assert report.remark == "Nothing to do: harbour has no scenes."
    assert not any(report.counts.values())


class _Refusing(BaseHTTPRequestHandler):
    """An endpoint that knows other models, and repeats the key in what it says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._say(200, {"data": [{"id": "small"}, {"id": "large"}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        self._say(self.server.status, {"error": {"message": f"no, {key}: {'x' * 470}{key}"}})  # type: ignore[attr-defined]

    def _say(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@contextmanager
def refusing(status: int) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusing) as server:
        server.status = status  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "HTTP 401"), (404, "does not know the model 'huge'.*it has the models large, small")],
)
def test_a_wrong_key_or_model_is_one_sentence_in_which_no_key_is(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, status: int, told: str
) -> None:
    with refusing(status) as address, pytest.raises(EndpointRefusesError, match=told) as caught:
        draft_scenes(sessions, store, options_at(Endpoint(address, "huge", api_key="sk-hunter2"), CONCISE))
    stored = found(sessions, "select r.state || ' ' || r.error || ' ' || r.parameters::text from run r")
    rows = found(sessions, "select coalesce(detail, '') || reason from refusal")
    assert stored[0].startswith("failed")
    for text in (str(caught.value), *stored, *rows):
        assert "hunter" not in text
        assert "sk-" not in text
    assert found(sessions, "select count(*) from drafting_outcome") == [0]


def test_an_endpoint_that_refuses_all_requests_is_left_after_a_few(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=101)
    with (
        refusing(400) as address,
        pytest.raises(EndpointRefusesError, match="every request so far was refused: HTTP 400"),
    ):
        draft_scenes(sessions, store, options_at(Endpoint(address, "m"), CONCISE, concurrency=2))
    [calls] = found(sessions, "select (counts ->> 'calls')::int from run")
    assert calls <= 12
    assert found(sessions, "select count(*) from drafting_outcome") == [0]


def test_an_endpoint_that_is_not_there_is_told_at_once(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=101)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(EndpointRefusesError, match=r"nothing answers at http://127\.0\.0\.1.*goes on"):
            draft_scenes(sessions, store, options_at(Endpoint(address, "m"), CONCISE))
    [calls] = found(sessions, "select (counts ->> 'calls')::int from run")
    assert calls <= 20
