"""An OpenAI-compatible endpoint, and how it is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit, urlunsplit

ResponseFormat = Literal["json_schema", "json_object", "none"]
RESPONSE_FORMATS: Final[tuple[ResponseFormat, ...]] = get_args(ResponseFormat)

_SHORTEST_SECRET: Final = 8
"""Characters. Local servers take any key: "none" and "null" are words of replies, where nothing is to be hidden."""


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
    """Of a caption; questions are given room by their number."""
    response_format: ResponseFormat = "json_schema"
    """What the server can hold a reply to; with ``none`` only the prompt asks for JSON."""
    timeout_s: float = 120.0
    """Of one attempt, from its beginning to the last byte of the reply."""
    max_attempts: int = 6
    """Of one call, where what failed may pass by itself."""
    max_replies: int = 3
    """Calls until a reply can be used, where one is no JSON, empty or in another language."""
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

    @property
    def address(self) -> str:
        """For rows and messages: without user, password and query, in any of which a key may be."""
        if self.is_replay:
            # Its port is another each time; its address would make each run another one.
            return "replay"
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    def url(self, path: str) -> str:
        """Of a route below the base, with the base's query, where some gateways want a version."""
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{path}", parts.query, ""))

    def redacted(self, text: str) -> str:
        """``text`` without the key, which some endpoints repeat in what they say."""
        return self.redacted_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def redacted_bytes(self, said: bytes, *, is_reply: bool = False) -> bytes:
        """``said`` without the key, also where it is escaped; of a reply, without what is long enough to be one."""
        key = self.api_key or ""
        if not key or (is_reply and len(key) < _SHORTEST_SECRET):
            return said
        return _forms_of(key).sub(b"[key]", said)


@lru_cache(maxsize=4)
def _forms_of(key: str) -> re.Pattern[bytes]:
    """The key as it may stand in JSON, in JSON within JSON, in an address and in HTML."""
    letters = (
        rf"(?:\\*{re.escape(letter)}"
        rf"|(?i:\\+u{ord(letter):04x}|%{ord(letter):02x}|&#0*{ord(letter)};|&#x0*{ord(letter):x};))"
        for letter in key
    )
    return re.compile("".join(letters).encode())
