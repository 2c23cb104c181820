"""A reply in another language is told from an English one."""

from __future__ import annotations

import json

import pytest

from pipeline.drafting.english import is_english


@pytest.mark.parametrize(
    "text",
    [
        "A harbour with three piers.",
        "Rows of storage tanks beside a quay.",
        "Yes",
        "3",
        "",
        "Top left",
        "A van is on the road to Los Angeles.",
        "A quay at 港 with ships.",
        "🚢",
        "Farmland around Rio de Janeiro and São Paulo, along a river.",
        "Hay fields due north of a den.",
    ],
)
def test_english_and_what_could_be_of_any_language_is_taken(text):
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ein Hafen mit drei Schiffen und einem Kai auf der linken Seite.",
        "Un port avec trois quais et des navires le long de la rive.",
        "Un puerto con tres muelles y los barcos en la orilla.",
        "Um porto com navios no cais e uma ponte na margem do rio.",
        "Un porto con le navi nel bacino e una strada che costeggia il molo.",
        "Een haven met drie schepen en een kade op de linkeroever.",
        "En hamn med tre fartyg och en kaj på vänster sida.",
        "港に船が並ぶ。",
        "Гавань с тремя причалами.",
        "ميناء به ثلاث سفن",
    ],
)
def test_another_language_is_told(text):
    assert not is_english(text)


def test_published_english_captions_are_taken(shared_data):
    listed = json.loads((shared_data / "texts" / "SARLANG_published_examples.json").read_text())
    texts = [text for text in texts_in(listed) if len(text.split()) > 4]
    assert len(texts) > 20
    assert [text for text in texts if not is_english(text)] == []


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
