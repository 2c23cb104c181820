"""Slips of the pen that need no dictionary: words said twice, articles that do not fit, sentences without an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.screening.grammar import FUNCTION_WORDS, words_after
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list
from pipeline.vocabulary import article

_SAID_TWICE: Final = closed_list("that had very so far more again long many bye")
"""``ships that that port …`` and ``very very long`` may be meant."""
_ARTICLES: Final = closed_list("a an the")
_SOUNDING: Final = ("a", "an")
_VOWELS: Final = "aeiouhxy"
"""And letters that some words begin with as if with a vowel: ``hour``."""
_SPACE: Final = re.compile(r"[ \t\n]+")
_SAID_ALOUD: Final = re.compile(r"[a-z]{3,}")
_LETTERS_NAMED: Final = closed_list("point points area areas option options region class band type vitamin plan site")
_EITHER: Final = ("h", "u", "eu", "one", "once", "x", "y")
"""How a word that begins so is spoken depends on the word."""

_OPEN_ALWAYS: Final = closed_list("a an the and or nor but whose its their very")
_OPEN: Final = closed_list(
    """of with from between into onto at by in to for near beside along across through among which is are was were has
    have than via within towards toward behind under over as both several including such while where"""
)
_OPEN_ANSWERS: Final = closed_list("is are was were has have in over under behind near along across through")
"""May end an answer or a question: ``Yes, there are``, ``What is the ship in``."""
_OPEN_MARKS: Final = re.compile(r"(?:[,;:(\[/&+]|\.{3,}|…|(?<=\s)[-–—]|(?<=\w)-)\s*\Z")
_END_MARKS: Final = re.compile(r"[.!?][\"'”’)]*\s*\Z")


class Slip(NamedTuple):
    """What is wrong from ``start`` to ``end``; ``meant`` is to stand there, None: nobody can tell."""

    start: int
    end: int
    meant: str | None


def repeated_words(passage: Passage) -> Iterator[Slip]:
    """``the the port``, ``a an airport``: of the words from the first to the last one is enough."""
    pairs = pairwise(passage.sequence)
    if not any(first == second or (first in _ARTICLES and second in _ARTICLES) for first, second in pairs):
        return
    begin: Token | None = None
    for first, second in pairwise(passage.tokens):
        if _is_repeated(passage.text, first, second):
            begin = begin or first
        elif begin is not None:
            yield Slip(begin.start, first.end, _kept(passage, begin, first))
            begin = None
    if begin is not None:
        yield Slip(begin.start, passage.tokens[-1].end, _kept(passage, begin, passage.tokens[-1]))


def _is_repeated(text: str, first: Token, second: Token) -> bool:
    if first.text != second.text and not (first.text in _ARTICLES and second.text in _ARTICLES):
        return False
    if _SPACE.fullmatch(text, first.end, second.start) is None:
        return False
    if first.text in _ARTICLES:
        return True
    is_word = len(first.text) > 1 and first.text[0].isalpha() and first.text not in _SAID_TWICE
    return is_word and not _are_names(text[first.start : first.end], text[second.start : second.end])


def _are_names(first: str, second: str) -> bool:
    """``Walla Walla``, ``HH HH``."""
    return first[0].isupper() and second[0].isupper()


def _kept(passage: Passage, first: Token, last: Token) -> str | None:
    word = passage.text[first.start : first.end]
    if first.text not in _ARTICLES:
        return word
    if "the" in (first.text, last.text):
        return word if first.text == last.text else None
    following = next(words_after(passage.text, last.end, most=1), None)
    if following is None or following.text in FUNCTION_WORDS:
        return None
    fitting = article(following.text)
    return fitting.capitalize() if word[0].isupper() else fitting


def wrong_articles(passage: Passage) -> Iterator[Slip]:
    """``a airport`` and ``an bridge``, where the sound of the next word leaves no doubt."""
    if not any(_may_sound_wrong(first, second) for first, second in pairwise(passage.sequence) if first in _SOUNDING):
        return
    for index, (first, second) in enumerate(pairwise(passage.tokens)):
        if first.text not in ("a", "an") or not _SPACE.fullmatch(passage.text, first.end, second.start):
            continue
        word = passage.text[second.start : second.end]
        if not _SAID_ALOUD.fullmatch(word) or word in FUNCTION_WORDS - {"other", "open", "outside", "inside"}:
            continue
        fitting = article(word)
        is_named = first.text == "a" and index > 0 and passage.tokens[index - 1].text in _LETTERS_NAMED
        if fitting != first.text and not word.startswith(_EITHER) and not is_named:
            written = passage.text[first.start : first.end]
            fitting = fitting.capitalize() if written[0].isupper() else fitting
            yield Slip(first.start, second.end, f"{fitting} {word}")


def _may_sound_wrong(indefinite: str, word: str) -> bool:
    """Asked of every article before words are looked at in their places."""
    return (word[0] in _VOWELS) == (indefinite == "a")


def _may_end(passage: Passage) -> bool:
    """Whether a text ends like nearly all, in a word that may be its last, and at most one mark."""
    last = passage.sequence[-1]
    if last in _OPEN_ALWAYS or last in _OPEN:
        return False
    return passage.lowered[passage.lowered.rindex(last) + len(last) :].strip() in ("", ".", "!", "?")


def broken_end(passage: Passage) -> Slip | None:
    """The last words of a text that breaks off: ``The ships are located in the``."""
    if len(passage.sequence) < 2 or _may_end(passage):
        return None
    last = passage.tokens[-1]
    is_caption = passage.field == "text"
    mark = _OPEN_MARKS.search(passage.text, last.end)
    if mark is not None and (is_caption or passage.text[mark.start()] in ",…."):
        return Slip(last.start, mark.start() + len(mark[0].rstrip()), None)
    if last.text in _OPEN_ALWAYS and not passage.text[last.start : last.end].isupper():
        return Slip(last.start, last.end, None)
    if last.text in _OPEN and not _END_MARKS.search(passage.text, last.end):
        may_end = passage.field == "question" or (passage.field == "answer" and last.text in _OPEN_ANSWERS)
        return None if may_end else Slip(last.start, last.end, None)
    return None
