"""Captions over a real socket, against a server that replays prepared replies and misbehaves as told."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import ClassVar

import openai
import pytest

from pipeline.drafting.captions import CAPTION_KINDS
from pipeline.drafting.client import retry_after_s
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment, Picture, Request, SceneView
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import ASKED_AGAIN, DraftFailure
from pipeline.drafting.replay import ReplayError, ReplayServer

PNG = b"\x89PNG\r\n\x1a\n and so on"


def reply(scene="a.tif", kind="concise_caption", **line) -> dict:
    return {"scene": scene, "kind": kind} | ({"content": {"caption": "A river bank."}} | line)


def folder_of(folder, *replies):
    (folder / "replies.jsonl").write_text("".join(json.dumps(line) + "\n" for line in replies), encoding="utf-8")
    return folder


def request(scene="a.tif", kind="concise_caption", **view) -> Request:
    pictures = {"optical": Picture(PNG, (10, 10)), "sar": Picture(PNG + b" of radar", (10, 10))}
    assets = {"optical": "1" * 64, "sar": "2" * 64}
    return Request(SceneView(scene, size=(10, 10), assets=assets, pictures=pictures, **view), kind)


def drafter_at(endpoint, kinds=CAPTION_KINDS, **given) -> EndpointDrafter:
    return EndpointDrafter(Assignment(kinds, endpoint=endpoint, **given))


def caption_scenes(requests, endpoint, concurrency=8):
    return drafter_at(endpoint, concurrency=concurrency).draft(requests, Event())


def text_of(outcome) -> str:
    [draft] = outcome.result
    return draft.text


def endpoint(server, **changes) -> Endpoint:
    """Impatient, so that tests are quick."""
    given = {"model": "replay", "is_replay": True, "timeout_s": 5.0, "first_backoff_s": 0.01, "max_attempts": 3}
    return Endpoint(server.base_url, **(given | changes))


def outcome_of(tmp_path, *replies, **changes):
    with ReplayServer(folder_of(tmp_path, *replies)) as server:
        [outcome] = caption_scenes([request()], endpoint(server, **changes))
    return outcome


def failure_of(tmp_path, *replies, **changes) -> DraftFailure:
    failure = outcome_of(tmp_path, *replies, **changes).result
    assert isinstance(failure, DraftFailure)
    return failure


def test_a_caption_becomes_a_draft_with_hash_and_tokens(tmp_path):
    outcome = outcome_of(tmp_path, reply())
    [draft] = outcome.result
    assert draft.text == "A river bank."
    assert draft.kind == "concise_caption"
    assert draft.raw_answer_sha256 == outcome.raw_answer_sha256
    assert re.fullmatch("[0-9a-f]{64}", outcome.raw_answer_sha256)
    assert outcome.usage.prompt_tokens > 100
    assert outcome.attempts == 1


@pytest.mark.parametrize(
    "first",
    [
        {"status": 429, "retry_after": "0"},
        {"status": 500},
        {"status": 503, "body": "<html>busy</html>"},
        {"close": True},
        {"cut_after": 20},
    ],
)
def test_what_may_pass_is_tried_again(tmp_path, first):
    outcome = outcome_of(tmp_path, reply(**first), reply())
    assert text_of(outcome) == "A river bank."
    assert outcome.attempts == 2


def test_retry_after_is_waited_for(tmp_path):
    start = time.monotonic()
    outcome_of(tmp_path, reply(status=429, retry_after="0.6"), reply())
    assert time.monotonic() - start >= 0.6


def test_a_wait_that_is_too_long_is_a_failure_at_once(tmp_path):
    failure = failure_of(tmp_path, reply(status=429, retry_after=3600))
    assert (failure.reason, failure.status, failure.attempts) == ("rate_limited", 429, 1)


@pytest.mark.parametrize(
    ("line", "reason", "status"),
    [
        ({"status": 429}, "rate_limited", 429),
        ({"status": 500}, "server_error", 500),
        ({"close": True}, "connection", None),
    ],
)
def test_what_does_not_pass_is_recorded_after_the_last_attempt(tmp_path, line, reason, status):
    failure = failure_of(tmp_path, reply(**line))
    assert (failure.reason, failure.status, failure.attempts) == (reason, status, 3)


def test_a_hang_is_cut_off_by_the_time_limit(tmp_path):
    start = time.monotonic()
    failure = failure_of(tmp_path, reply(hang_s=30), timeout_s=0.3, max_attempts=2)
    assert (failure.reason, failure.attempts) == ("timed_out", 2)
    assert time.monotonic() - start < 5


def test_a_reply_that_drips_for_ever_is_cut_off_by_the_time_limit(tmp_path):
    start = time.monotonic()
    failure = failure_of(tmp_path, reply(drip_s=0.05), timeout_s=0.3, max_attempts=1)
    assert failure.reason == "timed_out"
    assert time.monotonic() - start < 2


QUOTA = {"error": {"message": "no money left", "type": "insufficient_quota", "code": "insufficient_quota"}}
NOT_FOR_DRAFTS = [
    ({"refusal": "I cannot help with that.", "content": ""}, "refused"),
    ({"finish_reason": "content_filter"}, "refused"),
    ({"content": ""}, "empty"),
    ({"content": " \n"}, "empty"),
    ({"content": {"caption": "  "}}, "empty"),
    ({"content": '{"caption": "A river b', "finish_reason": "length"}, "truncated"),
    ({"content": '{"caption": "A river b'}, "malformed"),
    ({"content": '{"caption": 7}'}, "malformed"),
    ({"content": '["A river bank."]'}, "malformed"),
    ({"content": {"caption": "A river bank.", "mood": "calm"}}, "malformed"),
    ({"content": "A river bank."}, "malformed"),
    ({"content": 'Sure!\n```json\n{"caption": "A river bank."}\n```'}, "malformed"),
    ({"content": "[" * 200_000}, "malformed"),
    ({"body": "<html>Welcome</html>"}, "malformed"),
    ({"body": '{"choices": []}'}, "malformed"),
    ({"body": '{"choices": [{"message": {"content": 7}}]}'}, "malformed"),
    ({"content": {"caption": "river " * 200}}, "too_long"),
    ({"content": {"caption": "river " * 200_000}}, "too_long"),
    ({"content": '{"caption": "A \\u0000 bank."}'}, "unusable_text"),
    ({"content": '{"caption": "A \\ud83d bank."}'}, "unusable_text"),
    ({"content": {"caption": "川の岸に倉庫が並ぶ。"}}, "not_english"),
    ({"content": {"caption": "Ein Hafen mit drei Schiffen und einem Kai auf der linken Seite."}}, "not_english"),
    ({"status": 401}, "rejected"),
    ({"status": 404}, "rejected"),
    ({"status": 429, "body": json.dumps(QUOTA)}, "rejected"),
]


@pytest.mark.parametrize(
    ("line", "reason"), NOT_FOR_DRAFTS, ids=[f"{reason}-{n}" for n, (_, reason) in enumerate(NOT_FOR_DRAFTS)]
)
def test_what_is_no_caption_is_recorded_once_and_never_becomes_a_draft(tmp_path, line, reason):
    failure = failure_of(tmp_path, reply(**line))
    assert (failure.reason, failure.attempts) == (reason, 3 if reason in ASKED_AGAIN else 1)
    assert failure.detail
    failure.detail.encode("utf-8")
    assert "\0" not in failure.detail
    assert failure.is_fatal == (reason == "rejected")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('```json\n{"caption": "A river bank."}\n```', "A river bank."),
        ('```\n{"caption": "A river bank."}\n```', "A river bank."),
        (' {"caption": " A quay at 港. "} ', "A quay at 港."),
        ('{"caption": "A \\ud83d\\udea2 ship, e\\u0301."}', "A \U0001f6a2 ship, e\u0301."),
        ('{"caption": "<script>alert(1)</script>"}', "<script>alert(1)</script>"),
    ],
)
def test_fences_are_taken_off_and_any_letters_are_kept_as_they_were_written(tmp_path, content, text):
    assert text_of(outcome_of(tmp_path, reply(content=content))) == text


def test_each_scene_and_kind_gets_its_own_reply_whatever_its_name(tmp_path):
    names = ["a b.tif", "ä/日本.tif", "c%2F..\n.tif", "🚢"]
    lines = [
        reply(scene, kind, content={"caption": f"{kind} of {number}"})
        for number, scene in enumerate(names)
        for kind in CAPTION_KINDS
    ]
    with ReplayServer(folder_of(tmp_path, *lines)) as server:
        requests = [request(scene, kind) for scene in names for kind in CAPTION_KINDS]
        outcomes = list(caption_scenes(requests, endpoint(server)))
    told = {(each.request.scene.name, each.request.kind): text_of(each) for each in outcomes}
    assert told == {(scene, kind): f"{kind} of {names.index(scene)}" for scene in names for kind in CAPTION_KINDS}


def test_a_scene_without_a_prepared_reply_is_a_failure_that_names_it(tmp_path):
    with ReplayServer(folder_of(tmp_path, reply("other.tif"))) as server:
        [outcome] = caption_scenes([request()], endpoint(server))
    assert outcome.result.reason == "rejected"
    assert "a.tif" in outcome.result.detail


def test_requests_overlap_and_are_drawn_only_as_fast_as_they_are_worked_off(tmp_path):
    drawn = []

    def requests():
        for number in range(40):
            drawn.append(number)
            yield request()

    with ReplayServer(folder_of(tmp_path, reply(delay_s=0.1))) as server:
        start = time.monotonic()
        outcomes = caption_scenes(requests(), endpoint(server), concurrency=8)
        next(outcomes)
        time.sleep(0.5)
        # Those under way or done and not taken yet; no more, however long nobody takes any.
        assert len(drawn) <= 8 * 3 + 1
        assert len(list(outcomes)) == 39
    assert time.monotonic() - start < 2


def test_closing_the_iterator_ends_the_waits_and_asks_for_no_more(tmp_path):
    drawn = []

    def requests():
        while True:
            drawn.append(1)
            yield request("wait.tif" if len(drawn) > 1 else "a.tif")

    lines = [reply(), reply("wait.tif", status=429, retry_after="60")]
    with ReplayServer(folder_of(tmp_path, *lines)) as server:
        outcomes = caption_scenes(requests(), endpoint(server), concurrency=3)
        next(outcomes)
        start = time.monotonic()
        outcomes.close()
    assert time.monotonic() - start < 2
    assert len(drawn) <= 10


def test_outcomes_under_way_are_given_before_an_exception_of_the_requests(tmp_path):
    def requests():
        yield request()
        yield request()
        raise OSError("the store is gone")

    given = []

    def take_all(outcomes):
        for outcome in outcomes:
            given.append(text_of(outcome))

    with ReplayServer(folder_of(tmp_path, reply())) as server, pytest.raises(OSError, match="the store is gone"):
        take_all(caption_scenes(requests(), endpoint(server), 2))
    assert len(given) == 2


def test_an_endpoint_that_is_not_there_is_a_recorded_failure():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        given = Endpoint(address, "m", is_replay=True, first_backoff_s=0.01, max_attempts=2)
        [outcome] = caption_scenes([request()], given)
    assert outcome.result.reason == "connection"


class AnswersOnce(BaseHTTPRequestHandler):
    """HTTP/1.0: the connection ends with the answer, and the server with its one request."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        content = json.dumps({"caption": "A river bank."})
        body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args): ...


class TakesTheNewerLimit(AnswersOnce):
    """As newer models: the limit of tokens has another name, and the old one is refused."""

    heard: ClassVar[list[set[str]]] = []

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append({key for key in sent if "max" in key})
        is_old = "max_tokens" in sent
        said = {"error": {"message": "max_tokens is not supported; use 'max_completion_tokens' instead."}}
        answer = {"choices": [{"message": {"content": json.dumps({"caption": "A river bank."})}}]}
        self.send_response(400 if is_old else 200)
        self.end_headers()
        self.wfile.write(json.dumps(said if is_old else answer).encode())


def test_a_model_that_takes_the_limit_by_its_newer_name_is_asked_with_it():
    with HTTPServer(("127.0.0.1", 0), TakesTheNewerLimit) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        given = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "m", temperature=None, max_attempts=1)
        outcomes = list(caption_scenes([request(), request()], given, concurrency=1))
        server.shutdown()
    assert [text_of(outcome) for outcome in outcomes] == ["A river bank."] * 2
    assert TakesTheNewerLimit.heard == [{"max_tokens"}, {"max_completion_tokens"}, {"max_completion_tokens"}]


def test_an_endpoint_that_goes_away_is_left_after_a_few_calls_that_each_were_patient():
    server = HTTPServer(("127.0.0.1", 0), AnswersOnce)
    given = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "m", first_backoff_s=0.01, max_attempts=4)

    def serve():
        server.handle_request()
        server.server_close()

    answering = Thread(target=serve)
    answering.start()
    outcomes = list(caption_scenes((request() for _ in range(1000)), given, concurrency=1))
    answering.join()
    assert text_of(outcomes[0]) == "A river bank."
    # Without a usage of the endpoint's own, what it took is estimated.
    assert outcomes[0].usage.prompt_tokens > 100
    reasons = [outcome.result.reason for outcome in outcomes[1:]]
    assert reasons == ["connection", "connection", "unusable_endpoint"]
    assert [outcome.attempts for outcome in outcomes[1:]] == [4, 4, 4]
    assert outcomes[-1].result.is_fatal


def hear_one_request(**changes) -> bytes:
    """What an endpoint that is only listening hears."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        given = Endpoint(address, "m", api_key="secret-key", max_attempts=1, timeout_s=1, **changes)
        outcomes = caption_scenes([request(kind="complex_caption", spacing_m=(0.5, 0.5))], given)
        heard = bytearray()

        def listen():
            connection, _ = listener.accept()
            with connection:
                while b"\r\n\r\n" not in heard or len(heard.partition(b"\r\n\r\n")[2]) < content_length(heard):
                    heard.extend(connection.recv(65536))

        listening = Thread(target=listen)
        listening.start()
        list(outcomes)
        listening.join()
    return bytes(heard)


def content_length(heard) -> int:
    return int(re.search(rb"content-length: (\d+)", heard, re.IGNORECASE)[1])


def test_the_request_carries_the_picture_the_prompt_and_the_schema_and_no_scene_name():
    head, _, body = hear_one_request().partition(b"\r\n\r\n")
    sent = json.loads(body)
    assert b"trihedral" not in head.lower()
    assert b"a.tif" not in head + body
    assert b"Bearer secret-key" in head
    assert sent["response_format"]["json_schema"]["strict"] is True
    text, picture = sent["messages"][1]["content"]
    assert "0.50 m" in text["text"]
    assert "$" not in text["text"] + sent["messages"][0]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    assert "secret-key" not in repr(Endpoint("http://x/v1", "m", api_key="secret-key"))


def test_a_picture_that_is_neither_png_nor_jpeg_is_refused():
    with pytest.raises(ValueError, match="PNG or JPEG"):
        Picture(b"II*\0", (1, 1))
    with pytest.raises(ValueError, match="at least one"):
        list(caption_scenes([], Endpoint("http://x/v1", "m"), concurrency=0))


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 10),
        ("soon", None),
        ("", None),
        ("-1", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value, wait_s):
    assert retry_after_s({"retry-after": value}, now=784111767) == wait_s


def test_the_drafter_is_told_apart_by_model_prompt_and_parameters():
    one = Endpoint("http://x/v1", "m")
    assert drafter_at(one).identity("concise_caption").prompt_version == "concise_caption.1"
    identities = {
        drafter_at(at).identity(kind).identity for kind in CAPTION_KINDS for at in (one, Endpoint("http://x/v1", "n"))
    }
    assert len(identities) == 4
    elsewhere = Endpoint("http://y/v1", "m", api_key="k")
    kind = CAPTION_KINDS[0]
    assert drafter_at(one).identity(kind) == drafter_at(elsewhere).identity(kind)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1: is not JSON"),
        ("[]", 'needs "scene"'),
        ('{"scene":"a","kind":"b","status":"x"}', '"status" must be int'),
    ],
)
def test_a_folder_that_cannot_be_replayed_is_refused_with_file_and_line(tmp_path, line, told):
    (tmp_path / "replies.jsonl").write_text(line)
    with pytest.raises(ReplayError, match=re.escape(told)):
        ReplayServer(tmp_path)
    with pytest.raises(ReplayError, match="cannot be read"):
        ReplayServer(tmp_path / "none")


def test_replies_are_given_in_their_order_and_the_last_repeats(tmp_path):
    lines = [reply(content={"caption": text}) for text in ("one", "two")]
    with ReplayServer(folder_of(tmp_path, *lines)) as server:
        told = [text_of(each) for _ in range(3) for each in caption_scenes([request()], endpoint(server))]
    assert told == ["one", "two", "two"]


def test_the_replay_server_runs_from_the_command_line_and_lists_its_model(tmp_path):
    folder_of(tmp_path, reply())
    command = [sys.executable, "-m", "pipeline.drafting.replay", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            given = Endpoint(address, "replay", is_replay=True, max_attempts=1)
            [outcome] = caption_scenes([request()], given)
            models = openai.OpenAI(base_url=address, api_key="none").models.list()
        finally:
            process.terminate()
    assert text_of(outcome) == "A river bank."
    assert [model.id for model in models] == ["replay"]
