"""The offline twin of a model: a real HTTP server that replays prepared replies, misbehaving where they say so.

A folder holds ``replies.jsonl``, a line a reply::

    {"scene": "a.tif", "kind": "concise_caption", "content": {"caption": "A river bank."}}

    {"scene": "a.tif", "kind": "question", "content": {"questions": [{"type": "counting", ...}]}}

``content`` is the model's message, as text or as an object sent as JSON. Several lines for the same scene and kind
are given one after another; the last repeats. Optional keys of a line::

    status 200              HTTP status            refusal "..."         the model refuses
    retry_after "2"         Retry-After header     finish_reason "stop"  as the model's
    delay_s 0               waits, then replies    body "..."            the HTTP body, instead of a completion
    hang_s 0                waits, then closes     close true            closes without a reply
    cut_after 10            closes after so many bytes of the body
    drip_s 0                waits before every eight bytes of the body

Other keys, such as ``mistakes``, are for those who read the file. The client names scene (percent-encoded) and kind in
the headers ``X-Trihedral-Scene`` and ``X-Trihedral-Kind``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import MappingProxyType, TracebackType
from typing import Any, Final
from urllib.parse import unquote

SCENE_HEADER: Final = "X-Trihedral-Scene"
KIND_HEADER: Final = "X-Trihedral-Kind"
REPLIES: Final = "replies.jsonl"
_LARGEST_REQUEST_BYTES: Final = 64 * 1024 * 1024
_DRIP_BYTES: Final = 8
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "scene": (str,),
    "kind": (str,),
    "content": (str, dict),
    "status": (int,),
    "refusal": (str,),
    "finish_reason": (str,),
    "retry_after": (str, int, float),
    "delay_s": (int, float),
    "hang_s": (int, float),
    "drip_s": (int, float),
    "body": (str,),
    "close": (bool,),
    "cut_after": (int,),
}


class ReplayError(ValueError):
    """A folder that cannot be replayed: the file and line, what is wrong, and what a line must hold."""


class Replies:
    """Prepared replies, given out in the order of their lines by scene and kind."""

    def __init__(self, folder: Path) -> None:
        self._lines: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        self._given: dict[tuple[str, str], int] = {}
        self._lock = Lock()
        file = folder / REPLIES
        try:
            with file.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        reply = _parse(line, f"{file}, line {number}")
                        self._lines.setdefault((reply["scene"], reply["kind"]), []).append(reply)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ReplayError(f"{file}: cannot be read ({reason}). Give a folder that holds {REPLIES}.") from error

    def next(self, scene: str, kind: str) -> Mapping[str, Any] | None:
        """The next reply for a scene, or None if there is none at all."""
        key = (scene, kind)
        with self._lock:
            lines = self._lines.get(key)
            if lines is None:
                return None
            given = self._given.get(key, 0)
            self._given[key] = given + 1
            return lines[min(given, len(lines) - 1)]


def _parse(line: str, where: str) -> Mapping[str, Any]:
    try:
        reply = json.loads(line)
    except ValueError as error:
        raise ReplayError(f"{where}: is not JSON ({error}). Each line is one JSON object.") from error
    if not isinstance(reply, dict) or not {"scene", "kind"} <= reply.keys():
        raise ReplayError(f'{where}: needs "scene" and "kind".')
    for key, types in _TYPES.items():
        if key in reply and not isinstance(reply[key], types):
            raise ReplayError(f'{where}: "{key}" must be {" or ".join(kind.__name__ for kind in types)}.')
    return reply


class ReplayServer:
    """Serves a folder of replies on the loopback interface, from a thread of its own, as a context manager."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Read ``folder`` and bind ``port`` (0: any free one).

        Raises
        ------
        ReplayError
            If the folder cannot be replayed.
        OSError
            If the port is taken.
        """
        self._server = _Server(("127.0.0.1", port), _Handler)
        try:
            self._server.replies = Replies(folder)
        except ReplayError:
            self._server.server_close()
            raise
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="replay", daemon=True)

    @property
    def base_url(self) -> str:
        """What an :class:`~pipeline.drafting.client.Endpoint` takes."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Threads may sit in a prepared hang, and nobody waits for them.
    block_on_close = False
    # The default of 5 loses connections when many clients arrive at once.
    request_queue_size = 128
    replies: Replies

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ended = Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the body waits for the acknowledgement of the headers: 40 ms a reply.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": "replay", "object": "model", "owned_by": "replay"}]})
        else:
            self._refuse(404, f"there is nothing at {self.path}")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_REQUEST_BYTES:
            self.close_connection = True
            self._refuse(413, "the request must say its length, of at most 64 MiB")
            return
        body = self.rfile.read(int(length))
        if self.path != "/v1/chat/completions":
            self._refuse(404, f"there is nothing at {self.path}")
            return
        scene, kind = unquote(self.headers.get(SCENE_HEADER, "")), self.headers.get(KIND_HEADER, "")
        reply = self.server.replies.next(scene, kind)
        if reply is None:
            self._refuse(404, f"no reply is prepared for the {kind or 'text'} of scene {scene!r}")
        else:
            self._replay(reply, body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: progress is told by whoever asks."""

    def _replay(self, reply: Mapping[str, Any], request: bytes) -> None:
        self.server.ended.wait(reply.get("delay_s", 0) + reply.get("hang_s", 0))
        if reply.get("close") or "hang_s" in reply:
            self.close_connection = True
            return
        headers = {"Retry-After": str(reply["retry_after"])} if "retry_after" in reply else {}
        status = reply.get("status", 200)
        if "body" in reply:
            self._send_bytes(status, reply["body"].encode("utf-8", "surrogatepass"), headers, reply)
        elif status != 200:
            self._refuse(status, str(reply.get("content", "a prepared refusal")), headers)
        else:
            completion = json.dumps(_completion(reply, request)).encode("ascii")
            self._send_bytes(200, completion, headers, reply)

    def _refuse(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, {"error": {"message": message, "type": "replay", "code": None}}, headers)

    def _send(self, status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(content).encode("ascii"), headers or {})

    def _send_bytes(
        self, status: int, body: bytes, headers: Mapping[str, str], how: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.close_connection = self.close_connection or "cut_after" in how
        step = _DRIP_BYTES if "drip_s" in how else max(1, len(body))
        for start in range(0, len(body[: how.get("cut_after")]), step):
            self.server.ended.wait(how.get("drip_s", 0))
            self.wfile.write(body[: how.get("cut_after")][start : start + step])


def _completion(reply: Mapping[str, Any], request: bytes) -> dict[str, Any]:
    content = reply.get("content")
    text = json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else content
    message = {"role": "assistant", "content": text, "refusal": reply.get("refusal")}
    choice = {"index": 0, "message": message, "finish_reason": reply.get("finish_reason", "stop"), "logprobs": None}
    prompt_tokens, completion_tokens = len(request) // 4, len(text or "") // 4
    usage = {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
    # 2000-01-01: a replay's answers are the same bytes each time.
    stamp = {"id": "chatcmpl-replay", "object": "chat.completion", "created": 946_684_800, "model": "replay"}
    return stamp | {"choices": [choice], "usage": usage}


def main(arguments: list[str] | None = None) -> int:
    """``python -m pipeline.drafting.replay FOLDER --port N``."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.drafting.replay", description="Replay prepared replies.")
    parser.add_argument("folder", type=Path, help=f"the folder that holds {REPLIES}")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free one")
    given = parser.parse_args(arguments)
    try:
        with ReplayServer(given.folder, given.port) as server:
            sys.stdout.write(f"{server.base_url}\n")
            sys.stdout.flush()
            server.wait()
    except (ReplayError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
