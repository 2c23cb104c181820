"""Endpoints that are busy, slow, gone, or want to be asked otherwise: tried again, waited for, left."""

from __future__ import annotations

import json
import socket
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from pipeline.drafting.client import retry_after_s
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer
from tests.pipeline.drafting.made_replies import (
    caption_scenes,
    endpoint,
    failure_of,
    folder_of,
    outcome_of,
    reply,
    request,
    text_of,
)


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
    assert time.monotonic() - start < 25


def test_a_reply_that_drips_for_ever_is_cut_off_by_the_time_limit(tmp_path):
    start = time.monotonic()
    failure = failure_of(tmp_path, reply(drip_s=0.05), timeout_s=0.3, max_attempts=1)
    assert failure.reason == "timed_out"
    assert time.monotonic() - start < 10


def test_requests_overlap_and_are_drawn_only_as_fast_as_they_are_worked_off(tmp_path):
    drawn = []

    def requests():
        for number in range(40):
            drawn.append(number)
            yield request()

    with ReplayServer(folder_of(tmp_path, reply(delay_s=0.25))) as server:
        start = time.monotonic()
        outcomes = caption_scenes(requests(), endpoint(server), concurrency=8)
        next(outcomes)
        time.sleep(0.5)
        assert len(drawn) >= 8
        # Those under way or done and not taken yet; no more, however long nobody takes any.
        assert len(drawn) <= 8 * 3 + 1
        assert len(list(outcomes)) == 39
    # One after the other they take ten seconds.
    assert time.monotonic() - start < 8


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
    assert time.monotonic() - start < 30
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
