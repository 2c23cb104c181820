"""Storing a review: one statement that locks and looks, and one that writes all of it; where others judge it too, two
that look at what they said."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

CountedAs = Literal["slot", "extra"]

# What a packet is never changes once somebody was handed it, so it may be read by the statement that waits.
_CONTENTS: Final = """
(select json_build_object('rows', s.rows, 'cols', s.cols, 'sar_first', p.sar_first, 'boxes_first', p.boxes_first,
    -- The slots and not the packet's own number: a policy may have changed them before anybody was handed the packet.
    'wanted', (select count(*) from slot where slot.packet_id = p.packet_id),
    'drafts', (select json_agg(json_build_array(d.draft_id, d.kind, d.text, d.answer) order by m.position)
        from packet_draft m join draft d on d.draft_id = m.draft_id where m.packet_id = p.packet_id))
from packet p join scene s on s.scene_id = p.scene_id where p.packet_id = :packet_id)
"""

# Locks the reviewer, so that a second tab with the same submission waits here and then finds it stored.
_LOCK_HANDS: Final = text(f"""
select a.assignment_id, a.slot, a.state,
    exists (select from review r where r.packet_id = a.packet_id and r.reviewer = a.reviewer) as has_review,
    {_CONTENTS} as contents
from pseudonym p join assignment a on a.reviewer = p.pseudonym
where p.pseudonym = :reviewer and a.packet_id = :packet_id
for no key update of p, a
""")  # noqa: S608  (parts of our own)

_STORED: Final = text("""
select review_id, packet_id, revision, submission_id, body_sha256, acknowledgement from review
where reviewer = :reviewer and (submission_id = :submission_id or packet_id = :packet_id)
order by submission_id = :submission_id desc, revision desc
limit 1
""")

_READ: Final = text(f"select {_CONTENTS}")

_LOCK_PACKET: Final = text("""
select s.is_free from slot s join packet p on p.packet_id = s.packet_id
where s.packet_id = :packet_id and s.slot = :slot for no key update of s, p
""")

_OTHERS: Final = text("""
select r.review_id, r.scene_verdict, v.draft_id, v.verdict, v.revised_text, v.revised_answer, v.support, v.origin
from review r left join draft_verdict v on v.review_id = r.review_id
where r.packet_id = :packet_id and not r.is_extra
    and not exists (select from review newer where newer.packet_id = r.packet_id
        and newer.reviewer = r.reviewer and newer.revision > r.revision)
order by r.review_id
""")

_STORE: Final = text("""
with stored as (
    insert into review (packet_id, reviewer, slot, is_extra, submission_id, body_sha256, acknowledgement,
        scene_verdict, unusable_reason)
    values (:packet_id, :reviewer, :slot, :is_extra, :submission_id, :body_sha256, cast(:acknowledgement as jsonb),
        :scene_verdict, :unusable_reason)
    returning review_id, packet_id
), said as (
    insert into draft_verdict (review_id, packet_id, draft_id, verdict, revised_text, revised_answer, flags, spans,
        support, origin, marks, view)
    select r.review_id, r.packet_id, v.draft_id, v.verdict, v.revised_text, v.revised_answer, v.flags, v.spans,
        v.support, v.origin, v.marks, v.view
    from stored r cross join jsonb_to_recordset(cast(:verdicts as jsonb)) as v (draft_id bigint, verdict text,
        revised_text text, revised_answer text, flags text[], spans jsonb, support text,
        origin text, marks jsonb, view jsonb)
), ended as (
    update assignment set state = 'done', ended_at = statement_timestamp()
    where assignment_id = :assignment_id and not :is_extra
), taken as (
    update slot set is_free = false where packet_id = :packet_id and slot = :slot and is_free and not :is_extra
), finished as (
    delete from progress where assignment_id = :assignment_id
), resolved as (
    -- A text that was taken over on a sample has an outcome before it is read.
    insert into resolution (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, basis,
        review_ids)
    select o.draft_id, coalesce(b.revision, 0) + 1, b.revision, o.outcome, o.text, o.answer, o.support, o.is_revised,
        o.basis, cast(:other_review_ids as bigint[]) || r.review_id
    from stored r cross join jsonb_to_recordset(cast(:outcomes as jsonb)) as o (draft_id bigint, outcome text,
        text text, answer text, support text, is_revised boolean, basis text)
    cross join lateral (select max(revision) as revision from resolution where draft_id = o.draft_id) as b
), opened as (
    insert into disagreement (draft_id, packet_id, reason)
    select d.draft_id, r.packet_id, d.reason
    from stored r cross join jsonb_to_recordset(cast(:disagreements as jsonb)) as d (draft_id bigint, reason text)
), counted as (
    insert into counter_delta (dataset_id, name, delta)
    select p.dataset_id, c.key, cast(c.value as bigint)
    from stored r join packet p on p.packet_id = r.packet_id cross join jsonb_each_text(cast(:counts as jsonb)) as c
    where c.value <> '0'
)
select review_id from stored
""")


@dataclass(frozen=True, slots=True)
class InHand:
    """An assignment of the reviewer's on the packet, in whatever state."""

    assignment_id: uuid.UUID
    slot: int
    state: str
    has_review: bool
    """Whether there was a review of theirs before anybody was waited for."""

    @property
    def is_new(self) -> bool:
        """A hold under which nothing can be stored yet: a submit ends it, and the reviewer is locked."""
        return self.state == "held" and not self.has_review


@dataclass(frozen=True, slots=True)
class StoredReview:
    review_id: int
    packet_id: int
    revision: int
    submission_id: uuid.UUID
    body_sha256: str
    acknowledgement: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PacketDraft:
    draft_id: int
    kind: str
    text: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class PacketContents:
    """A packet, as far as a submission is held to it."""

    drafts: Sequence[PacketDraft]
    """In their order."""
    wanted: int
    """k: how many reviews it is to get."""
    rows: int
    cols: int
    """Of its scene, in pixels."""
    sar_first: bool = False
    """Whether it is judged from the SAR image alone before the optical one is shown."""
    boxes_first: bool = False
    """Whether the boxes are judged before the texts that follow from them."""


@dataclass(frozen=True, slots=True)
class SaidOfDraft:
    """What one review says of a draft, as far as it matters for the outcome."""

    verdict: str
    revised_text: str | None
    revised_answer: str | None
    support: str
    origin: str = "single"
    """How it came about."""


@dataclass(frozen=True, slots=True)
class SlotReview:
    """A counted review: its scene verdict, and its verdicts by draft."""

    scene_verdict: str
    verdicts: Mapping[int, SaidOfDraft]


@dataclass(frozen=True, slots=True)
class NewReview:
    """One row of ``review`` with all that is written beside it; the lists go in as JSON."""

    packet_id: int
    reviewer: uuid.UUID
    assignment_id: uuid.UUID
    slot: int
    is_extra: bool
    submission_id: uuid.UUID
    body_sha256: str
    scene_verdict: str
    unusable_reason: str | None
    acknowledgement: dict[str, Any]
    verdicts: Sequence[Mapping[str, Any]]
    other_review_ids: Sequence[int]
    outcomes: Sequence[Mapping[str, Any]]
    disagreements: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]


def lock_hands(session: Session, reviewer: uuid.UUID, packet_id: int) -> tuple[Sequence[InHand], PacketContents | None]:
    """The reviewer's assignments on the packet, one that is not returned first, and what the packet holds (None where
    there is no assignment); locks them and the reviewer."""
    rows = session.execute(_LOCK_HANDS, {"reviewer": reviewer, "packet_id": packet_id}).all()
    # Sorted here: a row that was waited for keeps the place that its old state had.
    hands = sorted((InHand(*row[:4]) for row in rows), key=lambda hand: hand.state == "returned")
    return hands, _contents(rows[0].contents) if rows else None


def stored_review(
    session: Session, reviewer: uuid.UUID, submission_id: uuid.UUID, packet_id: int
) -> StoredReview | None:
    """The review under this submission's id, else the reviewer's current one of the packet."""
    asked = {"reviewer": reviewer, "submission_id": submission_id, "packet_id": packet_id}
    row = session.execute(_STORED, asked).one_or_none()
    return None if row is None else StoredReview(**row._mapping)


def contents_of(session: Session, packet_id: int) -> PacketContents:
    """The packet, which exists and has drafts."""
    return _contents(session.execute(_READ, {"packet_id": packet_id}).scalar_one())


def _contents(read: dict[str, Any]) -> PacketContents:
    return PacketContents(**{**read, "drafts": [PacketDraft(*draft) for draft in read["drafts"]]})


def lock_packet(session: Session, packet_id: int, slot: int) -> bool:
    """Let the packet's other submits wait until this one ends, so that the last one sees all; is the slot free?"""
    return bool(session.execute(_LOCK_PACKET, {"packet_id": packet_id, "slot": slot}).scalar_one())


def slot_reviews(session: Session, packet_id: int) -> dict[int, SlotReview]:
    """The current counted reviews of the packet by id, oldest first. Only complete after :func:`lock_packet`."""
    scenes: dict[int, str] = {}
    verdicts: dict[int, dict[int, SaidOfDraft]] = {}
    for row in session.execute(_OTHERS, {"packet_id": packet_id}):
        scenes[row.review_id] = row.scene_verdict
        said = verdicts.setdefault(row.review_id, {})
        if row.draft_id is not None:
            said[row.draft_id] = SaidOfDraft(row.verdict, row.revised_text, row.revised_answer, row.support, row.origin)
    return {review_id: SlotReview(scene, verdicts[review_id]) for review_id, scene in scenes.items()}


def store(session: Session, review: NewReview) -> int:
    """Write the review and all that follows from it in one statement; gives its id."""
    given = columns_of(review)
    for name in ("acknowledgement", "verdicts", "outcomes", "disagreements", "counts"):
        given[name] = json.dumps(given[name])
    return int(session.execute(_STORE, given).scalar_one())


def columns_of(one: Any) -> dict[str, Any]:
    """The fields of a dataclass with slots. Not :func:`dataclasses.asdict`, which copies all that is in them: that took
    a third of a submit's time."""
    return {name: getattr(one, name) for name in one.__slots__}
