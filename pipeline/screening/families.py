"""The registry: all rules of all families, in the order in which findings of one place are told."""

from __future__ import annotations

from typing import Final

from pipeline.screening import colour, count, vague
from pipeline.screening.rules import Rule

RULES: Final[tuple[Rule, ...]] = (*colour.RULES, *count.RULES, *vague.RULES)
