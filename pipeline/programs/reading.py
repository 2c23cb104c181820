"""Read a question as the program that answers it, where it has the form of a template.

Drafts that came from elsewhere carry no program. Questions of the published corpus, and of models that write like it,
are the same few forms in several wordings; all other questions are none, rather than something near.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from pipeline.programs.naming import category_named
from pipeline.programs.program import Program, Side
from pipeline.records import ObjectBox

READ_UP_TO: Final = 300
"""Longer questions, in code points, are of no template."""

_SAME_PX: Final = 0.5
"""A region question means the box whose four numbers are all this near, since some are written as whole numbers."""

_WHOLE: Final = "(?:image|scene|picture|view|frame|photo|photograph|area shown)"
_IMAGE: Final = (
    rf" ?(?:(?:with)?in|across|throughout|over|of) (?:the|this) (?:(?:sar|radar|satellite|given|whole) )*{_WHOLE}"
)
_SEEN_WORD: Final = (
    "(?:visible|present|located|shown|seen|found|positioned|situated|depicted|identified|detected|displayed|observed"
    "|pictured|placed|there)"
)
_SEEN: Final = (
    rf"(?: (?:that |which )?(?:(?:is|are|exists?|existing|appears?|appearing)(?: {_SEEN_WORD})?|{_SEEN_WORD}))?"
)
_END: Final = rf"{_SEEN}(?:{_IMAGE})?"
_SOME: Final = "(?:(?:any|a|an|some|the|at least one) )?"
_THING: Final = r"(?P<thing>[^\W\d]\w*(?:[ -][^\W\d]\w*){0,3}?)"
_OTHER: Final = (
    r"(?:other|further|additional) (?:object |target )?(?:categories|classes|objects|targets|types? of objects?)"
)
_APART: Final = "(?:apart from|aside from|besides|other than|except(?: for)?|in addition to)"
_MOST: Final = "(?:main|primary|dominant|predominant|principal|most common|most frequent|most numerous|major)"
_OBJECT: Final = "(?:object(?: category| class| type)?|category(?: of objects?)?|class|target|types? of objects?)"
_OBJECTS: Final = (
    "(?:(?:object |target )?(?:categories|classes)|(?:types|kinds|categories) of (?:objects|targets)|objects|targets)"
)
_SIDE: Final = (
    r" (?:on|in|at|to|along|towards?) the (?P<side>left|right|top|bottom|upper|lower)"
    rf"(?:[ -]hand)? (?:side|part|portion)(?: of (?:the|this) {_WHOLE})?"
)
_NUMBER: Final = r"(-?\d{1,9}(?:\.\d{1,9})?)"
_CORNERS: Final = re.compile(rf"[\[(]\s?{_NUMBER},? ?{_NUMBER},? ?{_NUMBER},? ?{_NUMBER}\s?[\])]")
_FINDING: Final = "(?:see|find|identify|detect|spot|observe)"

_SIDED: Final = re.compile(
    rf"(?:(?:is|are) there {_SOME}{_THING}{_SEEN}|(?:is|are) (?:any|a|an|the) {_THING.replace('thing', 'thing2')}"
    rf" {_SEEN_WORD}){_SIDE}"
)
_EXISTS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?:is|are) there {_SOME}{_THING}{_END}",
        rf"(?:is|are) (?:any |a |an |some |the )?{_THING} {_SEEN_WORD}(?:{_IMAGE})?",
        rf"do (?:you|we) {_FINDING} {_SOME}{_THING}(?:{_IMAGE})?",
        rf"do(?:es)? {_SOME}{_THING} (?:exist|appear)s?(?:{_IMAGE})?",
        rf"do(?:es)? (?:the|this) {_WHOLE} (?:contain|show|include|have|depict|feature) {_SOME}{_THING}(?: in it)?",
        rf"can (?:you|we|one) {_FINDING} (?:any|a|an|some) {_THING}(?:{_IMAGE})?",
        rf"can (?:any |a |an |the )?{_THING} be {_SEEN_WORD}(?:{_IMAGE})?",
    )
)
_COUNT_ON_SIDE: Final = re.compile(rf"how many {_THING}(?: (?:are|is)(?: there)?)?(?: {_SEEN_WORD})?{_SIDE}")
_MAIN_ON_SIDE: Final = re.compile(rf"(?:what|which) (?:is|are) the {_MOST} {_OBJECT}s?{_SEEN}{_SIDE}")
_OTHERS: Final = re.compile(
    rf"(?:is|are) there (?:(?:any )?{_OTHER}|any {_OBJECTS}|anything(?: else)?){_END}"
    rf" {_APART} (?:any |the )?{_THING}{_END}"
)
_OTHERS_BEHIND: Final = re.compile(
    rf"{_APART} (?:any |the )?{_THING},? (?:is|are) there (?:(?:any )?{_OTHER}|any {_OBJECTS}|anything(?: else)?){_END}"
)
_MAIN: Final = re.compile(
    rf"(?:what|which) (?:is|are) the {_MOST} {_OBJECT}s?{_END}"
    rf"|(?:what|which) (?:{_OBJECT}|{_OBJECTS}) (?:is|are) (?:the )?{_MOST}{_END}"
    rf"|(?:what|which) {_OBJECT} (?:dominates|predominates)(?: (?:the|this) {_WHOLE})?"
    rf"|(?:what|which) {_OBJECT} (?:appears|occurs) (?:the )?(?:most often|most frequently|most){_END}"
)
_CATEGORIES: Final = re.compile(
    rf"(?:what|which) (?:are the )?{_OBJECTS}(?:{_END}| can be {_SEEN_WORD}(?:{_IMAGE})?)"
    rf"|(?:list|name) (?:all )?(?:the )?{_OBJECTS}{_END}"
)
_COUNTS: Final = tuple(
    re.compile(form)
    for form in (
        rf"how many {_THING}{_END}",
        rf"how many {_THING} (?:are|is) (?:there )?{_SEEN_WORD}?(?:{_IMAGE})?",
        rf"how many {_THING} can (?:you|we|one) {_FINDING}(?:{_IMAGE})?",
        rf"how many {_THING} can be {_SEEN_WORD}(?:{_IMAGE})?",
        rf"how many {_THING} do(?:es)? (?:the|this) {_WHOLE} (?:contain|show|include|have|depict)",
        r"(?:what is the|what's the|give the|tell the|what) (?:total |exact |overall )?"
        rf"(?:number|count) of {_THING}{_END}",
        rf"(?:please )?count (?:all )?the (?:number of )?{_THING}{_END}",
    )
)
_MAJORITY: Final = "(?P<most>most of the|most of|most|majority of the|majority of)"
_WHERE_MOST: Final = re.compile(
    rf"(?:where|in (?:which|what) (?:part|area|region)(?:{_IMAGE})?|on (?:which|what) side(?:{_IMAGE})?)(?:{_IMAGE})?"
    rf" (?:is|are) (?:the )?(?:{_MAJORITY} )?{_THING}"
    rf"(?: (?P<mostly>mostly |mainly )?(?:{_SEEN_WORD}|concentrated|distributed))?(?:{_IMAGE})?"
)
_HAS_MOST: Final = re.compile(
    rf"(?:which|what) (?:side|part)(?:{_IMAGE})? (?:has|contains|shows) (?:the )?most {_THING}"
)
_AREA: Final = (
    "(?:in|at|within|inside) (?:the |this )?"
    r"(?:(?:area|region|bounding box|box|rectangle|location)(?: at| of)? )?\x00"
)
_REGION: Final = re.compile(
    rf"(?:what|which) (?:(?:is|are) (?:the |this )?)?(?:(?:{_OBJECT}|(?:kind|sort) of object)(?: is)?)?{_SEEN} ?{_AREA}"
    rf"|(?:identify|name) the {_OBJECT}{_SEEN} {_AREA}"
    rf"|(?:what|which) (?:class|category) does the object {_AREA} belong to"
)
_WHERE_REGION: Final = re.compile(rf"where is the {_THING} {_AREA}(?: {_SEEN_WORD})?")
_IS_REGION: Final = re.compile(rf"is the object {_AREA} (?:a|an) {_THING}")
_SIDE_OF: Final[Mapping[str, Side]] = {
    "left": "left", "right": "right", "top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom",
}  # fmt: skip


def read_question(text: str, categories: Collection[str], boxes: Sequence[ObjectBox] = ()) -> Program | None:
    """The program that answers ``text``, or None if it has none of the forms.

    Parameters
    ----------
    text
        A question in English, as drafters and published corpora word it.
    categories
        The scene's: what is labelled and what has boxes. Their synonyms and plurals are known; another thing
        (``tree``) is a category that the scene does not have.
    boxes
        The scene's; a region question means one of them, and ``where is the ship`` needs a single ship.
    """
    if len(text) > READ_UP_TO:
        return None
    asked = " ".join(text.lower().rstrip(" .?!").split())
    if "[" in asked or "(" in asked:
        return _read_region(asked, tuple(sorted(categories)), boxes)
    return next(_readings(asked, tuple(sorted(categories)), boxes), None)


def _readings(asked: str, categories: tuple[str, ...], boxes: Sequence[ObjectBox]) -> Iterator[Program]:
    first = asked.partition(" ")[0]
    others = _OTHERS.fullmatch(asked) or _OTHERS_BEHIND.fullmatch(asked)
    if others is not None:
        named = category_named(others["thing"], categories)
        yield from [Program("others", named)] if named is not None else []
    elif first in ("is", "are", "do", "does", "can"):
        yield from _read_existence(asked, categories)
    elif first in ("where", "in", "on"):
        yield from _read_where(_WHERE_MOST.fullmatch(asked), categories, boxes)
    elif (has_most := _HAS_MOST.fullmatch(asked)) is not None:
        named = category_named(has_most["thing"], categories)
        yield from [Program("where_most", named)] if named is not None else []
    elif first in ("how", "what", "what's", "give", "tell", "count", "please", "which", "list", "name"):
        main_side, count_side = _MAIN_ON_SIDE.fullmatch(asked), _COUNT_ON_SIDE.fullmatch(asked)
        if main_side is not None:
            yield Program("main", side=_SIDE_OF[main_side["side"]])
        elif count_side is not None:
            named = category_named(count_side["thing"], categories)
            yield from [Program("count", named, _SIDE_OF[count_side["side"]])] if named is not None else []
        elif _MAIN.fullmatch(asked):
            yield Program("main")
        elif _CATEGORIES.fullmatch(asked):
            yield Program("categories")
        else:
            yield from (Program("count", name) for name in _things(asked, _COUNTS, categories))


def _read_existence(asked: str, categories: tuple[str, ...]) -> Iterator[Program]:
    sided = _SIDED.fullmatch(asked)
    if sided is not None:
        named = category_named(sided["thing"] or sided["thing2"], categories)
        yield from [Program("exists", named, _SIDE_OF[sided["side"]])] if named is not None else []
        return
    yield from (Program("exists", name) for name in _things(asked, _EXISTS, categories))


def _things(asked: str, forms: Sequence[re.Pattern[str]], categories: tuple[str, ...]) -> Iterator[str]:
    for form in forms:
        found = form.fullmatch(asked)
        named = category_named(found["thing"], categories) if found is not None else None
        if named is not None:
            yield named


def _read_where(
    found: re.Match[str] | None, categories: tuple[str, ...], boxes: Sequence[ObjectBox]
) -> Iterator[Program]:
    named = category_named(found["thing"], categories) if found is not None else None
    if found is None or named is None:
        return
    # Of several, "where are the ships" may be answered in more ways than by the place of most.
    if found["most"] or found["mostly"] or sum(box.category == named for box in boxes) == 1:
        yield Program("where_most", named)


def _read_region(asked: str, categories: tuple[str, ...], boxes: Sequence[ObjectBox]) -> Program | None:
    corners = _CORNERS.search(asked)
    if corners is None:
        return None
    around = re.sub(_IMAGE + r"\Z", "", asked[: corners.start()] + "\0" + asked[corners.end() :])
    given = [float(number) for number in corners.groups()]
    nearest = min(boxes, key=lambda box: _distance_px(box, given), default=None)
    if nearest is None or _distance_px(nearest, given) > _SAME_PX:
        return None
    if _REGION.fullmatch(around):
        return Program("object_at", box=nearest.box_id)
    if _WHERE_REGION.fullmatch(around):
        return Program("where", box=nearest.box_id)
    told = _IS_REGION.fullmatch(around)
    named = category_named(told["thing"], categories) if told is not None else None
    return None if named is None else Program("is_a", named, box=nearest.box_id)


def _distance_px(box: ObjectBox, given: Sequence[float]) -> float:
    written = (box.x_min, box.y_min, box.width, box.height)
    return max(abs(one - other) for one, other in zip(written, given, strict=True))
