"""What a release would hold now, and what it would not: counted, and draft by draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.datasets import DRAFTS
from app.release.queries.rules import Rules
from app.release.queries.standing import LICENCE, STANDING

SHOWN: Final = 300
"""Characters of a text that a list shows."""
STREAMED: Final = 5_000

# All of one moment: figures of two statements could contradict each other.
_COUNT: Final = text(f"""
with {STANDING},
scenes as (
    select distinct scene_id from standing where standing = 'verified'
)
select
    (select coalesce(jsonb_agg(jsonb_build_array(dataset, split, standing, drafts)), '[]') from (
        select dataset, split, standing, count(*) as drafts from standing group by 1, 2, 3) counted) as parts,
    (select coalesce(jsonb_agg(jsonb_build_array(licence, texts, images) order by texts desc, licence), '[]') from (
        select licence, count(*) as texts, count(distinct scene_id) as images
        from standing join ground using (scene_id) where standing = 'verified' group by 1) counted) as licences,
    (select count(*) from scenes) as images,
    (select jsonb_build_object('places', count(*), 'scenes', coalesce(sum(scenes), 0)) from (
        select count(*) as scenes from scenes join ground using (scene_id)
        where duplicate_group is not null and split in ('train', 'val', 'test')
        group by duplicate_group having count(distinct split) > 1) divided) as leakage
""")  # noqa: S608  (parts of our own)

_LEFT_OUT: Final = f"""
with {STANDING}
select d.draft_id, standing.dataset, s.scene_id, s.name as scene, standing.split, d.kind, d.question_type,
    left(d.text, :shown) as text, length(d.text) > :shown as is_cut, left(d.answer, :shown) as answer, d.draft_sha256
from standing join draft d using (draft_id) join scene s on s.scene_id = standing.scene_id
where standing.standing = :standing
order by d.draft_id
"""  # noqa: S608  (parts of our own)

_UNSETTLED: Final = text("""
select dataset.name, count(*) from dataset join scene using (dataset_id)
where dataset.name = any(:datasets) and not scene.is_grouped group by dataset.name
""")

_LICENCES: Final = text(f"""
select {LICENCE} as licence, count(*) as scenes from dataset t join scene s using (dataset_id)
group by 1 order by 2 desc, 1 limit :limit
""")  # noqa: S608  (parts of our own)

_SIZES: Final = text("""
select t.name, coalesce(sum(c.delta) filter (where c.name = :drafts), 0)::bigint as drafts
from dataset t left join counter_delta c using (dataset_id) group by t.name order by t.name
""")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A draft that is out."""

    draft_id: int
    dataset: str
    scene_id: int
    scene: str
    split: str
    kind: str
    question_type: str | None
    text: str
    is_cut: bool
    answer: str | None
    draft_sha256: str


def count_all(session: Session, rules: Rules) -> dict[str, Any]:
    """``parts`` [[dataset, split, standing, drafts], …], ``licences`` [[licence, texts, images], …] of what is in,
    ``images``, and ``leakage`` {places, scenes}."""
    return dict(session.execute(_COUNT, rules.values()).one()._mapping)


def list_left_out(session: Session, rules: Rules, standing: str, *, after: int = 0, limit: int = 50) -> list[LeftOut]:
    """Drafts that stand so, by id, those behind ``after``."""
    values = {**rules.values(), "standing": standing, "after": after, "shown": SHOWN, "limit": limit}
    return [LeftOut(**row._mapping) for row in session.execute(text(f"{_LEFT_OUT} limit :limit"), values)]


def all_left_out(session: Session, rules: Rules, standing: str) -> Iterator[LeftOut]:
    """As :func:`list_left_out`, all of them with their whole texts, read as they are asked for."""
    values = {**rules.values(), "standing": standing, "after": 0, "shown": 10**6}
    rows = session.execute(text(_LEFT_OUT), values, execution_options={"yield_per": STREAMED})
    yield from (LeftOut(**row._mapping) for row in rows)


def count_unsettled(session: Session, datasets: Sequence[str]) -> dict[str, int]:
    """Scenes whose split is not final, by dataset; only of datasets that have such."""
    return {row[0]: row[1] for row in session.execute(_UNSETTLED, {"datasets": list(datasets)})}


def count_drafts(session: Session) -> Mapping[str, int]:
    """About how many drafts each dataset has, by its counters: none is read."""
    return {row.name: row.drafts for row in session.execute(_SIZES, {"drafts": DRAFTS})}


def list_licences(session: Session, limit: int = 100) -> list[tuple[str, int]]:
    """(licence, scenes) of all datasets, the commonest first; the empty one is of scenes without any."""
    return [(row.licence, row.scenes) for row in session.execute(_LICENCES, {"limit": limit})]
