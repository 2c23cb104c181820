"""What the optical image changed of verdicts from the SAR image alone: sums over a dataset, four statements whatever
there is. Of a million texts they take seconds, so a job keeps them in ``dataset_figures``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from pipeline.scoring.intervals import ClusteredCount

Level = Literal["all", "kind", "question_type", "drafter"]

# Words count as the same where they differ in white space and case alone, as they do when reviews are compared.
_FOLDED: Final = "lower(btrim(regexp_replace(coalesce({}, ''), '\\s+', ' ', 'g')))"
_WORDS: Final = " <> ".join(
    f"({_FOLDED.format(f'{row}.revised_text')}, {_FOLDED.format(f'{row}.revised_answer')})" for row in ("j", "v")
)

_TWICE: Final = f"""
select p.scene_id, d.kind, d.question_type, d.drafter_id, j.reviewer, j.has_seen_optical, j.verdict as before,
    v.verdict as after, j.verdict <> v.verdict or j.verdict = 'revise' and {_WORDS} as is_changed
from packet p join sar_verdict j on j.packet_id = p.packet_id
join review r on r.packet_id = j.packet_id and r.reviewer = j.reviewer
    and not exists (select from review newer where newer.packet_id = r.packet_id and newer.reviewer = r.reviewer
        and newer.revision > r.revision)
join draft_verdict v on v.review_id = r.review_id and v.draft_id = j.draft_id
join draft d on d.draft_id = j.draft_id
where p.dataset_id = :dataset_id and p.sar_first
"""  # noqa: S608  (parts of our own)

_GATHERED: Final = text(f"""
select count(*) as verdicts, count(distinct reviewer) as reviewers, count(distinct scene_id) as scenes,
    (select count(*) from packet p join sar_verdict j on j.packet_id = p.packet_id
        where p.dataset_id = :dataset_id and p.sar_first) as given
from ({_TWICE}) as twice
""")  # noqa: S608

_SUMS: Final = text(f"""
with twice as materialized ({_TWICE}
), by_scene as (
    select scene_id, has_seen_optical, kind, question_type, drafter_id, grouping(kind, question_type, drafter_id) as g,
        count(*) as trials, count(*) filter (where is_changed) as hits
    from twice group by scene_id, has_seen_optical, grouping sets ((), (kind), (question_type), (drafter_id))
)
select case g when 7 then 'all' when 3 then 'kind' when 5 then 'question_type' else 'drafter' end as level,
    coalesce(kind, question_type, case when w.model is null then w.name || ' ' || w.version
        else w.model || ' · prompt ' || w.prompt_version end, '') as name,
    has_seen_optical, count(*) as clusters, sum(trials)::bigint as trials, sum(hits)::bigint as hits,
    sum(trials * trials)::bigint as trials_squared, sum(trials * hits)::bigint as trials_hits,
    sum(hits * hits)::bigint as hits_squared
from by_scene left join drafter w using (drafter_id)
-- Captions have no question type.
where g <> 5 or question_type is not null
group by 1, 2, 3, drafter_id order by sum(trials) desc, 2
""")  # noqa: S608

_MOVES: Final = text(f"""
select before, after, has_seen_optical, count(*) as texts, count(*) filter (where is_changed) as changed
from ({_TWICE}) as twice group by 1, 2, 3 order by 1, 2, 3
""")  # noqa: S608

_SUPPORT: Final = text("""
select d.kind, r.support, count(*) as texts
from scene s join draft d on d.scene_id = s.scene_id join resolution r on r.draft_id = d.draft_id
where s.dataset_id = :dataset_id and r.outcome = 'verified' and not exists (
    select from resolution newer where newer.draft_id = r.draft_id and newer.revision > r.revision)
group by 1, 2 order by 1, 2
""")


_KEEP: Final = text("""
insert into dataset_figures (dataset_id, name, body) values (:dataset_id, 'sar_first', cast(:body as jsonb))
on conflict (dataset_id, name) do update set body = excluded.body, counted_at = clock_timestamp()
""")

_KEPT: Final = text("""
select body, counted_at, counted_at < clock_timestamp() - make_interval(secs => :old_after_s) as is_old
from dataset_figures where dataset_id = :dataset_id and name = 'sar_first'
""")


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many texts were judged twice, from the SAR image alone and with the optical one."""

    verdicts: int
    reviewers: int
    scenes: int
    given: int
    """From the SAR image alone; not all of them are submitted yet, or of a scene that is usable."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a kind, question type, drafter, or of all: the texts that were judged twice, and those that changed."""

    level: Level
    name: str
    has_seen_optical: bool
    changed: ClusteredCount


@dataclass(frozen=True, slots=True)
class Move:
    """How many texts went from one verdict to another, or stayed."""

    before: str
    after: str
    has_seen_optical: bool
    texts: int
    changed: int
    """Of these; of texts that were revised both times those with other words."""


@dataclass(frozen=True, slots=True)
class SupportCount:
    """Verified texts of a kind that rest on the SAR image alone, or on the optical one for what an object is."""

    kind: str
    support: str
    texts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is counted of a dataset."""

    gathered: Gathered
    sums: Sequence[Sums]
    """Those with most texts first."""
    moves: Sequence[Move]
    """Only those that occur."""
    support: Sequence[SupportCount]


@dataclass(frozen=True, slots=True)
class Kept:
    """Counts of some time ago."""

    counts: Counts
    counted_at: dt.datetime
    is_old: bool


def count(session: Session, dataset_id: int) -> Counts:
    """Count it now; reads all verdicts from the SAR image alone, and all verified texts of the dataset."""
    of = {"dataset_id": dataset_id}
    return Counts(
        gathered=Gathered(**session.execute(_GATHERED, of).one()._mapping),
        sums=[_sums(row) for row in session.execute(_SUMS, of).mappings()],
        moves=[Move(**row._mapping) for row in session.execute(_MOVES, of)],
        support=[SupportCount(**row._mapping) for row in session.execute(_SUPPORT, of)],
    )


def keep(session: Session, dataset_id: int, counts: Counts) -> None:
    """Keep the counts for pages."""
    body = json.dumps(asdict(counts))
    session.execute(_KEEP, {"dataset_id": dataset_id, "body": body})


def kept(session: Session, dataset_id: int, *, old_after_s: float) -> Kept | None:
    """The counts as last kept; None where they never were."""
    row = session.execute(_KEPT, {"dataset_id": dataset_id, "old_after_s": old_after_s}).one_or_none()
    return None if row is None else Kept(_from_json(row.body), row.counted_at, row.is_old)


def _from_json(body: Mapping[str, Any]) -> Counts:
    return Counts(
        gathered=Gathered(**body["gathered"]),
        sums=[Sums(**{**each, "changed": ClusteredCount(**each["changed"])}) for each in body["sums"]],
        moves=[Move(**each) for each in body["moves"]],
        support=[SupportCount(**each) for each in body["support"]],
    )


def _sums(row: RowMapping) -> Sums:
    parts = ("clusters", "trials", "hits", "trials_squared", "trials_hits", "hits_squared")
    changed = ClusteredCount(**{name: row[name] for name in parts})
    return Sums(row["level"], row["name"], row["has_seen_optical"], changed)
