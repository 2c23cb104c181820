"""Figures that take seconds among a million verdicts: counted by a job, kept with when, read in no time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

PACE: Final = "pace"
"""Reviews and texts by day: one count for all datasets."""
VERDICTS: Final = "verdicts"
"""What reviewers said, by type, drafter and rule: a count a dataset."""
DAYS: Final = 14
RATE_DAYS: Final = 7

# By the index of the time of submitting, whatever there was before. Days are those of UTC, for all who look.
_COUNT_PACE: Final = text(f"""
with recent as (
    select p.dataset_id, p.draft_count, r.submitted_at, cast(r.submitted_at at time zone 'UTC' as date) as day
    from review r join packet p using (packet_id)
    where r.submitted_at >= date_trunc('day', now(), 'UTC') - interval '{24 * (DAYS - 1)} hours'
        and r.revision = 1 and not r.is_extra
), by_day as (
    select dataset_id, day, count(*) as reviews, sum(draft_count)::bigint as texts from recent group by 1, 2
), days as (
    select dataset_id, jsonb_agg(jsonb_build_array(day, reviews, texts) order by day) as days from by_day group by 1
), week as (
    select dataset_id, count(*) as reviews, sum(draft_count)::bigint as texts, min(submitted_at) as since,
        max(submitted_at) as last
    from recent where submitted_at > now() - interval '{RATE_DAYS} days' group by 1
)
insert into dataset_figures (dataset_id, name, body)
select t.dataset_id, :pace, jsonb_build_object('days', coalesce(d.days, '[]'), 'reviews', coalesce(w.reviews, 0),
    'texts', coalesce(w.texts, 0), 'since', w.since, 'last', coalesce(to_jsonb(w.last), old.body -> 'last'))
from dataset t left join days d using (dataset_id) left join week w using (dataset_id)
left join dataset_figures old on old.dataset_id = t.dataset_id and old.name = :pace
order by t.dataset_id
on conflict (dataset_id, name) do update set body = excluded.body, counted_at = clock_timestamp()
""")  # noqa: S608  (numbers of our own)

_LEVELS: Final = {
    "type": "select 'type' as level, coalesce(question_type, kind) as name, verdict, flags from given",
    "drafter": "select 'drafter', cast(drafter_id as text), verdict, flags from given",
    "rule": """select 'rule', f.rule, g.verdict, g.flags from given g join (
        select distinct draft_id, rule from finding where screening_version = :version) f using (draft_id)""",
}

_VERDICTS: Final = text(f"""
with given as materialized (
    select v.draft_id, d.kind, d.question_type, d.drafter_id, v.verdict, v.flags
    from packet p join review r on r.packet_id = p.packet_id join draft_verdict v on v.review_id = r.review_id
    join draft d on d.draft_id = v.draft_id
    where p.dataset_id = :dataset_id and not exists (select from review n where n.packet_id = r.packet_id
        and n.reviewer = r.reviewer and n.revision > r.revision)
), levels as materialized (
    {" union all ".join(_LEVELS.values())}
), flagged as (
    select level, name, jsonb_object_agg(flag, number) as flags from (
        select level, name, flag, count(*) as number from levels cross join unnest(flags) as flag group by 1, 2, 3
    ) as of_flag group by 1, 2
)
select level, name, count(*) as judged, count(*) filter (where verdict = 'accept') as accept,
    count(*) filter (where verdict = 'revise') as revise, count(*) filter (where verdict = 'reject') as reject,
    count(*) filter (where verdict = 'unsure') as unsure, coalesce(f.flags, '{{}}') as flags
from levels left join flagged f using (level, name) group by level, name, f.flags order by level, count(*) desc, name
""")  # noqa: S608

_KEEP: Final = text("""
insert into dataset_figures (dataset_id, name, body) values (:dataset_id, :name, cast(:body as jsonb))
on conflict (dataset_id, name) do update set body = excluded.body, counted_at = clock_timestamp()
""")

_KEPT: Final = text("""
select f.name, f.body, f.counted_at, extract(epoch from clock_timestamp() - f.counted_at) as age_s
from dataset_figures f where f.dataset_id = :dataset_id and f.name = any(:names)
""")


@dataclass(frozen=True, slots=True)
class Kept:
    """Figures as last counted."""

    body: Mapping[str, Any]
    counted_at: dt.datetime
    age_s: float


def count_pace(session: Session) -> None:
    """Count the reviews of the last days of all datasets, and keep them."""
    session.execute(_COUNT_PACE, {"pace": PACE})


def verdict_rows(session: Session, dataset_id: int, version: str) -> list[RowMapping]:
    """What reviewers said by type, drafter and rule (of the screening ``version``): reads all verdicts of a dataset."""
    return list(session.execute(_VERDICTS, {"dataset_id": dataset_id, "version": version}).mappings())


def keep(session: Session, dataset_id: int, name: str, body: Mapping[str, Any]) -> None:
    session.execute(_KEEP, {"dataset_id": dataset_id, "name": name, "body": json.dumps(body)})


def kept(session: Session, dataset_id: int) -> dict[str, Kept]:
    """What is kept of a dataset, by name; what was never counted is left out."""
    rows = session.execute(_KEPT, {"dataset_id": dataset_id, "names": [PACE, VERDICTS]})
    return {row.name: Kept(row.body, row.counted_at, float(row.age_s)) for row in rows}
