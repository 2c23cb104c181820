"""Tell what an adjective describes: ``clear water``, ``the water of the bay is very clear``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.screening.adjectives import is_adjective
from pipeline.screening.colour_words import COLOURS
from pipeline.screening.grammar import COPULAS, FUNCTION_WORDS
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list
from pipeline.screening.wording import neighbour

_BETWEEN_ADJECTIVES: Final = " -\t\n,"
_AHEAD: Final = 4
_BACK: Final = 9
_ENDS_SENTENCE: Final = frozenset(".;:!?")
_LINKS: Final = frozenset({"and", "or", "but", "yet"})
VERBS: Final = COPULAS | closed_list(
    """looks look looked looking appears appear appeared appearing seems seem seemed remains remain remained turns
    turned becomes became"""
)
_PREPOSITIONS: Final = closed_list("of by along in near beside across over on at from with between around to")
_RELATIVES: Final = ("which", "that", "who")
_ADVERBS: Final = closed_list(
    """very quite so too more most less rather almost half partly mostly all relatively fairly mainly slightly extremely
    still not also both to be a little bit somewhat crystal"""
)


def describes(text: str, tokens: Sequence[Token], place: int, nouns: frozenset[str], tails: frozenset[str]) -> bool:
    """Whether the adjective at ``place`` is said of one of ``nouns``, before it or after a verb.

    A noun before one of ``tails`` is part of another: of ``a clear river bank`` the bank is clear.
    """
    return (
        _goes_before(text, tokens, place, nouns, tails)
        or _follows(text, tokens, place, nouns)
        or _is_asked(tokens, place, nouns, tails)
    )


def _goes_before(text: str, tokens: Sequence[Token], place: int, nouns: frozenset[str], tails: frozenset[str]) -> bool:
    for ahead in range(place + 1, min(place + 1 + _AHEAD, len(tokens))):
        last, token = tokens[ahead - 1], tokens[ahead]
        gap = text[last.end : token.start]
        is_linked = "," in gap or token.text in _LINKS
        if gap.strip(_BETWEEN_ADJECTIVES) or (is_linked and ahead > place + 1 and not is_adjective(last.text)):
            return False
        if token.text in nouns:
            is_part = ahead + 1 < len(tokens) and tokens[ahead + 1].text in tails
            return not (is_part and not text[token.end : tokens[ahead + 1].start].strip(" -"))
        if token.text in FUNCTION_WORDS and token.text not in _LINKS:
            return False
    return False


def _follows(text: str, tokens: Sequence[Token], place: int, nouns: frozenset[str]) -> bool:
    following = neighbour(text, tokens, place, 1)
    if following and following not in FUNCTION_WORDS:
        return False
    has_verb = False
    for back in range(place - 1, max(-1, place - 1 - _BACK), -1):
        token, gap = tokens[back], text[tokens[back].end : tokens[back + 1].start]
        if not _ENDS_SENTENCE.isdisjoint(gap) or (has_verb and "," in gap and tokens[back + 1].text not in _RELATIVES):
            return False
        if token.text in VERBS:
            has_verb = True
        elif has_verb and token.text in nouns and not _is_place(tokens, back):
            return True
        elif not has_verb and not _may_stand_between(text, tokens, back):
            return False
    return False


def _may_stand_between(text: str, tokens: Sequence[Token], back: int) -> bool:
    """Between verb and adjective: adverbs, and other adjectives that a link joins."""
    token = tokens[back]
    if token.text in _ADVERBS or token.text in _LINKS or token.text.endswith("ly"):
        return True
    following = tokens[back + 1].text
    return following in _LINKS or "," in text[token.end : tokens[back + 1].start]


def _is_place(tokens: Sequence[Token], place: int) -> bool:
    """Whether a preposition goes before the noun: of ``the edge of the lake`` something is said of the edge."""
    return any(token.text in _PREPOSITIONS for token in tokens[max(0, place - 2) : place])


def _is_asked(tokens: Sequence[Token], place: int, nouns: frozenset[str], tails: frozenset[str]) -> bool:
    """``How clear is the water?``, ``Is the water clear?``"""
    before = [token.text for token in tokens[max(0, place - 4) : place]]
    if before[-1:] == ["how"]:
        after = [token.text for token in tokens[place + 1 : place + 6]]
        return after[:1] != [] and after[0] in VERBS and not nouns.isdisjoint(after[1:4]) and tails.isdisjoint(after)
    if _is_asked_of_a_place(tokens, place, nouns):
        return True
    is_said = before[-1:] != [] and before[-1] in nouns
    return is_said and not _is_place(tokens, place - 1) and not VERBS.isdisjoint(before[:-1])


def _is_asked_of_a_place(tokens: Sequence[Token], place: int, nouns: frozenset[str]) -> bool:
    """``Is the water in the basin clear?``: asked of the noun before the first preposition."""
    if not tokens or tokens[0].text not in COPULAS or not 2 < place <= _BACK:
        return False
    subject = [token.text for token in tokens[1:place]]
    end = next((index for index, word in enumerate(subject) if word in _PREPOSITIONS), 0)
    is_end = place + 1 == len(tokens) or tokens[place + 1].text in FUNCTION_WORDS
    return end > 0 and subject[end - 1] in nouns and is_end


_SHORT_ANSWER: Final = 6
_ASPECTS: Final = closed_list(
    """what how describe colour color condition quality appearance appear state look looks like surface kind type
    characteristic characteristics said tell adjective word describes"""
)


def answers_of(passage: Passage, place: int, nouns: frozenset[str], tails: frozenset[str]) -> bool:
    """Whether a short answer's adjective at ``place`` is said of what the question asks for: ``How is the water?``"""
    tokens = passage.tokens
    if passage.field != "answer" or len(tokens) > _SHORT_ANSWER or tokens[place].end - tokens[0].start > 40:
        return False
    following = neighbour(passage.text, tokens, place, 1)
    if following and following not in FUNCTION_WORDS and following not in COLOURS and not is_adjective(following):
        return False
    asked = [word for word in _WORDS.findall(passage.draft.text[:_ASKED_WITHIN].lower()) if word not in FUNCTION_WORDS]
    subject = next((index for index, word in enumerate(asked) if word not in _ASPECTS), None)
    return subject is not None and asked[subject] in nouns and tails.isdisjoint(asked[subject + 1 : subject + 2])


_WORDS: Final = re.compile(r"[^\W_]+")
_ASKED_WITHIN: Final = 200
