"""Examples of what reviewers corrected: for each flag the first few texts by their ids, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pipeline.formats.entries import Entry, text_of
from pipeline.formats.frozen_text import FrozenText

SHOWN: Final = 3
"""Of a flag."""
LONGEST: Final = 200
"""Code points of a side."""
UNFLAGGED: Final = ""
"""Heading of texts that were corrected without a flag."""


class Correction(NamedTuple):
    """One text as it was drafted, and as it was verified."""

    text_id: str
    before: str
    after: str


class Corrections:
    """As ids are hashes, the first ones are a draw that nobody chose, and the same whoever counts."""

    def __init__(self) -> None:
        self.by_flag: dict[str, list[Correction]] = {}

    def add(self, texts: Iterable[FrozenText]) -> None:
        """Look at more texts, in any order."""
        for text in texts:
            if text.is_revised:
                for flag in text.verdicts.flags or (UNFLAGGED,):
                    kept = self.by_flag.setdefault(flag, [])
                    if len(kept) < SHOWN or text.id < kept[-1].text_id:
                        self._keep(flag, [_correction(text.id, text.entry)])

    def merge(self, other: Corrections) -> None:
        """Take over what another process has seen."""
        for flag, found in other.by_flag.items():
            self._keep(flag, found)

    def _keep(self, flag: str, found: Sequence[Correction]) -> None:
        self.by_flag[flag] = sorted([*self.by_flag.get(flag, ()), *found])[:SHOWN]


def _correction(text_id: str, entry: Entry) -> Correction:
    draft = entry["draft"]
    return Correction(text_id, _said(draft["text"], draft["answer"]), _said(text_of(entry), entry.get("answer")))


def _said(text: str, answer: str | None) -> str:
    said = text[:LONGEST] if answer is None else f"{text[:LONGEST]} → {answer[:LONGEST]}"
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
