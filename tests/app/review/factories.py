"""Datasets with sealed packets, reviewers and submissions, made straight in SQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.workflow import make_token
from app.review.workflow import GivenVerdict, ReviewConfig, Submission, claim

CONFIG = ReviewConfig()
ANSWER = "3"

_QUEUE = """
with asset_rows as (
    insert into asset (sha256, media_type, bytes)
    values (repeat('a', 64), 'image/tiff', 10), (repeat('b', 64), 'image/tiff', 10), (repeat('c', 64), 'image/tiff', 10)
    on conflict do nothing
), dataset_row as (
    insert into dataset (name, source, reviews_wanted) values (:name, 'paired', :wanted) returning dataset_id
), run_row as (
    insert into run (dataset_id, kind, state) select dataset_id, 'draft', 'done' from dataset_row returning run_id
), drafter_row as (
    insert into drafter (identity, name, version, model, prompt_version, parameters)
    values (:name || '-drafter', 'captions', '1', 'gpt-4o', '1', '{}') returning drafter_id
), scene_rows as (
    insert into scene (dataset_id, name, source_sha256, rows, cols, split, metadata, sar_sha256, processed_sha256,
        optical_sha256, unit, limits_low, limits_high, histogram, provenance, is_grouped)
    select dataset_id, 'scene ' || n, 'x', 100, 200, 'test', '{"place": "Kiel", "labelled": ["ship"]}',
        repeat('a', 64), repeat('b', 64), repeat('c', 64), 'relative_db', -25, 0,
        '{"low": -30, "high": 5, "counts": []}', '{"scale": 0.01, "nodata": -32768, "polarisation": "HH"}', true
    from dataset_row cross join generate_series(1, :packets) as n returning scene_id, dataset_id, name
), box_rows as (
    insert into object_box (scene_id, number, source_box_id, category, x_min, y_min, width, height)
    select scene_id, n, 'box-' || n, 'ship', 10 * n, 5, 4, 6 from scene_rows cross join generate_series(1, 3) as n
), draft_rows as (
    insert into draft (scene_id, drafter_id, run_id, kind, question_type, text, answer, box_ids, draft_sha256)
    select scene_id, drafter_id, run_id,
        case n % 3 when 1 then 'concise_caption' when 2 then 'complex_caption' else 'question' end,
        case n % 3 when 0 then 'counting' end,
        case n % 3 when 0 then 'How many ships are in the image?' else 'A grey ship 🚢 lies at the quay ' || n end,
        case n % 3 when 0 then '3' end, array['box-1', 'box-3'], md5(scene_id || '-' || n)
    from scene_rows cross join generate_series(1, :drafts) as n cross join drafter_row cross join run_row
    returning draft_id, scene_id, run_id
), packet_rows as (
    insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted, hides_findings, sar_first)
    select dataset_id, scene_id, 1, :drafts, :wanted, :hides, :sar_first from scene_rows order by scene_id
    returning packet_id, scene_id, dataset_id
), member_rows as (
    insert into packet_draft (packet_id, position, draft_id, scene_id)
    select packet_id, row_number() over (partition by packet_id order by draft_id), draft_id, scene_id
    from packet_rows join draft_rows using (scene_id) returning packet_id
), slot_rows as (
    insert into slot (packet_id, slot, dataset_id, sort_key)
    select packet_id, n, dataset_id, packet_id from packet_rows cross join generate_series(1, :wanted) as n
    returning dataset_id
), counter_rows as (
    insert into counter_delta (dataset_id, name, delta)
    select dataset_id, 'reviews_wanted', count(*) from slot_rows group by dataset_id
)
select packet_id from packet_rows order by packet_id
"""


@dataclass(frozen=True)
class Hand:
    """A claimed packet."""

    reviewer: uuid.UUID
    assignment_id: uuid.UUID
    packet_id: int
    drafts: list[int]


def add_packets(
    session: Session,
    packets: int = 1,
    *,
    drafts: int = 3,
    wanted: int = 1,
    dataset: str = "harbours",
    hides: bool = False,
    sar_first: bool = False,
) -> list[int]:
    """A dataset of so many scenes, each with one packet; the packets' ids in the order of the queue."""
    asked = {"name": dataset, "packets": packets, "drafts": drafts, "wanted": wanted, "hides": hides}
    asked["sar_first"] = sar_first
    return list(session.execute(text(_QUEUE), asked).scalars())


def add_screening(session: Session, *rules: str, version: str = "v1") -> None:
    """Screen every draft under this version: each rule finds something in each, in words that occur nowhere else."""
    screening = """
with run_row as (insert into run (dataset_id, kind, state) select dataset_id, 'screen', 'done' from dataset
    order by dataset_id limit 1 returning run_id),
screenings as (insert into screened (draft_id, screening_version, run_id)
    select draft_id, :version, run_row.run_id from draft cross join run_row)
insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message, suggestion)
select draft_id, :version, rule, 'error', case kind when 'question' then 'question' else 'text' end, 0, 3, 'xyz',
    'found-message ' || draft_id, 'found-suggestion' from draft cross join unnest(cast(:rules as text[])) as rule"""
    session.execute(text(screening), {"version": version, "rules": list(rules)})


def add_reviewer(session: Session) -> uuid.UUID:
    """Somebody who reviews, known by pseudonym alone."""
    return session.execute(text("insert into pseudonym default values returning pseudonym")).scalar_one()


def add_hand(
    session: Session, reviewer: uuid.UUID, dataset: str | None = None, *, config: ReviewConfig = CONFIG, have: Any = ()
) -> Hand:
    """Claim a packet, which there must be."""
    assignment_id = claim(session, reviewer, dataset, have, config).assignment_id
    assert assignment_id is not None
    packet_id = value(session, "select packet_id from assignment where assignment_id = :id", id=assignment_id)
    members = "select draft_id from packet_draft where packet_id = :id order by position"
    return Hand(reviewer, assignment_id, packet_id, list(session.execute(text(members), {"id": packet_id}).scalars()))


def submission(
    hand: Hand,
    *verdicts: GivenVerdict,
    verdict: str = "accept",
    scene: str = "usable",
    reason: str | None = None,
    submission_id: uuid.UUID | None = None,
) -> Submission:
    """A review of the packet: the given verdicts, and ``verdict`` of all other drafts."""
    said = {one.draft_id: one for one in verdicts}
    rest = [GivenVerdict(draft_id, verdict) for draft_id in hand.drafts if draft_id not in said]
    given = (*verdicts, *rest) if scene == "usable" else verdicts
    return Submission(submission_id or uuid.uuid4(), hand.assignment_id, hand.packet_id, scene, reason, given)


def add_pool(session: Session, pool: str, *packets: int, skills: str = "", members: Iterable[uuid.UUID] = ()) -> None:
    """A pool of members, or of those with all of its skills (``"ships urban"``), and packets that are put into it."""
    add = "insert into pool (pool, skills) values (:pool, cast(:skills as text[]))"
    session.execute(text(add), {"pool": pool, "skills": skills.split()})
    for reviewer in members:
        session.execute(text("insert into pool_member (pool, reviewer) values (:p, :r)"), {"p": pool, "r": reviewer})
    put = "update slot set pool = :pool where packet_id = any(:packets)"
    session.execute(text(put), {"pool": pool, "packets": list(packets)})


def add_skill(session: Session, reviewer: uuid.UUID, skill: str) -> None:
    """What an admin knows of a reviewer."""
    session.execute(text("insert into reviewer_skill (reviewer, skill) values (:r, :s)"), {"r": reviewer, "s": skill})


def end_hold(session: Session, hand: Hand) -> None:
    """Let the hold's time be over, by the server's clock; nobody has noticed yet."""
    change = "update assignment set expires_at = now() - interval '1 second' where assignment_id = :id"
    session.execute(text(change), {"id": hand.assignment_id})


def value(session: Session, query: str, **given: Any) -> Any:
    """The one value of a query."""
    return session.execute(text(query), given).scalar_one()


def rows(session: Session, query: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return [tuple(row) for row in session.execute(text(query), given)]


def add_client(session: Session, name: str = "one") -> tuple[uuid.UUID, str]:
    """A reviewer who logs in; the pseudonym and a bearer token."""
    reviewer, email = add_reviewer(session), f"{name}@example.org"
    person = """insert into person (pseudonym, email, display_name, password_hash, roles)
        values (:reviewer, :email, :name, 'none', array['reviewer'])"""
    session.execute(text(person), {"reviewer": reviewer, "email": email, "name": name})
    return reviewer, make_token(session, email)
