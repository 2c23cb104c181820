"""Sealing packets: two statements a chunk of scenes, whatever is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF, IS_HELD
from app.intake.queries.policies import DRAW, IS_DRAWN, POLICIES, POLICY_OF
from pipeline.vocabulary import KINDS, QUESTION_TYPES

PACKET_SIZE: Final = 12

# Loose: drafted, screened, in no packet. A scene of which a draft still waits for screening is left alone: its packets
# would come out as fragments; one whose pair is held back waits for an admin. What a sample leaves out is told by the
# rule itself: marks beside a million drafts would have to be written, and again with each new share. What has its
# outcome from judged boxes needs no packet; what was taken over on a sample is read once a larger share draws it.
#
# With "offset 0", and an origin that no index answers, each draft is asked of one after the other. Else the planner may
# join whole tables for each chunk of scenes, and does so as long as nobody has told it how large they are: just after
# the first import, when there is most to seal.
_IS_LOOSE: Final = """
(d.origin = 'drafted') is true and not exists (select from packet_draft m where m.draft_id = d.draft_id offset 0)
    and not exists (select from resolution r where r.draft_id = d.draft_id and r.basis <> 'sample' offset 0)
"""
_IS_SCREENED: Final = "exists (select from screened x where x.draft_id = d.draft_id offset 0)"

_LOOSE_SCENES: Final = text(f"""
with {POLICIES.format(dataset_id=":dataset_id")}
select s.scene_id from scene s join dataset t using (dataset_id) {DECISION_OF}
where s.dataset_id = :dataset_id and s.scene_id > :after and not {IS_HELD}
and exists (select from draft d where d.scene_id = s.scene_id and {IS_DRAWN} and {_IS_LOOSE} offset 0)
and not exists (select from draft d where d.scene_id = s.scene_id and not {_IS_SCREENED} offset 0)
order by s.scene_id limit :limit
""")  # noqa: S608  (parts of our own)

# Whoever seals the same scenes at the same time waits here; the next statement then sees what the other has sealed.
_LOCK: Final = text("select scene_id from scene where scene_id = any(:scene_ids) order by scene_id for no key update")

_SEAL: Final = text(f"""
with {POLICIES.format(dataset_id="any(select dataset_id from scene where scene_id = any(:scene_ids))")}
, loose as (
    select d.draft_id, d.scene_id, coalesce(not starts_with(d.program, 'land_cover'), false) as is_of_boxes,
        coalesce(ruled.review_policy_id, 0) as ruled_by,
        row_number() over (
            partition by d.scene_id
            order by array_position(cast(:kinds as text[]), d.kind),
                array_position(cast(:question_types as text[]), d.question_type), d.draft_id
        ) as place_in_scene
    from scene s join dataset t using (dataset_id)
    cross join lateral (
        select * from draft d where d.scene_id = s.scene_id and {_IS_SCREENED} and {_IS_LOOSE} offset 0
    ) as d
    left join lateral (select p.review_policy_id, p.sample_share {POLICY_OF}) as ruled on true
    where s.scene_id = any(:scene_ids) and (ruled.sample_share is null or {DRAW} < ruled.sample_share)
), placed as (
    select *, row_number() over (partition by scene_id, ruled_by order by place_in_scene) - 1 as place,
        count(*) over (partition by scene_id, ruled_by) as loose_count
    from loose
), dealt as (
    -- Of one policy each, and as many packets as are needed, all of about the same size: 13 drafts are 7 and 6, not 12
    -- and 1.
    select *, place * ((loose_count + :size - 1) / :size) / loose_count as nth from placed
), planned as (
    select s.dataset_id, s.scene_id, s.name, t.split_seed, t.hidden_share, t.sar_first_share, g.ruled_by, g.nth,
        y.review_policy_id, coalesce(y.pool, 'main') as pool,
        coalesce(y.reviews_wanted, t.reviews_wanted) as reviews_wanted,
        g.draft_ids, s.optical_sha256 is not null and decided.decision is distinct from 'without_optical' as is_pair,
        t.boxes_first and g.is_of_boxes and y.sample_share is null
            and exists (select from object_box o where o.scene_id = s.scene_id) as boxes_first,
        row_number() over (partition by g.scene_id order by g.first_place)
            + coalesce((select max(p.number) from packet p where p.scene_id = s.scene_id), 0) as number
    from (
        select scene_id, ruled_by, nth, array_agg(draft_id order by place) as draft_ids,
            bool_or(is_of_boxes) as is_of_boxes, min(place_in_scene) as first_place
        from dealt group by scene_id, ruled_by, nth
    ) g
    join scene s on s.scene_id = g.scene_id join dataset t on t.dataset_id = s.dataset_id
    left join review_policy y on y.review_policy_id = g.ruled_by
    {DECISION_OF}
), drawn as (
    -- Which packets hide their findings is drawn by seed and name: the same data gives the same choice, a larger share
    -- only adds to it, and it has nothing to do with the place in the queue. 2^53: what a double holds exactly. The
    -- optical image is hidden of whole scenes: who has seen it with one packet has seen it for the next. Where either
    -- is hidden, and in a sample, each text is read: nothing is taken over from judged boxes.
    select *, (hashtextextended('hides findings#' || name || '#' || number, split_seed) & 9007199254740991)::float8
            / 9007199254740992 < hidden_share as hides_findings,
        is_pair and (hashtextextended('sar first#' || name, split_seed) & 9007199254740991)::float8
            / 9007199254740992 < sar_first_share as is_sar_first
    from planned
), sealed as (
    insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted, hides_findings, sar_first,
        boxes_first, review_policy_id)
    select dataset_id, scene_id, number, cardinality(draft_ids), reviews_wanted, hides_findings,
        is_sar_first and not hides_findings, boxes_first and not hides_findings and not is_sar_first,
        review_policy_id
    from drawn
    returning packet_id, dataset_id, scene_id, number, reviews_wanted
), filled as (
    -- Packets are put together again, not their drafts: the planner takes either for a handful of rows, and compares
    -- each with each.
    select n.packet_id, n.dataset_id, n.scene_id, n.reviews_wanted, g.draft_ids, g.pool,
        hashtextextended(g.name || '#' || n.number, g.split_seed) as sort_key
    from sealed n join planned g on g.scene_id = n.scene_id and g.number = n.number
), members as (
    insert into packet_draft (packet_id, position, draft_id, scene_id)
    select f.packet_id, m.position, m.draft_id, f.scene_id
    from filled f cross join unnest(f.draft_ids) with ordinality as m (draft_id, position)
    returning 1
), slots as (
    -- All slots of a packet lie side by side in the queue, so that packets become complete early. The order is random,
    -- but the same for the same data and seed, whatever ids the rows have.
    insert into slot (packet_id, slot, dataset_id, pool, sort_key)
    select f.packet_id, k, f.dataset_id, f.pool, f.sort_key
    from filled f cross join generate_series(1, f.reviews_wanted) k
    returning 1
), counted as (
    insert into counter_delta (dataset_id, name, delta)
    select dataset_id, 'packets', count(*) from sealed group by dataset_id
    union all
    select dataset_id, 'reviews_wanted', sum(reviews_wanted) from sealed group by dataset_id
    returning 1
)
select (select count(*) from sealed) as packets, (select count(*) from members) as drafts,
    (select count(*) from slots) as slots
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one chunk of sealing made."""

    packets: int
    drafts: int
    slots: int


def loose_scenes(session: Session, dataset_id: int, *, after: int = 0, limit: int = 500) -> list[int]:
    """Scenes behind ``after`` with drafts that are to be sealed, none that waits for screening, and a pair not held
    back."""
    values = {"dataset_id": dataset_id, "after": after, "limit": limit}
    return list(session.execute(_LOOSE_SCENES, values).scalars())


def seal_scenes(session: Session, scene_ids: list[int], size: int = PACKET_SIZE) -> Sealed:
    """Seal the loose drafts of these scenes into packets with their slots, each of one policy.

    What is in a packet stays where it is, and what a sample leaves out stays loose.
    """
    session.execute(_LOCK, {"scene_ids": scene_ids})
    values = {"scene_ids": scene_ids, "kinds": list(KINDS), "question_types": list(QUESTION_TYPES), "size": size}
    return Sealed(**session.execute(_SEAL, values).one()._mapping)
