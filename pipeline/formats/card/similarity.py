"""How alike the images, and the texts, of a release are: the paper's Table 3, where somebody computed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.formats.card.table import escaped
from pipeline.formats.manifest import ReleaseHead


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of the cosines of all pairs of vectors that one extractor gives."""

    of: str
    """``images`` or ``texts``."""
    extractor: str
    """Its name and version: figures of two extractors are not comparable."""
    mean: float
    variance: float
    pairs: int


def similarities_of(head: ReleaseHead) -> list[Similarity]:
    """What was frozen with the release: ``counts["similarity"]``, a list of objects with these keys."""
    told = head.counts.get("similarity")
    return [found for each in told if (found := _read(each))] if isinstance(told, Sequence) else []


def similarity_section(found: Sequence[Similarity]) -> str:
    """Markdown: a table, and of what was not computed that it was not."""
    rows = [
        f"| {escaped(each.of)} | {escaped(each.extractor)} | {each.mean:.4f} | {each.variance:.6f} | {each.pairs:,} |"
        for each in found
    ]
    missing = [what for what in ("images", "texts") if what not in {each.of for each in found}]
    parts = []
    if rows:
        head = ["| of | extractor | mean cosine | variance | pairs |", "| --- | --- | ---: | ---: | ---: |"]
        parts.append("\n".join([*head, *rows]))
    if missing:
        parts.append(f"Similarity of {' and of '.join(missing)}: not computed.")
    return "\n\n".join(parts)


def _read(told: Any) -> Similarity | None:
    if not isinstance(told, Mapping):
        return None
    try:
        return Similarity(
            str(told["of"]),
            str(told["extractor"]),
            float(told["mean"]),
            float(told["variance"]),
            int(told["pairs"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
