"""How far the work on datasets is, for the pages of an admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.datasets import Share
from app.intake.queries.runs import NOTE


@dataclass(frozen=True, slots=True)
class Work:
    """One dataset. ``held``: reviews in somebody's hands; ``waiting``: texts that wait to be adjudicated."""

    held: int = 0
    waiting: int = 0
    verified: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class DrafterShare:
    """What one drafter wrote for a dataset."""

    name: str
    version: str
    model: str | None
    prompt_version: str | None
    kind: str
    drafts: int


# Sums of the counters and the few live holds: neither drafts nor reviews are read.
_WORK: Final = text("""
with counted as (
    select dataset_id,
        coalesce(sum(delta) filter (where name = 'disagreements'), 0)::bigint as waiting,
        coalesce(sum(delta) filter (where name = 'verified'), 0)::bigint as verified,
        coalesce(sum(delta) filter (where name = 'rejected'), 0)::bigint as rejected
    from counter_delta where name in ('disagreements', 'verified', 'rejected') group by dataset_id
), held as (
    select packet.dataset_id, count(*) as held
    from assignment join packet using (packet_id)
    where assignment.state = 'held' and assignment.expires_at > statement_timestamp() group by packet.dataset_id
)
select coalesce(counted.dataset_id, held.dataset_id) as dataset_id, coalesce(held, 0) as held,
    coalesce(waiting, 0) as waiting, coalesce(verified, 0) as verified, coalesce(rejected, 0) as rejected
from counted full join held using (dataset_id)
""")

_DRAFTERS: Final = text("""
select drafter.name, drafter.version, drafter.model, drafter.prompt_version, draft.kind, count(*) as drafts
from scene join draft using (scene_id) join drafter using (drafter_id)
where scene.dataset_id = :dataset_id
group by drafter.drafter_id, draft.kind
order by drafter.name, drafter.model, drafter.version, drafter.prompt_version, drafter.drafter_id, draft.kind
""")

# A reason that names its image would be another one for each image.
_REASONS: Final = text(r"""
select regexp_replace(reason, ' \(image .*\)$', '') as reason, count(*) as refusals from refusal
where run_id = :run_id and detail is distinct from :note
group by 1 order by 2 desc, 1 limit :limit
""")


def work_of_datasets(session: Session) -> dict[int, Work]:
    """The work of each dataset on which there is any, by ``dataset_id``."""
    rows = session.execute(_WORK)
    return {row.dataset_id: Work(row.held, row.waiting, row.verified, row.rejected) for row in rows}


def drafters_of(session: Session, dataset_id: int) -> list[DrafterShare]:
    """Who wrote how many drafts of which kind. Reads the dataset's drafts, so for the page of one dataset only."""
    return [DrafterShare(**row._mapping) for row in session.execute(_DRAFTERS, {"dataset_id": dataset_id})]


def reasons_of(session: Session, run_id: int, limit: int = 12) -> list[Share]:
    """The most frequent reasons of a run's refusals."""
    rows = session.execute(_REASONS, {"run_id": run_id, "note": NOTE, "limit": limit})
    return [Share(row.reason, row.refusals) for row in rows]
