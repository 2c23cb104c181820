"""Storing decisions: statements that lock and look, and one that writes all of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# The person first, so that a second tab with the same submission waits here and then finds it stored; then the packet,
# as where reviews are stored.
_LOCK_PERSON: Final = text("select from pseudonym where pseudonym = :adjudicator for no key update")

_LOCK_PACKET: Final = text("select from packet where packet_id = :packet_id for no key update")

_STORED: Final = text("""
select a.draft_id, a.packet_id, a.body_sha256, o.outcome, o.text, o.answer
from adjudication a join resolution o on o.adjudication_id = a.adjudication_id
where a.adjudicator = :adjudicator and a.submission_id = :submission_id
order by a.draft_id
""")

_OPEN: Final = text("""
select x.draft_id, x.reason, x.closed_at is not null as is_closed, d.kind, d.text, d.answer
from disagreement x
join packet_draft m on m.packet_id = x.packet_id and m.draft_id = x.draft_id join draft d on d.draft_id = x.draft_id
where x.packet_id = :packet_id
order by m.position
for no key update of x
""")

_STORE: Final = text("""
with given as materialized (
    select * from jsonb_to_recordset(cast(:decisions as jsonb)) as g (draft_id bigint, choice text,
        side_review_id bigint, flags text[], note text, unusable_reason text, outcome text, text text, answer text,
        support text, is_revised boolean)
), adjudicated as (
    insert into adjudication (draft_id, packet_id, adjudicator, submission_id, body_sha256, choice, side_review_id,
        flags, unusable_reason, note)
    select draft_id, :packet_id, :adjudicator, :submission_id, :body_sha256, choice, side_review_id, flags,
        unusable_reason, note
    from given returning adjudication_id, draft_id
), before as materialized (
    select distinct on (o.draft_id) o.draft_id, o.revision, o.outcome, o.basis
    from given join resolution o using (draft_id) order by o.draft_id, o.revision desc
), resolved as (
    insert into resolution (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, review_ids,
        adjudication_id)
    select g.draft_id, coalesce(b.revision, 0) + 1, b.revision, g.outcome, g.text, g.answer, g.support, g.is_revised,
        cast(:review_ids as bigint[]), a.adjudication_id
    from given g join adjudicated a using (draft_id) left join before b using (draft_id)
), closed as (
    update disagreement x set closed_at = statement_timestamp() from given where x.draft_id = given.draft_id
), left_alone as (
    delete from adjudication_hold where packet_id = :packet_id and adjudicator = :adjudicator and not exists (
        select from disagreement x where x.packet_id = :packet_id and x.closed_at is null
        and x.draft_id not in (select draft_id from given))
), counted as (
    insert into counter_delta (dataset_id, name, delta)
    select p.dataset_id, c.name, c.delta from packet p cross join (
        select 'disagreements' as name, -count(*) as delta from given
        union all
        select outcome, sum(delta) from (
            -- What was taken over on a sample is counted elsewhere.
            select outcome, 1 as delta from given union all select outcome, -1 from before where basis <> 'sample'
        ) as changed group by outcome
    ) as c
    where p.packet_id = :packet_id and c.delta <> 0
)
insert into comment (draft_id, packet_id, written_by, to_reviewer, text)
select c.draft_id, :packet_id, :adjudicator, c.to_reviewer, c.text
from jsonb_to_recordset(cast(:comments as jsonb)) as c (draft_id bigint, to_reviewer uuid, text text)
""")


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft of which reviews differ, or differed."""

    draft_id: int
    reason: str
    is_closed: bool
    kind: str
    text: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is stored of a decision on one draft."""

    draft_id: int
    outcome: str
    text: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class StoredDecisions:
    """What was stored under a submission's id."""

    packet_id: int
    body_sha256: str
    decided: Sequence[Decided]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on one draft with what follows from it: one row of ``adjudication`` and one of ``resolution``."""

    draft_id: int
    choice: str
    outcome: str
    side_review_id: int | None = None
    flags: tuple[str, ...] = ()
    note: str | None = None
    unusable_reason: str | None = None
    text: str | None = None
    answer: str | None = None
    support: str | None = None
    is_revised: bool = False


def lock_person(session: Session, adjudicator: uuid.UUID) -> None:
    """Let their other requests wait until this one ends."""
    session.execute(_LOCK_PERSON, {"adjudicator": adjudicator})


def stored_decisions(session: Session, adjudicator: uuid.UUID, submission_id: uuid.UUID) -> StoredDecisions | None:
    """What this person stored under this id before."""
    rows = session.execute(_STORED, {"adjudicator": adjudicator, "submission_id": submission_id}).all()
    if not rows:
        return None
    decided = [Decided(row.draft_id, row.outcome, row.text, row.answer) for row in rows]
    return StoredDecisions(rows[0].packet_id, rows[0].body_sha256, decided)


def lock_drafts(session: Session, packet_id: int) -> list[OpenDraft]:
    """The packet's drafts that are, or were, to be adjudicated, in its order; what another decides waits."""
    asked = {"packet_id": packet_id}
    session.execute(_LOCK_PACKET, asked)
    return [OpenDraft(**row._mapping) for row in session.execute(_OPEN, asked)]


def store(
    session: Session,
    packet_id: int,
    adjudicator: uuid.UUID,
    submission_id: uuid.UUID,
    body_sha256: str,
    review_ids: Sequence[int],
    rulings: Sequence[Ruling],
    comments: Sequence[Mapping[str, Any]],
) -> None:
    """Write decisions, their resolutions and comments, close the disagreements and count, in one statement."""
    given = {"packet_id": packet_id, "adjudicator": adjudicator, "submission_id": submission_id}
    session.execute(
        _STORE,
        {
            **given,
            "body_sha256": body_sha256,
            "review_ids": list(review_ids),
            "decisions": json.dumps([asdict(ruling) for ruling in rulings]),
            "comments": json.dumps(list(comments)),
        },
    )
