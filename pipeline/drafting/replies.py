"""Read what a chat completion says: strict about what becomes a draft, lenient about which server wrote it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pipeline.drafting.failures import ModelError

CAPTION_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"caption": {"type": "string"}},
    "required": ["caption"],
    "additionalProperties": False,
}

_FENCE: Final = re.compile(r"\A```(?:json)?[ \t]*\n(?P<inner>.*)\n```\Z", re.DOTALL | re.IGNORECASE)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counted them; 0 where it does not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


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


def read_caption(reply: Reply, max_characters: int) -> str:
    """The caption that a reply carries as ``{"caption": "..."}``, bare or in one Markdown fence.

    Raises
    ------
    ModelError
        ``refused``, ``truncated``, ``empty``, ``malformed``, ``too_long`` or ``unusable_text``.
    """
    if reply.refusal or reply.finish_reason == "content_filter":
        raise ModelError("refused", reply.refusal or "the endpoint's content filter held the reply back", 200)
    if reply.finish_reason == "length":
        raise ModelError("truncated", f"the reply was cut off: {reply.content}", 200)
    if not reply.content.strip():
        raise ModelError("empty", "the reply has no content", 200)
    caption = _caption_field(reply.content.strip())
    if not caption:
        raise ModelError("empty", "the caption is empty", 200)
    if len(caption) > max_characters:
        raise ModelError("too_long", f"the caption has {len(caption)} characters, {max_characters} are allowed", 200)
    if _UNSTORABLE.search(caption):
        raise ModelError("unusable_text", f"the caption holds NUL or half a character: {caption}", 200)
    return caption


def _caption_field(content: str) -> str:
    fenced = _FENCE.match(content)
    said = _object(_json(fenced["inner"] if fenced else content, "the reply"), "the reply")
    if said.keys() != {"caption"} or not isinstance(said["caption"], str):
        raise ModelError("malformed", f'the reply is not {{"caption": text}}: {content}', 200)
    return said["caption"].strip()


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
    return Usage(prompt if isinstance(prompt, int) else 0, completion if isinstance(completion, int) else 0)
