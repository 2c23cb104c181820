"""What a release would hold now, what would be left out and why; before anything is frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from sqlalchemy.orm import Session

from app.release.queries import previewing
from app.release.queries.rules import Rules
from app.release.workflow.rules import STANDINGS
from pipeline.vocabulary import KINDS, SPLITS

PLANS_KEPT: Final = 20
"""Of the newest plans the drafts that they leave out are listed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the drafts of one dataset stand towards a release."""

    dataset: str
    verified: int
    left_out: dict[str, int]
    """{standing: drafts}; among them those that are in only where that is wanted: ``sample_verified``."""
    unsettled: int = 0
    """Scenes whose import is not finished: their split may still change, so no release takes them."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """The drafts of one split of a dataset."""

    dataset: str
    split: str
    verified: int
    left_out: Mapping[str, int]
    """{standing: drafts}"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release by some rules would hold."""

    rows: Sequence[PreviewRow]
    texts: int
    images: int
    left_out: Mapping[str, int]
    """{standing: drafts}, of all rows, in the order in which gates are asked."""
    licences: Sequence[tuple[str, int, int]]
    """(licence, texts, images) of what is in, the commonest first; the empty one is unknown."""
    places: int
    """With ground on more than one side of the split, of what is in."""
    leaking_scenes: int
    counted: Mapping[str, Any] = field(repr=False)
    """As it is stored."""

    @classmethod
    def of(cls, counted: Mapping[str, Any]) -> Self:
        """Of what :func:`app.release.queries.previewing.count_all` has counted."""
        by_row: dict[tuple[str, str], dict[str, int]] = {}
        for dataset, split, standing, drafts in counted["parts"]:
            by_row.setdefault((dataset, split), {})[standing] = drafts
        rows = [
            PreviewRow(
                dataset, split, reasons.get("verified", 0), {k: n for k, n in reasons.items() if k != "verified"}
            )
            for (dataset, split), reasons in sorted(
                by_row.items(), key=lambda row: (row[0][0], SPLITS.index(row[0][1]))
            )
        ]
        out: Counter[str] = Counter()
        for row in rows:
            out.update(row.left_out)
        return cls(
            rows=rows,
            texts=sum(row.verified for row in rows),
            images=counted["images"],
            left_out={standing: out[standing] for standing in STANDINGS if out[standing]},
            licences=[(licence, texts, images) for licence, texts, images in counted["licences"]],
            places=counted["leakage"]["places"],
            leaking_scenes=counted["leakage"]["scenes"],
            counted=counted,
        )

    def blocks(self, rules: Rules) -> str:
        """Why nothing would be frozen; empty where nothing stands against it."""
        if not self.texts:
            return "No text passes all gates, so there is nothing to freeze."
        if rules.open_disagreements == "block" and (waiting := self.left_out.get("disagreement", 0)):
            told = "1 text waits" if waiting == 1 else f"{waiting:,} texts wait"
            return f"{told} to be adjudicated, and you chose that this blocks."
        if rules.strict and self.places:
            told = "1 place lies" if self.places == 1 else f"{self.places:,} places lie"
            return f"{told} on more than one side of the split, and you chose that this blocks."
        return ""


def preview_release(session: Session, rules: Rules, keep_for: int | None = None) -> Preview:
    """What a release by these rules would hold now; all of one moment. What is out is kept for the plan ``keep_for``,
    instead of what was kept for it before."""
    if keep_for is not None:
        previewing.forget(session, keep_for)
        previewing.forget_old(session, PLANS_KEPT)
    return Preview.of(previewing.count_all(session, rules, keep_for))


def preview(session: Session, datasets: Sequence[str], kinds: Sequence[str] = KINDS) -> list[Standing]:
    """How the drafts of these datasets stand by the gates that hold by default, dataset by dataset."""
    found: dict[str, Counter[str]] = {name: Counter() for name in datasets}
    seen = preview_release(session, Rules(tuple(datasets), tuple(kinds)))
    for row in seen.rows:
        found[row.dataset].update({"verified": row.verified, **row.left_out})
    unsettled = previewing.count_unsettled(session, datasets)
    return [
        Standing(name, counts.pop("verified", 0), dict(counts), unsettled.get(name, 0))
        for name, counts in sorted(found.items())
    ]
