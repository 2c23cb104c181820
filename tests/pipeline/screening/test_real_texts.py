"""Real captions and questions: what screening must find in them, and what it must leave alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.records import Draft, Finding, ObjectBox
from pipeline.screening import SceneContext, screen

EMPTY = SceneContext()

PLAIN_COLOURS = re.compile(r"\b(red|green|blue|yellow|brown|orange|white|black|gr[ae]y|khaki|purple|pink|cyan)\b")
COLOURFUL = re.compile(
    r"colou?r|green|red\b|\w+ish\b|blue|yellow|brown|orange|white|black|gr[ae]y|khaki|purple|pink|cyan|silver|golden"
    r"|beige|aqua|jade|maroon|sepia|cream|indigo|olive|scarlet|violet|tan\b|gold\b|teal|hue|tint"
    r"|grr?en+\b|balck|whie\b|\bbuff\b|different shades",
    re.IGNORECASE,
)
PLAIN_OPTICAL = re.compile(
    r"\b(lush|withered|shadows?|snow|sunlight|clouds?|fog|people(?! can)|twinkling|turbid|limpid|spray|vivid|glass)\b"
)
TONE = re.compile(r"\b(bright|brighter|dark|darker)\b", re.IGNORECASE)
PLAIN_VAGUE = re.compile(r"\b(several|some|numerous|various|possibly)\b(?! kind)")


def captions(shared_data: Path) -> list[str]:
    return sorted(set((shared_data / "texts" / "RSICD_test_caps.txt").read_text(encoding="utf-8").splitlines()))


def described(shared_data: Path) -> list[str]:
    content = json.loads((shared_data / "texts" / "SAREval_Image_Captioning.json").read_text(encoding="utf-8"))
    return [entry["ground_truth"] for entry in content]


def of_family(text: str, family: str) -> list[Finding]:
    return [finding for finding in screen(Draft("concise_caption", text), EMPTY) if finding.family == family]


def is_covered(word: re.Match[str], findings: list[Finding]) -> bool:
    return any(finding.start <= word.start() and word.end() <= finding.end for finding in findings)


@pytest.mark.parametrize(("family", "pattern"), [("colour", PLAIN_COLOURS), ("vague", PLAIN_VAGUE)])
def test_nearly_every_plain_word_of_a_family_is_found(shared_data, family, pattern):
    words = [(text, word) for text in captions(shared_data) for word in pattern.finditer(text)]
    missed = [(word[0], text) for text, word in words if not is_covered(word, of_family(text, family))]
    assert len(words) > 700
    assert len(missed) <= len(words) / 200, missed


def test_what_only_a_camera_shows_is_found_in_captions_of_photos(shared_data):
    words = [(text, word) for text in captions(shared_data) for word in PLAIN_OPTICAL.finditer(text)]
    missed = [(word[0], text) for text, word in words if not is_covered(word, of_family(text, "optical_only"))]
    assert len(words) > 120
    assert missed == []


def test_tones_of_those_who_describe_radar_images_are_left_alone(shared_data):
    words = [(text, word) for text in described(shared_data) for word in TONE.finditer(text)]
    told = [word[0] for text, word in words if is_covered(word, of_family(text, "optical_only"))]
    assert len(words) > 190
    assert len(told) < len(words) / 10, told


def test_nothing_is_called_a_colour_in_texts_without_colours(shared_data):
    texts = [text for text in captions(shared_data) + described(shared_data) if not COLOURFUL.search(text)]
    assert len(texts) > 1_700
    assert [text for text in texts if of_family(text, "colour")] == []


def test_most_colours_come_with_a_suggestion_and_suggestions_mend_them(shared_data):
    faulty = [(text, finding) for text in captions(shared_data) for finding in of_family(text, "colour")]
    mended = [(text, finding) for text, finding in faulty if finding.suggestion is not None]
    assert len(mended) > 0.85 * len(faulty)
    for text, finding in mended:
        assert len(of_family(finding.suggestion, "colour")) < len(of_family(text, "colour"))
        assert not re.search(
            r"\b(an? (?:is|are|and|with|of|in|on)|a [aeio]\w+|an [bcdfgjklmnpqrstvwz]\w+)\b", _new(finding, text)
        )


def _new(finding: Finding, text: str) -> str:
    """The two words of the suggestion at the mended place, with the article before them if it is new there."""
    before = finding.suggestion[: finding.start].rsplit(" ", 2)[-2:]
    return " ".join([*before, *finding.suggestion[finding.start :].split(" ")[:1]]) if text else ""


def test_published_examples_get_the_findings_that_a_reader_would_give_them(shared_data):
    examples = json.loads((shared_data / "texts" / "SARLANG_published_examples.json").read_text(encoding="utf-8"))
    found = [
        (finding.rule, finding.text)
        for text in examples["concise"] + examples["complex"]
        for finding in screen(Draft("concise_caption", text), EMPTY)
    ]
    assert found == [
        ("vague.quantity", "a lot of"),
        ("vague.quantity", "lots of"),
        ("vague.quantity", "a bunch of"),
        ("vague.quantity", "multiple"),
    ]
    for entry in examples["vqa"]:
        assert screen(Draft("question", entry["question"], "general", entry["answer"]), EMPTY) == []


@pytest.mark.parametrize(("subject", "category"), [("Bridge", "bridge"), ("Ship", "ship")])
def test_counting_answers_are_right_or_wrong_by_the_boxes_however_the_question_is_put(shared_data, subject, category):
    file = shared_data / "texts" / f"SAREval_{subject}_Counting.json"
    for entry in json.loads(file.read_text(encoding="utf-8"))[:60]:
        boxes = tuple(ObjectBox(str(n), category, 5, 5, 9, 9) for n in range(int(entry["ground_truth"])))
        context = SceneContext((400, 600), None, boxes, (category,))
        for question in entry["prompts"]:
            for option in entry["options_list"]:
                found = [finding.rule for finding in screen(Draft("question", question, "counting", option), context)]
                assert found == ([] if option == entry["ground_truth"] else ["count.answer"]), (question, option)


def test_spans_of_all_real_texts_are_exact(shared_data):
    for text in captions(shared_data) + described(shared_data):
        for finding in screen(Draft("complex_caption", text), EMPTY):
            assert text[finding.start : finding.end] == finding.text
