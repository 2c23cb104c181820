"""Texts that say the same in other words, and texts that only look alike."""

from __future__ import annotations

import pytest

from pipeline.likeness import content_words, is_alike

SAME = [
    ("How many ships are visible in the image?", "How many ships are there?"),
    ("How many ships are visible in the image?", "What is the number of ships?"),
    ("How many vessels can be seen?", "What is the total number of ships in the scene?"),
    ("Is there a bridge?", "Are there any bridges in the image?"),
    ("Is there a bridge?", "Is a bridge visible?"),
    ("Can you see a bridge?", "Is there any bridge present in the scene?"),
    ("Does the image contain a bridge?", "Is there a bridge?"),
    ("Where is the ship located?", "What is the position of the ship?"),
    ("Where is the harbour?", "What is the location of the port?"),
    ("What is in the centre of the image?", "What is located in the middle?"),
    ("What is the shape of the lake?", "What shape is the lake?"),
    ("Is the ship left of the pier?", "Is the ship to the left of the pier?"),
    ("Are there two ships?", "Are there 2 ships?"),
    ("A port with ships.", "A port with ships"),
    ("An airplane is parked.", "An aircraft is parked."),
    ("What type of land cover is shown?", "What land cover is shown?"),
]

OTHER = [
    ("How many ships are there?", "How many cars are there?"),
    ("How many ships are there?", "Are there ships?"),
    ("How many ships are there?", "Where are the ships?"),
    ("Is there a bridge?", "What is the bridge?"),
    ("Is there a bridge?", "Is there no bridge?"),
    ("Is the bridge on the left?", "Is the bridge on the right?"),
    ("Is the ship left of the pier?", "Is the pier left of the ship?"),
    ("Is the lake larger than the pond?", "Is the pond larger than the lake?"),
    ("What is in the area [1, 2, 3, 4]?", "What is in the area [1, 2, 3, 5]?"),
    ("How many ships are on the left?", "How many ships are there?"),
    ("How many large ships are there?", "How many small ships are there?"),
    ("What is the shape of the lake?", "What is the shape of the river?"),
    ("A port with ships.", "A port without ships."),
    ("Two ships lie at the pier.", "Three ships lie at the pier."),
    ("Where are most ships?", "Where is the ship?"),
    ("?", "."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words_is_alike(one, other):
    assert is_alike(one, other)
    assert is_alike(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_asks_or_tells_something_else_is_not_alike(one, other):
    assert not is_alike(one, other)
    assert not is_alike(other, one)


def test_content_words_are_folded():
    assert content_words("Two vessels and the harbours.") == {"2", "ship", "harbor"}
    assert content_words("") == frozenset()


@pytest.mark.parametrize("text", ["\0", "\ud83d?", "שלום?", "🚢" * 1000, "how many " * 10_000 + "?"])
def test_any_text_has_content_words(text):
    assert is_alike(text, text)


def test_a_question_is_one_without_its_mark_too():
    assert is_alike("how many harbors are visible in the image", "How many harbors are visible in the image?")
