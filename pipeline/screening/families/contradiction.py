"""What a text says against another text of its scene, or against itself. Which of the two is wrong nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import chain, islice
from typing import Final

from pipeline.likeness import content_words, is_alike
from pipeline.records import Draft
from pipeline.screening.claims import Claim, Whereabouts, claims_of, named_in, whereabouts_of
from pipeline.screening.context import SceneContext
from pipeline.screening.numbers import find_numbers
from pipeline.screening.polarity import polarity
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.scene_texts import texts_of

_COMPARED: Final = 200
"""So many texts that speak of the same thing a text is held to."""
_QUOTED: Final = 80
_SHORT_WORDS: Final = 4
"""Longer answers may say the same in other words."""
_SPACES: Final = re.compile(r"\s+")
_OPPOSITE: Final = ({"left", "right"}, {"top", "bottom"}, {"north", "south"}, {"east", "west"})


def _counts(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if not context.others:
        return
    texts = texts_of(context)
    own = texts.place_of(passage.draft)
    for claim in _claims(passage, texts.denied):
        if _is_borne_out(claim, context):
            continue
        category = claim.noun.category
        held_to = chain(texts.claims.get(category, ()), texts.named.get(category, ()) if claim.highest == 0 else ())
        for place, other in islice(held_to, _COMPARED):
            if place != own and claim.denies(other) and not _ask_the_same(passage.draft, texts.drafts[place]):
                yield _against(claim, other)
                break


def _is_borne_out(claim: Claim, context: SceneContext) -> bool:
    """Whether the boxes bear the claim out, so that the other text alone is wrong."""
    counted = context.nouns.get(claim.noun.singular)
    if counted is None or claim.is_part or claim.part is not None:
        return False
    number = context.count(counted.category)
    return claim.lowest <= number and (claim.highest is None or number <= claim.highest)


def _claims(passage: Passage, denied: frozenset[str]) -> Iterator[Claim]:
    """What the passage says of numbers, and which of what is ``denied`` it names as being there."""
    counted = [claim for claim in claims_of(passage.draft) if claim.field == passage.field]
    yield from counted
    if denied and passage.field == "text":
        ends = {claim.end for claim in counted}
        for claim in named_in(passage.draft):
            if claim.noun.category in denied and claim.end not in ends:
                yield claim


def _ask_the_same(one: Draft, other: Draft) -> bool:
    """Whether both are one question, whose answers are held to each other as such; or one text."""
    return one == other or (one.answer is not None and other.answer is not None and is_alike(one.text, other.text))


def _against(claim: Claim | Whereabouts, other: Claim | Whereabouts) -> Fault:
    return Fault(claim.start, claim.end, f"another text of this scene says “{_quoted(other.words)}”")


def _quoted(words: str) -> str:
    plain = _SPACES.sub(" ", words).strip()
    return plain if len(plain) <= _QUOTED else f"{plain[: _QUOTED - 1]}…"


def _places(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if not context.others:
        return
    texts = texts_of(context)
    own = texts.place_of(passage.draft)
    for where in whereabouts_of(passage.draft):
        category = where.noun.category
        if where.field != passage.field or context.count(category) > 1 or _are_several(category, texts.claims):
            continue
        for place, other in islice(texts.whereabouts.get(category, ()), _COMPARED):
            if place != own and where.denies(other) and not _ask_the_same(passage.draft, texts.drafts[place]):
                yield _against(where, other)
                break


def _are_several(category: str, claims: Mapping[str, Sequence[tuple[int, Claim]]]) -> bool:
    """Whether some text says that there are more than one, so that two texts may mean two of them."""
    return any(claim.lowest > 1 for _, claim in islice(claims.get(category, ()), _COMPARED))


def _answers(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    draft = passage.draft
    if not context.others or draft.answer is None or not passage.text.strip():
        return
    texts = texts_of(context)
    own = texts.place_of(draft)
    for place in texts.by_words.get((True, content_words(draft.text)), ())[:_COMPARED]:
        other = texts.drafts[place]
        if place == own or other.answer is None or not is_alike(draft.text, other.text):
            continue
        span = _disagreement(draft.answer, other.answer)
        if span is not None:
            yield Fault(*span, f"the same question is answered “{_quoted(other.answer)}” in another text of this scene")
            return


def _disagreement(answer: str, other: str) -> tuple[int, int] | None:
    """The span of what ``answer`` says against ``other``; None where both may be true."""
    said, other_said = polarity(answer), polarity(other)
    if said is not None and other_said is not None:
        return (said[1], said[2]) if said[0] != other_said[0] else None
    numbers, other_numbers = list(find_numbers(answer)), list(find_numbers(other))
    if len(numbers) == len(other_numbers) == 1:
        number = numbers[0]
        return (number.start, number.end) if number.value != other_numbers[0].value else None
    words, other_words = content_words(answer), content_words(other)
    if not words or not other_words:
        return None
    if any(
        _picks(pair, words) and _picks(pair, other_words) and pair & words != pair & other_words for pair in _OPPOSITE
    ):
        return _whole(answer)
    are_short = max(len(words), len(other_words)) <= _SHORT_WORDS
    return _whole(answer) if are_short and said is other_said is None and words.isdisjoint(other_words) else None


def _picks(pair: Set[str], words: Set[str]) -> bool:
    return len(pair & words) == 1


def _whole(answer: str) -> tuple[int, int]:
    start = len(answer) - len(answer.lstrip())
    return start, start + len(answer.strip())


def _itself(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    counted = claims_of(passage.draft)
    if not counted:
        return
    claims = list(_claims(passage, frozenset(claim.noun.category for claim in counted if claim.highest == 0)))
    for claim in claims:
        for other in claims[:_COMPARED]:
            if other.noun.category == claim.noun.category and other is not claim and _belies(claim, other):
                yield Fault(claim.start, claim.end, f"the same text says “{_quoted(other.words)}”")
                break


def _belies(claim: Claim, other: Claim) -> bool:
    return claim.denies(other) or _is_more_than_named(claim, other) or _is_more_than_named(other, claim)


def _is_more_than_named(later: Claim, first: Claim) -> bool:
    """``two ships … the three ships``: of two, three cannot be meant."""
    is_exact = first.lowest == first.highest and later.lowest == later.highest
    is_back = later.is_definite and not first.is_definite and first.start < later.start
    return is_exact and is_back and later.lowest > first.lowest > 0


def _caption(text: str) -> Draft:
    return Draft("complex_caption", text)


def _question(question: str, answer: str, question_type: str = "general") -> Draft:
    return Draft("question", question, question_type, answer)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="contradiction.count",
        severity="warning",
        find=_counts,
        faulty=(
            Example("[Two ships] are visible.", others=(_caption("Three ships are visible in the port."),)),
            Example("There are [no bridges] in the image.", others=(_caption("A bridge crosses the river."),)),
            Example("A [bridge] crosses the river.", others=(_question("Is there a bridge?", "No."),)),
            Example("[Two cars] are visible.", others=(_question("How many cars are there in the image?", "5"),)),
            Example("[No].", question="Are there any ships?", others=(_caption("Two ships lie at the pier."),)),
            Example("[3]", question="How many tanks are visible?", others=(_caption("Four tanks are visible."),)),
            Example("[Two ships] lie in the dock.", others=(_caption("Three ships are docked in the dock."),)),
        ),
        clean=(
            Example("Two ships lie on the left.", others=(_caption("Three ships are visible."),)),
            Example("A ship is moored.", others=(_caption("Two ships are visible."),)),
            Example("Two boats are visible.", others=(_caption("Three ships are visible."),)),
            Example("Two ships lie in a dock.", others=(_caption("Three ships lie in a dock."),)),
            Example("Two ships are visible.", others=(_caption("About two ships are visible."),)),
            Example("There are no bridges on the left.", others=(_caption("A bridge crosses the river."),)),
            Example("A town without bridges.", others=(_question("Is there a bridge?", "No."),)),
            Example("Two ships are visible.", others=(_caption("Two ships are visible."),)),
        ),
    ),
    Rule(
        name="contradiction.answer",
        severity="warning",
        find=_answers,
        fields=("answer",),
        faulty=(
            Example("[Yes].", question="Is there a bridge?", others=(_question("Is a bridge visible?", "No."),)),
            Example(
                "[2]", question="How many ships are there?", others=(_question("What is the number of ships?", "3"),)
            ),
            Example(
                "[Top left.]", question="Where is the school?", others=(_question("Where is the school?", "right"),)
            ),
            Example(
                "[Forest.]",
                question="What lies in the center?",
                others=(_question("What is in the middle?", "A pond"),),
            ),
        ),
        clean=(
            Example("Yes.", question="Is there a bridge?", others=(_question("Is there a bridge?", "Yes, one."),)),
            Example(
                "Two.", question="How many ships are there?", others=(_question("How many ships are there?", "2"),)
            ),
            Example("left", question="Where is the ship?", others=(_question("Where is the car?", "right"),)),
            Example("left", question="Where is the ship?", others=(_question("Where is the ship?", "bottom left"),)),
        ),
    ),
    Rule(
        name="contradiction.position",
        severity="warning",
        find=_places,
        faulty=(
            Example(
                "The [stadium lies in the upper left corner].",
                others=(_caption("A stadium is in the lower right corner of the image."),),
            ),
            Example(
                "[top left]", question="Where is the church?", others=(_caption("The church is on the right side."),)
            ),
        ),
        clean=(
            Example(
                "The stadium lies in the upper left corner.", others=(_caption("The stadium is on the left side."),)
            ),
            Example(
                "A ship is on the left side.", others=(_caption("Two ships are moored. A ship is on the right side."),)
            ),
            Example("The ship is left of the pier.", others=(_caption("The ship is on the right side."),)),
        ),
    ),
    Rule(
        name="contradiction.itself",
        severity="warning",
        find=_itself,
        fields=("text",),
        faulty=(
            Example("There are [two ships]. The [three ships] are moored."),
            Example("There are [no bridges]. A [bridge] crosses the river."),
        ),
        clean=(
            Example("There are five ships. The two ships on the left are moored."),
            Example("Two ships are moored; the two ships are long."),
            Example("Two ships lie on the left and three ships on the right."),
        ),
    ),
)
