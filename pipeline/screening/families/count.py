"""Numbers of objects in a text against the boxes of the scene, for exhaustively labelled categories only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.screening.context import SceneContext
from pipeline.screening.grammar import COPULAS, replace, word_before, words_after, words_before
from pipeline.screening.mentions import Mention, counted_noun, find_mentions
from pipeline.screening.numbers import Number, find_numbers, write_number
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.word_lists import closed_list

_HOW_MANY: Final = re.compile(r"\b(?:how many|(?:number|count) of|count (?:all )?the)\b", re.IGNORECASE)
_NOTHING: Final = re.compile(r"(?<!\w)none(?!\w)", re.IGNORECASE)
_OBJECT_AFTER: Final = closed_list("""with of shows show contains contain includes include depicts has have holds""")
_MODALS: Final = closed_list("can could may might will")
_AGREEING: Final = {"is": "are", "was": "were", "has": "have"}
_PLURAL_OF: Final = {**_AGREEING, **{many: many for many in _AGREEING.values()}}
_SINGULAR_OF: Final = {**{many: one for one, many in _AGREEING.items()}, **{one: one for one in _AGREEING}}
_RELATIVE: Final = re.compile(r"\b(?:is|are|was|were|has|have|which|that|who|and|leave|leaves|lie|lies)\b")


def _wrong(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for mention, number, is_only in _contradictions(passage, context):
        if number < mention.lowest or not mention.is_part:
            mended = _mended(passage, mention, number) if is_only else None
            yield Fault(mention.start, mention.end, _say(mention, number), mended)


def _partial(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for mention, number, _ in _contradictions(passage, context):
        if number > mention.lowest and mention.is_part:
            yield Fault(mention.start, mention.end, f"{_say(mention, number)}; are these the only ones meant?")


def _contradictions(passage: Passage, context: SceneContext) -> Iterator[tuple[Mention, int, bool]]:
    """Mentions that the boxes deny, the boxes' number, and whether it is the only mention of its category."""
    by_category: dict[str, list[Mention]] = {}
    for mention in find_mentions(passage.text, context.nouns):
        by_category.setdefault(mention.noun.category, []).append(mention)
    for category, mentions in by_category.items():
        number = context.count(category)
        if sum(mention.lowest for mention in mentions) == number:
            # Three ships on the left and two on the right are five.
            continue
        is_told = any(mention.lowest == mention.highest == number for mention in mentions)
        for mention in mentions:
            # Where the number itself is told, a smaller one speaks of some of them.
            if not mention.allows(number) and not (is_told and mention.lowest < number):
                yield mention, number, len(mentions) == 1


def _say(mention: Mention, number: int) -> str:
    noun = mention.noun
    there = f"{number} {noun.singular if number == 1 else noun.plural}" if number else f"no {noun.plural}"
    return f"the boxes show {there}"


def _mended(passage: Passage, mention: Mention, number: int) -> str | None:
    """The text with the boxes' number, if that is one word's change, or one with noun and verb beside it."""
    text = passage.text
    if number == 0 or not mention.is_plain or not passage.is_mendable:
        return None
    was_plural = not mention.noun.is_singular or mention.lowest != 1
    if was_plural == (number != 1) and mention.lowest != 0:
        written = write_number(number, as_digits=mention.is_digits)
        return replace(text, mention.start, mention.end, written)
    return _with_agreement(text, mention, number)


def _with_agreement(text: str, mention: Mention, number: int) -> str | None:
    """Between singular and plural the verb changes too; None unless it stands right before or after, or is none."""
    forms = _SINGULAR_OF if number == 1 else _PLURAL_OF
    verb = next(words_after(text, mention.noun_end), None)
    tail = text[mention.noun_end :]
    if verb is not None and verb.text in forms:
        tail = text[mention.noun_end : verb.start] + forms[verb.text] + text[verb.end :]
    elif (verb is None or verb.text not in _MODALS) and not _has_no_verb_after(text, mention):
        return None
    noun = mention.noun.singular if number == 1 else mention.noun.plural
    written = write_number(number, as_digits=mention.is_digits)
    mended = replace(text[: mention.noun_start] + noun + tail, mention.start, mention.end, written)
    return _existential(mended, mention.start, forms)


def _has_no_verb_after(text: str, mention: Mention) -> bool:
    """Whether the mention is no subject (``there are two ships``, ``a port with two``) and nothing agrees later."""
    if _RELATIVE.search(text[mention.noun_end :].partition(".")[0]):
        return False
    before = words_before(text, mention.start)
    return before[-2:] in (["there", "is"], ["there", "are"]) or (before[-1:] != [] and before[-1] in _OBJECT_AFTER)


def _existential(text: str, start: int, forms: dict[str, str]) -> str:
    """``there are`` before the number made to agree."""
    last = word_before(text, start)
    if last not in COPULAS or last not in forms:
        return text
    begin = text[:start].rfind(text[:start].split()[-1])
    return text[:begin] + forms[last] + text[begin + len(last) :]


def _answer(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """The number that answers ``How many ships …?``; sentences that name the noun again are left to ``count.wrong``."""
    asked = (
        counted_noun(passage.draft.text, found.end(), context.nouns) for found in _HOW_MANY.finditer(passage.draft.text)
    )
    found = next(filter(None, asked), None) if context.nouns else None
    given = _only_number(passage.text)
    if found is None or given is None or find_mentions(passage.text, context.nouns):
        return
    noun, is_part = found
    number = context.count(noun.category)
    if given.value > number or (given.value < number and not is_part):
        there = f"{number} {noun.singular if number == 1 else noun.plural}" if number else f"no {noun.plural}"
        written = "0" if number == 0 else write_number(number, as_digits=given.is_digits)
        suggestion = replace(passage.text, given.start, given.end, written) if passage.is_mendable else None
        yield Fault(given.start, given.end, f"the boxes show {there}", suggestion)


def _only_number(answer: str) -> Number | None:
    none = _NOTHING.search(answer)
    numbers = [Number(0, none.start(), none.end(), is_digits=False)] if none else list(find_numbers(answer))
    return numbers[0] if len(numbers) == 1 else None


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
            Example("Three ships on the left and two ships on the right.", boxes={"ship": 5}),
            Example("About ten cars.", boxes={"car": 11}),
            Example("Seven ships."),
            Example("A bridge over a 30 m river.", boxes={"bridge": 1}),
        ),
    ),
    Rule(
        name="count.part",
        severity="warning",
        find=_partial,
        faulty=(
            Example("[Two] ships lie on the left.", None, {"ship": 5}),
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
            Example("2", boxes={"ship": 3}, question="How many ships are on the left?"),
            Example("2", boxes={"ship": 3}, question="How many piers are there?"),
        ),
    ),
)
