"""Yes and no: what a question may be answered by, what an answer says, and the other answer in the same style."""

from __future__ import annotations

import re
from typing import Final

_ASKING: Final = re.compile(
    r"\W*(?:(?:in|on|at|within|near|along)[ ][^,?.!]{1,60},[ ])?"
    r"(?:is|are|was|were|do|does|did|can|could|has|have|will|would|isn['’]t|aren['’]t|am)\b",
    re.IGNORECASE,
)
_YES: Final = re.compile(r"\W*(yes|yeah|yep|true|correct|indeed|affirmative)(?![\w'’-])", re.IGNORECASE)
_NO: Final = re.compile(r"\W*(no|nope|false|incorrect|none|negative|not)(?![\w'’-])", re.IGNORECASE)
_BARE: Final = re.compile(
    r"\W*(yes|no|true|false)\W*(?:(?:it|there|they)[ ](?:is|are|does|do)(?:[ ]?not|n['’]t)?\W*)?", re.IGNORECASE
)
_OPPOSITES: Final = {"yes": "no", "no": "yes", "true": "false", "false": "true"}


def is_yes_no_question(question: str) -> bool:
    """Whether ``question`` begins like one that is answered by yes or no."""
    return _ASKING.match(question) is not None


def polarity(answer: str) -> tuple[bool, int, int] | None:
    """Whether ``answer`` begins with a yes, and the span of that word; None where it begins with neither."""
    for pattern, value in ((_YES, True), (_NO, False)):
        found = pattern.match(answer)
        if found is not None:
            return value, found.start(1), found.end(1)
    return None


def flipped(answer: str) -> str | None:
    """``No.`` for ``Yes.``; None where more is said that the other answer would belie."""
    found = _BARE.fullmatch(answer) if len(answer) <= 40 else None
    if found is None or answer[found.end(1) :].strip(" .!\n\t"):
        return None
    word = found[1]
    other = _OPPOSITES[word.lower()]
    other = other.upper() if word.isupper() and len(word) > 1 else other.capitalize() if word[0].isupper() else other
    return answer[: found.start(1)] + other + answer[found.end(1) :]
