"""Read a question as the program that answers it, where it has the form of a template.

Drafts that came from elsewhere carry no program. Questions of the published corpus, and of models that write like it,
are the same few forms in several wordings; all other questions are none, rather than something near.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pipeline.programs.program import Program, Side
from pipeline.records import ObjectBox
from pipeline.vocabulary import NARROWER, SYNONYMS, WIDER, plural


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


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
        rf"(?:is|are) (?:any|a|an|some) {_THING} {_SEEN_WORD}(?:{_IMAGE})?",
        rf"do(?:es)? {_SOME}{_THING} (?:exist|appear)s?(?:{_IMAGE})?",
        rf"do(?:es)? (?:the|this) {_WHOLE} (?:contain|show|include|have|depict|feature) {_SOME}{_THING}",
        rf"can (?:you|we|one) {_FINDING} (?:any|a|an|some) {_THING}(?:{_IMAGE})?",
        rf"can (?:any|a|an) {_THING} be {_SEEN_WORD}(?:{_IMAGE})?",
    )
)
_COUNT_ON_SIDE: Final = re.compile(rf"how many {_THING}(?: (?:are|is)(?: there)?)?(?: {_SEEN_WORD})?{_SIDE}")
_MAIN_ON_SIDE: Final = re.compile(rf"(?:what|which) (?:is|are) the {_MOST} {_OBJECT}s?{_SEEN}{_SIDE}")
_OTHERS: Final = re.compile(rf"(?:is|are) there (?:any )?{_OTHER}{_END} {_APART} (?:any |the )?{_THING}{_END}")
_MAIN: Final = re.compile(
    rf"(?:what|which) (?:is|are) the {_MOST} {_OBJECT}s?{_END}|(?:what|which) {_OBJECT} (?:is|are) {_MOST}{_END}"
)
_CATEGORIES: Final = re.compile(rf"(?:what|which) (?:are the )?{_OBJECTS}{_END}")
_COUNTS: Final = tuple(
    re.compile(form)
    for form in (
        rf"how many {_THING}{_END}",
        rf"how many {_THING} (?:are|is) (?:there )?{_SEEN_WORD}?(?:{_IMAGE})?",
        rf"how many {_THING} can (?:you|we|one) {_FINDING}(?:{_IMAGE})?",
        rf"how many {_THING} can be {_SEEN_WORD}(?:{_IMAGE})?",
        rf"how many {_THING} do(?:es)? (?:the|this) {_WHOLE} (?:contain|show|include|have|depict)",
        rf"(?:what is|what's|give|tell) the (?:total |exact |overall )?(?:number|count) of {_THING}{_END}",
        rf"(?:please )?count (?:all )?the (?:number of )?{_THING}{_END}",
    )
)
_WHERE_MOST: Final = re.compile(
    rf"where (?:is|are) (?:the )?(?P<most>most of the|most|majority of the|majority of)? ?{_THING}"
    rf"(?: (?:mostly |mainly )?(?:{_SEEN_WORD}|concentrated|distributed))?(?:{_IMAGE})?"
)
_AREA: Final = (
    "(?:in|at|within|inside) (?:the |this )?"
    r"(?:(?:area|region|bounding box|box|rectangle|location)(?: at| of)? )?\x00"
)
_REGION: Final = re.compile(rf"(?:what|which) (?:(?:is|are) (?:the |this )?)?(?:{_OBJECT}(?: is)?)?{_SEEN} ?{_AREA}")
_WHERE_REGION: Final = re.compile(rf"where is the {_THING} {_AREA}(?: {_SEEN_WORD})?")
_IS_REGION: Final = re.compile(rf"is the object {_AREA} (?:a|an) {_THING}")
_SIDE_OF: Final[Mapping[str, Side]] = {
    "left": "left", "right": "right", "top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom",
}  # fmt: skip
_NO_THING: Final = _words(
    """a an and any anything are at be because between by for from if in is it more most no not of on one only or other
    others same side sides some something than that the their them there these this those to up visible what which with
    evidence sign signs indication indications object objects category categories class classes target targets type
    types kind kinds feature features difference differences pattern patterns image scene single different large small
    majority number zero two three four five six seven eight nine ten eleven twelve dozen pair pairs several many few
    multiple various numerous some both all every each"""
)
"""What has one of these words is no thing that could be a category."""

_NEUTRAL: Final = _words("visible distinct individual separate distinguishable identifiable maritime marine")
_OBJECT_NOUNS: Final = _words("structure structures instance instances")
"""Before and behind a thing they add nothing: ``bridge structures`` are bridges."""


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
    if first in ("is", "are", "do", "does", "can"):
        yield from _read_existence(asked, categories)
    elif first == "where":
        yield from _read_where(asked, categories, boxes)
    elif first in ("how", "what", "what's", "give", "tell", "count", "please", "which"):
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
    others = _OTHERS.fullmatch(asked)
    if others is not None:
        named = category_named(others["thing"], categories)
        yield from [Program("others", named)] if named is not None else []
        return
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


def _read_where(asked: str, categories: tuple[str, ...], boxes: Sequence[ObjectBox]) -> Iterator[Program]:
    found = _WHERE_MOST.fullmatch(asked)
    named = category_named(found["thing"], categories) if found is not None else None
    if found is None or named is None:
        return
    # Of several, "where are the ships" may be answered in more ways than by the place of most.
    if found["most"] or sum(box.category == named for box in boxes) == 1:
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


@lru_cache(maxsize=4096)
def category_named(phrase: str, categories: tuple[str, ...]) -> str | None:
    """The category that a noun phrase names, in singular or plural: one of ``categories``, else a thing of its own.

    None where the phrase is no plain name (``evidence of flooding``, ``two ships``), or names some objects of a
    category only (``cargo ships``), which boxes do not tell from the rest.
    """
    forms = _forms_of(categories)
    words = _without_neutral(phrase.replace("-", " ").split())
    plain = " ".join(words)
    if plain in forms:
        return forms[plain] or None
    if not words or _NO_THING.intersection(words) or words[-1] in forms:
        return None
    known = _KNOWN_ANYWHERE.get(plain) or plain
    # A word for more than the scene's own category: a vehicle may be a car, where trucks are told apart.
    return None if known in categories else known


def _without_neutral(words: list[str]) -> list[str]:
    begin = next((index for index, word in enumerate(words) if word not in _NEUTRAL), len(words))
    end = len(words) - (len(words) - begin > 1 and words[-1] in _OBJECT_NOUNS)
    return words[begin:end]


@lru_cache(maxsize=256)
def _forms_of(categories: tuple[str, ...]) -> Mapping[str, str]:
    """``{phrase: category}``: the names, then synonyms, then head words.

    Names that two categories share, or that name some objects of one only (``ferry``), stand for no category: "".
    """
    forms: dict[str, str] = {}
    names = {category: category.replace("_", " ").replace("-", " ").lower() for category in categories}
    for category, name in names.items():
        forms |= dict.fromkeys(_numbers_of(name), category)
    for groups, is_whole in ((SYNONYMS, True), (NARROWER, False)):
        for category, name in names.items():
            for other in _other_names(name, groups):
                if WIDER.get(other, frozenset()).isdisjoint(names.values()):
                    for form in _numbers_of(other):
                        forms.setdefault(form, category if is_whole else "")
    heads = [name.rpartition(" ")[2] for name in names.values()]
    for category, head in zip(names, heads, strict=True):
        for form in _numbers_of(head):
            forms.setdefault(form, category if heads.count(head) == 1 else "")
    return forms


def _other_names(name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What else things called ``name`` are called, whether it is a group's own name or one of its synonyms."""
    for group, synonyms in SYNONYMS.items():
        if name == group or name in synonyms:
            yield from groups.get(group, ())


def _numbers_of(name: str) -> tuple[str, ...]:
    """Singular, plural, and the plural that people write of ``aircraft``; none of nothing."""
    return (name, plural(name), f"{name}s") if name else ()


_KNOWN_ANYWHERE: Final = _forms_of(tuple(sorted(SYNONYMS)))
