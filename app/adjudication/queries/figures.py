"""Who differs in what, counted over a dataset: two statements over its disagreements, kept where there are many."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.adjudication.queries.packets import IS_CURRENT

NAME: Final = "differences"
"""Of these figures among those of a dataset."""

_SAID: Final = f"""
with said as materialized (
    select x.draft_id, x.reason, x.closed_at is null as is_open, d.drafter_id, d.kind, d.question_type,
        v.verdict, v.flags
    from disagreement x join packet p on p.packet_id = x.packet_id join draft d on d.draft_id = x.draft_id
    join review r on r.packet_id = x.packet_id and {IS_CURRENT}
    left join draft_verdict v on v.review_id = r.review_id and v.draft_id = x.draft_id
    where p.dataset_id = :dataset_id
)
"""  # noqa: S608  (parts of our own)

_DIFFERENCES: Final = f"""{_SAID}, differing as (
    select draft_id, drafter_id, kind, question_type, is_open, case
        when reason = 'scene_differs' then 'scene'
        when reason = 'texts_differ' then 'texts'
        when reason = 'unsure' then 'unsure'
        else string_agg(distinct verdict, '/' order by verdict) end as difference
    from said group by draft_id, drafter_id, kind, question_type, is_open, reason
)
select drafter_id, kind, question_type, difference, count(*) as drafts, count(*) filter (where is_open) as open
from differing group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""  # noqa: S608  (parts of our own)

_FLAGS: Final = f"""{_SAID}, judged as (
    select draft_id, count(*) as reviews from said where verdict is not null group by draft_id
), flagged as (
    select s.draft_id, s.drafter_id, s.kind, s.question_type, s.is_open, flag, count(*) as reviews
    from said s, unnest(s.flags) as flag group by 1, 2, 3, 4, 5, 6
)
select f.drafter_id, f.kind, f.question_type, f.flag, count(*) as drafts, count(*) filter (where f.is_open) as open,
    count(*) filter (where f.reviews < j.reviews) as by_some
from flagged f join judged j using (draft_id) group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""  # noqa: S608  (parts of our own)

# No further than asked: whether there are many is known before they are counted.
_COUNT: Final = text("""
select count(*) from (
    select from disagreement x join packet p on p.packet_id = x.packet_id where p.dataset_id = :dataset_id limit :most
) as found
""")

_KEPT: Final = text("""
select body, counted_at, counted_at < statement_timestamp() - make_interval(secs => :fresh_s) as is_old
from dataset_figures where dataset_id = :dataset_id and name = :name
""")

_KEEP: Final = text("""
insert into dataset_figures (dataset_id, name, body, counted_at)
values (:dataset_id, :name, cast(:body as jsonb), clock_timestamp())
on conflict (dataset_id, name) do update set body = excluded.body, counted_at = excluded.counted_at
""")


@dataclass(frozen=True, slots=True)
class KeptFigures:
    body: dict[str, Any]
    counted_at: dt.datetime
    is_old: bool


def count_figures(session: Session, dataset_id: int) -> dict[str, Any]:
    """``{"differences": [...], "flags": [...]}``: a row a drafter, kind, type and difference or flag."""
    asked = {"dataset_id": dataset_id}
    statements = {"differences": _DIFFERENCES, "flags": _FLAGS}
    return {name: [dict(row._mapping) for row in session.execute(text(sql), asked)] for name, sql in statements.items()}


def has_more_than(session: Session, dataset_id: int, most: int) -> bool:
    """Whether the dataset has, or had, more disagreements than this."""
    return int(session.execute(_COUNT, {"dataset_id": dataset_id, "most": most + 1}).scalar_one()) > most


def kept_figures(session: Session, dataset_id: int, fresh_s: float) -> KeptFigures | None:
    """What was counted last; ``is_old`` if that is longer ago than ``fresh_s``."""
    row = session.execute(_KEPT, {"dataset_id": dataset_id, "name": NAME, "fresh_s": fresh_s}).one_or_none()
    return None if row is None else KeptFigures(**row._mapping)


def keep_figures(session: Session, dataset_id: int, body: dict[str, Any]) -> None:
    session.execute(_KEEP, {"dataset_id": dataset_id, "name": NAME, "body": json.dumps(body)})
