"""Where a text speaks of objects of a labelled category, and whether it says that they are there.

``A large ship lies at the pier`` says so. ``Car park``, ``ship-building``, ``the port side``, ``a road for cars``,
``may be a ship``, ``a structure like a bridge`` do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.screening.context import Noun, nouns_of
from pipeline.screening.grammar import FUNCTION_WORDS, is_head_before
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list

_OTHER_SENSES: Final[Mapping[str, frozenset[str]]] = {
    "bridge": closed_list("land jet boarding air loading ship vessel captain navigation command gantry crane weigh"),
    "plane": closed_list(
        """image focal horizontal vertical flat ground inclined azimuth range slant flood same scattering incidence
        orbital coordinate reference polarisation polarization smooth back"""
    ),
    "port": closed_list("air usb serial sally starboard display passing input output"),
    "tank": closed_list("septic fish military battle army armored armoured think"),
    "car": closed_list("cable rail railway railroad train tram freight street side box tank hopper"),
    "vehicle": closed_list("launch rail space aerial air unmanned underwater tracked armored armoured"),
    "vessel": closed_list("blood pressure reaction containment reactor"),
    "ship": closed_list("space air star"),
    "boat": closed_list("flying"),
    "jet": closed_list("water gas"),
}
"""Before a noun they make it another thing."""

_DETERMINERS: Final = closed_list("a an the this that these those its their one another each every our")
_OBJECT_FOLLOWS: Final = closed_list("a an the its their many several numerous some various multiple")
"""Right after a plural they make a verb of it: ``the bay harbors many boats``."""

_OBJECTS: Final = closed_list("structure structures object objects target targets")
"""After a noun they add nothing: a ``bridge structure`` is a bridge."""

_VERBS_OR_NOUNS: Final = closed_list("docks parks berths anchors spans cranes tows")
"""After ``a ship`` they are verbs, after ``the ship`` perhaps nouns."""

_LISTED: Final = closed_list("and with")
_HEDGES: Final = closed_list(
    """may might could would possibly perhaps probably likely potentially suspected speculated speculate presumably
    suggest suggests suggesting seem seems seemingly resemble resembles resembling similar unclear whether if apparently
    appears interpreted typical typically usually often"""
)
_HEDGED_WITHIN: Final = 12
"""So many words back a hedge holds for what follows."""

_PURPOSES: Final = closed_list(
    """for like unlike as than without no nor neither not never by any allow allows allowing accommodate accommodates
    accommodating enable enables enabling serve serves serving support supports supporting to via excluding lacking
    lacks lack except attract attracts require requires hold"""
)
"""Right before a noun phrase they leave open, or deny, that there is one."""

_BUT_PLACED: Final = closed_list(
    """next close adjacent connected connects connecting attached leads leading due parallel opposite moored tied joined
    linked anchored docked"""
)
"""Before ``to`` they make a place of it: ``next to a ship``."""

_DONE_BY: Final = closed_list(
    """crossed spanned occupied dominated surrounded connected flanked bordered filled accompanied followed joined
    linked intersected bisected traversed characterized characterised lined divided"""
)
"""Before ``by`` they say that it is there: ``crossed by a bridge``."""

_OF_NONE: Final = closed_list(
    """absence lack free devoid empty clear instead kind type sort sign signs evidence passage flow movement
    traffic use capacity storage parking mooring docking berthing loading unloading navigation size scale width speed
    possibility likelihood characteristic characteristics typical suggestive indicative reminiscent safety operation
    operations transport transportation detection needs none neither outside"""
)
"""Before ``of`` they do not say that what follows is there."""

_AFTER_MODALS: Final = closed_list("can could may might would to should")
_SEEING: Final = closed_list(
    "seen observed found identified made spotted detected recognized recognised clearly distinguished visible viewed"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A noun of a labelled category that means objects; positions are code points, ``index`` is its token's."""

    noun: Noun
    index: int
    start: int
    end: int
    phrase_index: int
    """Of the first token of its noun phrase, articles and adjectives with it."""
    is_definite: bool
    """``the ship``, ``these ships``."""


def references_of(passage: Passage, labelled: tuple[str, ...]) -> tuple[Reference, ...]:
    """All references to objects of ``labelled`` in the passage."""
    nouns = nouns_of(labelled)
    if nouns.keys().isdisjoint(passage.words):
        return ()
    return _references(passage, labelled)


@lru_cache(maxsize=8)
def _references(passage: Passage, labelled: tuple[str, ...]) -> tuple[Reference, ...]:
    return tuple(_found(passage.text, passage.tokens, nouns_of(labelled)))


def _found(text: str, tokens: Sequence[Token], nouns: Mapping[str, Noun]) -> Iterator[Reference]:
    for index, token in enumerate(tokens):
        noun = nouns.get(token.text)
        if noun is None:
            continue
        first = _phrase_start(text, tokens, index)
        determiner = _determiner(text, tokens, first)
        is_subject = determiner in ("a", "an", "one") and _next_word(text, tokens, index) in _VERBS_OR_NOUNS
        if not (is_subject or _is_object(text, tokens, index, noun)):
            continue
        if not noun.is_plural and not _may_stand_bare(text, tokens, first, determiner):
            continue
        begin = first - 1 if determiner else first
        yield Reference(noun, index, token.start, token.end, begin, determiner in ("the", "this", "these", "those"))


def gap(text: str, tokens: Sequence[Token], index: int) -> str:
    """What stands between token ``index`` and the next; at the ends of the text a full stop."""
    if not 0 <= index < len(tokens) - 1:
        return "."
    return text[tokens[index].end : tokens[index + 1].start]


def _is_object(text: str, tokens: Sequence[Token], index: int, noun: Noun) -> bool:
    after, before = gap(text, tokens, index), gap(text, tokens, index - 1)
    if after[:1] in ("-", "'", "’", "_", "/") or before[-1:] in ("'", "’", "_"):
        return False
    following = tokens[index + 1].text if after == " " else ""
    previous = tokens[index - 1].text if before in (" ", "-") else ""
    if previous in _OTHER_SENSES.get(noun.singular, ()) or previous in ("non", "anti"):
        return False
    if following == "of" and noun.singular in ("bridge", "plane", "port"):
        # The bridge of a ship, the plane of the image, the Port of Rotterdam.
        return False
    if noun.singular == "port" and (following, previous) != ("", "") and _is_nautical(tokens, index):
        return False
    if following in _OBJECTS:
        return True
    if not noun.is_singular:
        return not (following in _OBJECT_FOLLOWS and previous not in _DETERMINERS and previous != "")
    return is_head_before(following)


def _is_nautical(tokens: Sequence[Token], index: int) -> bool:
    near = {token.text for token in tokens[max(0, index - 3) : index + 4]}
    return bool(near & {"starboard", "bow", "stern"})


def _phrase_start(text: str, tokens: Sequence[Token], index: int) -> int:
    """Of the adjectives and nouns before the head, at most four."""
    first = index
    while first > 0 and index - first < 4 and gap(text, tokens, first - 1) in (" ", "-"):
        if tokens[first - 1].text in FUNCTION_WORDS and tokens[first - 1].text != "very":
            break
        first -= 1
    return first


def _determiner(text: str, tokens: Sequence[Token], first: int) -> str:
    if first > 0 and gap(text, tokens, first - 1) == " " and tokens[first - 1].text in _DETERMINERS:
        return tokens[first - 1].text
    return ""


def _may_stand_bare(text: str, tokens: Sequence[Token], first: int, determiner: str) -> bool:
    """Whether a singular may lack its article: at the beginning, and in a list (``a river, bridge and houses``)."""
    if determiner or first == 0:
        return True
    before = gap(text, tokens, first - 1)
    return "," in before or (before == " " and tokens[first - 1].text in _LISTED)


def is_asserted(passage: Passage, reference: Reference) -> bool:
    """Whether the text says that there is such an object, rather than hedge, deny or speak of a purpose."""
    text, tokens, begin = passage.text, passage.tokens, reference.phrase_index
    before = _words_of_sentence(text, tokens, begin)
    if _HEDGES.intersection(before) or _is_open(before):
        return False
    if any(token.text in _HEDGES or token.text in _PURPOSES for token in tokens[begin : reference.index]):
        return False
    if "or" in (*before[-1:], _next_word(text, tokens, reference.index)) or "or" in _list_before(before):
        return False
    return not _is_hypothetical(text, tokens, reference.index) and not _is_denied(text, tokens, reference.index)


def _words_of_sentence(text: str, tokens: Sequence[Token], begin: int) -> list[str]:
    """The words before the phrase in its sentence, at most twelve."""
    words: list[str] = []
    for index in range(begin - 1, max(-1, begin - 1 - _HEDGED_WITHIN), -1):
        if set(gap(text, tokens, index)) & set(".;!?\n"):
            break
        words.append(tokens[index].text)
    return words[::-1]


def _is_open(before: Sequence[str]) -> bool:
    """Whether the words before leave open that there is one: ``for|a ship``, ``such as|ships``, ``lack of|ships``."""
    last, earlier = (
        ([*before, "", ""][len(before) - 1], [*before[:-1], ""][max(0, len(before) - 2)]) if before else ("", "")
    )
    if list(before[-3:]) == ["as", "well", "as"]:
        return False
    if last == "to":
        return earlier not in _BUT_PLACED
    if last == "by":
        return earlier not in _DONE_BY
    if last == "of":
        return earlier in _OF_NONE
    return last in _PURPOSES or (last in ("and", "between") and _is_open(before[:-2]) and len(before) > 2)


def _list_before(before: Sequence[str]) -> Sequence[str]:
    return before[-2:]


def _next_word(text: str, tokens: Sequence[Token], index: int) -> str:
    return tokens[index + 1].text if gap(text, tokens, index) == " " else ""


def _is_hypothetical(text: str, tokens: Sequence[Token], index: int) -> bool:
    """``ships can dock``, ``vehicles to pass``; but ``ships can be seen``."""
    if _next_word(text, tokens, index) not in _AFTER_MODALS:
        return False
    return not _SEEING.intersection(token.text for token in tokens[index + 2 : index + 6])


def _is_denied(text: str, tokens: Sequence[Token], index: int) -> bool:
    """``ships are not visible``, ``bridges are absent``."""
    words: list[str] = []
    for following in range(index, min(index + 5, len(tokens) - 1)):
        if set(gap(text, tokens, following)) & set(".;!?\n,"):
            break
        words.append(tokens[following + 1].text)
    if not words or words[0] not in ("is", "are", "was", "were", "cannot", "can", "do", "does", "aren", "isn"):
        return False
    return bool({"not", "absent", "missing", "cannot", "aren", "isn", "lacking", "nowhere"}.intersection(words[:3]))
