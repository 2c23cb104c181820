"""Screening: what to look at twice in a draft, told with exact spans. It never changes a draft.

Where to add a rule is said in :mod:`pipeline.screening.rules`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.records import Draft, Finding
from pipeline.screening.context import SceneContext
from pipeline.screening.families import FAMILIES, RULES
from pipeline.screening.rule_set import SCREENING_VERSION, RuleSet, RuleSettingError, rule_set
from pipeline.screening.rules import Rule, passages_of

__all__ = [
    "FAMILIES",
    "RULES",
    "SCREENING_VERSION",
    "RuleSet",
    "RuleSettingError",
    "SceneContext",
    "rule_set",
    "screen",
]


def screen(draft: Draft, context: SceneContext, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """All findings of all ``rules`` on a draft, by field and place.

    Pure and quick enough to run while somebody types. Spans are half-open, in code points of the text as it is stored.
    """
    found: list[Finding] = []
    for passage in passages_of(draft):
        field, words = passage.field, passage.words
        of_passage: list[Finding] = []
        for rule in rules:
            # Asked here once more, since most rules have nothing to say of most texts and a generator costs more.
            if field in rule.fields and (rule.cues is None or not rule.cues.isdisjoint(words)):
                of_passage.extend(rule.findings(passage, context))
        found.extend(sorted(of_passage, key=_start))
    return found


def _start(finding: Finding) -> int:
    return finding.start
