"""What the texts of a release name: object categories, land covers, and what their general questions are about.

Counted by :mod:`pipeline.extraction`, a thing once a text. Texts that differ in figures alone name the same things, and
of the questions of a corpus most do: each different one is read once, so that a million cost what a few thousand do.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.extraction import extract
from pipeline.formats.frozen_text import FrozenText
from pipeline.records import Draft

MOST_HELD: Final = 5_000
"""Different short texts that wait to be read."""
LONGEST_HELD: Final = 300
"""Code points; longer texts are rarely written twice."""
READ_UP_TO: Final = 20_000
"""Code points of a text; none that means what it says is as long."""
_FIGURES: Final = re.compile(r"\d+")

Text = tuple[str, str, str | None]
"""Question type, words and answer."""


class NamedThings:
    """Counters under ``category``, ``land_cover`` and ``general``; the lists are closed, so they stay small."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._held: Counter[str] = Counter()
        """Question type, words and answer as lines of JSON, which has no other end of a line."""

    def add(self, texts: Sequence[FrozenText]) -> None:
        """Count what they name; it is told after :meth:`settle`."""
        plain = []
        for text in texts:
            told = f"{text.question_type_json}\n{text.words_json}\n{text.answer_json or 'null'}"
            if len(told) > LONGEST_HELD or "\\" in told:
                words, answer = text.words[:READ_UP_TO], text.answer
                self._read((text.question_type or "", words, answer and answer[:READ_UP_TO]), 1)
            else:
                plain.append(_FIGURES.sub("0", told))
        self._held.update(plain)
        if len(self._held) > MOST_HELD:
            self.settle()

    def settle(self) -> None:
        """Read what was held."""
        for told, count in self._held.items():
            question_type, words, answer = map(json.loads, told.split("\n"))
            self._read((question_type or "", words, answer), count)
        self._held.clear()

    def merge(self, other: NamedThings) -> None:
        """Count what another process counted."""
        other.settle()
        self.counts.update(other.counts)

    def most_frequent(self, heading: str, shown: int | None = None) -> list[tuple[str, int]]:
        """(name, texts), the most frequent first and by name where equal."""
        found = [(name, count) for (under, name), count in self.counts.items() if under == heading]
        return sorted(found, key=lambda each: (-each[1], each[0]))[:shown]

    def _read(self, text: Text, count: int) -> None:
        question_type, words, answer = text
        is_caption = answer is None
        found = extract(
            Draft("concise_caption", words) if is_caption else Draft("question", words, question_type, answer)
        )
        for name in found.categories:
            self.counts["category", name] += count
        for name in found.land_covers:
            self.counts["land_cover", name] += count
        if found.general_type:
            self.counts["general", found.general_type] += count
