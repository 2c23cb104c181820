"""Questions as question types."""

from __future__ import annotations

import json

import pytest

from pipeline.extraction import extract
from pipeline.extraction.question_forms import general_type_of, question_form
from pipeline.records import Draft


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What shape are the pools?", "what shape"),
        ("What is the round shape of the pools?", "what shape"),
        ("How many vessels are there?", "how many"),
        ("In this image, where are the tanks?", "where is"),
        ("What direction is the main road?", "what direction"),
        ("Is there a bridge?", "is there"),
        ("Are there bridges?", "is there"),
        ("Which side of the river has more houses?", "which side"),
        ("What type of area is mostly visible?", "what type of area"),
        ("What kinds of areas are visible?", "what type of area"),
        ("Which vessel is the largest?", "which ship"),
        ("What colour is the roof?", "what colour"),
        ("What color are the roofs?", "what colour"),
        ("What is on the left?", "what is"),
        ("Can you tell me what is on the left?", "what is"),
        ("What does the line represent?", "what does"),
        ("How are the buildings arranged?", "how arranged"),
        ("How large is the lake?", "how large"),
        ("How is the weather?", "how"),
        ("Does the road cross the river?", "does"),
        ("Was the field flooded?", "is"),
        ("Has the pier been extended?", "has"),
        ("Why is the area dark?", "why is"),
        ("Please count the ships.", "count"),
        ("Describe the scene.", "describe"),
        ("Ships?", "other"),
        ("", "other"),
        ("🚢", "other"),
        ("what", "what"),
        ("how", "how"),
    ],
)
def test_questions_are_normalised(question, form):
    assert question_form(question) == form


@pytest.mark.parametrize(
    ("question", "general_type"),
    [
        ("What shape are the pools?", "shape"),
        ("Is the river straight or curved?", "shape"),
        ("What is the orientation of the runway?", "direction"),
        ("In which direction does the river flow?", "direction"),
        ("What is the predominant land cover?", "land_cover"),
        ("How are the buildings arranged?", "pattern"),
        ("What pattern do the streets form?", "pattern"),
        ("What is the main use of the land?", "reasoning"),
        ("Are any buildings under construction?", "reasoning"),
    ],
)
def test_general_questions_have_a_type(question, general_type):
    assert general_type_of(question) == general_type
    assert extract(Draft("question", question, "general", "…")).general_type == general_type


def test_what_a_drafter_says_of_a_general_question_holds():
    told = Draft("question", "What shape are the pools?", "general", "Round.", general_type="pattern")
    assert extract(told).general_type == "pattern"
    assert extract(Draft("question", "What shape are the pools?", "counting", "2")).general_type is None


def test_published_examples_are_of_the_general_types_that_their_authors_give(shared_data):
    examples = json.loads((shared_data / "texts" / "SARLANG_published_examples.json").read_text(encoding="utf-8"))
    general = [entry for entry in examples["vqa"] if entry["application"] == "others"]
    assert len(general) == 6
    for entry in general:
        assert general_type_of(entry["question"]) == entry["question_type"].replace(" ", "_")
