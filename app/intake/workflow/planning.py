"""Planning an import: its source is read once, and becomes chunks of scenes, each the work of one background job.

Nothing is held but the chunk that is being read, so that a source may be of any size. Planning that breaks off is
begun anew and passes over what was planned: the same source is cut into the same chunks.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from app import work
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import planning, runs
from app.intake.queries.planning import ImportRun
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.outages import require_source
from app.intake.workflow.planned import PlannedScene, encoded, in_chunks
from app.intake.workflow.sources import open_source, read_splits
from app.intake.workflow.storable import as_jsonb
from pipeline.imaging.storage import is_storage_failure, storage_error
from pipeline.records import Refusal, Scene
from pipeline.sources.reading import SourceError, SourceReading

log = logging.getLogger(__name__)

QUEUE: Final = "imports"
PLAN: Final = "intake.plan_import"
CHUNK: Final = "intake.import_chunk"
FINISH: Final = "intake.finish_import"
WORK: Final = (PLAN, CHUNK, FINISH)
BEHIND: Final = -10
"""The priority of chunks: thousands of them must not keep an export waiting."""

Check = Callable[[], None]
"""Raises where the worker is to leave."""


def plan_import(sessions: SessionMaker, store: AssetStore, run_id: int, check: Check) -> None:
    """Read the run's source and write down its chunks; each can be worked on as soon as it is written.

    Raises
    ------
    OutageError, StorageError, AssetStoreError
        If the source or the store cannot be reached: to be tried again later.
    DomainError
        If the file of splits cannot be used.
    SourceError
        If there is nothing to read.
    """
    with transaction(sessions) as session:
        run = planning.load_import(session, run_id)
        if run is None or not run.is_open or run.is_planned:
            return
        planning.begin_planning(session, run_id)
        digests = planning.planned_digests(session, run_id)
        has_assets = planning.has_assets(session)
    store.require(has_assets=has_assets)
    options = ImportOptions.from_json(run.parameters)
    try:
        splits, reading = read_splits(options.split_file), open_source(options)
    except SourceError:
        if digests:
            require_source(options.folders())
        raise
    _Planning(sessions, run, options, splits, reading, digests, len(digests)).plan(check)


class _OverError(Exception):
    """The run was cancelled, or is being planned by another worker."""


@dataclass
class _Planning:
    sessions: SessionMaker
    run: ImportRun
    options: ImportOptions
    splits: Mapping[str, str]
    reading: SourceReading
    before: list[str]
    """Digests of the chunks that were planned when this began."""
    next_chunk: int
    read: int = 0
    """Chunks that were read from the source."""
    planned: int = 0
    """Scenes in them."""
    refused: list[Refusal] = field(default_factory=list)

    def plan(self, check: Check) -> None:
        try:
            self._plan(check)
        except _OverError:
            log.info("run %s is no longer planned by this worker", self.run.run_id)

    def _plan(self, check: Check) -> None:
        error = None
        try:
            for scenes in in_chunks(self.reading):
                check()
                self._take(scenes)
                if self.refused and self.options.on_error == "stop":
                    error = stopped_by(self.refused[0])
                    break
        except SourceError as broken_off:
            # What came before it is imported; but a source that has gone is waited for.
            require_source(self.options.folders())
            error = str(broken_off)
        except OSError as failure:
            if is_storage_failure(failure):
                raise storage_error(self.options.path, failure) from failure
            raise
        self._end(error)

    def _take(self, scenes: list[Scene]) -> None:
        """Write down one chunk, with what was refused while it was read, and defer its job."""
        # A reader cannot tell files that are missing from a disk that was pulled.
        require_source(self.options.folders())
        rows, refusals, notes = self._rows_of(scenes)
        self.refused = refusals
        planned_sha256 = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        place, self.read = self.read, self.read + 1
        first_number, self.planned = self.planned, self.planned + len(rows)
        if place < len(self.before) and self.before[place] == planned_sha256:
            return
        # From where the source differs on, all is planned anew behind what was planned before.
        self.before = self.before[:place]
        run_id, chunk = self.run.run_id, self.next_chunk
        with transaction(self.sessions) as session:
            self._require_turn(session)
            number = max(first_number, planning.next_number(session, run_id))
            planning.add_chunk(session, run_id, chunk, number, rows, planned_sha256)
            work.defer(session, CHUNK, queue=QUEUE, priority=BEHIND, once=True, run_id=run_id, chunk=chunk)
            self._report(session, refusals, notes)
            planning.expect(session, run_id, self.reading.expected)
            planning.go_on(session, run_id)
        self.next_chunk += 1

    def _rows_of(self, scenes: list[Scene]) -> tuple[list[str], list[Refusal], list[Refusal]]:
        refusals, notes = self.reading.drain()
        found = [encoded(PlannedScene(scene, self.splits.get(scene.name))) for scene in scenes]
        refusals += [one for one in found if isinstance(one, Refusal)]
        return [one for one in found if isinstance(one, str)], refusals, notes

    def _require_turn(self, session: Session) -> None:
        found = planning.lock_import(session, self.run.run_id)
        is_mine = found is not None and found.is_open and not found.is_planned
        if not is_mine or planning.count_planned(session, self.run.run_id) != self.next_chunk:
            raise _OverError

    def _report(self, session: Session, refusals: list[Refusal], notes: list[Refusal]) -> None:
        runs.add_refusals(session, self.run.run_id, refusals)
        runs.add_refusals(session, self.run.run_id, notes, detail=runs.NOTE)

    def _end(self, error: str | None) -> None:
        if error is None:
            require_source(self.options.folders())
        run_id = self.run.run_id
        refusals, notes = self.reading.drain()
        if error is None and refusals and self.options.on_error == "stop":
            error = stopped_by(refusals[0])
        with transaction(self.sessions) as session:
            self._require_turn(session)
            self._report(session, refusals, notes)
            if self.reading.about is not None:
                about = self.reading.about
                planning.describe_dataset(session, self.run.dataset_id, about.title, about.licence, about.citation)
            if error is None:
                planning.end_planning(session, run_id)
            else:
                planning.cut_plan(session, run_id, self.next_chunk, as_jsonb(error)[:2000])
            planning.go_on(session, run_id)
            finish_if_complete(session, run_id)


def finish_if_complete(session: Session, run_id: int) -> None:
    """Defer the end of the run if all of its plan is done."""
    if planning.is_complete(session, run_id):
        work.defer(session, FINISH, queue=QUEUE, once=True, run_id=run_id)


def stopped_by(refusal: Refusal) -> str:
    """The sentence of an import that was to stop at its first refusal."""
    where = refusal.file if refusal.annotation_id is None else f"{refusal.file}, {refusal.annotation_id}"
    return (
        f"Stopped as asked, since something was refused: {where}: {refusal.reason}. Mend it and import again, or use"
        " --on-error skip."
    )
