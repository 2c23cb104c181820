"""What screening a reviewer's wording needs to know."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.judged import BESIDE
from app.intake.queries.rule_settings import NEWEST_SETTINGS
from app.intake.queries.screening import DRAFT_COLUMNS, as_draft
from pipeline.records import Draft

# The settings and the scene's texts come along, since this is asked at every pause in typing.
_DRAFT: Final = text(f"""
select d.scene_id, d.box_review_id, {DRAFT_COLUMNS},
    {NEWEST_SETTINGS.format(dataset_id="s.dataset_id")} as settings,
    coalesce((select jsonb_agg(to_jsonb(o) order by o.draft_id) from draft o
        where o.scene_id = d.scene_id and {BESIDE}), '[]') as texts,
    d.draft_id = any (hidden.draft_ids) as hides_findings, cardinality(hidden.draft_ids) > 0 as is_any_hidden
from packet_draft m join draft d on d.draft_id = m.draft_id join scene s on s.scene_id = d.scene_id
cross join lateral (
    select array(select h.draft_id from packet p join packet_draft h on h.packet_id = p.packet_id
        where p.packet_id = m.packet_id and p.hides_findings and not exists (select from first_verdict v
            where v.packet_id = h.packet_id and v.draft_id = h.draft_id and v.reviewer = :reviewer)) as draft_ids
) as hidden
where m.packet_id = :packet_id and m.draft_id = :draft_id
    and exists (select from assignment a where a.packet_id = m.packet_id and a.reviewer = :reviewer)
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class DraftInHand:
    scene_id: int
    draft: Draft
    before: tuple[Draft, ...]
    after: tuple[Draft, ...]
    """The scene's texts that were stored before and after this, in their order."""
    settings: Mapping[str, str]
    """How the dataset's rules are set."""
    hides_findings: bool
    """Whether the reviewer is to give a first verdict on it before any findings."""
    is_any_hidden: bool
    """Whether they are to on any draft of the packet."""
    box_review_id: int | None
    """Of a text that was derived anew: the judged boxes that it follows from."""


def draft_in_hand(session: Session, reviewer: uuid.UUID, packet_id: int, draft_id: int) -> DraftInHand | None:
    """A draft of a packet that the reviewer was handed at some time; else None."""
    asked = {"reviewer": reviewer, "packet_id": packet_id, "draft_id": draft_id}
    row = session.execute(_DRAFT, asked).mappings().one_or_none()
    if row is None:
        return None
    texts = row["texts"]
    return DraftInHand(
        scene_id=row["scene_id"],
        draft=as_draft(row),
        before=tuple(as_draft(other) for other in texts if other["draft_id"] < draft_id),
        after=tuple(as_draft(other) for other in texts if other["draft_id"] > draft_id),
        settings=row["settings"],
        hides_findings=row["hides_findings"],
        is_any_hidden=row["is_any_hidden"],
        box_review_id=row["box_review_id"],
    )
