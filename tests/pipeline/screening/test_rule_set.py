"""Rules set otherwise than they come, and the version that says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.records import Draft
from pipeline.screening import FAMILIES, RULES, SCREENING_VERSION, RuleSettingError, SceneContext, rule_set, screen
from pipeline.screening.rule_set import stored_rule_set

TEXT = Draft("concise_caption", "Several green ships.")


def found(settings: dict[str, str]) -> dict[str, str]:
    return {each.rule: each.severity for each in screen(TEXT, SceneContext(), rule_set(settings).rules)}


def test_without_settings_all_rules_are_as_they_come() -> None:
    assert rule_set({}).rules == RULES
    assert rule_set({}).version == SCREENING_VERSION


def test_a_rule_is_switched_off_or_given_another_severity() -> None:
    assert found({}) == {"vague.quantity": "warning", "colour.hue": "error"}
    assert found({"vague.quantity": "off", "colour.hue": "info"}) == {"colour.hue": "info"}


def test_a_family_is_set_by_its_name_and_a_rule_goes_before_it_in_any_order() -> None:
    assert found({"vague": "off"}) == {"colour.hue": "error"}
    both = {"vague": "off", "vague.quantity": "info"}
    assert found(both) == found(dict(reversed(both.items()))) == {"colour.hue": "error", "vague.quantity": "info"}


def test_the_version_tells_settings_apart_and_only_them() -> None:
    off = rule_set({"vague": "off"})
    assert off.version.startswith(f"{SCREENING_VERSION}+")
    assert off.version == rule_set({rule.name: "off" for rule in RULES if rule.name.startswith("vague.")}).version
    assert off.version != rule_set({"vague": "info"}).version
    assert rule_set({"colour.hue": "error"}).version == SCREENING_VERSION, "as it comes is not set"


def test_the_version_is_the_same_in_another_process() -> None:
    code = "from pipeline.screening import rule_set; print(rule_set({'vague': 'off', 'colour.hue': 'info'}).version)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == rule_set({"colour.hue": "info", "vague": "off"}).version


@pytest.mark.parametrize("name", ["color.hue", "colour.hues", "Colour.hue"])
def test_a_name_that_is_none_is_refused_with_those_near_it(name: str) -> None:
    with pytest.raises(RuleSettingError, match=r"colour\.hue"):
        rule_set({name: "off"})


@pytest.mark.parametrize("name", ["", "\0", "𝕏" * 10_000, "\ud800", "xyzzy"])
def test_a_name_near_nothing_is_refused_with_the_families(name: str) -> None:
    with pytest.raises(RuleSettingError) as refused:
        rule_set({name: "off"})
    assert FAMILIES[0] in str(refused.value)
    assert len(str(refused.value)) < 1_000
    str(refused.value).encode()


def test_a_setting_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(RuleSettingError, match="error, warning, info and off"):
        rule_set({"colour.hue": "fatal"})


def test_what_was_stored_of_rules_that_are_gone_is_passed_over() -> None:
    assert stored_rule_set({"colour.gone": "off", "vague": "off"}) == rule_set({"vague": "off"})


def test_switching_all_off_finds_nothing() -> None:
    assert found(dict.fromkeys(FAMILIES, "off")) == {}
