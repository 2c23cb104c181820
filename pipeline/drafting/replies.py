"""Read what a chat completion says: strict about what becomes a draft, lenient about which server wrote it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pipeline.drafting.failures import ModelError

_FENCE: Final = re.compile(r"\A```(?:json)?[ \t]*\n(?P<inner>.*)\n```\Z", re.DOTALL | re.IGNORECASE)
_MOST_TOKENS: Final = 100_000_000
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counted them; 0 where it does not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True, slots=True)
class Reply:
    """The first choice of a chat completion."""

    content: str
    refusal: str
    finish_reason: str
    usage: Usage

    @property
    def sha256(self) -> str:
        """Of what the model said (its refusal, if it refused), as UTF-8."""
        return hashlib.sha256((self.content or self.refusal).encode("utf-8", "surrogatepass")).hexdigest()


def read_reply(body: bytes) -> Reply:
    """Read the body of a 200 answer to POST /chat/completions.

    Raises
    ------
    ModelError
        ``malformed`` if it is no chat completion.
    """
    completion = _object(_json(body, "the endpoint's answer"), "the endpoint's answer")
    choices = completion.get("choices")
    if not isinstance(choices, list) or not choices:
        raise ModelError("malformed", "the endpoint's answer has no choices", 200)
    choice = _object(choices[0], "the first choice")
    message = _object(choice.get("message"), "the message of the first choice")
    return Reply(
        content=_content(message.get("content")),
        refusal=message["refusal"] if isinstance(message.get("refusal"), str) else "",
        finish_reason=str(choice.get("finish_reason") or ""),
        usage=_usage(completion.get("usage")),
    )


def said_object(reply: Reply) -> dict[str, Any]:
    """The JSON object that a reply is, bare or in one Markdown fence.

    Raises
    ------
    ModelError
        ``refused``, ``truncated``, ``empty`` or ``malformed``.
    """
    if reply.refusal or reply.finish_reason == "content_filter":
        raise ModelError("refused", reply.refusal or "the endpoint's content filter held the reply back", 200)
    if reply.finish_reason == "length":
        raise ModelError("truncated", f"the reply was cut off: {reply.content}", 200)
    content = reply.content.strip()
    if not content:
        raise ModelError("empty", "the reply has no content", 200)
    fenced = _FENCE.match(content)
    return _object(_json(fenced["inner"] if fenced else content, "the reply"), "the reply")


def checked_text(value: Any, what: str, max_characters: int) -> str:
    """A text of a reply, stripped.

    Raises
    ------
    ModelError
        ``malformed``, ``empty``, ``too_long`` or ``unusable_text``.
    """
    if not isinstance(value, str):
        raise ModelError("malformed", f"the {what} is no text: {json.dumps(value)[:200]}", 200)
    text = value.strip()
    if not text:
        raise ModelError("empty", f"the {what} is empty", 200)
    if len(text) > max_characters:
        raise ModelError("too_long", f"the {what} has {len(text)} characters, {max_characters} are allowed", 200)
    if _UNSTORABLE.search(text):
        raise ModelError("unusable_text", f"the {what} holds NUL or half a character: {text}", 200)
    return text


def _json(text: str | bytes, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        shown = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
        raise ModelError("malformed", f"{what} is not JSON ({error}): {shown[:200]}", 200) from error


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ModelError("malformed", f"{what} is not a JSON object", 200)
    return value


def _content(value: Any) -> str:
    """Text, or the list of text parts that some servers send."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list):
        texts = [part.get("text") for part in value if isinstance(part, dict)]
        if len(texts) == len(value) and all(isinstance(text, str) for text in texts):
            return "".join(str(text) for text in texts)
    raise ModelError("malformed", "the message's content is not text", 200)


def _usage(value: Any) -> Usage:
    counts = value if isinstance(value, dict) else {}
    prompt, completion = counts.get("prompt_tokens"), counts.get("completion_tokens")
    return Usage(_count(prompt), _count(completion))


def _count(value: Any) -> int:
    # Neither negative nor beyond what a column holds, whatever an endpoint says.
    return value if isinstance(value, int) and 0 <= value < _MOST_TOKENS else 0
