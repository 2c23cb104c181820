"""Screening: what to look at twice in a draft, told with exact spans. It never changes a draft.

Where to add a rule is said in :mod:`pipeline.screening.rules`.
"""

from __future__ import annotations

from typing import Final

from pipeline.records import Draft, Finding
from pipeline.screening.context import SceneContext
from pipeline.screening.families import RULES
from pipeline.screening.rules import passages_of

SCREENING_VERSION: Final = "1"
"""Changes with any rule's outcome."""

__all__ = ["RULES", "SCREENING_VERSION", "SceneContext", "screen"]


def screen(draft: Draft, context: SceneContext) -> list[Finding]:
    """All findings of all rules on a draft, by field and place.

    Pure and quick enough to run while somebody types. Spans are half-open, in code points of the text as it is stored.
    """
    found: list[Finding] = []
    for passage in passages_of(draft):
        of_passage = [finding for rule in RULES for finding in rule.findings(passage, context)]
        found.extend(sorted(of_passage, key=lambda finding: finding.start))
    return found
