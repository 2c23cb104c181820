"""Counts over many drafts, in memory that does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.extraction.extractor import EXTRACTOR_VERSION, Extracted, extract
from pipeline.records import Draft

MOST_NAMES: Final = 100_000
"""So many different open categories are kept by name; further ones are counted together."""

SHOWN: Final = 30


@dataclass
class Tally:
    """How many drafts name each thing; a thing counts once a draft, however often it is named there."""

    texts: int = 0
    questions: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    open_categories: Counter[str] = field(default_factory=Counter)
    question_types: Counter[str] = field(default_factory=Counter)
    general_types: Counter[str] = field(default_factory=Counter)
    land_covers: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0
    """Namings of open categories beyond those that are kept by name."""

    def add(self, drafts: Iterable[Draft]) -> Tally:
        """Count ``drafts``; returns itself."""
        for draft in drafts:
            self._add(extract(draft))
        return self

    def _add(self, found: Extracted) -> None:
        self.texts += 1
        self.categories.update(found.categories)
        self.land_covers.update(found.land_covers)
        self._add_open(found.open_categories)
        if found.form is not None:
            self.questions += 1
            self._add_form(found.form)
        if found.general_type is not None:
            self.general_types[found.general_type] += 1

    def _add_open(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self.open_categories or len(self.open_categories) < MOST_NAMES:
                self.open_categories[name] += 1
            else:
                self.unnamed += 1

    def _add_form(self, form: str) -> None:
        is_kept = form in self.question_types or len(self.question_types) < MOST_NAMES
        self.question_types[form if is_kept else "other"] += 1

    def as_json(self, shown: int = SHOWN) -> dict[str, Any]:
        """The counts as plain values: how many different, and the ``shown`` most frequent with their drafts."""
        return {
            "extractor_version": EXTRACTOR_VERSION,
            "texts": self.texts,
            "questions": self.questions,
            "categories": _told(self.categories, shown),
            "open_categories": _told(self.open_categories, shown)
            | {"named_once": sum(number == 1 for number in self.open_categories.values()), "unnamed": self.unnamed},
            "question_types": _told(self.question_types, shown),
            "general_types": _told(self.general_types, shown),
            "land_covers": _told(self.land_covers, shown),
        }


def _told(counter: Counter[str], shown: int) -> dict[str, Any]:
    # By name where equally frequent, so that the same drafts always print the same.
    frequent = sorted(counter.items(), key=lambda each: (-each[1], each[0]))[:shown]
    return {"distinct": len(counter), "most_frequent": [{"name": name, "texts": number} for name, number in frequent]}


def told_lines(counts: dict[str, Any]) -> list[str]:
    """The counts of :meth:`Tally.as_json` as lines for people."""
    lines = [
        f"extractor version {counts['extractor_version']}: {counts['texts']} drafts, {counts['questions']} questions"
    ]
    titles = {
        "categories": "object categories",
        "open_categories": "open categories",
        "question_types": "question types",
        "general_types": "types of general questions",
        "land_covers": "land covers",
    }
    for key, title in titles.items():
        part = counts[key]
        once = f", {part['named_once']} of them named once" if part.get("named_once") else ""
        further = f"; {part['unnamed']} namings of further ones" if part.get("unnamed") else ""
        named = ", ".join(f"{each['name']} {each['texts']}" for each in part["most_frequent"])
        lines.append(f"{title}: {part['distinct']}{once}{further}{': ' if named else ''}{named}")
    return lines
