"""What holds for screening as a whole: exact spans, nothing hostile stops it, its own corpus is clean, it is quick."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.drafting.corpus import draft_questions
from pipeline.records import Draft, ObjectBox
from pipeline.screening import SCREENING_VERSION, SceneContext, screen
from pipeline.screening.grammar import FUNCTION_WORDS
from pipeline.screening.rules import SUGGESTED_UP_TO
from pipeline.vocabulary import SARDET_CATEGORIES

EMPTY = SceneContext()

WORDS = (
    "a an the two 3 no green reddish-brown dark White Red Sea several some May may be ships ship vessels aircraft are "
    "is on left , . and or possibly a\u0301 🚢 שלום 船 \u200d \0 \ud83d image How many orange colour-coded - -- 's"
)
words = st.sampled_from(re.split(" ", WORDS))
sentences = st.lists(words, max_size=25).map(" ".join) | st.text()
scenes = st.builds(
    lambda boxes, labelled: SceneContext((400, 600), 0.5, boxes, tuple(labelled)),
    st.none()
    | st.lists(st.sampled_from(SARDET_CATEGORIES), max_size=5).map(
        lambda categories: tuple(ObjectBox(str(n), name, 5, 5, 9, 9) for n, name in enumerate(categories))
    ),
    st.lists(st.sampled_from(SARDET_CATEGORIES), unique=True),
)


def caption(text: str) -> Draft:
    return Draft("concise_caption", text)


def boxed(**numbers: int) -> SceneContext:
    """A scene with so many boxes of these categories, all labelled."""
    names = [name for name, number in numbers.items() for _ in range(number)]
    boxes = tuple(ObjectBox(str(index), name, 5, 5, 9, 9) for index, name in enumerate(names))
    return SceneContext((400, 600), None, boxes, tuple(numbers))


def found(text: str, context: SceneContext = EMPTY) -> list[tuple[str, str]]:
    return [(finding.family, finding.text) for finding in screen(caption(text), context)]


@given(sentences, sentences, scenes)
@example("", ", orange dark", SceneContext((400, 600), 0.5, None, ()))
@settings(max_examples=400, deadline=None)
def test_spans_are_exact_in_code_points_whatever_the_text(question, answer, context):
    for draft in (caption(question), Draft("question", question, "general", answer)):
        findings = screen(draft, context)
        assert findings == screen(draft, context)
        for finding in findings:
            text = {"text": draft.text, "question": draft.text, "answer": draft.answer}[finding.field]
            # Of a text without a character nothing can be pointed at.
            assert 0 <= finding.start < finding.end <= len(text) or (finding.rule, text) == ("language.empty", "")
            assert text[finding.start : finding.end] == finding.text
            assert finding.suggestion is None or finding.suggestion != text


def times(words: str, text: str) -> int:
    """How often ``words`` stand in ``text``, not as the beginning or end of a longer word."""
    edges = [r"(?<!\w)" if words[0].isalnum() else "", r"(?!\w)" if words[-1].isalnum() else ""]
    return len(re.findall(edges[0] + re.escape(words) + edges[1], text, re.IGNORECASE))


@given(sentences, scenes)
@settings(max_examples=300, deadline=None)
def test_a_suggestion_mends_its_fault_and_leaves_no_double_article_or_space(text, context):
    for finding in screen(caption(text), context):
        if finding.suggestion is None:
            continue
        assert times(finding.text, finding.suggestion) < times(finding.text, text)
        assert finding.suggestion.count("  ") <= text.count("  ")


def test_spans_count_code_points_after_emoji_combining_marks_and_right_to_left_text():
    text = "🚢🚢 e\u0301 שלום a green bank"
    [finding] = screen(caption(text), EMPTY)
    assert (finding.start, finding.end) == (text.index("green"), text.index("green") + 5)
    assert finding.suggestion == "🚢🚢 e\u0301 שלום a bank"


REPEATED = [
    "green ",
    "a-",
    "red-",
    "two ",
    "many ",
    "a number of ",
    "x",
    " ",
    "\0",
    "🚢",
    "a very large number ",
    "\n",
    "two ships, ",
    "dark ",
    "one to ",
    "the red and ",
    "not possible ",
    "may ",
]


@pytest.mark.parametrize("part", REPEATED, ids=repr)
def test_time_grows_no_faster_than_the_text_whatever_is_repeated(part):
    text = (part * 100_000)[:100_000]
    start = time.process_time()
    findings = screen(caption(text), boxed(ship=3))
    assert time.process_time() - start < 4
    assert len(text) > SUGGESTED_UP_TO
    assert all(finding.suggestion is None for finding in findings)


def test_a_megabyte_caption_is_screened_whole():
    text = "A green bank. " * 75_000
    findings = screen(caption(text), EMPTY)
    assert len(findings) == 75_000
    assert findings[-1].text == "green"


@given(st.lists(st.sampled_from(SARDET_CATEGORIES), max_size=9), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_template_corpus_has_no_findings_but_that_answers_are_fragile(categories, seed):
    boxes = tuple(
        ObjectBox(str(index), name, 40 * index + seed, 35 * index, 20, 20) for index, name in enumerate(categories)
    )
    context = SceneContext((400, 600), None, boxes, SARDET_CATEGORIES)
    for draft in draft_questions(boxes, (400, 600), SARDET_CATEGORIES, seed=seed):
        assert [finding for finding in screen(draft, context) if finding.family != "fragile"] == []


def test_rules_about_boxes_are_silent_outside_the_labelled_categories_and_without_boxes():
    text = "Seven ships and nine cars are visible."
    assert found(text) == []
    assert found(text, SceneContext(boxes=None, labelled=("ship", "car"))) == []
    assert found(text, boxed(ship=2)) == [("count", "Seven")]


@pytest.mark.parametrize("word", ["boats", "vessels", "ships", "Ships"])
def test_synonyms_are_counted_as_their_category(word):
    assert found(f"Two {word} are visible.", boxed(ship=3)) == [("count", "Two")]
    assert found(f"Two {word} are visible.", boxed(ship=2)) == []


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("A two-lane bridge.", {"bridge": 3}),
        ("A three-storey building by the bridge.", {"bridge": 3, "building": 4}),
        ("Two lanes cross the bridge.", {"bridge": 3}),
        ("Route 66 bridge.", {"bridge": 3}),
        ("Pier 4 ships.", {"ship": 3}),
        ("One of the ships is long.", {"ship": 3}),
        ("At a resolution of 3 m ships are visible.", {"ship": 9}),
        ("A 600x400 image of ships.", {"ship": 9}),
        ("Two rows of parked cars.", {"car": 9}),
        ("Two car parks and three aircraft hangars.", {"car": 9, "aircraft": 1}),
        ("0.5 ships.", {"ship": 9}),
        ("Berth No. 3 ships.", {"ship": 9}),
        ("Ten tank farms.", {"tank": 40}),
        ("Two to four ships are visible.", {"ship": 3}),
        ("At least two ships.", {"ship": 3}),
        ("No more than five ships.", {"ship": 3}),
        ("1,200 cars are parked.", {"car": 1200}),
        ("No bridges are visible.", {"bridge": 0}),
        ("Five bridges cross the river; two bridges are long.", {"bridge": 5}),
        ("The first two ships.", {"ship": 5}),
    ],
)
def test_other_numbers_and_right_ones_are_no_findings(text, boxes):
    assert found(text, boxed(**boxes)) == []


def test_two_wrong_mentions_of_a_category_are_both_told_and_neither_is_guessed_at():
    findings = screen(caption("A harbor with 2 ships and 3 boats."), boxed(ship=4))
    assert [(finding.text, finding.suggestion) for finding in findings] == [("2", None), ("3", None)]


@pytest.mark.parametrize(
    ("text", "boxes", "suggestion"),
    [
        ("Two ships are docked.", {"ship": 3}, "Three ships are docked."),
        ("Two ships are docked.", {"ship": 1}, "One ship is docked."),
        ("There is one ship.", {"ship": 12}, "There are twelve ships."),
        ("There are 2 ships.", {"ship": 1}, "There is 1 ship."),
        ("There are no harbours in the image.", {"harbor": 2}, "There are two harbours in the image."),
        ("A single vessel sails.", {"ship": 2}, None),
        ("Two boats leave a wake.", {"ship": 1}, None),
        ("An image with two aeroplanes.", {"aircraft": 1}, "An image with one aeroplane."),
        ("One airplane was parked.", {"aircraft": 30}, "Thirty airplanes were parked."),
        ("A dozen storage tanks.", {"tank": 13}, "Thirteen storage tanks."),
        ("Two ships.", {"ship": 0}, None),
        ("Three harbors can be seen.", {"harbor": 1}, "One harbor can be seen."),
        ("There are 1 ships.", {"ship": 3}, "There are 3 ships."),
        ("There are two bridge structures.", {"bridge": 1}, "There is one bridge."),
        ("There are two bridge structures.", {"bridge": 3}, "There are three bridge structures."),
    ],
)
def test_a_corrected_number_brings_noun_and_verb_along_or_is_not_suggested(text, boxes, suggestion):
    [finding] = screen(caption(text), boxed(**boxes))
    assert finding.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("A green river bank", "A river bank"),
        ("an orange roof", "a roof"),
        ("A blue hour-glass pond.", "An hour-glass pond."),
        ("The field is green.", None),
        ("A large and red ship.", None),
        ("Trees and green fields.", "Trees and fields."),
        ("The red, white and blue containers.", "The containers."),
        ("GREEN fields lie there.", "Fields lie there."),
        ("A mostly green area.", None),
        ("The long, yellow track.", None),
        ("There is a ship beside a red and a blue one.", None),
        ("Here are green trees.", "Here are trees."),
        ("The walls are painted white.", None),
        ("Dark green trees. Light blue water.", "Trees. Light blue water."),
    ],
)
def test_dropping_a_colour_leaves_a_grammatical_sentence_or_is_not_suggested(text, suggestion):
    finding = screen(caption(text), EMPTY)[0]
    assert finding.family == "colour"
    assert finding.suggestion == suggestion


@pytest.mark.parametrize(
    "text",
    [
        "The Red Sea and the Yellow River.",
        "Red Sea coast.",
        "Ships in Green Bay, near the White House and the Black Forest.",
        "Red Sea",
        "Greenland, Greenwich and Redmond.",
        "Greenhouses, an orange orchard, an olive grove.",
        "Navy ships and evergreen shrubs.",
        "A putting green beside the brownfield.",
        "Grey-level statistics of a grayscale image.",
    ],
)
def test_names_and_terms_are_no_colours(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Red and Green", ["Red", "Green"]),
        ("Green Fields And Red Roofs", ["Green", "Red"]),
        ("the red sea-wall", ["red"]),
        ("A greenish pond, a bluish-grey roof.", ["greenish", "bluish-grey"]),
        ("Note: Green fields.", ["Green"]),
        ("<b>green</b>", ["green"]),
        ("snow-white roofs", ["snow-white"]),
    ],
)
def test_colours_are_found_in_headings_compounds_and_markup(text, spans):
    assert [text for family, text in found(text) if family == "colour"] == spans


@pytest.mark.parametrize(
    ("text", "is_hedge"),
    [
        ("It may be a ship.", True),
        ("May be a ship.", True),
        ("In May the river rose.", False),
        ("May 2019", False),
        ("Seen in late may 2019.", False),
        ("The might of the river.", False),
        ("It might be a ship.", True),
        ("Sorting halls of a dismayed and mighty town.", False),
        ("Flooded between April and May.", False),
        ("A possible bridge.", True),
        ("As large as possible.", False),
    ],
)
def test_a_hedge_is_told_from_the_month_and_other_words(text, is_hedge):
    assert bool(found(text)) == is_hedge


def test_five_thousand_drafts_a_second():
    drafts = [
        caption(
            "A green river bank with several ball fields lies beside a wide river, on which two boats leave a wake."
        ),
        caption("Aerial view of a marina with a large building."),
        Draft("question", "How many ships are visible in the image?", "counting", "3"),
        caption("The port lies in the lower left corner; a road runs along the right edge."),
    ]
    context = boxed(ship=3, harbor=1)
    for draft in drafts:
        screen(draft, context)
    best = min(_seconds_for(drafts * 50, context) for _ in range(5))
    assert 200 / best > 5_000


def _seconds_for(drafts: list[Draft], context: SceneContext) -> float:
    start = time.process_time()
    for draft in drafts:
        screen(draft, context)
    return time.process_time() - start


def test_closed_lists_and_version_are_there():
    assert SCREENING_VERSION
    assert "the" in FUNCTION_WORDS
