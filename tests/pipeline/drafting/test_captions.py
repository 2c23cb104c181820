"""Captions over a real socket, against a server that replays prepared replies and misbehaves as told."""

from __future__ import annotations

import json
import re
import socket
from threading import Thread

import pytest

from pipeline.drafting.captions import CAPTION_KINDS
from pipeline.drafting.drafting import Picture
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import ASKED_AGAIN
from pipeline.drafting.replay import ReplayServer
from tests.pipeline.drafting.made_replies import (
    caption_scenes,
    drafter_at,
    endpoint,
    failure_of,
    folder_of,
    outcome_of,
    reply,
    request,
    text_of,
)


def test_a_caption_becomes_a_draft_with_hash_and_tokens(tmp_path):
    outcome = outcome_of(tmp_path, reply())
    [draft] = outcome.result
    assert draft.text == "A river bank."
    assert draft.kind == "concise_caption"
    assert draft.raw_answer_sha256 == outcome.raw_answer_sha256
    assert re.fullmatch("[0-9a-f]{64}", outcome.raw_answer_sha256)
    assert outcome.usage.prompt_tokens > 100
    assert outcome.attempts == 1


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
