"""Fragile: true by the boxes, yet hanging by a thread, so that an expert should look twice.

A box that the image's edge cuts, or that lies within 3 px of a line, decides the answer; most of what is asked for is
no majority; or something is said to be absent that nobody looked for. All of it is to be looked at, none of it wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.programs.derivation import noun
from pipeline.programs.layout import Layout
from pipeline.programs.naming import category_named
from pipeline.screening.asking import Asked, asked_of, placed_boxes
from pipeline.screening.context import SceneContext
from pipeline.screening.mentions import find_mentions
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.word_lists import closed_list
from pipeline.vocabulary import SYNONYMS, article, plural

_ABSENT: Final = re.compile(r"\W*(?:(?:there )?(?:is|are) (?:no|none|not)|no|none|not|nothing|0|zero)\b", re.IGNORECASE)
_ONLY: Final = re.compile(r"\b(?:only|just|nothing else|no others?|no other \w+)\b", re.IGNORECASE)
_KNOWN_THINGS: Final = "|".join(
    sorted({form for names in SYNONYMS.values() for name in names for form in (name, plural(name))}, key=len)[::-1]
)
_NO: Final = (
    "no|without(?: any| an?)?|neither|nor|not any|(?:no (?:sign|evidence|trace|indication)s? of|absence of|free of"
    "|free from|devoid of|lack of|lack|lacks|lacking)(?: any)?"
)
_NONE_OF: Final = re.compile(
    rf"(?<![\w-])(?:{_NO})(?: (?:visible|other|obvious|apparent|discernible))? ({_KNOWN_THINGS})"
    rf"(?:,? (?:or|and|nor) (?:any )?({_KNOWN_THINGS}))?(?![\w-])"
    r"(?! (?:parks?|terminals?|hangars?|lots?|sites?|authority|facilit|tracks?|piers?|decks?|traffic))",
    re.IGNORECASE,
)
_NOT_THERE: Final = re.compile(
    rf"(?<![\w-])({_KNOWN_THINGS})() (?:is|are) (?:absent|missing|not (?:present|visible|seen|found|there))(?![\w-])",
    re.IGNORECASE,
)


def _edge(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.boxes and context.size is not None:
        placed = placed_boxes(context.boxes, context.size)
        if placed.uncut is not None:
            yield from _edge_in_caption(passage, context, placed.uncut)
            yield from _edge_in_answer(passage, context)


def _edge_in_answer(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    asked = asked_of(passage, context)
    if asked is not None and asked.derived is not None and asked.derived != asked.without_cut:
        yield _whole(passage, _say_cut(asked))


def _say_cut(asked: Asked) -> str:
    if asked.program.box is not None:
        return "the image's edge cuts this object: what is left of it may not tell what it is, or where"
    number, name = _cut_things(asked)
    things, them = (f"{article(name)} {name}", "it") if number == 1 else (f"{number} {plural(name)}", "them")
    other = "nothing certain" if asked.without_cut is None else f"“{asked.without_cut}”"
    return f"the image's edge cuts {things}: without {them} the answer would be {other}"


def _cut_things(asked: Asked) -> tuple[int, str]:
    """How many of what was asked for are cut, and what to call one."""
    layout, uncut, category = asked.placed.layout, asked.placed.uncut or asked.placed.layout, asked.program.category
    if category is not None and len(layout[category]) > len(uncut[category]):
        return len(layout[category]) - len(uncut[category]), noun(category)
    return len(layout.placements) - len(uncut.placements), "box"


def _edge_in_caption(passage: Passage, context: SceneContext, uncut: Layout) -> Iterator[Fault]:
    """Numbers that are right with the boxes that the edge cuts, and wrong without them."""
    if passage.field != "text":
        return
    for mention in find_mentions(passage.text, context.nouns):
        number, whole = context.count(mention.noun.category), len(uncut[mention.noun.category])
        if mention.lowest and mention.allows(number) and not mention.allows(whole):
            message = f"the image's edge cuts {number - whole} of these {number}: are they to be counted?"
            yield Fault(mention.start, mention.end, message if number > 1 else "the image's edge cuts it")


def _shift(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    asked = asked_of(passage, context) if context.boxes else None
    if asked is None or not (asked.program.side or asked.program.form in ("where_most", "where")):
        return
    # Where the edge decides, that rule has said so; where there is a tie, there is no answer that could flip.
    is_tied = asked.program.form == "where_most" and asked.derived is None
    if not is_tied and asked.derived == asked.without_cut and asked.is_shifting:
        name = noun(asked.program.category or "box")
        yield _whole(passage, f"{article(name)} {name} lies within 3 px of where this answer changes")


def _tie(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    asked = asked_of(passage, context) if context.boxes else None
    if asked is None or asked.derived is not None:
        return
    layout, category = asked.placed.layout, asked.program.category
    if asked.program.form == "main" and not asked.program.side and layout.placements:
        shares = Counter(noun(placement.box.category) for placement in layout.placements)
        yield _whole(passage, f"no category has more than half of the boxes: {_told(shares)}")
    elif asked.program.form == "where_most" and layout[category]:
        places = Counter(placement.position or "on a diagonal" for placement in layout[category])
        yield _whole(passage, f"no side has more than half of the {plural(noun(category or ''))}: {_told(places)}")


def _told(shares: Counter[str]) -> str:
    return ", ".join(
        f"{number} {name}" for name, number in sorted(shares.items(), key=lambda each: (-each[1], each[0]))
    )


def _absence(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.boxes is None:
        return
    asked = asked_of(passage, context)
    if asked is not None:
        yield from _absence_in_answer(passage, context, asked)
    elif passage.field != "question" and context.labelled:
        yield from _absence_in_words(passage, context)


def _absence_in_answer(passage: Passage, context: SceneContext, asked: Asked) -> Iterator[Fault]:
    program, labelled, found = asked.program, frozenset(context.labelled), asked.placed.layout
    is_none, is_only = _ABSENT.match(passage.text) is not None, _ONLY.search(passage.text) is not None
    category = program.category or ""
    if program.form in ("exists", "count"):
        is_denied = not program.side and found[category]
        if is_none and category not in labelled and not is_denied:
            yield _whole(passage, _say_not_looked_for(noun(category)))
    elif (program.form == "others" and is_none) or (program.form in ("categories", "main") and is_only):
        others = labelled - ({category} if category else set(found.by_category))
        if not others and len(found.by_category) < 2:
            yield _whole(passage, "nothing else was annotated exhaustively here: without boxes there may still be some")


def _absence_in_words(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """``no cars``, ``without bridges``, of what was not annotated exhaustively and has no boxes."""
    known = tuple(sorted({*context.labelled, *(box.category for box in context.boxes or ())}))
    for found in (*_NONE_OF.finditer(passage.text), *_NOT_THERE.finditer(passage.text)):
        unknown = [name.lower() for name in found.groups() if name and _is_unknown(name.lower(), known)]
        if unknown:
            yield Fault(*found.span(), _say_not_looked_for(unknown[0]))


def _is_unknown(name: str, known: tuple[str, ...]) -> bool:
    named = category_named(name, known)
    return named is not None and named not in known


def _say_not_looked_for(name: str) -> str:
    return f"“{name}” was not annotated exhaustively here: that it has no box does not mean that there is none"


def _whole(passage: Passage, message: str) -> Fault:
    return Fault(0, len(passage.text), message)


def _questions(
    question: str, *cases: tuple[str, Sequence[tuple[str, float, float, float, float]]]
) -> tuple[Example, ...]:
    return tuple(Example(text, question=question, placed=tuple(placed)) for text, placed in cases)


_SHIP: Final = ("ship", 100.0, 200.0, 20.0, 20.0)
_CUT_SHIP: Final = ("ship", 0.0, 200.0, 20.0, 20.0)
_CENTRAL_SHIP: Final = ("ship", 290.0, 190.0, 20.0, 20.0)
_RIGHT_SHIP: Final = ("ship", 560.0, 190.0, 20.0, 20.0)
_CAR: Final = ("car", 300.0, 100.0, 9.0, 9.0)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="fragile.edge",
        severity="info",
        find=_edge,
        fields=("text", "answer"),
        faulty=(
            *_questions("How many ships are visible in the image?", ("[2]", [_SHIP, _CUT_SHIP])),
            *_questions("Does the ship exist in the image?", ("[Yes]", [_CUT_SHIP, _CAR])),
            *_questions("Are there any other categories apart from car in the image?", ("[Yes]", [_CUT_SHIP, _CAR])),
            *_questions("What is the object in the area [0.0, 200.0, 20.0, 20.0]?", ("[ship]", [_CUT_SHIP])),
            *_questions("What is the main object visible in the image?", ("[ship]", [_SHIP, _CUT_SHIP, _CAR])),
            Example("[Two] ships are visible.", placed=(_SHIP, _CUT_SHIP)),
        ),
        clean=(
            *_questions("How many ships are visible in the image?", ("2", [_SHIP, _RIGHT_SHIP])),
            *_questions("How many cars are visible in the image?", ("1", [_CUT_SHIP, _CAR])),
            *_questions("Does the ship exist in the image?", ("Yes", [_SHIP, _CUT_SHIP])),
            *_questions("What is the object in the area [100.0, 200.0, 20.0, 20.0]?", ("ship", [_SHIP, _CUT_SHIP])),
            *_questions("How are the ships arranged?", ("In a row", [_SHIP, _CUT_SHIP])),
            Example("At least one ship is visible.", placed=(_SHIP, _CUT_SHIP)),
        ),
    ),
    Rule(
        name="fragile.shift",
        severity="info",
        find=_shift,
        fields=("answer",),
        faulty=(
            *_questions(
                "Is there a ship located on the left side of the image?", ("[Yes]", [("ship", 188, 190, 20, 20)])
            ),
            *_questions("Where is the ship positioned within the image?", ("[left]", [("ship", 188, 190, 20, 20)])),
        ),
        clean=(
            *_questions("Is there a ship located on the left side of the image?", ("Yes", [_SHIP])),
            *_questions("Where is the ship positioned within the image?", ("center", [_CENTRAL_SHIP])),
            *_questions("Is there a ship in the image?", ("Yes", [("ship", 188, 190, 20, 20)])),
        ),
    ),
    Rule(
        name="fragile.tie",
        severity="info",
        find=_tie,
        fields=("answer",),
        faulty=(
            *_questions("Where are most ships positioned within the image?", ("[left]", [_SHIP, _RIGHT_SHIP])),
            *_questions("What is the main object visible in the image?", ("[car]", [_SHIP, _CAR])),
        ),
        clean=(
            *_questions("Where are most vessels positioned within the image?", ("left", [_SHIP, _SHIP, _RIGHT_SHIP])),
            *_questions("What is the main object visible in the image?", ("ship", [_SHIP, _RIGHT_SHIP, _CAR])),
            *_questions("What is the main use of the land?", ("Traffic", [_SHIP, _CAR])),
        ),
    ),
    Rule(
        name="fragile.absence",
        severity="info",
        find=_absence,
        fields=("text", "answer"),
        cues=closed_list(
            """no none not nothing 0 zero without neither nor only just absence free devoid lack lacks lacking absent
            missing"""
        ),
        faulty=(
            *_questions("Are there any bridges in the image?", ("[No]", [_SHIP])),
            *_questions("How many swimming pools are in the image?", ("[0]", [_SHIP])),
            *_questions("Are there any other categories apart from ship in the image?", ("[No]", [_SHIP])),
            *_questions("What are the categories visible in the image?", ("[Only ships.]", [_SHIP])),
            Example("A river with a ship and [no bridge].", placed=(_SHIP,)),
            Example("[No ships or planes] are visible.", boxes={"ship": 1}),
            Example("A quay, [free of vehicles], with one ship.", placed=(_SHIP,)),
            Example("[Bridges are not visible].", placed=(_SHIP,)),
        ),
        clean=(
            *_questions("Are there any vessels on the right side of the image?", ("No", [_SHIP])),
            *_questions("Are there any bridges in the image?", ("Yes", [_SHIP])),
            *_questions("Are there any other categories apart from ship in the image?", ("Yes", [_SHIP, _CAR])),
            *_questions("Are any buildings under construction?", ("No.", [_SHIP])),
            *_questions("Are there any large ships in the image?", ("No", [_SHIP])),
            Example("A harbor with no boats.", boxes={"ship": 1}),
            Example("A town with no bridge."),
        ),
    ),
)
