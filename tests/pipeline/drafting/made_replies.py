"""Captions asked of a server that replays prepared replies."""

from __future__ import annotations

import json
from threading import Event

from pipeline.drafting.captions import CAPTION_KINDS
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment, Picture, Request, SceneView
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import DraftFailure
from pipeline.drafting.replay import ReplayServer

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
