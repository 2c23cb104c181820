"""Numbers of objects in a text against the boxes of the scene, for exhaustively labelled categories only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace as with_changes
from functools import cache, lru_cache
from typing import Final

from pipeline.screening.asking import asked_of
from pipeline.screening.comparisons import Comparison, compared_in
from pipeline.screening.context import Noun, SceneContext, nouns_of
from pipeline.screening.counting import Bounds, bounds_at, mentions_in
from pipeline.screening.grammar import replace
from pipeline.screening.mended_numbers import with_number
from pipeline.screening.mentions import Mention, counted_phrase, loosened
from pipeline.screening.numbers import Number, find_numbers, write_number
from pipeline.screening.places import PLACE_WORDS
from pipeline.screening.polarity import flipped, is_yes_no_question, polarity
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.sums import is_sum_of

_HOW_MANY: Final = re.compile(r"\b(?:how many|(?:number|count) of|count (?:all )?the)\b", re.IGNORECASE)
_READ_UP_TO: Final = 1_000
"""Longer questions, in code points, ask for no number alone."""

_NOTHING: Final = re.compile(r"(?<!\w)none(?!\w)", re.IGNORECASE)


def _wrong(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for mention, bounds, is_only in _contradictions(passage, context):
        if bounds is not None:
            mended = with_number(passage, mention, bounds.number) if is_only and bounds.number is not None else None
            yield Fault(mention.start, mention.end, _say_there(mention, bounds), mended)
            continue
        number = context.count(mention.noun.category)
        if number < mention.lowest or not mention.is_part:
            mended = with_number(passage, mention, number) if is_only else None
            yield Fault(mention.start, mention.end, _say(mention.noun, number), mended)


def _partial(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for mention, bounds, _ in _contradictions(passage, context):
        number = context.count(mention.noun.category)
        if bounds is None and number > mention.lowest and mention.is_part and not _is_of_a_kind(passage, mention):
            yield Fault(mention.start, mention.end, f"{_say(mention.noun, number)}; are these the only ones meant?")


def _is_of_a_kind(passage: Passage, mention: Mention) -> bool:
    """``no large ships``, ``no ferries``, ``on the left no ships``: that there are others is no contradiction."""
    return mention.highest == 0 and (
        not PLACE_WORDS.isdisjoint(passage.words)
        or mention.noun.is_narrower
        or passage.text[mention.end : mention.noun_start].strip() != ""
    )


def _contradictions(passage: Passage, context: SceneContext) -> Iterator[tuple[Mention, Bounds | None, bool]]:
    """Mentions that the boxes deny, what the boxes show where the place is said, and whether it is the only mention of
    its category."""
    if passage.field == "question" and is_yes_no_question(passage.text):
        # What is asked is not said; what is taken for granted is.
        mentions: Iterable[Mention] = (each for each in mentions_in(passage, context) if each.is_definite)
    else:
        mentions = mentions_in(passage, context)
    by_category: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_category.setdefault(mention.noun.category, []).append(mention)
    for category, of_category in by_category.items():
        yield from _contradicted(passage, context, category, of_category)


def _contradicted(
    passage: Passage, context: SceneContext, category: str, mentions: list[Mention]
) -> Iterator[tuple[Mention, Bounds | None, bool]]:
    number = context.count(category)
    # Three ships at the pier and two at sea are five; looked at once, and only if a mention is wrong by itself.
    is_sum = cache(lambda: is_sum_of(passage, mentions, number, context.labelled))
    is_told = any(mention.lowest == mention.highest == number for mention in mentions)
    for mention in mentions:
        bounds = bounds_at(passage, mention.noun_start, category, context)
        if bounds is not None and mention.lowest <= number:
            is_wrong = bounds.contradicts(mention.lowest, mention.highest) and not bounds.is_opposed
            # Two on the left and another one: the third may lie there too.
            is_part_of_sum = is_wrong and mention.lowest < bounds.lowest and is_sum()
            if is_wrong and not mention.noun.is_narrower and not is_part_of_sum:
                yield mention, bounds, len(mentions) == 1
        # Where the number itself is told, a smaller one speaks of some of them.
        elif not (mention.allows(number) or (is_told and mention.lowest < number)):
            if is_sum() or _is_denial_of_existence(passage, context, mention):
                continue
            yield mention, None, len(mentions) == 1


def _is_denial_of_existence(passage: Passage, context: SceneContext, mention: Mention) -> bool:
    """``No, there are no ships`` to the question whether there are: the category's business, not the number's."""
    if passage.field != "answer" or mention.highest != 0:
        return False
    asked = asked_of(passage, context)
    return asked is not None and asked.program.form == "exists" and asked.program.category == mention.noun.category


def _say_there(mention: Mention, bounds: Bounds) -> str:
    noun = mention.noun
    if bounds.number is None:
        return f"the boxes show {bounds.span} {noun.plural} there"
    return f"{_say(noun, bounds.number)} there"


def _say(noun: Noun, number: int) -> str:
    there = f"{number} {noun.singular if number == 1 else noun.plural}" if number else f"no {noun.plural}"
    return f"the boxes show {there}"


def _answer(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """The number that answers ``How many ships …?``; sentences that name the noun again are left to ``count.wrong``."""
    question = passage.draft.text
    if not context.nouns or is_yes_no_question(question):
        return
    found = _counted_in(question, context.labelled) if len(question) <= _READ_UP_TO else None
    given = _only_number(passage.text)
    if found is None or given is None or mentions_in(passage, context):
        return
    noun, noun_start, _, is_part = found
    number = context.count(noun.category)
    bounds = bounds_at(Passage("question", question, passage.draft), noun_start, noun.category, context)
    if bounds is None:
        bounds = Bounds(0 if is_part else number, number)
    if bounds.contradicts(*loosened(passage.text, given.value, given, given.start)):
        exact = bounds.number if bounds.number is not None else number if given.value > number else None
        message = _say(noun, exact) if exact is not None else f"the boxes show {bounds.span} {noun.plural} there"
        yield Fault(given.start, given.end, message, _with_number(passage, given, exact))


@lru_cache(maxsize=256)
def _counted_in(question: str, labelled: tuple[str, ...]) -> tuple[Noun, int, int, bool] | None:
    """What a question asks the number of."""
    nouns = nouns_of(labelled)
    asked = (counted_phrase(question, found.end(), nouns) for found in _HOW_MANY.finditer(question))
    return next(filter(None, asked), None)


def _with_number(passage: Passage, given: Number, number: int | None) -> str | None:
    if number is None or not passage.is_mendable or not _is_exact(passage.text, given):
        return None
    written = "0" if number == 0 else write_number(number, as_digits=given.is_digits)
    return replace(passage.text, given.start, given.end, written)


def _is_exact(text: str, given: Number) -> bool:
    return given.is_plain and loosened(text, given.value, given, given.start) == (given.value, given.value)


def _claim(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """``Are there exactly three ships?``, ``Is there more than one bridge?``, ``Are there more ships than cars?``"""
    given = polarity(passage.text) if context.nouns and is_yes_no_question(passage.draft.text) else None
    if given is None:
        return
    asked = Passage("question", passage.draft.text, passage.draft)
    compared = compared_in(asked.text, context.nouns)
    truth, message = _compared(compared, context) if compared is not None else _truth_of_number(asked, context)
    if truth is not None and truth != given[0]:
        yield Fault(given[1], given[2], message, flipped(passage.text))


def _truth_of_number(asked: Passage, context: SceneContext) -> tuple[bool | None, str]:
    """Whether the boxes show the number that a question asks about; None where they may not tell."""
    mentions = mentions_in(asked, context)
    if len(mentions) != 1 or mentions[0].is_definite or mentions[0].highest == 0:
        return None, ""
    [mention] = mentions
    number = context.count(mention.noun.category)
    bounds = bounds_at(asked, mention.noun_start, mention.noun.category, context)
    if bounds is not None:
        if bounds.contradicts(mention.lowest, mention.highest):
            return False, _say_there(mention, bounds)
        is_sure = mention.allows(bounds.lowest) and mention.allows(bounds.highest)
        return (True if is_sure else None), _say_there(mention, bounds)
    if mention.is_part:
        return (False if mention.lowest > number else None), _say(mention.noun, number)
    return mention.allows(number), _say(mention.noun, number)


def _compared(compared: Comparison, context: SceneContext) -> tuple[bool, str]:
    one, other = context.count(compared.one.category), context.count(compared.other.category)
    shown = f"{_say(compared.one, one)} and {_say(compared.other, other).removeprefix('the boxes show ')}"
    return compared.holds(one, other), shown


def _comparison(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if not context.nouns or (passage.field == "question" and is_yes_no_question(passage.text)):
        return
    compared = compared_in(passage.text, context.nouns)
    if compared is not None:
        truth, message = _compared(compared, context)
        if not truth:
            yield Fault(compared.start, compared.end, message)


def _only_number(answer: str) -> Number | None:
    none = _NOTHING.search(answer)
    if none is not None:
        return Number(0, none.start(), none.end(), is_digits=False)
    numbers = list(find_numbers(answer))
    if not numbers or len({number.value for number in numbers}) > 1:
        return None
    # "3 (three)" is one number, which is written in two places.
    return numbers[0] if len(numbers) == 1 else with_changes(numbers[0], is_plain=False)


_LEFT: Final = ("ship", 30.0, 190.0, 20.0, 20.0)
_RIGHT: Final = ("ship", 550.0, 190.0, 20.0, 20.0)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="count.wrong",
        severity="error",
        find=_wrong,
        faulty=(
            Example("[Two] ships are visible.", "Three ships are visible.", {"ship": 3}),
            Example("There are [4] vessels in the image.", "There are 3 vessels in the image.", {"ship": 3}),
            Example("There are [two] ships in the scene.", "There is one ship in the scene.", {"ship": 1}),
            Example("[One] aircraft is parked.", "Two aircraft are parked.", {"aircraft": 2}),
            Example("A river with [a pair of] bridges.", "A river with three bridges.", {"bridge": 3}),
            Example("[No] ships are in the image.", "Two ships are in the image.", {"ship": 2}),
            Example("[Two] boats leave a wake on the river.", None, {"ship": 0}),
            Example(
                "[Two] ships lie in the upper left corner.", "Five ships lie in the upper left corner.", {"ship": 5}
            ),
            Example("There are more than [two] ships.", None, {"ship": 2}),
            Example("[Two] ships lie on the left.", "Three ships lie on the left.", placed=(*[_LEFT] * 3, _RIGHT)),
            Example("[A trio of] aircraft.", "Four aircraft.", {"aircraft": 4}),
            Example("[Two dozen] cars.", "Twenty cars.", {"car": 20}),
            Example("The number of ships is [four].", "The number of ships is three.", {"ship": 3}),
            Example("[Five] ships lie on the left.", "Two ships lie on the left.", {"ship": 2}),
            Example("A road with at least [three] cars.", None, {"car": 2}),
            Example("[Twenty-one] storage tanks.", "Twenty storage tanks.", {"tank": 20}),
        ),
        clean=(
            Example("Three ships are visible.", boxes={"ship": 3}),
            Example("A two-lane bridge.", boxes={"bridge": 3}),
            Example("One of the ships is large.", boxes={"ship": 3}),
            Example("Two rows of ships.", boxes={"ship": 8}),
            Example("A ship at pier 3.", boxes={"ship": 1}),
            Example("Three car parks beside two harbor cranes.", boxes={"car": 9, "harbor": 1}),
            Example("Three ships on the left and two ships on the right.", placed=(*[_LEFT] * 3, *[_RIGHT] * 2)),
            Example("Two ships lie on the left.", placed=(_LEFT, _LEFT, _RIGHT)),
            Example("About ten cars.", boxes={"car": 11}),
            Example("Seven ships."),
            Example("A bridge over a 30 m river.", boxes={"bridge": 1}),
            Example("A couple of ships.", boxes={"ship": 3}),
            Example("Two piers, each with two ships.", boxes={"ship": 4}),
            Example("Are there exactly two ships?", answer="No", boxes={"ship": 3}),
            Example("No large ships are visible.", boxes={"ship": 3}),
        ),
    ),
    Rule(
        name="count.part",
        severity="warning",
        find=_partial,
        faulty=(
            Example("[Two] ships lie at the pier.", None, {"ship": 5}),
            Example("A river [without a] bridge.", None, {"bridge": 2}),
            Example("The [two] large ships are moored.", None, {"ship": 5}),
        ),
        clean=(Example("Two ships lie on the left.", boxes={"ship": 2}),),
    ),
    Rule(
        name="count.answer",
        severity="error",
        find=_answer,
        fields=("answer",),
        faulty=(
            Example("[2]", "3", {"ship": 3}, "How many ships are visible in the image?"),
            Example("[Four].", "Two.", {"harbor": 2}, "How many harbours are located in the image?"),
            Example("[None]", "One", {"bridge": 1}, "What is the number of bridges?"),
            Example("[7]", "5", {"ship": 5}, "How many ships are on the left?"),
        ),
        clean=(
            Example("3", boxes={"ship": 3}, question="How many ships are visible in the image?"),
            Example("2", placed=(_LEFT, _LEFT, _RIGHT), question="How many ships are on the left?"),
            Example("2", boxes={"ship": 3}, question="How many piers are there?"),
            Example("5", boxes={"ship": 3, "bridge": 2}, question="How many ships and bridges are there?"),
        ),
    ),
    Rule(
        name="count.claim",
        severity="error",
        find=_claim,
        fields=("answer",),
        faulty=(
            Example("[Yes]", "No", {"ship": 4}, "Are there exactly three ships in the image?"),
            Example("[No].", "Yes.", {"ship": 3}, "Is there more than one ship?"),
            Example("[Yes]", "No", {"ship": 3}, "Are there fewer than three boats?"),
            Example("[no]", "yes", {"ship": 3}, "Are there at least two ships in the image?"),
            Example("[Yes]", "No", {"ship": 3}, "Is the number of ships greater than three?"),
            Example("[Yes]", "No", {"ship": 3, "car": 5}, "Are there more ships than cars?"),
        ),
        clean=(
            Example("No", boxes={"ship": 4}, question="Are there exactly three ships in the image?"),
            Example("Yes", boxes={"ship": 4}, question="Are there two large ships in the image?"),
            Example("No", boxes={"ship": 2}, question="Are the two ships moored?"),
            Example("No", placed=(_LEFT, _RIGHT), question="Are there two ships on the left?"),
            Example("Yes", boxes={"ship": 4}, question="Are there more ships than trees?"),
        ),
    ),
    Rule(
        name="count.comparison",
        severity="error",
        find=_comparison,
        fields=("text", "answer"),
        faulty=(Example("There are [more ships than cars].", None, {"ship": 2, "car": 5}),),
        clean=(
            Example("There are more cars than ships.", boxes={"ship": 2, "car": 5}),
            Example("There are more ships than cars on the road.", boxes={"ship": 2, "car": 5}),
        ),
        cues=frozenset({"than"}),
    ),
)
