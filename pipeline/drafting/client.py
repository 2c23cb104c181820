"""Ask an OpenAI-compatible endpoint, patiently: limits of time and size, retries that spread and listen.

Tried again, after an exponential wait with jitter or the wait that ``Retry-After`` names: 408, 409, 425, 429, 5xx,
time-outs and broken connections. Everything else is final.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any, Final, Literal

import httpx2
import openai

from pipeline.drafting.failures import ModelError
from pipeline.drafting.replies import Reply, read_reply

ResponseFormat = Literal["json_schema", "json_object", "none"]

_RETRIED: Final = frozenset({408, 409, 425, 429})
_LONGEST_BACKOFF_S: Final = 30.0
_CONNECT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint and how it is asked."""

    base_url: str
    """Up to and with ``/v1``."""
    model: str
    api_key: str | None = field(default=None, repr=False)
    temperature: float | None = 0.2
    """None leaves it to the endpoint; some models take no other value than their own."""
    max_tokens: int = 800
    response_format: ResponseFormat = "json_schema"
    """What the server can hold a reply to; with ``none`` only the prompt asks for JSON."""
    timeout_s: float = 120.0
    """Of one attempt, from its beginning to the last byte of the reply."""
    max_attempts: int = 6
    first_backoff_s: float = 0.5
    """Doubled with each attempt."""
    longest_retry_after_s: float = 120.0
    """If the endpoint asks for a longer wait, the request fails at once."""
    max_reply_bytes: int = 262_144
    is_replay: bool = False
    """Of a replay server, which is told the scene in headers of its own; other endpoints never are."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What shapes a reply, for the drafter's identity."""
        return {
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "response_format": self.response_format,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """What one request says."""

    messages: Sequence[Mapping[str, Any]]
    schema_name: str
    schema: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class ChatClient:
    """One endpoint, asked from any number of threads."""

    def __init__(self, endpoint: Endpoint, stop: Event) -> None:
        self._endpoint = endpoint
        self._stop = stop
        self._client = openai.OpenAI(
            base_url=endpoint.base_url,
            # The package insists on a key; local servers take any.
            api_key=endpoint.api_key or "none",
            timeout=httpx2.Timeout(endpoint.timeout_s, connect=min(_CONNECT_S, endpoint.timeout_s)),
            # Retries are ours: they count, spread by jitter, and wake up when work is stopped.
            max_retries=0,
            # A proxy of the environment has no business between us and a replay server.
            http_client=httpx2.Client(trust_env=not endpoint.is_replay),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, question: Question) -> tuple[Reply, int]:
        """Ask until there is a reply; gives it and the number of attempts.

        Raises
        ------
        GaveUpError
            With the last failure.
        """
        for attempt in range(1, self._endpoint.max_attempts + 1):
            try:
                return read_reply(self._attempt(question)), attempt
            except _PassingError as error:
                wait_s = self._wait_s(attempt, error.retry_after_s)
                if attempt == self._endpoint.max_attempts or wait_s is None:
                    raise GaveUpError(error, attempt) from error
                if self._stop.wait(wait_s):
                    raise GaveUpError(ModelError("stopped", "drafting was stopped", error.status), attempt) from error
            except ModelError as error:
                raise GaveUpError(error, attempt) from error
        raise ValueError("an endpoint needs at least one attempt")

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
        try:
            with self._client.chat.completions.with_streaming_response.create(**self._body(question)) as response:
                return self._read(response.iter_bytes(), deadline)
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise _PassingError("timed_out", f"no reply within {self._endpoint.timeout_s:g} s") from error
        except openai.APIStatusError as error:
            raise _status_error(error) from error
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            raise _PassingError("connection", str(error.__cause__ or error) or type(error).__name__) from error
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise ModelError("malformed", f"the endpoint's answer cannot be read ({error})") from error

    def _read(self, chunks: Any, deadline: float) -> bytes:
        """The body, unless it is larger or slower than allowed: an endpoint may drip for ever."""
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self._endpoint.max_reply_bytes:
                raise ModelError("too_long", f"the reply is larger than {self._endpoint.max_reply_bytes} bytes", 200)
            if time.monotonic() > deadline:
                raise _PassingError("timed_out", f"the reply was not whole after {self._endpoint.timeout_s:g} s")
        return bytes(body)

    def _body(self, question: Question) -> dict[str, Any]:
        endpoint = self._endpoint
        body: dict[str, Any] = {
            "model": endpoint.model,
            "messages": question.messages,
            "max_tokens": endpoint.max_tokens,
            "extra_headers": dict(question.headers),
        }
        if endpoint.temperature is not None:
            body["temperature"] = endpoint.temperature
        if endpoint.response_format == "json_object":
            body["response_format"] = {"type": "json_object"}
        if endpoint.response_format == "json_schema":
            schema = {"name": question.schema_name, "strict": True, "schema": dict(question.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body


class GaveUpError(Exception):
    """No reply came; ``error`` says why, after ``attempts``."""

    def __init__(self, error: ModelError, attempts: int) -> None:
        super().__init__(error.detail)
        self.error = error
        self.attempts = attempts


class _PassingError(ModelError):
    """A failure that may pass by itself."""

    retry_after_s: float | None = None


def _status_error(error: openai.APIStatusError) -> ModelError:
    status, detail = error.status_code, f"HTTP {error.status_code}: {error.message}"
    # The one 429 that no waiting mends.
    if error.code == "insufficient_quota" or not (status in _RETRIED or status >= 500):
        return ModelError("rejected", detail, status)
    passing = _PassingError("rate_limited" if status == 429 else "server_error", detail, status)
    passing.retry_after_s = retry_after_s(error.response.headers, time.time())
    return passing


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that ``Retry-After`` names, in seconds or as a date; None where it says nothing usable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
