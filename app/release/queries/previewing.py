"""What a release would hold now, and what it would not: counted, and draft by draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.intake.queries.datasets import DRAFTS
from app.release.queries.rules import Rules
from app.release.queries.standing import LICENCE, STANDING

SHOWN: Final = 300
"""Characters of a text that a list shows."""
WHOLE: Final = 2**30
STREAMED: Final = 1_000
_FRONT: Final = {"after_dataset": "", "after_split": "", "after": 0}

# All of one moment: figures of two statements could contradict each other.
_COUNT: Final = f"""
with {STANDING},
scenes as (
    select distinct scene_id from standing where standing = 'verified'
){{kept}}
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
"""  # noqa: S608  (parts of our own)
_KEEP: Final = """,
kept as (
    insert into release_plan_draft (release_plan_id, standing, dataset, split, draft_id)
    select :release_plan_id, standing, dataset, split, draft_id from standing where standing <> 'verified'
)
"""
_FORGET: Final = text("delete from release_plan_draft where release_plan_id = :release_plan_id")
# Plans are looked at for a day or two; what they leave out may be a million rows each.
_FORGET_OLD: Final = text("""
delete from release_plan_draft where release_plan_id <= (
    select release_plan_id from release_plan order by release_plan_id desc offset :kept limit 1)
""")

_LEFT_OUT: Final = """
select k.draft_id, k.dataset, s.scene_id, s.name as scene, k.split, d.kind, d.question_type,
    left(d.text, :shown) as text, length(d.text) > :shown as is_cut, left(d.answer, :shown) as answer, d.draft_sha256
from release_plan_draft k join draft d using (draft_id) join scene s using (scene_id)
where k.release_plan_id = :release_plan_id and k.standing = :standing {narrowed}
    and (k.dataset, k.split, k.draft_id) > (:after_dataset collate "C", :after_split collate "C", :after)
order by k.dataset, k.split, k.draft_id
"""
_PLACE: Final = text("""
select dataset as after_dataset, split as after_split from release_plan_draft
where release_plan_id = :release_plan_id and standing = :standing and draft_id = :draft_id
""")

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
class LeftOutFilter:
    """Which of the drafts that a plan leaves out are meant; empty asks nothing."""

    release_plan_id: int
    standing: str
    dataset: str = ""
    split: str = ""


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


def count_all(session: Session, rules: Rules, keep_for: int | None = None) -> dict[str, Any]:
    """``parts`` [[dataset, split, standing, drafts], …], ``licences`` [[licence, texts, images], …] of what is in,
    ``images``, and ``leakage`` {places, scenes}. The drafts that are out are kept for the plan ``keep_for``."""
    values = {**rules.values(), **({} if keep_for is None else {"release_plan_id": keep_for})}
    query = _COUNT.format(kept="" if keep_for is None else _KEEP)
    return dict(session.execute(text(query), values).one()._mapping)


def forget(session: Session, release_plan_id: int) -> None:
    """The drafts that were kept for a plan."""
    session.execute(_FORGET, {"release_plan_id": release_plan_id})


def forget_old(session: Session, kept: int) -> None:
    """The drafts that were kept for all plans but the newest."""
    session.execute(_FORGET_OLD, {"kept": kept})


def list_left_out(session: Session, asked: LeftOutFilter, *, after: int = 0, limit: int = 50) -> list[LeftOut]:
    """A page by dataset, split and id, behind the draft ``after``; as they stood when the plan was counted."""
    values = {**_values(asked), "shown": SHOWN, "limit": limit, "after": after}
    place = session.execute(_PLACE, {**_values(asked), "draft_id": after}).one_or_none() if after else None
    values |= {**_FRONT, "after": after} | (dict(place._mapping) if place else {})
    return [LeftOut(**row._mapping) for row in session.execute(_left_out(asked, "limit :limit"), values)]


def all_left_out(session: Session, asked: LeftOutFilter) -> Iterator[LeftOut]:
    """As :func:`list_left_out`, all of them with their whole texts, read as they are asked for."""
    values = {**_values(asked), "shown": WHOLE, **_FRONT}
    rows = session.execute(_left_out(asked, ""), values, execution_options={"yield_per": STREAMED})
    yield from (LeftOut(**row._mapping) for row in rows)


def _left_out(asked: LeftOutFilter, limit: str) -> TextClause:
    narrowed = [f"and k.{name} = :{name}" for name in ("dataset", "split") if getattr(asked, name)]
    return text(_LEFT_OUT.format(narrowed=" ".join(narrowed)) + limit)


def _values(asked: LeftOutFilter) -> dict[str, Any]:
    return asdict(asked)


def count_unsettled(session: Session, datasets: Sequence[str]) -> dict[str, int]:
    """Scenes whose split is not final, by dataset; only of datasets that have such."""
    return {row[0]: row[1] for row in session.execute(_UNSETTLED, {"datasets": list(datasets)})}


def count_drafts(session: Session) -> Mapping[str, int]:
    """About how many drafts each dataset has, by its counters: none is read."""
    return {row.name: row.drafts for row in session.execute(_SIZES, {"drafts": DRAFTS})}


def list_licences(session: Session, limit: int = 100) -> list[tuple[str, int]]:
    """(licence, scenes) of all datasets, the commonest first; the empty one is of scenes without any."""
    return [(row.licence, row.scenes) for row in session.execute(_LICENCES, {"limit": limit})]
