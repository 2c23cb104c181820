"""What the review page shows of a packet: three queries, however many drafts it has; where boxes come first, seven."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF
from app.intake.queries.viewing import BOXES_OF, SHOWN
from app.review.queries.box_reviewing import BoxJudging, box_judging
from app.review.queries.first_verdicts import ShownFindings, shown_findings
from app.review.queries.sar_first import OPTICAL_HIDDEN

_HAND: Final = text(f"""
select a.assignment_id, a.packet_id, a.slot, a.claimed_at, a.expires_at, clock_timestamp() as server_time,
    a.reviewer, d.name as dataset_name, p.scene_id, p.hides_findings, p.boxes_first,
    coalesce((select sum(delta) from counter_delta c
        where c.dataset_id = p.dataset_id and c.name = 'reviewed'), 0)::bigint as reviewed,
    coalesce((select sum(delta) from counter_delta c
        where c.dataset_id = p.dataset_id and c.name = 'reviews_wanted'), 0)::bigint as wanted,
    {OPTICAL_HIDDEN} as optical_hidden, {SHOWN}, {BOXES_OF} as boxes,
    (select v.settings from viewer_setting v
        where v.reviewer = a.reviewer and v.dataset_id = p.dataset_id) as viewer_settings,
    g.version as progress_version, g.body as progress_body
from assignment a
join packet p on p.packet_id = a.packet_id
join dataset d on d.dataset_id = p.dataset_id
join scene s on s.scene_id = p.scene_id
left join progress g on g.assignment_id = a.assignment_id
{DECISION_OF}
where a.assignment_id = :assignment_id
""")  # noqa: S608  (parts of our own)

_DRAFTS: Final = text("""
select m.position, d.draft_id, d.kind, d.question_type, d.text, d.answer, d.box_ids,
    w.name as drafter_name, w.version as drafter_version, w.model, w.prompt_version
from packet_draft m join draft d on d.draft_id = m.draft_id join drafter w on w.drafter_id = d.drafter_id
where m.packet_id = :packet_id order by m.position
""")


@dataclass(frozen=True, slots=True)
class PacketRows:
    """A handed packet as stored; ``app.review.schemas`` gives it its form."""

    hand: RowMapping
    boxes: Sequence[Mapping[str, Any]]
    drafts: Sequence[RowMapping]
    shown: ShownFindings
    judging: BoxJudging | None
    """Where the scene's boxes are judged before the texts that follow from them."""


def packet_rows(session: Session, assignment_id: uuid.UUID) -> PacketRows:
    """All that the page shows of the packet of an assignment."""
    hand = session.execute(_HAND, {"assignment_id": assignment_id}).mappings().one()
    of_packet = {"packet_id": hand["packet_id"]}
    return PacketRows(
        hand=hand,
        boxes=hand["boxes"],
        drafts=session.execute(_DRAFTS, of_packet).mappings().all(),
        shown=shown_findings(session, hand["reviewer"], hand["packet_id"]),
        judging=_judging(session, hand) if hand["boxes_first"] else None,
    )


def _judging(session: Session, hand: RowMapping) -> BoxJudging:
    return box_judging(session, hand["reviewer"], hand["packet_id"], hand["scene_id"])
