"""Packets of texts that were derived anew: sealed at once, and handed to whose judged boxes they follow from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# Under the scene's lock, as sealing is: the number is free. It lies in the queue where the packet at hand does, gets as
# many reviews, and by the same people; but by no policy, since it is in no sample.
_SEAL: Final = text("""
with hand as (
    select p.dataset_id, p.scene_id, s.pool, s.sort_key,
        (select count(*) from slot of_packet where of_packet.packet_id = p.packet_id) as reviews_wanted,
        (select max(number) + 1 from packet of_scene where of_scene.scene_id = p.scene_id) as number
    from packet p join slot s on s.packet_id = p.packet_id and s.slot = :slot where p.packet_id = :packet_id
), sealed as (
    insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted, boxes_first)
    select dataset_id, scene_id, number, cardinality(cast(:draft_ids as bigint[])), reviews_wanted, true
    from hand returning packet_id, dataset_id, scene_id, reviews_wanted
), members as (
    insert into packet_draft (packet_id, position, draft_id, scene_id)
    select n.packet_id, m.position, m.draft_id, n.scene_id
    from sealed n cross join unnest(cast(:draft_ids as bigint[])) with ordinality as m (draft_id, position)
), slots as (
    insert into slot (packet_id, slot, dataset_id, pool, sort_key)
    select n.packet_id, k, n.dataset_id, h.pool, h.sort_key
    from sealed n cross join hand h cross join generate_series(1, n.reviews_wanted) k
), counted as (
    insert into counter_delta (dataset_id, name, delta)
    select n.dataset_id, c.name, c.delta from sealed n cross join lateral (values
        ('drafts', cardinality(cast(:draft_ids as bigint[]))), ('packets', 1), ('reviews_wanted', n.reviews_wanted)
    ) as c (name, delta)
)
select packet_id from sealed
""")

_PACKETS: Final = text("""
select distinct m.packet_id from draft d join packet_draft m using (draft_id)
where d.scene_id = :scene_id and d.draft_sha256 = any(:names) order by m.packet_id
""")

_HAND_OUT: Final = text("""
with wanted as (
    select s.packet_id, min(s.slot) as slot from slot s
    where s.packet_id = any(:packet_ids) and s.is_free
        and not exists (select from assignment a where a.packet_id = s.packet_id and a.reviewer = :reviewer
            and a.state <> 'returned')
        and not exists (select from review r where r.packet_id = s.packet_id and r.reviewer = :reviewer)
    group by s.packet_id
), locked as materialized (
    select s.packet_id, s.slot from slot s join wanted w on w.packet_id = s.packet_id and w.slot = s.slot
    where s.is_free order by s.packet_id for no key update of s skip locked
), added as (
    insert into assignment (packet_id, slot, reviewer, expires_at)
    select packet_id, slot, :reviewer, statement_timestamp() + make_interval(secs => :lease_s) from locked
    returning packet_id
), taken as (
    update slot s set is_free = false from locked l where s.packet_id = l.packet_id and s.slot = l.slot
)
select packet_id from added order by packet_id
""")


def seal_derived(session: Session, packet_id: int, slot: int, draft_ids: Sequence[int]) -> int:
    """Seal texts that were just derived into a further packet, as the packet at hand is; gives its id."""
    asked = {"packet_id": packet_id, "slot": slot, "draft_ids": list(draft_ids)}
    return int(session.execute(_SEAL, asked).scalar_one())


def packets_of(session: Session, scene_id: int, names: Sequence[str]) -> list[int]:
    """The packets in which the scene's drafts of these content hashes are."""
    return list(session.execute(_PACKETS, {"scene_id": scene_id, "names": list(names)}).scalars())


def hand_out(session: Session, reviewer: uuid.UUID, packet_ids: Sequence[int], *, lease_s: float) -> list[int]:
    """Let the reviewer hold a free slot of each of these packets that they have not had; ids of those that they got."""
    asked = {"reviewer": reviewer, "packet_ids": list(packet_ids), "lease_s": lease_s}
    return list(session.execute(_HAND_OUT, asked).scalars())
