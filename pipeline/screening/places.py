"""Places in the frame as texts name them: ``in the upper left corner``, ``at the top of the image``.

No places in the frame: ``to the left of the bridge``, ``left bank``, ``turns right``, ``the top of the building``,
``from left to right``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.programs.layout import THIRD, Placement
from pipeline.screening.grammar import COPULAS, FUNCTION_WORDS
from pipeline.screening.word_lists import closed_list

Axes = tuple[int | None, int | None]

_FRAME_AXES: Final[Mapping[str, Axes]] = {
    "left": (-1, None),
    "right": (1, None),
    "top": (None, -1),
    "upper": (None, -1),
    "bottom": (None, 1),
    "lower": (None, 1),
    "center": (0, 0),
    "centre": (0, 0),
    "middle": (0, 0),
    "central": (0, 0),
}
_POINTS: Final[Mapping[str, Axes]] = {"north": (None, -1), "south": (None, 1), "west": (-1, None), "east": (1, None)}
_HALF_POINTS: Final[Mapping[str, Axes]] = {
    f"{first}{joint}{second}": (_POINTS[second][0], _POINTS[first][1])
    for first in ("north", "south")
    for second in ("east", "west")
    for joint in ("", "-", " ")
}
_COMPASS_AXES: Final[Mapping[str, Axes]] = {
    form: axes for name, axes in {**_POINTS, **_HALF_POINTS}.items() for form in (name, f"{name}ern", f"{name}erly")
}
FRAME_WORDS: Final = frozenset(_FRAME_AXES)
COMPASS_WORDS: Final = frozenset(name for name in _COMPASS_AXES if name.isalpha())
PLACE_WORDS: Final = FRAME_WORDS | COMPASS_WORDS

PLACE_NAMES: Final = "|".join(sorted((*_FRAME_AXES, *_COMPASS_AXES), key=len, reverse=True)).replace(" ", "[ ]")
WHOLE: Final = "image|scene|picture|frame|view|photo|photograph|shot"
PLACE_PARTS: Final = (
    "side|part|half|corner|edge|portion|section|area|region|third|quadrant|quarter|margin|border|end|zone|sector"
)
_PLACE: Final = re.compile(
    rf"""(?<![\w-])(?:(?P<prep>in|on|at|to|near|along|within|from|towards?|into|by|around|across|through|over)[ ])?
    (?P<det>(?:the|its|this|each|both|either)[ ](?:image[’']s[ ])?)?
    (?:(?P<far>(?:very|far|extreme|outer|immediate|exact|approximate|geometric)[ ]))?
    (?P<one>{PLACE_NAMES})(?:[ -](?P<two>{PLACE_NAMES}))?(?P<hand>[- ]hand)?
    (?:[ -](?P<part>(?:{PLACE_PARTS})))?(?P<many>s)?
    (?P<of>[ ]of[ ](?:the|this|our)[ ](?:(?:sar|radar|satellite|whole|entire|given|overall|aerial)[ ]){{0,3}}
    (?:{WHOLE}))?
    (?![\w-])(?![ ](?:center|centre|middle)(?!\w))""",
    re.IGNORECASE | re.VERBOSE,
)
_NEXT: Final = re.compile(r"[ ]([^\W_]+)(?:[ ]([^\W_]+))?")
_ALSO: Final = re.compile(
    rf"[ ]?(?:,|and|or|to|through|into|versus|-|–|/)[ ]?"
    rf"(?:(?:on|in|at|to|towards)[ ])?(?:the[ ])?(?:{PLACE_NAMES})(?![\w])",
    re.IGNORECASE,
)
_ALSO_BEFORE: Final = re.compile(
    rf"(?<![\w-])(?:{PLACE_NAMES})(?:[ ](?:{PLACE_PARTS}))?,?[ ]?(?:and|or|to|through)[ ]\Z", re.IGNORECASE
)
_VERBS: Final = closed_list(
    """contains contain shows show features feature has have holds includes include displays depicts reveals lies lie
    stands stand sits sit appears exhibits presents dominated occupied covered filled"""
)
_CLEARLY: Final = 1 / 50
"""So far beyond the middle, in parts of the image, a centre lies in the opposite half for everybody."""

_FAR_FROM_MIDDLE: Final = 1 / 4
_OUTSIDE_MIDDLE: Final = 1 / 3


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the frame; ``x`` and ``y`` are −1 (left, top), 0 (middle), 1 (right, bottom) or None (not said)."""

    start: int
    end: int
    x: int | None
    y: int | None
    is_compass: bool
    name_start: int
    name_end: int
    """Of the words that say where, without articles and parts."""
    preposition: str = ""
    is_of_image: bool = False
    """``of the image`` is said."""

    @property
    def axes(self) -> tuple[tuple[int, int], ...]:
        """``(0 for x or 1 for y, −1, 0 or 1)`` of what is said."""
        return tuple((axis, value) for axis, value in enumerate((self.x, self.y)) if value is not None)

    def holds(self, placement: Placement) -> bool:
        """Whether the box lies there for everybody: in the outer, or the middle, third."""
        return all(
            value * placement.offset[axis] > THIRD if value else abs(placement.offset[axis]) < THIRD
            for axis, value in self.axes
        )

    def excludes(self, placement: Placement) -> bool:
        """Whether the box lies there for nobody: on the other half, or beside the two middle thirds."""
        return any(
            value * placement.offset[axis] <= 0 if value else abs(placement.offset[axis]) > _OUTSIDE_MIDDLE
            for axis, value in self.axes
        )

    def opposes(self, placement: Placement, axis: int, value: int) -> bool:
        """Whether on one axis the box lies in the opposite half, and does not reach into the outer third named; of the
        middle, whether it lies at the rim and does not reach into the middle third."""
        offset, half = placement.offset[axis], _half_extent(placement, axis)
        if value:
            return value * offset < -_CLEARLY and value * offset + half < THIRD
        return abs(offset) > _FAR_FROM_MIDDLE and abs(offset) - half > THIRD


def _half_extent(placement: Placement, axis: int) -> float:
    rows, cols = placement.size
    return (placement.box.width / cols if axis == 0 else placement.box.height / rows) / 2


_NAMES_AND_PLURALS: Final = PLACE_WORDS | {f"{name}s" for name in PLACE_WORDS}
_WORD: Final = re.compile(r"[^\W_]+")
_BEFORE_NAME: Final = 48
_BEHIND_NAME: Final = 200
"""In code points: what belongs to a place stands so near to its name."""
_KEPT_UP_TO: Final = 4_000
"""No cache should keep a megabyte."""


def find_places(text: str) -> Iterator[Place]:
    """The places in the frame that ``text`` names; those of the last texts are remembered."""
    return iter(_kept_places(text)) if len(text) <= _KEPT_UP_TO else _places(text)


@lru_cache(maxsize=16)
def _kept_places(text: str) -> tuple[Place, ...]:
    return tuple(_places(text))


def _places(text: str) -> Iterator[Place]:
    end = 0
    for name in _WORD.finditer(text):
        # The pattern is tried around the words that name a place only; it is slow where it is tried at each character.
        if name[0].lower() not in _NAMES_AND_PLURALS or name.start() < end:
            continue
        found = _PLACE.search(text, max(end, name.start() - _BEFORE_NAME), name.start() + _BEHIND_NAME)
        if found is None or found.start() > name.start():
            continue
        end = found.end()
        if _is_place(text, found):
            yield place_of(found, found.start())


def place_of(found: re.Match[str], start: int) -> Place:
    one, two = found["one"].lower(), (found["two"] or "").lower()
    x, y = axes_of(one)
    is_compass = one in _COMPASS_AXES
    if two:
        x, y = joined_axes((x, y), axes_of(two))
        is_compass = is_compass or two in _COMPASS_AXES
    name_end = found.end("two") if two else found.end("one")
    return Place(
        start,
        found.end(),
        x,
        y,
        is_compass,
        found.start("one"),
        name_end,
        preposition=(found["prep"] or "").lower(),
        is_of_image=found["of"] is not None,
    )


def axes_of(name: str) -> Axes:
    """What one word says of x and y; nothing where it is no place."""
    return _FRAME_AXES.get(name) or _COMPASS_AXES.get(name) or (None, None)


def joined_axes(one: Axes, other: Axes) -> Axes:
    """``upper left`` says both, ``center left`` is left with its height in the middle, ``left top`` as ``top left``."""
    if one == (0, 0):
        one, other = other, one
    if other == (0, 0):
        return (one[0] if one[0] is not None else 0, one[1] if one[1] is not None else 0)
    return (one[0] if one[0] is not None else other[0], one[1] if one[1] is not None else other[1])


def _is_place(text: str, found: re.Match[str]) -> bool:
    preposition, determiner = (found["prep"] or "").lower(), (found["det"] or "").lower()
    if preposition in ("from", "toward", "towards", "into") or determiner.startswith(("each", "both", "either", "its")):
        return False
    if (
        found["many"]
        or _ALSO.match(text, found.end())
        or _ALSO_BEFORE.search(text[max(0, found.start() - 40) : found.start()])
    ):
        return False
    following = _NEXT.match(text, found.end())
    word = following[1].lower() if following else ""
    if found["of"]:
        return bool(preposition or determiner)
    if word == "of" or preposition == "to":
        return False
    if found["part"]:
        # The end of what? Of the pier, perhaps.
        if found["part"].lower() == "end":
            return False
        return bool(preposition or determiner)
    if word and word not in FUNCTION_WORDS and word not in COPULAS and word not in _VERBS:
        return False
    is_whole_phrase = bool(found["two"] or found["hand"]) or found["one"].lower() not in ("upper", "lower", "central")
    if not determiner and not (preposition in ("in", "at", "on") and (found["two"] or _names_middle(found))):
        return False
    return bool(preposition) and is_whole_phrase and not found["one"].lower().endswith(("ern", "erly"))


def _names_middle(found: re.Match[str]) -> bool:
    return found["one"].lower() in ("center", "centre") or len(axes_of(found["one"].lower())) == 0
