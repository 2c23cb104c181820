"""Ask an OpenAI-compatible endpoint, patiently: limits of time and size, retries that spread and listen.

Tried again, after an exponential wait with jitter or the wait that ``Retry-After`` names: 408, 409, 425, 429, 5xx,
time-outs and broken connections. Everything else is final.

One POST a question, so no client package lies between: over httpx2 a call costs less than half the processor time.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from typing import Any, Final

import httpx2

from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import ModelError
from pipeline.drafting.replies import Reply, Usage, read_reply

_RETRIED: Final = frozenset({408, 409, 425, 429})
_LONGEST_BACKOFF_S: Final = 30.0
_CONNECT_S: Final = 10.0
_MODELS_S: Final = 5.0
_MODELS_TOLD: Final = 12
_NEVER_ANSWERED: Final = 5
"""Attempts to connect, of all threads together, after which an endpoint that never answered is not there."""
_GONE: Final = 3
"""Calls in a row that gave up connecting, each after its own pauses, after which an endpoint is not there any more."""
_ALL_REFUSED: Final = 8
"""Calls that were refused from the first on, after which all others would be too."""
_NEWER_LIMIT: Final = b"max_completion_tokens"
_LONGEST_ERROR_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Question:
    """What one call says."""

    messages: Sequence[Mapping[str, Any]]
    schema_name: str
    schema: Mapping[str, Any]
    max_tokens: int
    headers: Mapping[str, str] = field(default_factory=dict)
    prompt_tokens: int = 0
    """Estimated; counted for attempts that were sent but whose usage nobody told."""


class ChatClient:
    """One endpoint, asked from any number of threads."""

    def __init__(self, endpoint: Endpoint, stop: Event, connections: int = 100) -> None:
        self._endpoint = endpoint
        self._stop = stop
        self._reach = _Reach()
        self._limit_name = "max_tokens"
        # A proxy of the environment has no business between us and a replay server.
        self._client = httpx2.Client(
            trust_env=not endpoint.is_replay,
            timeout=httpx2.Timeout(endpoint.timeout_s, connect=min(_CONNECT_S, endpoint.timeout_s)),
            limits=httpx2.Limits(max_connections=connections + 1, max_keepalive_connections=connections + 1),
            # Local servers take any key, and some want one.
            # Replies are short, and packed ones may be large once they are unpacked.
            headers={
                "Authorization": f"Bearer {endpoint.api_key or 'none'}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, question: Question) -> tuple[Reply, int, Usage]:
        """Ask until there is a reply; gives it, the number of attempts, and what those that failed took.

        Raises
        ------
        GaveUpError
            With the last failure.
        """
        lost = Usage()
        for attempt in range(1, self._endpoint.max_attempts + 1):
            try:
                reply = read_reply(self._attempt(question))
            except _PassingError as error:
                lost += Usage(question.prompt_tokens) if error.was_sent else Usage()
                if (ended := self._ended(error, attempt)) is not None:
                    raise GaveUpError(ended, attempt, lost) from error
            except ModelError as error:
                sent = Usage(question.prompt_tokens) if error.status == 200 else Usage()
                raise GaveUpError(self._of_all(error), attempt, lost + sent) from error
            else:
                self._reach.accepted()
                return reply, attempt, lost
        raise ValueError("an endpoint needs at least one attempt")

    def _ended(self, error: _PassingError, attempt: int) -> ModelError | None:
        """Why there is no further attempt, or None after the wait before the next one."""
        is_last = attempt == self._endpoint.max_attempts
        if error.reason == "connection" and not error.was_sent and self._reach.is_lost(gave_up=is_last):
            return ModelError(
                "unusable_endpoint", f"nothing answers at {self._endpoint.address} ({error.detail})", error.status
            )
        wait_s = self._wait_s(attempt, error.retry_after_s)
        if is_last or wait_s is None:
            return error
        is_stopped = self._stop.wait(wait_s)
        return ModelError("stopped", "drafting was stopped", error.status) if is_stopped else None

    def _of_all(self, error: ModelError) -> ModelError:
        """The error; or what it means, where every call so far met it."""
        if error.reason == "rejected" and self._reach.refuses_all():
            return ModelError("unusable_endpoint", f"every request so far was refused: {error.detail}", error.status)
        return error

    def models(self) -> list[str]:
        """The names that the endpoint lists; empty where it does not tell."""
        try:
            with self._client.stream("GET", self._endpoint.url("models"), timeout=_MODELS_S) as response:
                said = self._read(response, time.monotonic() + _MODELS_S)
            listed = json.loads(said)["data"] if response.status_code == 200 else []
            return sorted(str(each["id"]) for each in listed)[:_MODELS_TOLD]
        except (httpx2.HTTPError, ModelError, ValueError, KeyError, TypeError, RecursionError):
            return []

    def _wait_s(self, attempt: int, retry_after_s: float | None) -> float | None:
        """None if the endpoint asks for a wait that is too long."""
        backoff_s = min(self._endpoint.first_backoff_s * 2.0 ** (attempt - 1), _LONGEST_BACKOFF_S)
        spread_s = backoff_s * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
        if retry_after_s is None:
            return spread_s
        # Jitter on top, else all threads that were told the same wait come back at once.
        return retry_after_s + spread_s if retry_after_s <= self._endpoint.longest_retry_after_s else None

    def _attempt(self, question: Question) -> bytes:
        deadline = time.monotonic() + self._endpoint.timeout_s
        headers = {"Content-Type": "application/json", **question.headers}
        limit_name = self._limit_name
        try:
            url, body = self._endpoint.url("chat/completions"), self._body(question, limit_name)
            with self._client.stream("POST", url, content=body, headers=headers) as response:
                self._reach.answered()
                said = self._read(response, deadline)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise _PassingError("connection", _told(error)) from error
        except httpx2.TimeoutException as error:
            raise _PassingError("timed_out", f"no reply within {self._endpoint.timeout_s:g} s", sent=True) from error
        except httpx2.TransportError as error:
            raise _PassingError("connection", _told(error), sent=True) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ModelError("malformed", f"the endpoint's answer cannot be read ({_told(error)})") from error
        if response.status_code == 400 and limit_name == "max_tokens" and _NEWER_LIMIT in said:
            # Newer models take the limit by another name only, and say so.
            self._limit_name = _NEWER_LIMIT.decode()
            return self._attempt(question)
        if response.status_code != 200:
            raise _status_error(response.status_code, response.headers, said)
        return said

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        """The body without our key, unless it is larger or slower than allowed: an endpoint may drip for ever."""
        body, most = bytearray(), self._endpoint.max_reply_bytes
        for chunk in response.iter_bytes():
            body += chunk
            if response.status_code != 200 and len(body) > _LONGEST_ERROR_BYTES:
                break
            if len(body) > most:
                raise ModelError("too_long", f"the reply is larger than {most} bytes", response.status_code)
            if time.monotonic() > deadline:
                raise _PassingError(
                    "timed_out", f"the reply was not whole after {self._endpoint.timeout_s:g} s", sent=True
                )
        return self._endpoint.redacted_bytes(bytes(body), is_reply=response.status_code == 200)

    def _body(self, question: Question, limit_name: str) -> bytes:
        endpoint = self._endpoint
        body: dict[str, Any] = {
            "model": endpoint.model,
            "messages": question.messages,
            limit_name: question.max_tokens,
        }
        if endpoint.temperature is not None:
            body["temperature"] = endpoint.temperature
        if endpoint.response_format == "json_object":
            body["response_format"] = {"type": "json_object"}
        if endpoint.response_format == "json_schema":
            schema = {"name": question.schema_name, "strict": True, "schema": dict(question.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return json.dumps(body).encode("ascii")


class GaveUpError(Exception):
    """No reply came; ``error`` says why, after ``attempts``, which took ``usage``."""

    def __init__(self, error: ModelError, attempts: int, usage: Usage) -> None:
        super().__init__(error.detail)
        self.error = error
        self.attempts = attempts
        self.usage = usage


class _PassingError(ModelError):
    """A failure that may pass by itself."""

    def __init__(self, reason: Any, detail: str, status: int | None = None, *, sent: bool = False) -> None:
        super().__init__(reason, detail, status)
        self.retry_after_s: float | None = None
        self.was_sent = sent
        """Whether the endpoint may have worked, and count it."""


class _Reach:
    """Whether there is an endpoint at all, and whether it takes anything."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._has_answered = self._has_accepted = False
        self._failed = self._gave_up = self._refused = 0

    def answered(self) -> None:
        self._has_answered = True
        self._gave_up = 0

    def accepted(self) -> None:
        self._has_accepted = True

    def refuses_all(self) -> bool:
        """Count a call that was refused."""
        with self._lock:
            self._refused += 1
        return not self._has_accepted and self._refused >= _ALL_REFUSED

    def is_lost(self, *, gave_up: bool) -> bool:
        """Count an attempt that did not connect."""
        with self._lock:
            self._failed += 1
            self._gave_up += gave_up
        return self._gave_up >= _GONE or (not self._has_answered and self._failed >= _NEVER_ANSWERED)


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def _status_error(status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
    message, code = _message_of(body)
    detail = f"HTTP {status}: {message}"
    # The one 429 that no waiting mends.
    if code == "insufficient_quota" or not (status in _RETRIED or status >= 500):
        return ModelError("rejected", detail, status)
    passing = _PassingError("rate_limited" if status == 429 else "server_error", detail, status)
    passing.retry_after_s = retry_after_s(headers, time.time())
    return passing


def _message_of(body: bytes) -> tuple[str, object]:
    """What an error's body says, and its code, where it has the protocol's form; else how it begins."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        error = json.loads(text)["error"]
        return (str(error["message"]), error.get("code")) if isinstance(error, dict) else (str(error), None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return text.strip() or "nothing is said", None


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that ``Retry-After`` names, in seconds or as a date; None where it says nothing usable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
