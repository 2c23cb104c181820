"""What a participant says that they know: they are not asked about it. Pure.

They write names, and are shown none: a list to tick would tell the sources of the quiz.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from app.quiz.queries.taking import Askable

MOST_DECLARED: Final = 50
LONGEST_DECLARED: Final = 100
SHORTEST_MATCH: Final = 3
"""In letters and digits: less would be in too many names."""


def declared_lines(written: str) -> list[str]:
    """The names that were written, one a line or between commas; what is longer or more than anybody knows is cut."""
    lines = (" ".join(line.split())[:LONGEST_DECLARED] for line in re.split(r"[\n,;]+", written))
    return list(dict.fromkeys(line for line in lines if line))[:MOST_DECLARED]


def declared(written: str, questions: Iterable[Askable]) -> dict[str, Any]:
    """``{"written", "datasets", "grounds"}``: what they wrote, and what of the quiz it names."""
    lines = declared_lines(written)
    names = [name for name in map(_letters, lines) if len(name) >= SHORTEST_MATCH]
    known = [each for each in questions if _is_named(each.dataset, names) or _is_named(each.place, names)]
    datasets = sorted({each.dataset for each in known if _is_named(each.dataset, names)})
    return {"written": lines, "datasets": datasets, "grounds": sorted({each.ground_key for each in known})}


def unknown(questions: Sequence[Askable], known_grounds: Iterable[str]) -> list[Askable]:
    """The questions of other ground."""
    known = set(known_grounds)
    return [each for each in questions if each.ground_key not in known]


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _is_named(name: str, names: Sequence[str]) -> bool:
    """Whether one is in the other: who knows SARDet knows ``sardet-100k``, who knows Hamburg "the port of Hamburg"."""
    folded = _letters(name)
    return len(folded) >= SHORTEST_MATCH and any(each in folded or folded in each for each in names)
