"""The server that replays prepared replies."""

from __future__ import annotations

import re
import subprocess
import sys

import openai
import pytest

from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayError, ReplayServer
from tests.pipeline.drafting.made_replies import (
    caption_scenes,
    endpoint,
    folder_of,
    reply,
    request,
    text_of,
)


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
