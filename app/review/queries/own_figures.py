"""What one reviewer did in a month, for that reviewer alone. Read from their own reviews, never from everybody's."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_MINE: Final = """
select r.review_id, r.packet_id, r.revision, r.is_extra, r.scene_verdict, r.submitted_at,
    cast(r.submitted_at at time zone 'UTC' as date) as day,
    not exists (select from review n where n.packet_id = r.packet_id and n.reviewer = r.reviewer
        and n.revision > r.revision) as is_current
from review r where r.reviewer = :reviewer and r.submitted_at >= :since and r.submitted_at < :until
"""


def _folded(column: str) -> str:
    """As reviews are compared: white space and case do not count."""
    return f"lower(regexp_replace(btrim({column}), '\\s+', ' ', 'g'))"


# A text counts on the day of its first verdict; time counts whenever it was spent. Where none is known, as of what a
# script sent, none counts: the least of nothing and the cap would be the cap.
_DAYS: Final = text(f"""
with mine as materialized ({_MINE}), spent as (
    select m.day, count(distinct m.review_id) filter (where m.revision = 1) as packets,
        count(v.draft_id) filter (where m.revision = 1) as texts,
        coalesce(sum(least(coalesce(cast(v.view ->> 'ms' as float8), 0), :cap_ms)), 0) as ms
    from mine m left join draft_verdict v on v.review_id = m.review_id group by m.day
    union all
    select cast(b.created_at at time zone 'UTC' as date), 0, 0,
        coalesce(sum(least(coalesce(cast(b.view ->> 'ms' as float8), 0), :cap_ms)), 0)
    from box_review b where b.reviewer = :reviewer and b.created_at >= :since and b.created_at < :until group by 1
)
select day, sum(packets)::bigint as packets, sum(texts)::bigint as texts, sum(ms) / 3600000 as hours
from spent group by day order by day
""")  # noqa: S608  (parts of our own)

_SAID: Final = text(f"""
with mine as materialized ({_MINE}), said as materialized (
    select m.is_extra, v.verdict, v.flags, v.view ->> 'ms' is null as is_untimed
    from mine m join draft_verdict v on v.review_id = m.review_id where m.is_current
)
select 'verdict' as what, verdict as name, count(*) as number from said group by verdict
union all select 'flag', flag, count(*) from said cross join unnest(flags) as flag group by flag
union all select 'untimed', '', count(*) from said where is_untimed
union all select 'unusable', '', count(*) from mine where is_current and scene_verdict = 'unusable'
union all select 'extra', '', count(*) from mine where is_current and is_extra
""")  # noqa: S608

# Only where the outcome rests on more than their own word: all else would agree with itself.
_AGREEMENT: Final = text(f"""
with mine as materialized ({_MINE}), said as materialized (
    select m.review_id, m.packet_id, v.draft_id, v.verdict, v.revised_text, v.revised_answer
    from mine m join draft_verdict v on v.review_id = m.review_id
    where m.is_current and not m.is_extra and v.verdict <> 'unsure'
), decided as materialized (
    select s.*, case s.verdict when 'accept' then o.outcome = 'verified' and not o.is_revised
            when 'reject' then o.outcome = 'rejected'
            else o.is_revised and {_folded("s.revised_text")} is not distinct from {_folded("o.text")}
                and {_folded("s.revised_answer")} is not distinct from {_folded("o.answer")} end as is_same
    from said s join lateral (
        select * from resolution where resolution.draft_id = s.draft_id order by revision desc limit 1
    ) as o on o.adjudication_id is not null or cardinality(o.review_ids) > 1
), beside as (
    select d.verdict = v.verdict as is_same
    from decided d join review r on r.packet_id = d.packet_id and r.review_id <> d.review_id and not r.is_extra
        and r.reviewer <> :reviewer
        and not exists (select from review n where n.packet_id = r.packet_id and n.reviewer = r.reviewer
            and n.revision > r.revision)
    join draft_verdict v on v.review_id = r.review_id and v.draft_id = d.draft_id
)
select (select count(*) from decided) as decided, (select count(*) from decided where is_same) as as_decided,
    (select count(*) from beside) as beside, (select count(*) from beside where is_same) as as_others
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What was done on a day of UTC."""

    day: dt.date
    packets: int
    texts: int
    hours: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a reviewer's verdicts were those of others, of texts whose outcome rests on more than their own."""

    decided: int
    as_decided: int
    """The outcome is what they said."""
    beside: int
    """Verdicts of others on the same texts."""
    as_others: int


@dataclass(frozen=True, slots=True)
class Month:
    """Whose reviews, and of when: ``since`` belongs to it, ``until`` does not."""

    reviewer: uuid.UUID
    since: dt.datetime
    until: dt.datetime

    @property
    def values(self) -> dict[str, Any]:
        return {"reviewer": self.reviewer, "since": self.since, "until": self.until}


def own_days(session: Session, month: Month, cap_s: float) -> list[OwnDay]:
    """Texts and hours by day; of one text at most ``cap_s`` seconds count."""
    return [OwnDay(**row._mapping) for row in session.execute(_DAYS, {**month.values, "cap_ms": 1000 * cap_s})]


def own_verdicts(session: Session, month: Month) -> dict[tuple[str, str], int]:
    """How many by (what, name): verdicts and flags by name, texts without a time, unusable scenes, extra opinions."""
    return {(row.what, row.name): row.number for row in session.execute(_SAID, month.values)}


def own_agreement(session: Session, month: Month) -> Agreement:
    return Agreement(**session.execute(_AGREEMENT, month.values).one()._mapping)
