"""Rules are looked up by the words of a text; what is looked up so is what each rule would find by itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Draft
from pipeline.screening import RULES, SceneContext, screen
from pipeline.screening.rules import passages_of
from pipeline.screening.selection import selection_of

WORDS = "a green İ ships several People 2 Clouds may be — clear water ? the the photo at night"
words = st.sampled_from(re.split(" ", WORDS))
texts = st.lists(words, max_size=12).map(" ".join)


@given(texts, st.none() | texts)
def test_the_rules_of_a_text_are_those_that_read_its_field_and_have_a_cue_in_it(text, answer):
    kind = "concise_caption" if answer is None else "question"
    draft = Draft(kind, text, None if answer is None else "general", answer)
    for passage in passages_of(draft):
        reading = [rule for rule in RULES if passage.field in rule.fields]
        expected = [rule for rule in reading if rule.cues is None or rule.cues & passage.words]
        assert [rule.name for rule in selection_of(RULES).rules_for(passage)] == [rule.name for rule in expected]


@given(texts)
def test_words_are_those_of_the_tokens(text):
    [passage] = passages_of(Draft("concise_caption", text))
    assert passage.sequence == [token.text for token in passage.tokens]


@pytest.mark.parametrize("make", [list, tuple])
def test_any_rules_in_any_order_may_be_asked(make):
    rules = make(reversed([rule for rule in RULES if rule.name.startswith(("colour.", "vague."))]))
    found = screen(Draft("concise_caption", "Several green ships."), SceneContext(), rules)
    assert [finding.rule for finding in found] == ["vague.quantity", "colour.hue"]
