"""The registry: every module of this package is a family of rules, found by itself; there is no list to keep.

A family is one file: a docstring that says what it is about, and a tuple ``RULES`` of rules named ``family.name``.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Final

from pipeline.screening.rules import Rule

FAMILIES: Final[tuple[str, ...]] = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def _rules_of(family: str) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = importlib.import_module(f"{__name__}.{family}").RULES
    return rules


RULES: Final[tuple[Rule, ...]] = tuple(rule for family in FAMILIES for rule in _rules_of(family))
"""All rules of all families, by family in alphabetical order, each family's in the order of its file."""
