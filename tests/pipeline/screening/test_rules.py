"""Every rule's own examples, which are its documentation too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.screening import FAMILIES, RULES, screen
from pipeline.screening.rules import Example
from pipeline.vocabulary import SEVERITIES

FAULTY = [(rule, example) for rule in RULES for example in rule.faulty]
CLEAN = [(rule, example) for rule in RULES for example in rule.clean]


def name_of(value) -> str:
    return value.text if isinstance(value, Example) else value.name


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
    draft = example.draft
    found = [finding for finding in screen(draft, example.context) if finding.rule == rule.name]
    assert [(finding.start, finding.end) for finding in found] == bracketed(example.text)
    assert found[0].suggestion == example.suggestion
    assert all(finding.message and finding.severity == rule.severity for finding in found)


@pytest.mark.parametrize(("rule", "example"), CLEAN, ids=name_of)
def test_a_rule_family_is_silent_about_its_clean_examples(rule, example):
    family = rule.name.partition(".")[0]
    assert [finding for finding in screen(example.draft, example.context) if finding.family == family] == []


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_rule_is_of_a_known_family_and_severity_and_has_examples_of_both_sorts(rule):
    assert rule.name.partition(".")[0] in FAMILIES
    assert rule.severity in SEVERITIES
    assert rule.faulty
    assert rule.clean


def test_names_of_rules_are_unique():
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(("rule", "example"), FAULTY, ids=name_of)
def test_the_cues_of_a_rule_hide_none_of_its_findings(rule, example):
    blunt = replace(rule, cues=None)
    assert screen(example.draft, example.context, [rule]) == screen(example.draft, example.context, [blunt])
