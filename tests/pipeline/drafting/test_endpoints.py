"""A key is in nothing that an endpoint says, in whatever form it repeats it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote

import pytest

from pipeline.drafting.endpoints import Endpoint
from tests.pipeline.drafting.made_replies import caption_scenes, request

KEY = 'sk-Ab/c+d=="\\&1234'
ESCAPED = "".join(f"\\u{ord(letter):04X}" for letter in KEY)


def said(status: int, body: bytes, key: str) -> str:
    """What is kept of an endpoint's answer."""
    with answering(status, body) as address:
        [outcome] = caption_scenes([request()], Endpoint(address, "m", api_key=key, max_attempts=1, max_replies=1))
    return str(outcome.result)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


@pytest.mark.parametrize("status", [401, 500, 400])
@pytest.mark.parametrize(
    "error",
    [
        json.dumps({"error": {"message": f"wrong key {KEY}."}}),
        json.dumps({"error": {"message": f"wrong key {KEY}."}}).replace("/", "\\/"),
        '{"error": {"message": "wrong key ' + ESCAPED + '."}}',
        json.dumps({"error": {"message": json.dumps(f"wrong key {KEY}.").replace("/", "\\/")}}),
        f"<p>wrong key {html.escape(KEY)}.</p>".replace("&quot;", "&#34;").replace("&amp;", "&#x26;"),
        f"wrong key {quote(KEY, safe='')}.",
    ],
)
def test_a_key_that_an_error_repeats_is_left_out_however_it_is_escaped(status: int, error: str) -> None:
    told = said(status, error.encode(), KEY)
    assert "wrong key [key]." in told
    assert "1234" not in told


def test_a_key_that_a_reply_repeats_is_in_no_draft() -> None:
    caption = json.dumps({"caption": f"The quay {KEY} lies at the left."}).replace("/", "\\/")
    body = json.dumps({"choices": [{"message": {"content": caption}}]}).replace("/", "\\/")
    assert "The quay [key] lies at the left." in said(200, body.encode(), KEY)


@pytest.mark.parametrize("key", ["null", "none", "quay", "caption"])
def test_a_word_that_a_local_server_takes_as_a_key_spoils_no_reply(key: str) -> None:
    content = json.dumps({"caption": "There is none but the quay."})
    body = json.dumps({"choices": [{"message": {"content": content, "refusal": None}}]})
    assert "There is none but the quay." in said(200, body.encode(), key)
