"""Just enough English to mend a sentence safely: a word dropped or replaced, with article, capital and spaces right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.screening.word_lists import closed_list
from pipeline.vocabulary import article

_ARTICLE_BEFORE: Final = re.compile(r"(?<!\w)(an?)(\s+)\Z", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_][\w'’]*(?:-\w+)*")
_NEXT_WORD: Final = re.compile(r"[ \t\n]+([^\W\d_][\w'’]*(?:-\w+){0,4})")
_LAST_WORD: Final = re.compile(r"[^\W\d_][\w'’]*\Z")
_BLANKS: Final = " \t\n"
_SENTENCE_BEGINS: Final = re.compile(r"(?:\A|[.!?:;\n]|\A[-–•*])[\s\"'“”‘’(\[]*\Z")
_BEFORE: Final = 48
"""So many characters before a place are looked at, so that a text of any length is read in linear time."""

FUNCTION_WORDS: Final = closed_list(
    """a about above across after against all along alongside although am among amid an and another any apart are
    around as at away be because been before behind being below beneath beside besides between beyond both but by
    can close could did do does down during each either enough etc every everywhere except far for from had half has
    have having he her here him his how i if in inside instead into is it its itself just like may me might more
    most must my near nearby neither next no nor not now of off often on one only onto opposite or other others our
    out outside over owing part per shall she should since so than that the their them then there these they this
    those though through throughout to together too toward towards under underneath until up upon us very was we
    were what when where whereas whether which while who whom whose will with within without would yet you your"""
)
"""Words that are neither nouns nor adjectives: what follows a colour or a number before its noun is none of these."""

DETERMINERS: Final = closed_list("""a an the this that these those its their his her it them each every both""")

COPULAS: Final = closed_list("is are was were be been being")


class Word(NamedTuple):
    """A word of a text and where it stands."""

    text: str
    start: int
    end: int


def words_after(text: str, position: int, most: int = 7) -> Iterator[Word]:
    """The words that follow ``position`` with nothing but white space between them."""
    for _ in range(most):
        found = _NEXT_WORD.match(text, position)
        if found is None:
            return
        yield Word(found[1].lower(), found.start(1), found.end(1))
        position = found.end()


def word_before(text: str, position: int) -> str:
    """The word before ``position``, in lower case; empty if something else stands there."""
    head = text[max(0, position - _BEFORE) : position]
    parts = head.rsplit(None, 1) if head[-1:] in _BLANKS else ()
    found = _LAST_WORD.search(parts[-1]) if parts else None
    return found[0].lower() if found else ""


def words_before(text: str, position: int) -> list[str]:
    """The last words before ``position``, in lower case, across any punctuation."""
    return [word.lower() for word in _WORD.findall(text[max(0, position - _BEFORE) : position])]


def begins_sentence(text: str, position: int) -> bool:
    """Whether a sentence begins at ``position``."""
    if text[position - 1 : position] == " " and text[position - 2 : position - 1].isalpha():
        # As before nearly every word; the pattern tries every place.
        return False
    return _SENTENCE_BEGINS.search(text[max(0, position - _BEFORE) : position]) is not None


def drop(text: str, start: int, end: int) -> str:
    """``text`` without the words from ``start`` to ``end``, which must be followed by another word."""
    following = next(words_after(text, end))
    return _joined(text, start, text[following.start :])


def replace(text: str, start: int, end: int, words: str) -> str:
    """``text`` with ``words`` instead of those from ``start`` to ``end``."""
    return _joined(text, start, words + text[end:])


def _joined(text: str, start: int, tail: str) -> str:
    head = text[:start]
    if text[start].isupper() and begins_sentence(text, start):
        tail = tail[:1].upper() + tail[1:]
    found = _ARTICLE_BEFORE.search(head[-_BEFORE:])
    if found is not None:
        head = head[: len(head) - len(found[0])] + _like(found[1], article(tail)) + found[2]
    return head + tail


def _like(model: str, word: str) -> str:
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


_VERBS: Final = closed_list(
    """sail sails lie lies stand stands leave leaves cross crosses moor moors appear appears spans
    span connects connect runs run links link extends extend stretches stretch sits sit occupies occupy dominates
    dominate passes pass leads carries carry casts cast shows show travels travel moves move floats float heads enters
    enter approaches approach cuts divides divide traverses traverse arches curves covers surrounds borders serves faces
    rests rest resides exists exist remains remain goes joins separates bisects intersects straddles overlooks makes
    has had have left"""
)
_AFTER_NOUNS: Final = closed_list(
    """visible present adjacent parallel perpendicular alone afloat aground underway absent clear distinct available
    evident here right north south east west upstream downstream offshore onshore inland ashore"""
)
_NOT_PARTICIPLES: Final = closed_list(
    """parking docking landing loading building shipping mooring washing bed shed seabed crossing lighting fishing wing
    ring spring railing manufacturing maintenance servicing cleaning trafficking feed speed breed"""
)


def is_head_before(following: str) -> bool:
    """Whether a singular noun before ``following`` is the head of its phrase: ``ship moored``, ``bridge over``, but not
    ``car park``, ``aircraft hangar``, ``harbor building``."""
    if not following or following in FUNCTION_WORDS or following in _VERBS or following in _AFTER_NOUNS:
        return True
    return following.endswith(("ed", "ing", "ly")) and following not in _NOT_PARTICIPLES
