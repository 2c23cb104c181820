"""Pairs of SAR and optical image: their states, what was measured, what admins decided, and what is held back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset, PairDecision

DECISION_OF: Final = """
left join lateral (
    select decision, decided_by, created_at from pair_decision
    where pair_decision.scene_id = s.scene_id order by pair_decision_id desc limit 1
) as decided on true
"""
"""Of the scene ``s``: the newest decision on its pair, as ``decided``."""

IS_HELD: Final = """
case coalesce(decided.decision, '') when '' then s.pair_state = any(t.held_pairs) when 'hold' then true else false end
"""
"""Whether the scene ``s`` of the dataset ``t`` gets no packets: an admin's word on it, else the dataset's policy."""


@dataclass(frozen=True, slots=True)
class PairCount:
    """Scenes of a dataset whose pair is in one state."""

    state: str
    scenes: int
    decided: int
    held: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One scene with its optical partner, as the list shows it."""

    scene_id: int
    name: str
    state: str
    registration: Mapping[str, Any] | None
    """See :class:`pipeline.imaging.prepared.Registration`."""
    optical_note: str | None
    decision: str | None
    decided_at: dt.datetime | None
    is_held: bool
    packets: int


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What a decision on a scene's pair needs to know."""

    scene_id: int
    dataset_id: int
    state: str
    has_offset: bool
    is_held: bool


# Decisions are few beside the scenes of a large dataset, so they are gathered once and not looked up for each.
_COUNTS: Final = text(f"""
with decided as materialized (
    select distinct on (p.scene_id) p.scene_id, p.decision from pair_decision p join scene using (scene_id)
    where scene.dataset_id = :dataset_id order by p.scene_id, p.pair_decision_id desc
)
select s.pair_state as state, count(*) as scenes, count(decided.decision) as decided,
    count(*) filter (where {IS_HELD}) as held
from scene s join dataset t using (dataset_id) left join decided on decided.scene_id = s.scene_id
where s.dataset_id = :dataset_id group by s.pair_state order by s.pair_state
""")  # noqa: S608  (parts of our own)

_LIST: Final = text(f"""
select s.scene_id, s.name, s.pair_state as state, s.registration, s.optical_note, decided.decision,
    decided.created_at as decided_at, {IS_HELD} as is_held,
    (select count(*) from packet where packet.scene_id = s.scene_id) as packets
from scene s join dataset t using (dataset_id) {DECISION_OF}
where s.dataset_id = :dataset_id and s.pair_state = any(:states)
    and (s.pair_state, s.scene_id) > (:after_state, :after)
order by s.pair_state, s.scene_id limit :limit
""")  # noqa: S608  (parts of our own)

_FACTS: Final = text(f"""
select s.scene_id, s.dataset_id, s.pair_state as state, s.registration ->> 'offset_px' is not null as has_offset,
    {IS_HELD} as is_held
from scene s join dataset t using (dataset_id) {DECISION_OF}
where t.name = :dataset and s.scene_id = :scene_id
""")  # noqa: S608  (parts of our own)

_ELIGIBLE: Final = f"""
from scene s {DECISION_OF}
where s.dataset_id = :dataset_id and s.pair_state = :state
    and (decided.decision is null or (:also_decided and decided.decision <> :decision))
    and (:decision <> 'use_shifted' or s.registration ->> 'offset_px' is not null)
"""

_COUNT_ELIGIBLE: Final = text("select count(*) " + _ELIGIBLE)

_DECIDE_ALL: Final = text(f"""
with added as (
    insert into pair_decision (scene_id, decision, decided_by) select s.scene_id, :decision, :decided_by {_ELIGIBLE}
    returning 1
)
select count(*) from added
""")  # noqa: S608  (parts of our own)

_AFTER: Final = text("""
select min(scene_id) from scene
where dataset_id = :dataset_id and pair_state = :state and scene_id > :scene_id
""")


def count_pairs(session: Session, dataset_id: int) -> list[PairCount]:
    """The dataset's scenes by the state of their pair, ``none`` among them."""
    return [PairCount(**row._mapping) for row in session.execute(_COUNTS, {"dataset_id": dataset_id})]


def list_pairs(
    session: Session, dataset_id: int, states: Sequence[str], *, after: tuple[str, int] = ("", 0), limit: int = 50
) -> list[Pair]:
    """A page of the scenes whose pair is in one of the states, by state and id, those behind ``after``."""
    values = {"dataset_id": dataset_id, "states": list(states), "limit": limit}
    rows = session.execute(_LIST, {**values, "after_state": after[0], "after": after[1]})
    return [Pair(**row._mapping) for row in rows]


def pair_facts(session: Session, dataset: str, scene_id: int) -> PairFacts | None:
    """What is known of the pair of a scene of this dataset; None if there is no such scene."""
    row = session.execute(_FACTS, {"dataset": dataset, "scene_id": scene_id}).one_or_none()
    return None if row is None else PairFacts(**row._mapping)


def scene_after(session: Session, facts: PairFacts) -> int | None:
    """The next scene of the dataset whose pair is in the same state."""
    values = {"dataset_id": facts.dataset_id, "state": facts.state, "scene_id": facts.scene_id}
    found: int | None = session.execute(_AFTER, values).scalar_one()
    return found


def add_decision(session: Session, scene_id: int, decision: str, decided_by: uuid.UUID) -> None:
    """What counts of the scene's pair from now on."""
    session.execute(insert(PairDecision).values(scene_id=scene_id, decision=decision, decided_by=str(decided_by)))


def count_decidable(session: Session, dataset_id: int, state: str, decision: str, *, also_decided: bool) -> int:
    """How many scenes :func:`decide_all` would decide on."""
    values = {"dataset_id": dataset_id, "state": state, "decision": decision, "also_decided": also_decided}
    return int(session.execute(_COUNT_ELIGIBLE, values).scalar_one())


def decide_all(
    session: Session, dataset_id: int, state: str, decision: str, decided_by: uuid.UUID, *, also_decided: bool
) -> int:
    """Decide on all scenes whose pair is in the state; on those decided before only if asked. Returns how many.

    ``use_shifted`` leaves out scenes of which no offset was measured.
    """
    values = {"dataset_id": dataset_id, "state": state, "decision": decision, "also_decided": also_decided}
    return int(session.execute(_DECIDE_ALL, {**values, "decided_by": str(decided_by)}).scalar_one())


def held_pairs(session: Session, dataset_id: int) -> list[str]:
    """The policy: states in which a scene gets no packets until an admin has decided."""
    query = text("select held_pairs from dataset where dataset_id = :dataset_id")
    return list(session.execute(query, {"dataset_id": dataset_id}).scalar_one())


def set_held_pairs(session: Session, dataset_id: int, states: Sequence[str]) -> None:
    """Another policy, from now on."""
    session.execute(update(Dataset).where(Dataset.dataset_id == dataset_id).values(held_pairs=list(states)))
