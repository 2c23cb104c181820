"""Which of a reviewer's flags says what a family of rules says: by these, and by nothing else, rules are measured.

A family that is not named here, such as a new one, is told only by how often reviewers accept what it found.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FITTING_FLAGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "colour": ("colour",),
        "optical_only": ("not_visible_in_sar", "wrong_statement"),
        "count": ("count",),
        "category": ("wrong_statement",),
        "position": ("position",),
        "vague": ("vague",),
        "language": ("language",),
        "contradiction": ("wrong_statement", "count", "position"),
        "duplicate": ("other",),
        # What these two find is no fault, only something to look at: no flag says it.
        "fragile": (),
        "physics": (),
    }
)
