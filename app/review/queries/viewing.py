"""What the review page shows of a packet: one query, however many drafts it has; where boxes come first, five."""

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
from app.review.queries.claiming import HANDING, asked
from app.review.queries.first_verdicts import SHOWN_FINDINGS, ShownFindings, as_shown
from app.review.queries.sar_first import OPTICAL_HIDDEN

_DRAFTS_OF: Final = """
(select json_agg(json_build_object('position', m.position, 'draft_id', d.draft_id, 'kind', d.kind,
    'question_type', d.question_type, 'text', d.text, 'answer', d.answer, 'box_ids', d.box_ids,
    'drafter_name', w.name, 'drafter_version', w.version, 'model', w.model, 'prompt_version', w.prompt_version)
    order by m.position)
from packet_draft m join draft d on d.draft_id = m.draft_id join drafter w on w.drafter_id = d.drafter_id
where m.packet_id = p.packet_id)
"""

# Lists come as one value each: a statement more for each would take longer than to read them.
_COLUMNS: Final = f"""
select a.assignment_id, a.packet_id, a.slot, a.claimed_at, a.expires_at, clock_timestamp() as server_time,
    a.reviewer, d.name as dataset_name, p.scene_id, p.hides_findings, p.boxes_first,
    coalesce((select sum(delta) from counter_delta c
        where c.dataset_id = p.dataset_id and c.name = 'reviewed'), 0)::bigint as reviewed,
    coalesce((select sum(delta) from counter_delta c
        where c.dataset_id = p.dataset_id and c.name = 'reviews_wanted'), 0)::bigint as wanted,
    {OPTICAL_HIDDEN} as optical_hidden, {SHOWN},
    {BOXES_OF} as boxes, {_DRAFTS_OF} as drafts, {SHOWN_FINDINGS} as findings,
    (select v.settings from viewer_setting v
        where v.reviewer = a.reviewer and v.dataset_id = p.dataset_id) as viewer_settings,
    g.version as progress_version, g.body as progress_body
"""  # noqa: S608  (parts of our own)
_OF_HAND: Final = f"""
join packet p on p.packet_id = a.packet_id
join dataset d on d.dataset_id = p.dataset_id
join scene s on s.scene_id = p.scene_id
left join progress g on g.assignment_id = a.assignment_id
{DECISION_OF}
"""

_HAND: Final = text(f"{_COLUMNS} from assignment a {_OF_HAND} where a.assignment_id = :assignment_id")
_CLAIM: Final = text(f"{HANDING} {_COLUMNS} from handed a {_OF_HAND}")


@dataclass(frozen=True, slots=True)
class PacketRows:
    """A handed packet as stored; ``app.review.schemas`` gives it its form."""

    hand: RowMapping
    boxes: Sequence[Mapping[str, Any]]
    drafts: Sequence[Mapping[str, Any]]
    shown: ShownFindings
    judging: BoxJudging | None
    """Where the scene's boxes are judged before the texts that follow from them."""


def packet_rows(session: Session, assignment_id: uuid.UUID) -> PacketRows:
    """All that the page shows of the packet of an assignment."""
    return _rows(session, session.execute(_HAND, {"assignment_id": assignment_id}).mappings().one())


def claim(
    session: Session,
    reviewer: uuid.UUID,
    dataset: str | None,
    have: Sequence[uuid.UUID],
    *,
    lease_s: float,
    max_held: int,
) -> PacketRows | None:
    """Hand the reviewer a packet as :func:`app.review.queries.claiming.asked` says, and all that the page shows of it,
    in one statement; None where there is none to be had."""
    given = asked(reviewer, dataset, have, lease_s=lease_s, max_held=max_held)
    hand = session.execute(_CLAIM, given).mappings().one_or_none()
    return None if hand is None else _rows(session, hand)


def _rows(session: Session, hand: RowMapping) -> PacketRows:
    return PacketRows(
        hand=hand,
        boxes=hand["boxes"],
        drafts=hand["drafts"],
        shown=as_shown(hand["findings"]),
        judging=_judging(session, hand) if hand["boxes_first"] else None,
    )


def _judging(session: Session, hand: RowMapping) -> BoxJudging:
    return box_judging(session, hand["reviewer"], hand["packet_id"], hand["scene_id"])
