"""Vague words: what leaves a number, a thing or the truth of a sentence open, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from pipeline.records import Draft
from pipeline.screening import RULES, SceneContext, screen

VAGUE = [rule for rule in RULES if rule.name.startswith("vague.")]


def findings(text: str, question: str | None = None):
    draft = Draft("concise_caption", text) if question is None else Draft("question", question, "general", text)
    return screen(draft, SceneContext(), VAGUE)


def told(text: str, question: str | None = None) -> list[str]:
    return [finding.text for finding in findings(text, question)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Several ships lie at the pier.", ["Several"]),
        ("A port with some cranes.", ["some"]),
        ("Many buildings stand by the river.", ["Many"]),
        ("There are a few houses.", ["a few"]),
        ("Only a few ships are moored.", ["Only a few"]),
        ("Few cars drive there.", ["Few"]),
        ("Numerous tanks.", ["Numerous"]),
        ("Buildings of various sizes.", ["various"]),
        ("Multiple ships.", ["Multiple"]),
        ("A number of ships.", ["A number of"]),
        ("A large number of small boats.", ["A large number of"]),
        ("Large numbers of cars.", ["Large numbers of"]),
        ("A couple of piers.", ["A couple of"]),
        ("There are lots of trees.", ["lots of"]),
        ("There is a lot of grass.", ["a lot of"]),
        ("Plenty of cars.", ["Plenty of"]),
        ("A bunch of fighter jets.", ["A bunch of"]),
        ("A handful of houses.", ["A handful of"]),
        ("Dozens of containers.", ["Dozens of"]),
        ("Hundreds of houses.", ["Hundreds of"]),
        ("Countless roofs.", ["Countless"]),
        ("A wide variety of buildings.", ["A wide variety of"]),
        ("A great deal of sand.", ["A great deal of"]),
        ("A small amount of grass.", ["A small amount of"]),
        ("Large amounts of sand.", ["Large amounts of"]),
        ("A multitude of roads.", ["A multitude of"]),
        ("Not many ships.", ["Not many"]),
        ("Some of the ships are moored.", ["Some"]),
        ("Ships, some moored, some sailing.", ["some", "some"]),
        ("So many houses.", ["So many"]),
        ("A myriad of roads.", ["A myriad of"]),
        ("Several", ["Several"]),
        ("Scattered houses and several roads and many trees", ["several", "many"]),
        ("Possibly a river.", ["Possibly"]),
        ("It is probably a school.", ["probably"]),
        ("Perhaps a pier.", ["Perhaps"]),
        ("Maybe.", ["Maybe"]),
        ("The dark line may be a road.", ["may"]),
        ("It might be a ship.", ["might"]),
        ("It could be a port.", ["could be"]),
        ("This appears to be a harbour.", ["appears to be"]),
        ("They seem to be tanks.", ["seem to be"]),
        ("It is likely a warehouse.", ["likely"]),
        ("A suspected bridge.", ["suspected"]),
        ("It is speculated that they are roads.", ["It is speculated that"]),
        ("Presumably farmland.", ["Presumably"]),
        ("The texture suggests farmland.", ["suggests"]),
        ("The type is unclear.", ["is unclear"]),
        ("The number is difficult to determine.", ["difficult to determine"]),
        ("It is hard to tell what it is.", ["hard to tell"]),
        ("An unidentified structure.", ["unidentified"]),
        ("A possible runway.", ["possible"]),
        ("Potential farmland lies there.", ["Potential"]),
        ("What looks like a bridge.", ["What looks like"]),
        ("It looks like an airport.", ["It looks like"]),
        ("It is believed to be a port.", ["It is believed to be"]),
        ("The field is somewhat wet.", ["somewhat"]),
        ("MAYBE A SHIP", ["MAYBE"]),
        ("About 20 tanks.", ["About"]),
        ("Approximately fifty houses.", ["Approximately"]),
        ("Some 20 ships.", ["Some"]),
        ("Around 30 cars are parked.", ["Around"]),
        ("There are around five ships.", ["around"]),
        ("Nearly thirty planes.", ["Nearly"]),
        ("Two or three ships.", ["Two or three"]),
        ("Twenty or so cars.", ["Twenty or so"]),
        ("Twenty-odd cars.", ["Twenty-odd"]),
        ("Some kind of building.", ["Some kind of"]),
        ("Roads, houses, etc.", ["etc"]),
        ("Something like a pier.", ["Something like"]),
        ("Houses and so on.", ["and so on"]),
        ("Ships and other things.", ["things"]),
        ("It is sort of round.", ["sort of"]),
        ("A road or river crosses the field.", ["road or river"]),
        ("A road or a river.", ["road or a river"]),
    ],
)
def test_vague_words_are_told_with_their_spans(text, spans):
    assert told(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "How many ships are visible in the image?",
        "What is the number of ships?",
        "What is the total number of harbors?",
        "Count the number of cars.",
        "Where are most ships positioned within the image?",
        "As many as three ships.",
        "An even number of lanes.",
        "Acquired in May 2019.",
        "Between May and June.",
        "The flood of May reached the town.",
        "In may 2019 the river rose.",
        "May 2019",
        "The might of the river.",
        "A mighty river.",
        "A sorting facility.",
        "A handsome church.",
        "A multiple-lane road.",
        "A many-sided building.",
        "Multiple scattering at the walls.",
        "Can ships be seen?",
        "Ships can be seen in the bay.",
        "The bridge could be seen clearly.",
        "The bridge appears bright.",
        "The pond looks like an egg.",
        "A pond shaped like a jellyfish.",
        "Houses around the pond.",
        "Roads around two houses.",
        "Trees are around four baseball fields.",
        "Roads that are roughly parallel.",
        "What kind of area is shown?",
        "One kind of crop.",
        "This type of building.",
        "As large as possible.",
        "It is not possible to pass.",
        "A parking lot.",
        "Parking lots of the stadium.",
        "A group of ships.",
        "Rows of containers.",
        "A pair of bridges.",
        "A dozen tanks.",
        "One of the ships is moored.",
        "All ships are moored.",
        "No ships are visible.",
        "Neither a bridge nor a pier.",
        "A port without cranes or piers.",
        "Ships on the left or right side.",
        "Is it a road or a river?",
        "A potential difference.",
        "A fewer number.",
        "Three more ships.",
        "A lighthouse on the mole.",
        "Everything is flooded.",
        "A two-or-three-lane road.",
        "The certainty of the answer.",
        "A summary of the mayor.",
        "A variable star.",
        "Somerset and Manyara are places.",
        "A seemly house.",
        "Forest/park.",
        "An unlikeness.",
    ],
)
def test_innocent_words_are_left_alone(text):
    assert told("Yes.", text) == [] if text.endswith("?") else told(text) == []


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Several ships lie at the pier.", "Ships lie at the pier."),
        ("There are a few houses.", "There are houses."),
        ("There is a large number of tall trees.", None),
        ("There are a large number of tall trees.", "There are tall trees."),
        ("Many of the ships are moored.", None),
        ("Few cars drive there.", None),
        ("Only several ships.", None),
        ("A lot of ships is moored.", None),
        ("Buildings of various sizes.", None),
        ("A port with some vegetation.", "A port with vegetation."),
        ("The several ships.", None),
    ],
)
def test_a_quantity_is_dropped_where_the_sentence_stands_without_it(text, suggestion):
    assert findings(text)[0].suggestion == suggestion


@pytest.mark.parametrize(
    "part", ["a very large number ", "possibly ", "a ", "some kind of ", "it is ", "a road or ", "about ", "or so "]
)
def test_time_grows_no_faster_than_the_text(part):
    text = (part * 100_000)[:100_000]
    start = time.process_time()
    findings(text)
    assert time.process_time() - start < 2
