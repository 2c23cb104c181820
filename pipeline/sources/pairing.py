"""Telling SAR images and their partners by a part of the path: ``SAR-Intensity:PS-RGB``, ``post:pre``, ``SAR:Opt``.

A token counts only where it is a word of its own: ``SAR`` in ``SAR_12.tif``, ``SAR/12.tif`` and ``SAR12.tif``, not in
``FUSAR``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.sources.reading import SourceError

_ADVICE: Final = (
    "Give --pair SAR:OPTICAL, such as SAR-Intensity:PS-RGB: a part of the SAR path and what its partner has there."
)


@dataclass(frozen=True, slots=True)
class PairTokens:
    """What stands in the path of a SAR image, and in that of its partner."""

    sar: str
    optical: str

    @classmethod
    def parse(cls, text: str) -> PairTokens:
        """Of ``SAR:OPTICAL``; raises SourceError if it is not two different parts of a file name."""
        sar, colon, optical = text.partition(":")
        if not colon or not sar.strip() or not optical.strip() or sar == optical:
            raise SourceError("--pair", f"{text!r} is not two different words with a colon between them", _ADVICE)
        if any(letter in sar + optical for letter in "/\\:\0"):
            raise SourceError("--pair", f"{text!r} has a letter that no part of a file name has", _ADVICE)
        return cls(sar.strip(), optical.strip())

    def is_sar(self, stem: str) -> bool | None:
        """Whether a path is of a SAR image or of a partner; None if neither word is in it.

        The last part of the path that has exactly one of the words decides, so that a folder ``SAR_data`` above both
        decides nothing.
        """
        for part in reversed(stem.split("/")):
            has_sar = _word(self.sar).search(part) is not None
            if has_sar != (_word(self.optical).search(part) is not None):
                return has_sar
        return None

    def partners(self, stem: str) -> Iterator[str]:
        """The paths at which the partner may be: words swapped in the name, then in its folder too, and so on up."""
        parts = stem.split("/")
        for first in range(len(parts) - 1, -1, -1):
            if _word(self.sar).search(parts[first]):
                swapped = [_word(self.sar).sub(lambda _: self.optical, part) for part in parts[first:]]
                yield "/".join(parts[:first] + swapped)

    def split(self, images: Mapping[str, Path]) -> tuple[dict[str, Path], dict[str, Path], list[str]]:
        """Images by stem, as SAR images, partners, and the stems of those that are neither."""
        sides = {stem: self.is_sar(stem) for stem in images}
        sar = {stem: images[stem] for stem, side in sides.items() if side}
        optical = {stem: images[stem] for stem, side in sides.items() if side is False}
        return sar, optical, [stem for stem, side in sides.items() if side is None]


def _word(token: str) -> re.Pattern[str]:
    return re.compile(f"{_edge(token[0], '<!')}{re.escape(token)}{_edge(token[-1], '!')}")


def _edge(letter: str, behind: str) -> str:
    """No letter may follow on a letter, no digit on a digit."""
    if letter.isalpha():
        return f"(?{behind}[^\\W\\d_])"
    return f"(?{behind}\\d)" if letter.isdecimal() else ""
