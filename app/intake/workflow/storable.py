"""What of a hostile text cannot be stored, said as a reason for the report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

LONGEST_TEXT: Final = 20_000
"""Code points of a caption, question or answer. The longest caption of SARLANG-1M has under 1,500."""
LONGEST_NAME: Final = 1_024


def unstorable(text: str, longest: int = LONGEST_TEXT) -> str | None:
    """Why the text cannot be stored, or None. Nothing is changed to make it fit: a text is stored as it came or not."""
    if "\0" in text:
        return "it has a NUL character, which no text has; mend it in the source"
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "it has a broken character (a lone surrogate), so it is no text; mend it in the source"
    if len(text) > longest:
        return f"it has {len(text):,} characters; at most {longest:,} are taken"
    return None


def first_unstorable(texts: Iterable[str], longest: int = LONGEST_TEXT) -> str | None:
    """Why the first of the texts that cannot be stored cannot, with the text named, or None."""
    for text in texts:
        reason = unstorable(text, longest)
        if reason is not None:
            return f"{text[:40]!a}: {reason}"
    return None


def texts_in(value: Any) -> Iterable[str]:
    """All texts in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts_in(key)
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def as_jsonb(value: Any) -> Any:
    """The value as ``jsonb`` takes it: numbers that are not finite become null, and NUL goes."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(as_jsonb(str(key))): as_jsonb(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_jsonb(inner) for inner in value]
    return value
