"""What reviewers said of a dataset's boxes, and of the texts that were read although they follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from pipeline.scoring.intervals import ClusteredCount

MOST_CATEGORIES: Final = 100
"""New categories are typed, so there may be any number of them."""

_NEWEST: Final = """newest as materialized (
    select distinct on (r.scene_id, r.reviewer) r.box_review_id, r.scene_id, r.reviewer
    from packet p join box_review r on r.packet_id = p.packet_id
    where p.dataset_id = :dataset_id and p.boxes_first order by r.scene_id, r.reviewer, r.revision desc
)"""

_GATHERED: Final = text(f"""
with {_NEWEST}
select count(*) as sets, count(distinct scene_id) as scenes, count(distinct reviewer) as reviewers from newest
""")  # noqa: S608  (parts of our own)

# By the category that the source gave; of what was missing, by that which the reviewer gave.
_BOXES: Final = text(f"""
with {_NEWEST}, by_scene as (
    select n.scene_id, coalesce(o.category, v.category) as category, count(o.number) as trials,
        count(*) filter (where v.verdict = 'right') as hits,
        count(*) filter (where v.verdict = 'wrong_class') as wrong_class,
        count(*) filter (where v.verdict = 'spurious') as spurious,
        count(*) filter (where v.verdict = 'missing') as missing
    from newest n join box_verdict v on v.box_review_id = n.box_review_id
    left join object_box o on o.scene_id = n.scene_id and o.number = v.number
    group by grouping sets ((n.scene_id, coalesce(o.category, v.category)), (n.scene_id))
)
select category, count(*) filter (where trials > 0) as scenes, sum(trials)::bigint as trials, sum(hits)::bigint as hits,
    sum(wrong_class)::bigint as wrong_class, sum(spurious)::bigint as spurious, sum(missing)::bigint as missing,
    sum(trials * trials)::bigint as trials_squared, sum(trials * hits)::bigint as trials_hits,
    sum(hits * hits)::bigint as hits_squared
from by_scene group by category
order by category is not null, sum(trials + missing) desc, category limit :most
""")  # noqa: S608

_VERDICTS: Final = """verdicts as materialized (
    select r.reviewer, p.scene_id, v.draft_id, v.verdict, v.origin, d.question_type
    from packet p join review r on r.packet_id = p.packet_id join draft_verdict v on v.review_id = r.review_id
    join draft d on d.draft_id = v.draft_id
    where p.dataset_id = :dataset_id and p.boxes_first and r.scene_verdict = 'usable'
        and not exists (select from review newer where newer.packet_id = r.packet_id
            and newer.reviewer = r.reviewer and newer.revision > r.revision)
), told as materialized (
    -- What followed from the boxes as their reviewer had judged them last.
    select distinct on (s.reviewer, s.draft_id) s.*, o.is_sampled, o.outcome = 'same' as is_accepted
    from verdicts s join box_outcome o on o.draft_id = s.draft_id
    join box_review b on b.box_review_id = o.box_review_id and b.reviewer = s.reviewer
    order by s.reviewer, s.draft_id, b.revision desc
)"""

_TEXTS: Final = text(f"""
with {_VERDICTS}
select count(*) as texts, count(*) filter (where origin = 'box_set') as taken_over,
    count(*) filter (where is_sampled) as sampled from told
""")  # noqa: S608

_SAMPLE: Final = text(f"""
with {_VERDICTS}, by_scene as (
    select scene_id, is_accepted, question_type, count(*) as trials,
        count(*) filter (where verdict <> case when is_accepted then 'accept' else 'reject' end) as hits
    from told where is_sampled
    group by grouping sets ((scene_id, is_accepted), (scene_id, is_accepted, question_type))
)
select is_accepted, question_type, count(*) as scenes, sum(trials)::bigint as trials, sum(hits)::bigint as hits,
    sum(trials * trials)::bigint as trials_squared, sum(trials * hits)::bigint as trials_hits,
    sum(hits * hits)::bigint as hits_squared
from by_scene group by is_accepted, question_type
order by is_accepted desc, question_type is not null, question_type
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Gathered:
    """Judged sets, each reviewer's newest of a scene, and the texts that follow from them."""

    sets: int
    scenes: int
    reviewers: int
    texts: int
    """Submitted verdicts on texts that follow from boxes."""
    taken_over: int
    """Of these, those that were confirmed with the boxes."""
    sampled: int
    """Those that were drawn to be read."""


@dataclass(frozen=True, slots=True)
class BoxSums:
    """Verdicts on the boxes of one category; of all where it is None."""

    category: str | None
    right: ClusteredCount
    wrong_class: int
    spurious: int
    missing: int


@dataclass(frozen=True, slots=True)
class SampleSums:
    """Texts that were read although they follow from boxes, and those of them that were read otherwise."""

    follows: Literal["accept", "reject"]
    question_type: str | None
    """None: of all."""
    otherwise: ClusteredCount


def gathered(session: Session, dataset_id: int) -> Gathered:
    """How much there is; two statements."""
    asked = {"dataset_id": dataset_id}
    sets, texts = session.execute(_GATHERED, asked).one(), session.execute(_TEXTS, asked).one()
    return Gathered(**sets._mapping, **texts._mapping)


def box_sums(session: Session, dataset_id: int) -> list[BoxSums]:
    """All boxes first, then by category, those with most boxes first; empty where nothing is judged."""
    rows = session.execute(_BOXES, {"dataset_id": dataset_id, "most": MOST_CATEGORIES + 1}).mappings()
    return [BoxSums(row["category"], _count(row), row["wrong_class"], row["spurious"], row["missing"]) for row in rows]


def sample_sums(session: Session, dataset_id: int) -> list[SampleSums]:
    """Of texts that the boxes accept first, then of those that they reject; all of them, then by question type."""
    rows = session.execute(_SAMPLE, {"dataset_id": dataset_id}).mappings()
    return [SampleSums("accept" if row["is_accepted"] else "reject", row["question_type"], _count(row)) for row in rows]


def _count(row: RowMapping) -> ClusteredCount:
    names = ("trials", "hits", "trials_squared", "trials_hits", "hits_squared")
    return ClusteredCount(clusters=row["scenes"], **{name: row[name] for name in names})
