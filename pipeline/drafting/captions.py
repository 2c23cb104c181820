"""Captions by models, concise and complex: what is asked for, and what of a reply becomes a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pipeline.drafting.english import is_english
from pipeline.drafting.failures import ModelError
from pipeline.drafting.replies import Reply, checked_text, said_object
from pipeline.records import Draft, Kind

CaptionKind = Literal["concise_caption", "complex_caption"]

CAPTION_KINDS: Final[tuple[CaptionKind, ...]] = ("concise_caption", "complex_caption")
MAX_WORDS: Final[Mapping[str, int]] = {"concise_caption": 25, "complex_caption": 90}
MAX_CHARACTERS: Final[Mapping[str, int]] = {"concise_caption": 500, "complex_caption": 2000}
"""Longer than these a reply is no caption; far above what the prompt asks for, so that none is lost for a word."""

CAPTION_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"caption": {"type": "string"}},
    "required": ["caption"],
    "additionalProperties": False,
}


def read_caption(reply: Reply, kind: Kind) -> Draft:
    """The caption that a reply carries as ``{"caption": "..."}``.

    Raises
    ------
    ModelError
        ``refused``, ``truncated``, ``empty``, ``malformed``, ``too_long``, ``unusable_text`` or ``not_english``.
    """
    said = said_object(reply)
    if said.keys() != {"caption"}:
        raise ModelError("malformed", f'the reply is not {{"caption": text}}: {reply.content}', 200)
    caption = checked_text(said["caption"], "caption", MAX_CHARACTERS[kind])
    if not is_english(caption):
        raise ModelError("not_english", f"the caption is not English: {caption}", 200)
    return Draft(kind=kind, text=caption, raw_answer_sha256=reply.sha256)
