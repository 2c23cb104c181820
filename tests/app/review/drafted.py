"""Datasets of screened drafts of several strata, straight in SQL, that are sealed by the real thing."""

from __future__ import annotations

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.review.workflow import GivenVerdict, submit
from tests.app.review.factories import add_hand, add_reviewer, rows, submission

_DRAFTS = """
with asset_rows as (
    insert into asset (sha256, media_type, bytes) values (repeat('a', 64), 'image/tiff', 10) on conflict do nothing
), dataset_row as (
    insert into dataset (name, source, reviews_wanted) values (:name, 'paired', :wanted) returning dataset_id
), run_row as (
    insert into run (dataset_id, kind, state) select dataset_id, 'draft', 'done' from dataset_row returning run_id
), drafter_rows as (
    insert into drafter (identity, name, version, parameters)
    select :name || '-' || word, word, '1', '{}' from unnest(array['early', 'late']) as word
    returning drafter_id, name
), scene_rows as (
    insert into scene (dataset_id, name, source_sha256, rows, cols, split, sar_sha256, processed_sha256, unit,
        limits_low, limits_high, histogram, provenance, is_grouped)
    select dataset_id, 'scene ' || n, 'x', 100, 200, case n % 4 when 0 then 'test' else 'train' end, repeat('a', 64),
        repeat('a', 64), 'dn', 0, 255, '{"low": 0, "high": 5, "counts": []}', '{}', true
    from dataset_row cross join generate_series(1, :scenes) as n returning scene_id
)
insert into draft (scene_id, drafter_id, run_id, kind, question_type, text, answer, draft_sha256)
select scene_id, drafter_id, run_id, case when n <= :captions then 'concise_caption' else 'question' end,
    case when n > :captions then 'counting' end, 'A grey ship lies at the quay ' || n,
    case when n > :captions then '3' end, md5(w.name || n)
from scene_rows cross join drafter_rows w cross join run_row
cross join generate_series(1, :captions + :questions) as n
where w.name = any(:drafters)
"""

_SCREEN = """
insert into screened (draft_id, screening_version, run_id)
select draft_id, 'v1', run_id from draft where not exists (select from screened x where x.draft_id = draft.draft_id)
"""

_LEFT = """
select 1 from slot where is_free and not exists (
    select from assignment a where a.packet_id = slot.packet_id and a.reviewer = :who) limit 1
"""


def add_drafts(
    session: Session,
    scenes: int = 8,
    *,
    captions: int = 2,
    questions: int = 2,
    wanted: int = 1,
    dataset: str = "harbours",
    drafters: tuple[str, ...] = ("early",),
) -> int:
    """Screened drafts, of each scene and drafter the same words; one scene in four is of ``test``. The dataset's id."""
    given = {"name": dataset, "scenes": scenes, "captions": captions, "questions": questions, "wanted": wanted}
    session.execute(text(_DRAFTS), {**given, "drafters": list(drafters)})
    session.execute(text(_SCREEN))
    return int(rows(session, "select dataset_id from dataset where name = :name", name=dataset)[0][0])


def drafter_of(session: Session, name: str) -> int:
    """The number of the drafter of this name."""
    return int(rows(session, "select drafter_id from drafter where name = :name order by 1", name=name)[0][0])


def review_all(
    session: Session, *, reject: int = 0, ms: int = 0, reviewer: uuid.UUID | None = None, at_most: int = 1_000
) -> int:
    """Review what one reviewer is handed: accept, but reject the first ``reject`` texts. How many packets."""
    reviewer, packets = reviewer or add_reviewer(session), 0
    while packets < at_most and rows(session, _LEFT, who=reviewer):
        hand = add_hand(session, reviewer)
        said = [
            GivenVerdict(draft, "reject" if at < reject else "accept", view={"ms": ms})
            for at, draft in enumerate(hand.drafts)
        ]
        reject = max(0, reject - len(hand.drafts))
        submit(session, reviewer, submission(hand, *said))
        packets += 1
    return packets
