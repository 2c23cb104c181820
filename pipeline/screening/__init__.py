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
from pipeline.screening.selection import selection_of

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
    selection = selection_of(rules)
    found: list[Finding] = []
    for passage in passages_of(draft):
        of_passage: list[Finding] = []
        for rule in selection.rules_for(passage):
            for fault in rule.find(passage, context):
                of_passage.append(rule.finding(passage, fault))
        if len(of_passage) > 1:
            of_passage.sort(key=_start)
        found += of_passage
    return found


def _start(finding: Finding) -> int:
    return finding.start
