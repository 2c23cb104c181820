"""A sampled stratum: what its sample says, and taking the rest over on it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.policies import DRAW, POLICIES, POLICY_OF
from app.intake.queries.screening import NEWEST_SCREENING
from pipeline.scoring.intervals import ClusteredCount, Interval

_HAS_ERROR: Final = f"""
exists (select from finding f where f.draft_id = d.draft_id and f.severity = 'error'
    and f.screening_version = {NEWEST_SCREENING})
"""

_IS_UNUSABLE: Final = """
exists (select from packet u join review v using (packet_id)
    where u.scene_id = d.scene_id and v.scene_verdict = 'unusable' and not v.is_extra and not exists (
        select from review later where later.packet_id = v.packet_id and later.reviewer = v.reviewer
            and later.revision > v.revision))
"""
"""As a release has it: one reviewer's word is enough."""

# Of the sample is what is drawn and was not sealed otherwise before: that one is read for its own sake, and the rest,
# of which the sample tells, has none like it.
_COUNT: Final = text(f"""
with {POLICIES.format(dataset_id=":dataset_id")}, texts as materialized (
    select ruled.review_policy_id, d.draft_id, d.scene_id, {DRAW} < ruled.sample_share as is_drawn,
        m.packet_id is null as is_loose, m.packet_id is null or y.sample_share is not null as is_of_sample,
        now_.outcome = 'rejected' or now_.is_revised as is_wrong, now_.basis,
        exists (select from disagreement w where w.draft_id = d.draft_id and w.closed_at is null) as is_disputed
    from dataset t join scene s using (dataset_id) join draft d using (scene_id)
    cross join lateral (select p.review_policy_id, p.sample_share {POLICY_OF}) as ruled
    left join packet_draft m using (draft_id) left join packet k using (packet_id)
    left join review_policy y on y.review_policy_id = k.review_policy_id
    left join resolution now_ on now_.draft_id = d.draft_id and not exists (
        select from resolution later where later.draft_id = now_.draft_id and later.revision > now_.revision)
    where t.dataset_id = :dataset_id and d.origin = 'drafted' and ruled.sample_share is not null
), told as (
    select d.review_policy_id, d.scene_id, d.is_drawn and d.is_of_sample as is_judged, d.is_loose, d.is_disputed,
        d.is_wrong, d.basis <> 'sample' and not d.is_disputed as is_read, d.basis = 'sample' as is_taken_over,
        not d.is_drawn and d.is_loose and d.basis is null as is_rest,
        not d.is_drawn and d.is_loose and d.basis is null and {_IS_UNUSABLE} as is_unusable,
        not d.is_drawn and d.is_loose and d.basis is null and {_HAS_ERROR} as has_error,
        not exists (select from screened x where x.draft_id = d.draft_id) as is_unscreened
    from texts d
), by_scene as (
    select review_policy_id, count(*) filter (where is_judged) as drawn,
        count(*) filter (where is_judged and is_disputed) as disputed,
        count(*) filter (where is_judged and is_loose) as unsealed,
        count(*) filter (where is_judged and is_read) as trials,
        count(*) filter (where is_judged and is_read and is_wrong) as hits,
        count(*) filter (where is_taken_over) as taken_over, count(*) filter (where is_unscreened) as unscreened,
        count(*) filter (where is_rest) as rest, count(*) filter (where is_unusable) as unusable,
        count(*) filter (where has_error and not is_unusable) as with_error
    from told group by review_policy_id, scene_id
)
select review_policy_id, sum(drawn)::bigint as drawn, sum(disputed)::bigint as disputed,
    sum(unsealed)::bigint as unsealed, sum(taken_over)::bigint as taken_over, sum(unscreened)::bigint as unscreened,
    sum(rest)::bigint as rest, sum(unusable)::bigint as unusable, sum(with_error)::bigint as with_error,
    count(*) filter (where trials > 0) as clusters, sum(trials)::bigint as read, sum(hits)::bigint as wrong,
    sum(trials * trials)::bigint as trials_squared, sum(trials * hits)::bigint as trials_hits,
    sum(hits * hits)::bigint as hits_squared
from by_scene group by review_policy_id
""")  # noqa: S608  (parts of our own)

_ADD_RESULT: Final = text("""
insert into sample_result (review_policy_id, read, wrong, low, high, decided_by)
values (:review_policy_id, :read, :wrong, :low, :high, :decided_by) returning sample_result_id
""")

_RESULTS: Final = text("""
select r.sample_result_id, r.review_policy_id, r.read, r.wrong, r.low, r.high, r.created_at,
    p.split, p.kind, p.drafter_id
from sample_result r join review_policy p using (review_policy_id)
where p.dataset_id = :dataset_id order by r.sample_result_id desc limit :limit
""")

_SCENES: Final = text("""
select scene_id from scene where dataset_id = :dataset_id and scene_id > :after order by scene_id limit :limit
""")

# Only what was there when it was decided, and while the same policy holds: of what is drafted later nothing was read.
_TAKE: Final = text(f"""
with {POLICIES.format(dataset_id=":dataset_id")}
insert into resolution (draft_id, outcome, text, answer, support, review_ids, basis, sample_result_id)
select d.draft_id, 'verified', d.text, d.answer, 'sar', '{{}}', 'sample', r.sample_result_id
from sample_result r join policies q using (review_policy_id) join dataset t using (dataset_id)
join scene s using (dataset_id) join draft d using (scene_id)
where r.sample_result_id = :sample_result_id and s.scene_id = any(:scene_ids) and d.scene_id = any(:scene_ids)
    and d.origin = 'drafted' and d.created_at < r.created_at
    and (select p.review_policy_id {POLICY_OF}) = q.review_policy_id
    and {DRAW} >= q.sample_share
    and not exists (select from packet_draft m where m.draft_id = d.draft_id)
    and not exists (select from resolution o where o.draft_id = d.draft_id)
    and exists (select from screened x where x.draft_id = d.draft_id)
    and not {_HAS_ERROR} and not {_IS_UNUSABLE}
on conflict (draft_id, revision) do nothing
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class SampleCount:
    """How far the sample of a stratum is, and what the rest consists of."""

    drawn: int
    read: int
    """Of these, with an outcome of their own and nothing in dispute."""
    wrong: int
    """Of those that were read: rejected, or right only after a revision."""
    disputed: int
    """Of those that are drawn: reviews differ, and nobody has decided yet."""
    unsealed: int
    """Of those that are drawn: in no packet yet."""
    unscreened: int
    """Of all in the stratum."""
    rest: int
    """Not drawn, and without an outcome."""
    unusable: int
    """Of the rest: in a scene that a reviewer found unusable."""
    with_error: int
    """Of the rest: screening says that they are wrong."""
    taken_over: int
    clusters: int
    """Scenes with a text that was read; the sums are over these: see :class:`ClusteredCount`."""
    trials_squared: int
    trials_hits: int
    hits_squared: int

    @property
    def clustered(self) -> ClusteredCount:
        """Wrong ones of those that were read, with the scene as the unit."""
        return ClusteredCount(
            clusters=self.clusters,
            trials=self.read,
            hits=self.wrong,
            trials_squared=self.trials_squared,
            trials_hits=self.trials_hits,
            hits_squared=self.hits_squared,
        )

    @property
    def to_take(self) -> int:
        """Of the rest, those that would be taken over."""
        return self.rest - self.unusable - self.with_error


NOTHING: Final = SampleCount(**dict.fromkeys(SampleCount.__dataclass_fields__, 0))
"""Of a stratum that holds no text."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """That the rest of a stratum was taken over, and on what."""

    sample_result_id: int
    review_policy_id: int
    read: int
    wrong: int
    interval: Interval
    created_at: dt.datetime
    split: str | None
    kind: str | None
    drafter_id: int | None


def count_samples(session: Session, dataset_id: int) -> dict[int, SampleCount]:
    """The samples of all strata that are sampled and hold a text, by the number of the policy."""
    rows = session.execute(_COUNT, {"dataset_id": dataset_id}).mappings()
    return {
        row["review_policy_id"]: SampleCount(**{name: row[name] for name in row if name != "review_policy_id"})
        for row in rows
    }


def add_result(
    session: Session, review_policy_id: int, count: SampleCount, interval: Interval, decided_by: uuid.UUID | str
) -> int:
    """Keep on what the rest is taken over; gives its number."""
    values = {
        "review_policy_id": review_policy_id,
        "read": count.read,
        "wrong": count.wrong,
        **interval._asdict(),
        "decided_by": str(decided_by),
    }
    return int(session.execute(_ADD_RESULT, values).scalar_one())


def list_results(session: Session, dataset_id: int, limit: int = 50) -> list[StoredResult]:
    """What was taken over in this dataset, the newest first."""
    rows = session.execute(_RESULTS, {"dataset_id": dataset_id, "limit": limit}).mappings()
    return [
        StoredResult(
            interval=Interval(row["low"], row["high"]),
            **{name: value for name, value in row.items() if name not in ("low", "high")},
        )
        for row in rows
    ]


def scenes_after(session: Session, dataset_id: int, after: int, limit: int) -> list[int]:
    """The next scenes of the dataset by number."""
    asked = {"dataset_id": dataset_id, "after": after, "limit": limit}
    return list(session.execute(_SCENES, asked).scalars())


def take_over(session: Session, dataset_id: int, sample_result_id: int, scene_ids: Sequence[int]) -> int:
    """Give the rest of the stratum in these scenes its outcome; what has one keeps it. Returns how many got one."""
    asked = {"dataset_id": dataset_id, "sample_result_id": sample_result_id, "scene_ids": list(scene_ids)}
    done: Any = session.execute(_TAKE, asked)
    return int(done.rowcount)
