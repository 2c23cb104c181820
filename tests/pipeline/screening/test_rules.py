"""Every rule's own examples, which are its documentation too."""

from __future__ import annotations

import re

import pytest

from pipeline.records import Draft
from pipeline.screening import RULES, screen
from pipeline.screening.rules import Example
from pipeline.vocabulary import RULE_FAMILIES, SEVERITIES

FAULTY = [(rule, example) for rule in RULES for example in rule.faulty]
CLEAN = [(rule, example) for rule in RULES for example in rule.clean]


def name_of(value) -> str:
    return value.text if isinstance(value, Example) else value.name


def draft_of(example: Example) -> Draft:
    """The example's text without its brackets, as a caption or as the answer to its question."""
    text = re.sub(r"[\[\]]", "", example.text)
    if example.question is None:
        return Draft("concise_caption", text)
    return Draft("question", example.question, "counting", text)


def bracketed(text: str) -> list[tuple[int, int]]:
    """Spans of what stands in brackets, counted without them."""
    spans, position, start = [], 0, 0
    for letter in text:
        if letter == "[":
            start = position
        elif letter == "]":
            spans.append((start, position))
        else:
            position += 1
    return spans


@pytest.mark.parametrize(("rule", "example"), FAULTY, ids=name_of)
def test_a_rule_finds_the_bracketed_faults_of_its_examples_and_suggests_what_they_say(rule, example):
    draft = draft_of(example)
    found = [finding for finding in screen(draft, example.context) if finding.rule == rule.name]
    assert [(finding.start, finding.end) for finding in found] == bracketed(example.text)
    assert found[0].suggestion == example.suggestion
    assert all(finding.message and finding.severity == rule.severity for finding in found)


@pytest.mark.parametrize(("rule", "example"), CLEAN, ids=name_of)
def test_a_rule_family_is_silent_about_its_clean_examples(rule, example):
    family = rule.name.partition(".")[0]
    assert [finding for finding in screen(draft_of(example), example.context) if finding.family == family] == []


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_rule_is_of_a_known_family_and_severity_and_has_examples_of_both_sorts(rule):
    assert rule.name.partition(".")[0] in RULE_FAMILIES
    assert rule.severity in SEVERITIES
    assert rule.faulty
    assert rule.clean


def test_names_of_rules_are_unique():
    assert len({rule.name for rule in RULES}) == len(RULES)
