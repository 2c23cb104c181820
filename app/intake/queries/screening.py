"""What screening reads and writes: whole scenes at a time, so that a scene's texts are judged side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.intake.queries.copying import add_counts, copy_rows
from pipeline.records import Draft, Finding

FINDING_COLUMNS: Final = (
    "draft_id", "screening_version", "rule", "severity", "field", "start_", "end_", "span_text", "message",
    "suggestion",
)  # fmt: skip

NEWEST_SCREENING: Final = """(select x.screening_version from screened x where x.draft_id = d.draft_id
    order by x.run_id desc, x.screening_version desc limit 1)"""
"""The version whose findings of the draft ``d`` are shown."""

DRAFT_COLUMNS: Final = "d.kind, d.question_type, d.general_type, d.text, d.answer, d.box_ids, d.program, d.origin"

# Three statements by keys that are given, not one that joins: while a run fills its tables nobody knows their sizes,
# and a plan that was right for an empty one reads a full one from end to end for each draft.
_SCENES: Final = text("""
select scene_id from scene where dataset_id = :dataset_id and scene_id > :after order by scene_id limit :limit
""")

_DRAFT_IDS: Final = text("select scene_id, draft_id from draft where scene_id = any(:scene_ids)")

_NEWEST: Final = text("""
select distinct on (draft_id) draft_id, screening_version from screened where draft_id = any(:draft_ids)
order by draft_id, run_id desc, screening_version desc
""")

_DRAFTS: Final = text(f"""
select d.draft_id, d.scene_id, d.box_review_id, {DRAFT_COLUMNS} from draft d where d.scene_id = any(:scene_ids)
order by d.draft_id
""")  # noqa: S608  (parts of our own)

# Said as two absences, which the database tests for all drafts at once; asking each draft for its newest takes longer.
_COUNT: Final = text("""
select count(*) from draft d join scene s using (scene_id)
where s.dataset_id = :dataset_id and not exists (
    select from screened x where x.draft_id = d.draft_id and x.screening_version = :version and not exists (
        select from screened y where y.draft_id = x.draft_id
        and (y.run_id, y.screening_version) > (x.run_id, x.screening_version)
    )
)
""")

# Whoever screens the same drafts at the same time waits here, and then finds that they are done. Where a version is
# gone back to, what it found is there already: only which screening is the newest changes.
_CLAIM: Final = text("""
insert into screened (draft_id, screening_version, run_id)
select id, :version, :run_id from unnest(cast(:draft_ids as bigint[])) as id order by id
on conflict (draft_id, screening_version) do update set run_id = excluded.run_id
    where screened.run_id < excluded.run_id
returning draft_id, xmax = 0 as is_new
""")

_OF_RUN: Final = text("""
select (select count(*) from screened where run_id = :run_id and screening_version = :version) as drafts,
    count(*) as findings,
    count(*) filter (where f.severity = 'error') as error_findings,
    count(*) filter (where f.severity = 'warning') as warning_findings,
    count(*) filter (where f.severity = 'info') as info_findings
from screened x join finding f using (draft_id, screening_version)
where x.run_id = :run_id and x.screening_version = :version
""")

_SET_PARAMETERS: Final = text("update run set parameters = :parameters where run_id = :run_id").bindparams(
    bindparam("parameters", type_=JSONB)
)

_FOLD: Final = text("""
with taken as (
    delete from counter_delta where dataset_id = :dataset_id and starts_with(name, :prefix) returning name, delta
)
insert into counter_delta (dataset_id, name, delta)
select :dataset_id, name, sum(delta) from taken group by name having sum(delta) <> 0
""")


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its id and scene."""

    draft_id: int
    scene_id: int
    draft: Draft
    box_review_id: int | None = None
    """Of a text that was derived anew: the judged boxes that it follows from."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The next scenes of a dataset, and what is to be done in them."""

    last_scene_id: int
    waiting: Mapping[int, Sequence[int]]
    """``{scene: drafts}`` whose newest screening is of another version, or that have none; scenes that have any."""


def as_draft(row: RowMapping | Mapping[str, Any]) -> Draft:
    """A draft of a row with :data:`DRAFT_COLUMNS`."""
    return Draft(
        kind=row["kind"],
        text=row["text"],
        question_type=row["question_type"],
        answer=row["answer"],
        box_ids=tuple(row["box_ids"]),
        program=row["program"],
        origin=row["origin"],
        general_type=row["general_type"],
    )


def next_portion(
    session: Session, dataset_id: int, version: str, *, after: int = 0, drafts: int = 1_000, scenes: int = 200
) -> Portion | None:
    """The scenes behind ``after``, at least one, of about so many drafts in all; None once there are none."""
    values = {"dataset_id": dataset_id, "after": after, "limit": scenes}
    scene_ids = list(session.execute(_SCENES, values).scalars())
    if not scene_ids:
        return None
    by_scene: dict[int, list[int]] = {scene_id: [] for scene_id in scene_ids}
    for row in session.execute(_DRAFT_IDS, {"scene_ids": scene_ids}):
        by_scene[row.scene_id].append(row.draft_id)
    taken = _first_of(by_scene, drafts)
    newest = _newest_versions(session, [draft_id for ids in taken.values() for draft_id in ids])
    waiting = {
        scene_id: ids_left
        for scene_id, ids in taken.items()
        if (ids_left := [draft_id for draft_id in ids if newest.get(draft_id) != version])
    }
    return Portion(max(taken), waiting)


def _first_of(by_scene: Mapping[int, list[int]], drafts: int) -> dict[int, list[int]]:
    taken: dict[int, list[int]] = {}
    total = 0
    for scene_id, ids in by_scene.items():
        if taken and total + len(ids) > drafts:
            break
        taken[scene_id] = ids
        total += len(ids)
    return taken


def _newest_versions(session: Session, draft_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(_NEWEST, {"draft_ids": list(draft_ids)})
    return {row.draft_id: row.screening_version for row in rows}


def drafts_of_scenes(session: Session, scene_ids: Sequence[int]) -> list[StoredDraft]:
    """All drafts of these scenes in the order in which they were stored."""
    rows = session.execute(_DRAFTS, {"scene_ids": list(scene_ids)}).mappings()
    return [StoredDraft(row["draft_id"], row["scene_id"], as_draft(row), row["box_review_id"]) for row in rows]


def count_unscreened(session: Session, dataset_id: int, version: str) -> int:
    """Of how many drafts the newest screening is not of this version."""
    return int(session.execute(_COUNT, {"dataset_id": dataset_id, "version": version}).scalar_one())


def claim_screened(session: Session, run_id: int, version: str, draft_ids: Sequence[int]) -> dict[int, bool]:
    """Say that this run screened the drafts under this version.

    Returns those of which no later run says so, and whether it is the first time: only then are there findings to
    store.
    """
    values = {"run_id": run_id, "version": version, "draft_ids": sorted(draft_ids)}
    return {row.draft_id: row.is_new for row in session.execute(_CLAIM, values)}


def add_findings(
    session: Session, dataset_id: int, version: str, findings: Iterable[tuple[int, Finding]]
) -> Counter[tuple[str, str]]:
    """Store (draft id, finding) and count them for the dataset. Returns how many by rule and severity."""
    counts: Counter[tuple[str, str]] = Counter()

    def rows() -> Iterable[tuple[Any, ...]]:
        for draft_id, finding in findings:
            counts[finding.rule, finding.severity] += 1
            yield (
                draft_id,
                version,
                finding.rule,
                finding.severity,
                finding.field,
                finding.start,
                finding.end,
                finding.text,
                finding.message,
                finding.suggestion,
            )

    copy_rows(session, "finding", FINDING_COLUMNS, rows())
    add_counts(session, dataset_id, {f"{counter_prefix(version)}{rule}": n for (rule, _), n in counts.items()})
    return counts


def counts_of_run(session: Session, run_id: int, version: str) -> dict[str, int]:
    """Drafts that the run screened under this version, in whatever number of attempts, and their findings."""
    return dict(session.execute(_OF_RUN, {"run_id": run_id, "version": version}).mappings().one())


def set_parameters(session: Session, run_id: int, parameters: Mapping[str, Any]) -> None:
    """Under what the run screens: known when it begins, not when it was asked for."""
    session.execute(_SET_PARAMETERS, {"run_id": run_id, "parameters": dict(parameters)})


def fold_counts(session: Session, dataset_id: int, version: str) -> None:
    """Make one row a rule of those that the chunks of a run have left."""
    session.execute(_FOLD, {"dataset_id": dataset_id, "prefix": counter_prefix(version)})


def counter_prefix(version: str) -> str:
    """How the counters of this version's findings begin; what follows is the rule."""
    return f"findings {version} "
