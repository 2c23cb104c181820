"""The plan of an import: its chunks, and the scenes that wait in them.

Whoever changes what a run is to do locks the run's row; whoever stores a chunk locks the chunk's row alone, so that
workers do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.intake.queries.copying import copy_rows

SEEN_TOGETHER: Final = 1_000
"""So few open chunks may all be ending at this moment; only then does the end of one wait for that of another."""


@dataclass(frozen=True, slots=True)
class ImportRun:
    """What the work on an import needs to know of its run."""

    run_id: int
    dataset_id: int
    dataset: str
    split_seed: int
    state: str
    parameters: Mapping[str, Any]
    is_planned: bool
    is_cancelled: bool
    error: str | None

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.state in ("waiting", "running") and not self.is_cancelled


_RUN: Final = """
select r.run_id, r.dataset_id, d.name as dataset, d.split_seed, r.state, r.parameters,
    r.planned_at is not null as is_planned, r.cancel_asked_at is not null as is_cancelled, r.error
from run r join dataset d using (dataset_id)
"""


def load_import(session: Session, run_id: int) -> ImportRun | None:
    """The import with this number."""
    row = session.execute(text(f"{_RUN} where r.run_id = :run_id and r.kind = 'import'"), {"run_id": run_id}).first()
    return None if row is None else ImportRun(**row._mapping)


def lock_import(session: Session, run_id: int) -> ImportRun | None:
    """The import with this number; nobody else changes its plan or state until the transaction ends."""
    # Not `for update`, which would wait for everyone who writes a row that refers to this one.
    session.execute(text("select from run where run_id = :run_id for no key update"), {"run_id": run_id})
    return load_import(session, run_id)


def lock_open_imports(session: Session, dataset_id: int) -> list[ImportRun]:
    """The dataset's imports that are not over, oldest first; none begins or ends until the transaction ends."""
    query = text("select from dataset where dataset_id = :dataset_id for no key update")
    session.execute(query, {"dataset_id": dataset_id})
    query = text(
        f"{_RUN} where r.dataset_id = :dataset_id and r.kind = 'import' and r.state in ('waiting', 'running')"
        " order by r.run_id"
    )
    return [ImportRun(**row._mapping) for row in session.execute(query, {"dataset_id": dataset_id})]


def has_finished_import(session: Session, run_id: int) -> bool:
    """Whether the run has come to its end, whichever."""
    query = text("select finished_at is not null from run where run_id = :run_id")
    return bool(session.execute(query, {"run_id": run_id}).scalar_one_or_none())


def begin_planning(session: Session, run_id: int) -> None:
    """A worker has taken the run up."""
    query = text(
        "update run set state = 'running', started_at = coalesce(started_at, clock_timestamp())"
        " where run_id = :run_id and state = 'waiting'"
    )
    session.execute(query, {"run_id": run_id})


def planned_digests(session: Session, run_id: int) -> list[str]:
    """What was planned, chunk by chunk."""
    query = text("select planned_sha256 from run_chunk where run_id = :run_id order by chunk")
    return list(session.execute(query, {"run_id": run_id}).scalars())


def count_planned(session: Session, run_id: int) -> int:
    """How many chunks were planned."""
    query = text("select coalesce(max(chunk) + 1, 0) from run_chunk where run_id = :run_id")
    return int(session.execute(query, {"run_id": run_id}).scalar_one())


def next_number(session: Session, run_id: int) -> int:
    """Behind all scenes that wait."""
    query = text("select coalesce(max(number) + 1, 0) from planned_scene where run_id = :run_id")
    return int(session.execute(query, {"run_id": run_id}).scalar_one())


def has_assets(session: Session) -> bool:
    """Whether anything was ever stored."""
    return bool(session.execute(text("select exists (select from asset)")).scalar_one())


def describe_dataset(session: Session, dataset_id: int, title: str, licence: str | None, citation: str | None) -> None:
    """What the source's own documents say of it, where nothing was said before."""
    query = text(
        "update dataset set description = case description when '' then :title else description end,"
        " licence = coalesce(licence, :licence), citation = coalesce(citation, :citation)"
        " where dataset_id = :dataset_id"
    )
    values = {"dataset_id": dataset_id, "title": title, "licence": licence, "citation": citation}
    session.execute(query, values)


def add_chunk(
    session: Session, run_id: int, chunk: int, first_number: int, scenes: Sequence[str], planned_sha256: str
) -> None:
    """A chunk with its scenes, each as JSON, numbered from ``first_number``."""
    columns = ("run_id", "chunk", "scenes", "planned_sha256")
    copy_rows(session, "run_chunk", columns, [(run_id, chunk, len(scenes), planned_sha256)])
    rows = ((run_id, first_number + place, chunk, scene) for place, scene in enumerate(scenes))
    copy_rows(session, "planned_scene", ("run_id", "number", "chunk", "scene"), rows)


def expect(session: Session, run_id: int, total: int | None) -> None:
    """How many scenes there are likely to be, while the source is read."""
    session.execute(text("update run set total = :total where run_id = :run_id"), {"run_id": run_id, "total": total})


def end_planning(session: Session, run_id: int) -> None:
    """All chunks are known; the total is what they hold."""
    query = text(
        "update run set planned_at = coalesce(planned_at, clock_timestamp()), total ="
        " (select coalesce(sum(scenes), 0) from run_chunk where run_id = :run_id) where run_id = :run_id"
    )
    session.execute(query, {"run_id": run_id})


def cut_plan(session: Session, run_id: int, after: int, error: str) -> None:
    """Do nothing of what lies behind the chunk ``after``, and end with this error once what lies before is done."""
    values = {"run_id": run_id, "after": after, "error": error}
    # Those that are being stored at this moment are done: their workers may in turn wait for the run's row.
    locked = (
        "select chunk from run_chunk where run_id = :run_id and chunk > :after and done_at is null"
        " for update skip locked"
    )
    chunks = list(session.execute(text(locked), values).scalars())
    dropped = {"run_id": run_id, "chunks": chunks}
    session.execute(text("delete from planned_scene where run_id = :run_id and chunk = any(:chunks)"), dropped)
    session.execute(text("delete from run_chunk where run_id = :run_id and chunk = any(:chunks)"), dropped)
    session.execute(text("update run set error = coalesce(error, :error) where run_id = :run_id"), values)
    end_planning(session, run_id)


def chunks_without_work(session: Session, run_id: int, work_name: str) -> list[int]:
    """Open chunks for which no job is waiting or running."""
    query = text("""
        select chunk from run_chunk where run_id = :run_id and done_at is null and chunk not in (
            select (args ->> 'chunk')::integer from procrastinate_jobs
            where status in ('todo', 'doing') and task_name = :work_name and args @> cast(:ids as jsonb)
        ) order by chunk
    """).bindparams(bindparam("ids", type_=JSONB))
    values = {"run_id": run_id, "work_name": work_name, "ids": {"run_id": run_id}}
    return list(session.execute(query, values).scalars())


def is_chunk_open(session: Session, run_id: int, chunk: int) -> bool:
    """Whether the chunk is planned and not done."""
    query = text("select exists (select from run_chunk where run_id = :run_id and chunk = :chunk and done_at is null)")
    return bool(session.execute(query, {"run_id": run_id, "chunk": chunk}).scalar_one())


def load_chunk(session: Session, run_id: int, chunk: int) -> list[Mapping[str, Any]]:
    """The scenes of a chunk that is not done, as JSON, in the source's order."""
    query = text("select scene from planned_scene where run_id = :run_id and chunk = :chunk order by number")
    return list(session.execute(query, {"run_id": run_id, "chunk": chunk}).scalars())


def lock_chunk(session: Session, run_id: int, chunk: int) -> bool:
    """Whether the chunk is still to be done; nobody else does it until the transaction ends."""
    values = {"run_id": run_id, "chunk": chunk}
    locked = "select from run_chunk where run_id = :run_id and chunk = :chunk and done_at is null for update"
    if session.execute(text(locked), values).first() is None:
        return False
    # Asked after the lock is held: who cancels waits for those who hold one, and all later ones see it.
    found = load_import(session, run_id)
    return found is not None and found.is_open


def end_chunk(session: Session, run_id: int, chunk: int, counts: Mapping[str, int]) -> None:
    """The chunk is done, with these counts."""
    values = {"run_id": run_id, "chunk": chunk, "counts": dict(counts)}
    done = text(
        "update run_chunk set counts = :counts, done_at = clock_timestamp() where run_id = :run_id and chunk = :chunk"
    ).bindparams(bindparam("counts", type_=JSONB))
    session.execute(done, values)
    session.execute(text("delete from planned_scene where run_id = :run_id and chunk = :chunk"), values)


def is_complete(session: Session, run_id: int) -> bool:
    """Whether the whole plan is done, seen from a transaction that may have just ended its last chunk."""
    values = {"run_id": run_id, "limit": SEEN_TOGETHER}
    some = text(
        "select count(*) from (select from run_chunk where run_id = :run_id and done_at is null limit :limit) as open"
    )
    if session.execute(some, values).scalar_one() >= SEEN_TOGETHER:
        return False
    # Two that end the last two chunks at once do not see each other's: the lock lets one see the other's end.
    found = lock_import(session, run_id)
    return found is not None and found.is_planned and not session.execute(some, values).scalar_one()


def ask_to_cancel(session: Session, run_id: int) -> None:
    """From now on no chunk of the run is stored any more."""
    query = text("update run set cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()) where run_id = :run_id")
    session.execute(query, {"run_id": run_id})


def drop_open_chunks(session: Session, run_id: int) -> None:
    """Forget what was not done; waits for those who are storing a chunk at this moment."""
    locked = "select chunk from run_chunk where run_id = :run_id and done_at is null for update"
    dropped = {"run_id": run_id, "chunks": list(session.execute(text(locked), {"run_id": run_id}).scalars())}
    session.execute(text("delete from planned_scene where run_id = :run_id and chunk = any(:chunks)"), dropped)
    session.execute(text("delete from run_chunk where run_id = :run_id and chunk = any(:chunks)"), dropped)


def end_import(session: Session, run_id: int, state: str, error: str | None = None) -> None:
    """``done``, ``failed`` or ``cancelled``, with what its chunks counted."""
    query = text("""
        update run set state = :state, error = :error, finished_at = clock_timestamp(), held_up = null,
            held_up_at = null,
            done = (select coalesce(sum(scenes), 0) from run_chunk where run_id = :run_id and done_at is not null),
            counts = (
                select coalesce(jsonb_object_agg(name, total), '{}') from (
                    select name, sum(number::bigint) as total
                    from run_chunk, jsonb_each_text(counts) as counted (name, number)
                    where run_id = :run_id group by name
                ) as summed
            )
        where run_id = :run_id and finished_at is null
    """)
    session.execute(query, {"run_id": run_id, "state": state, "error": error})


def hold_up(session: Session, run_id: int, why: str) -> float:
    """The source or store cannot be reached. Gives for how many seconds that has been so."""
    values = {"run_id": run_id, "why": why}
    # Written by the first who meets it, so that the others do not queue for the row.
    session.execute(
        text(
            "update run set held_up = :why, held_up_at = coalesce(held_up_at, clock_timestamp())"
            " where run_id = :run_id and held_up is distinct from :why"
        ),
        values,
    )
    since = text("select extract(epoch from clock_timestamp() - held_up_at)::float8 from run where run_id = :run_id")
    return float(session.execute(since, values).scalar_one() or 0.0)


def go_on(session: Session, run_id: int) -> None:
    """The source and the store answer."""
    query = text("update run set held_up = null, held_up_at = null where run_id = :run_id and held_up is not null")
    session.execute(query, {"run_id": run_id})


@dataclass(frozen=True, slots=True)
class KnownScene:
    """What the dataset has of a scene of the source: the scene itself, or the chips that it was cut into."""

    source_sha256: str
    assets: frozenset[str]


_KNOWN: Final = text("""
select coalesce(parent, name) as name, source_sha256,
    array_remove(array[sar_sha256, processed_sha256, optical_sha256], null)
        || array(select p.sar_sha256 from polarisation p where p.scene_id = scene.scene_id) as assets
from scene where dataset_id = :dataset_id and parent is null and name = any(:names)
union all
select parent, source_sha256, array_remove(array[sar_sha256, processed_sha256, optical_sha256], null)
        || array(select p.sar_sha256 from polarisation p where p.scene_id = scene.scene_id)
from scene where dataset_id = :dataset_id and parent = any(:names)
""")


def known_scenes(session: Session, dataset_id: int, names: Iterable[str]) -> dict[str, KnownScene]:
    """Those of the source's scenes that the dataset has, by name."""
    found: dict[str, KnownScene] = {}
    for row in session.execute(_KNOWN, {"dataset_id": dataset_id, "names": list(names)}):
        before = found.get(row.name)
        assets = frozenset(row.assets) | (before.assets if before else frozenset())
        found[row.name] = KnownScene(row.source_sha256, assets)
    return found
