"""What a packet's reviews say, sorted into sides: the same for what is shown and for what is decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from app.adjudication.errors import no_disagreement, own_review
from app.adjudication.queries.packets import standing_of
from app.adjudication.workflow.sides import Blind, Said, SaidOfScene, SceneSide, Side, scene_sides_of, sides_of
from app.review.workflow.verdicts import FlaggedSpan


@dataclass(frozen=True, slots=True)
class Differing:
    """The sides of a packet's reviews, for one adjudicator."""

    blind: Blind
    review_ids: Sequence[int]
    """All that count, oldest first."""
    scene_sides: Sequence[SceneSide]
    sides: Mapping[int, Sequence[Side]]
    """By draft; one who called the scene unusable may have judged only some."""

    def sides_of(self, draft_id: int) -> Sequence[Side]:
        return self.sides.get(draft_id, ())


def differing_of(rows: Sequence[RowMapping], blind: Blind) -> Differing:
    """Sort the rows of :func:`app.adjudication.queries.packets.said_of` into sides."""
    said: dict[int, list[Said]] = {}
    scenes: dict[int, SaidOfScene] = {}
    for row in rows:
        scenes[row["review_id"]] = SaidOfScene(
            row["review_id"], row["reviewer"], row["scene_verdict"], row["unusable_reason"]
        )
        if row["draft_id"] is not None:
            said.setdefault(row["draft_id"], []).append(_said(row))
    return Differing(
        blind=blind,
        review_ids=list(scenes),
        scene_sides=scene_sides_of(list(scenes.values()), blind),
        sides={draft_id: sides_of(of_draft, blind) for draft_id, of_draft in said.items()},
    )


def require_stranger(session: Session, packet_id: int, person: uuid.UUID) -> None:
    """See that the packet has, or had, something to be adjudicated, and that the person did not review it.

    Raises
    ------
    NoDisagreementError, OwnReviewError
    """
    standing = standing_of(session, packet_id, person)
    if standing is None or not standing.has_any:
        raise no_disagreement()
    if standing.is_own:
        raise own_review()


def recipients(sides: Iterable[Side] | Iterable[SceneSide], to: str) -> list[uuid.UUID] | None:
    """Whose reviews are behind a letter, or behind any with ``all``; None for a letter that there is not."""
    meant = [side for side in sides if to in ("all", side.letter)]
    if not meant:
        return None
    return sorted({one.reviewer for side in meant for one in side.said})


def _said(row: RowMapping) -> Said:
    marks: Sequence[Any] = row["marks"] or ()
    return Said(
        review_id=row["review_id"],
        reviewer=row["reviewer"],
        verdict=row["verdict"],
        text=row["revised_text"],
        answer=row["revised_answer"],
        flags=tuple(row["flags"]),
        spans=tuple(FlaggedSpan(**span) for span in row["spans"]),
        support=row["support"],
        marks=tuple((float(mark[0]), float(mark[1])) for mark in marks),
    )
