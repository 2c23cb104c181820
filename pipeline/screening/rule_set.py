"""Which rules a dataset is screened by, and under which version its findings are kept.

Each rule comes with a severity of its own. A dataset may set it otherwise, or switch the rule off; whole families are
set by their name. What is set makes the version, so that each finding tells under which rules it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pipeline.records import digest
from pipeline.screening.families import FAMILIES, RULES
from pipeline.screening.rules import Rule
from pipeline.vocabulary import SEVERITIES

SCREENING_VERSION: Final = "3"
"""Changes with any rule's outcome."""

OFF: Final = "off"
SETTINGS: Final = (*SEVERITIES, OFF)
"""What a rule may be set to."""

_DIGITS: Final = 10
"""Of the hash in a version: among a thousand sets, two are the same by accident once in a million times."""
_NAMED: Final = 60


class RuleSettingError(ValueError):
    """A rule that does not exist, or something that no rule can be set to; names what is near."""


@dataclass(frozen=True)
class RuleSet:
    """Rules as a dataset has set them; made by :func:`rule_set`."""

    rules: tuple[Rule, ...]
    """Those that are on, each with the severity that it is set to."""
    settings: Mapping[str, str]
    """``{rule: setting}`` of the rules that are set otherwise than they come, by name."""
    version: str
    """``3``, or ``3+`` and a short hash of the settings: the same for the same settings on any machine."""


def rule_set(settings: Mapping[str, str]) -> RuleSet:
    """The rules under ``settings``, ``{rule or family: "error", "warning", "info" or "off"}``.

    A rule's own setting goes before that of its family, in whatever order they are given. What says the same as the
    rule itself is as if it were not given.

    Raises
    ------
    RuleSettingError
        If there is no such rule or family, or no such setting.
    """
    for name, setting in settings.items():
        _check(name, setting)
    return _made(tuple(_differing(settings)))


def stored_rule_set(settings: Mapping[str, str]) -> RuleSet:
    """As :func:`rule_set`, of settings that were checked once: what this version no longer knows is passed over."""
    known = {name: setting for name, setting in settings.items() if name in _NAMES and setting in SETTINGS}
    return rule_set(known)


def family_of(rule: str) -> str:
    """The family of a rule's name: ``vague`` of ``vague.hedge``."""
    return rule.partition(".")[0]


def _check(name: str, setting: str) -> None:
    if name not in _NAMES:
        near = get_close_matches(name[:_NAMED], _NAMES, n=3, cutoff=0.5)
        hint = f"near it are {', '.join(near)}" if near else f"the families are {', '.join(FAMILIES)}"
        raise RuleSettingError(f"There is no rule or family {name[:_NAMED]!a}; {hint}.")
    if setting not in SETTINGS:
        raise RuleSettingError(
            f"{name} cannot be set to {str(setting)[:_NAMED]!a}: choose from {', '.join(SETTINGS[:-1])} and {OFF}."
        )


def _differing(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for rule in sorted(RULES, key=lambda rule: rule.name):
        setting = settings.get(rule.name, settings.get(family_of(rule.name), rule.severity))
        if setting != rule.severity:
            yield rule.name, setting


@lru_cache(maxsize=64)
def _made(differing: tuple[tuple[str, str], ...]) -> RuleSet:
    settings = dict(differing)
    version = f"{SCREENING_VERSION}+{digest(settings)[:_DIGITS]}" if settings else SCREENING_VERSION
    on = tuple(_set(rule, settings.get(rule.name)) for rule in RULES if settings.get(rule.name) != OFF)
    return RuleSet(on, MappingProxyType(settings), version)


def _set(rule: Rule, setting: str | None) -> Rule:
    return rule if setting is None else replace(rule, severity=setting)  # type: ignore[arg-type]


_NAMES: Final = frozenset({*FAMILIES, *(rule.name for rule in RULES)})
