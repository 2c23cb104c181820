"""Words as COCO's tokenizer cuts them: what it answered for sentences of ours is in ``caption_words.json``."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pipeline.scoring.ptb_tokens import tokenised

KNOWN = json.loads(Path(__file__).with_name("caption_words.json").read_text(encoding="utf-8"))


def test_all_sentences_are_cut_as_cocos_tokenizer_cut_them() -> None:
    """In one run and in this order, as they were given to it: how a text begins tells of the one before."""
    assert tokenised([pair["text"] for pair in KNOWN]) == [pair["words"] for pair in KNOWN]


def test_a_sentence_is_cut_the_same_when_its_words_were_seen_before() -> None:
    """What is remembered of a chunk between blanks must not hang on where it stood."""
    texts = [pair["text"] for pair in KNOWN] + [text for pair in KNOWN for text in pair["text"].split(" ")]
    apart = [tokenised([text, "x"])[0] for text in texts]
    spread = [part for text in texts for part in (text, "x")]
    assert tokenised([*spread, *spread])[len(spread) :: 2] == apart


@pytest.mark.parametrize(
    ("text", "following", "words"),
    [
        ("in sector A.", "The end", "in sector a"),
        ("in sector A.", "the end", "in sector a."),
        ("in sector A.", "Then we", "in sector a"),
        ("in sector A.", "Ships", "in sector a."),
        ("in sector A.", "Mr. X", "in sector a"),
        ("fig.", "5 ships", "fig."),
        ("fig.", "ships", "fig"),
        ("5", "1/2 ships", "5"),
    ],
)
def test_whether_a_dot_stays_can_hang_on_the_next_text(text: str, following: str, words: str) -> None:
    assert tokenised([text, following])[0] == words


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\u2028", "\u2029"])
def test_a_line_break_in_a_text_is_a_blank_and_moves_no_other_text(line_break: str) -> None:
    assert tokenised([f"two{line_break}ships", "a pier", f"{line_break}", "x"]) == ["two ships", "a pier", "", "x"]


def test_no_text_and_nothing_but_punctuation_leave_no_words() -> None:
    assert tokenised([]) == []
    assert tokenised([""]) == [""]
    assert tokenised(["", " ", "...", "🚢", "\u0000\u0007", "\ud800", "- '"]) == [""] * 7


def test_texts_without_blanks_are_cut_in_bearable_time() -> None:
    """No form looks through the whole text at every place of it."""
    started = time.process_time()
    for piece in ("a,", "1.1a", "é+", "<a b='", "中。文，", "a(", "A. ", "&lt;", "a\u2003", "x"):
        tokenised([piece * (20_000 // len(piece))])
    assert time.process_time() - started < 20
