"""Short answers that name a place, and the same words with another place in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace as with_changes
from typing import Final

from pipeline.screening.places import PLACE_NAMES, PLACE_PARTS, WHOLE, Place, axes_of, find_places, place_of

_READ_UP_TO: Final = 200
_SIDES: Final = {(-1, None): "left", (1, None): "right", (None, -1): "top", (None, 1): "bottom", (0, 0): "center"}
_ANSWER: Final = re.compile(
    rf"""\W*(?:(?:the[ ]\w+|\w+|most[ ](?:of[ ](?:the[ ])?)?\w+)[ ](?:is|are|lies?)[ ])?
    (?:(?:mostly|mainly|primarily|located|positioned|situated|near|close[ ]to)[ ]){{0,2}}
    (?P<prep>(?:in|on|at|to|along|towards?)[ ])?(?P<det>the[ ])?(?:(?:far|very)[ ])?
    (?P<one>{PLACE_NAMES})(?:(?:[ ]|-)(?P<two>{PLACE_NAMES}))?(?:[- ]hand)?(?:[ -](?:{PLACE_PARTS}))?
    (?P<of>[ ]of[ ](?:the|this)[ ](?:(?:sar|radar|satellite|whole|entire)[ ])?(?:{WHOLE}))?(?P<tail>\W*)""",
    re.IGNORECASE | re.VERBOSE,
)
_PHRASE: Final = re.compile(
    rf"(?P<prep>on|in|at) the (?:left|right|top|bottom|cent(?:er|re)|middle)(?:[ -](?:side|part|half))?"
    rf"(?P<of> of the (?:{WHOLE}))?(?P<end>\.?)",
    re.IGNORECASE,
)
_WRITTEN: Final = {
    "left": "on the left", "right": "on the right", "top": "at the top", "bottom": "at the bottom",
    "center": "in the center",
}  # fmt: skip
_OPPOSITE: Final = {"left": "right", "top": "bottom", "upper": "lower", "north": "south", "east": "west"}
_OPPOSITES: Final = {**_OPPOSITE, **{value: key for key, value in _OPPOSITE.items()}}


def answered_place(answer: str) -> Place | None:
    """The only place that an answer gives: ``left``, ``Top right.``, ``They lie on the left side of the image``."""
    if len(answer) > _READ_UP_TO:
        return None
    found = _ANSWER.fullmatch(answer)
    if found is not None:
        begin = next(found.start(group) for group in ("prep", "det", "one") if found[group])
        return with_changes(place_of(found, begin), end=found.start("tail"))
    places = list(find_places(answer))
    return places[0] if len(places) == 1 else None


def is_side(place: Place, name: str | None = None) -> bool:
    """Whether the place is one of left, right, top, bottom and center, or the one of that ``name``."""
    found = _SIDES.get((place.x, place.y))
    return found is not None if name is None else found == name


def replaced(answer: str, place: Place, side: str) -> str | None:
    """A short answer with ``side`` in place of what it names; None where words beside it might not fit."""
    text = answer.strip()
    if text[: place.name_start - place.start].strip() == "" and text.strip(" .").lower() in PLACE_NAMES.replace(
        "[ ]", " "
    ).split("|"):
        return answer[: place.name_start] + _like(answer[place.name_start], side) + answer[place.name_end :]
    found = _PHRASE.fullmatch(text)
    if found is None:
        return None
    return _like(text[0], _WRITTEN[side]) + (found["of"] or "") + found["end"]


def _like(letter: str, words: str) -> str:
    return words[:1].upper() + words[1:] if letter.isupper() else words


def mirrored(text: str, place: Place, is_wrong: Callable[[int, int], bool]) -> tuple[Place, str] | None:
    """The place, and the text, with the opposite of what is wrong on an axis; None of the middle."""
    words = re.split(r"([ -])", text[place.name_start : place.name_end])
    axes = dict(place.axes)
    for index, word in enumerate(words):
        for axis, value in enumerate(axes_of(word.lower())):
            if value and is_wrong(axis, value):
                words[index] = _opposite(word)
                axes[axis] = -value
    named = "".join(words)
    if named == text[place.name_start : place.name_end] or "" in words:
        return None
    return with_changes(place, x=axes.get(0), y=axes.get(1)), text[: place.name_start] + named + text[place.name_end :]


def _opposite(word: str) -> str:
    """``northern`` gives ``southern``; compound points (``northeast``) give none."""
    for name, other in _OPPOSITES.items():
        if word.lower() in (name, f"{name}ern", f"{name}erly"):
            return _like(word[0], other + word.lower()[len(name) :])
    return ""
