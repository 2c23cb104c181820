"""What holds for drafting by any drafter: once for each input, within the limit, with a sentence where it cannot."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets, drafts, pairs
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.drafting import DraftingOptions, EndpointRefusesError, NothingToShowError, draft_scenes
from app.intake.workflow.estimating import estimate
from pipeline.drafting.costs import Price, Purse
from pipeline.drafting.drafters import make_drafter
from pipeline.drafting.drafting import Assignment, DrafterError, Outcome
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.prompts import default_prompt
from pipeline.drafting.replay import ReplayServer
from pipeline.records import Draft, Drafter
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
PRICE = Price(input_per_million=1.0, output_per_million=2.0, currency="USD")


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


def test_an_estimate_counts_calls_and_tokens_asks_nobody_and_writes_nothing(
    sessions: SessionMaker, store: AssetStore, dataset_id: int
) -> None:
    nowhere = Endpoint("http://127.0.0.1:9/v1", "m")
    options = options_at(nowhere, (*CONCISE, *QUESTION), purse=Purse(PRICE, image_tokens=100))
    told = estimate(sessions, options)
    assert [(each.kind, each.calls) for each in told.kinds] == [("concise_caption", 2), ("question", 2)]
    assert told.basis == "rules of thumb"
    caption = told.kinds[0]
    assert caption.usage.prompt_tokens > 2 * 100
    assert caption.cost_micro == PRICE.micro(caption.usage)
    assert told.cost_micro == sum(each.cost_micro or 0 for each in told.kinds)
    assert found(sessions, "select (select count(*) from run), (select count(*) from drafter)") == [(0, 0)]
    assert estimate(sessions, options_at(nowhere)).cost_micro is None


def test_an_estimate_goes_by_what_the_same_drafter_took_before(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    taken = draft(sessions, store, replies, kinds=CONCISE).counts
    make_dataset(sessions, store, tmp_path, name="other", count=5)
    with ReplayServer(replies) as server:
        told = estimate(sessions, replace(options_for(server, CONCISE), dataset="other"))
    assert told.basis == "earlier runs"
    assert told.calls == 4
    assert told.usage.prompt_tokens == 2 * taken["prompt_tokens"]


def test_a_run_counts_calls_tokens_and_cost_as_it_goes(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], content="no JSON"))
    seen: list[dict[str, int]] = []
    report = draft(
        sessions,
        store,
        replies,
        kinds=CONCISE,
        purse=Purse(PRICE),
        on_progress=lambda step: seen.append(dict(step.counts)),
    )
    counts = report.counts
    assert (counts["calls"], counts["drafts"], counts["failed"]) == (4, 1, 1)
    assert counts["cost_micro_usd"] == counts["prompt_tokens"] + 2 * counts["completion_tokens"]
    assert seen[-1]["cost_micro_usd"] == counts["cost_micro_usd"]
    [stored] = found(sessions, "select counts from run")
    assert stored == dict(counts)


def test_a_limit_stops_in_good_order_and_the_same_command_with_a_higher_one_goes_on(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=31)
    names = [f"sar/scene {number}.tif" for number in range(30)]
    replies = write_replies(tmp_path / "r", *(reply(name, delay_s=0.01) for name in names))
    with ReplayServer(replies) as server:
        [one] = [each.usage for each in estimate(sessions, options_for(server, CONCISE)).kinds]
        most = one.prompt_tokens // 30 + 2 * 800
        purse = Purse(PRICE, limit_micro=10 * most)
        report = draft_scenes(sessions, store, options_for(server, CONCISE, concurrency=4, purse=purse))
    assert 1 <= report.counts["drafts"] < 30
    assert report.counts["cost_micro_usd"] == purse.spent_micro <= 10 * most
    assert "The limit of USD" in report.remark
    [(state, error, done)] = found(sessions, "select state, error, done from run")
    assert (state, error, done) == ("cancelled", report.remark, report.counts["drafts"])

    rest = draft(sessions, store, replies, kinds=CONCISE, purse=Purse(PRICE, limit_micro=10**9))
    assert report.counts["drafts"] + rest.counts["drafts"] == 30
    total = report.counts["cost_micro_usd"] + rest.counts["cost_micro_usd"]
    assert found(sessions, "select state, done, total, (counts ->> 'cost_micro_usd')::int from run") == [
        ("done", 30, 30, total)
    ]


def test_what_the_run_has_spent_before_counts_toward_the_limit(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], status=401))
    with pytest.raises(EndpointRefusesError):
        draft(sessions, store, replies, kinds=CONCISE, concurrency=1, purse=Purse(PRICE))
    [spent] = found(sessions, "select (counts ->> 'cost_micro_usd')::int from run")
    good = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    report = draft(sessions, store, good, kinds=CONCISE, purse=Purse(PRICE, limit_micro=spent + 100))
    assert (report.counts["calls"], found(sessions, "select state from run")) == (0, ["cancelled"])


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
