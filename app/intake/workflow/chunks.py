"""One chunk of an import: its scenes are prepared, and stored with all that is counted of them in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from psycopg import errors as copying
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets, planning, runs, scenes
from app.intake.queries.copying import add_counts
from app.intake.queries.planning import ImportRun, KnownScene
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.describing import polarisation_rows, scene_row
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.outages import require_source
from app.intake.workflow.planned import PlannedScene
from app.intake.workflow.planning import Check, finish_if_complete, stopped_by
from app.intake.workflow.preparing import Outcome, Preparation, Prepared, PreparedAssets, Unchanged, in_order
from app.intake.workflow.storable import as_jsonb
from pipeline.records import Refusal

UNSTORABLE: Final = (ValueError, DataError, IntegrityError, ProgrammingError, copying.DataError, copying.IntegrityError)
"""What one scene's values may be at fault for."""


def import_chunk(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, run_id: int, chunk: int, check: Check
) -> None:
    """Do one chunk of an import, unless it is done or the run is over. Twice, also at once, is as once.

    Raises
    ------
    OutageError, StorageError, AssetStoreError
        If the source or the store cannot be reached: to be tried again later, nothing was refused.
    """
    with transaction(sessions) as session:
        run = planning.load_import(session, run_id)
        planned = [PlannedScene.from_json(stored) for stored in planning.load_chunk(session, run_id, chunk)]
        if run is None or not run.is_open or not planning.is_chunk_open(session, run_id, chunk):
            return
        known = planning.known_scenes(session, run.dataset_id, [one.scene.name for one in planned])
        has_assets = planning.has_assets(session)
    options = ImportOptions.from_json(run.parameters)
    require_source(options.folders())
    store.require(has_assets=has_assets)
    doing = _Doing(sessions, run, options, chunk, planned, known)
    outcomes = doing.prepare(Preparation(store, decoders, options, has_assets), check)
    if outcomes is not None:
        doing.store(outcomes)


@dataclass
class _Doing:
    sessions: SessionMaker
    run: ImportRun
    options: ImportOptions
    chunk: int
    planned: list[PlannedScene]
    known: dict[str, KnownScene]
    is_over: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def prepare(self, preparation: Preparation, check: Check) -> list[Outcome] | None:
        """What becomes of each scene, up to the first refusal if that is to stop the import; None if it is over."""
        threads = preparation.decoders.size
        outcomes: list[Outcome] = []
        for outcome in in_order(
            lambda one: preparation.outcome(one.scene, self.known.get(one.scene.name)),
            self._in_turn(check),
            threads=threads,
            ahead=threads,
        ):
            outcomes.append(outcome)
            if self.options.on_error == "stop" and _refusals_of(outcome):
                break
        return None if self.is_over else outcomes

    def _in_turn(self, check: Check) -> Iterator[PlannedScene]:
        """The scenes, as long as nobody wants this to end."""
        for one in self.planned:
            check()
            with transaction(self.sessions) as session:
                run = planning.load_import(session, self.run.run_id)
            if run is None or not run.is_open:
                self.is_over = True
                return
            yield one

    def store(self, outcomes: list[Outcome]) -> None:
        run_id = self.run.run_id
        with transaction(self.sessions) as session:
            if not planning.lock_chunk(session, run_id, self.chunk):
                return
            self._add_scenes(session, outcomes)
            runs.add_refusals(session, run_id, self.refusals, chunk=self.chunk)
            planning.end_chunk(session, run_id, self.chunk, self.counts)
            planning.go_on(session, run_id)
            if self.refusals and self.options.on_error == "stop":
                planning.lock_import(session, run_id)
                planning.cut_plan(session, run_id, self.chunk, as_jsonb(stopped_by(self.refusals[0]))[:2000])
            finish_if_complete(session, run_id)

    def _add_scenes(self, session: Session, outcomes: list[Outcome]) -> None:
        prepared = [outcome for outcome in outcomes if isinstance(outcome, Prepared)]
        scenes.add_assets(session, (asset for one in prepared for part in one.parts for asset in part.assets))
        for outcome, one in zip(outcomes, self.planned, strict=False):
            self.refusals += _refusals_of(outcome)
            if isinstance(outcome, Unchanged):
                self.counts["unchanged"] += 1
                self.counts["restored"] += outcome.is_restored
            elif isinstance(outcome, Prepared):
                self._add_scene(session, outcome, one.split)
        add_counts(session, self.run.dataset_id, {datasets.SCENES: self.counts["new"]})

    def _add_scene(self, session: Session, outcome: Prepared, split: str | None) -> None:
        """The scene or all its chips, in a savepoint: what the database takes of none must not cost the others."""
        try:
            with session.begin_nested():
                ids = self._add_parts(session, outcome.parts, split)
                boxes = {ids[part.scene.name]: part.scene.boxes for part in outcome.parts if part.scene.name in ids}
                count = scenes.add_boxes(session, boxes)
        except UNSTORABLE as error:
            name = outcome.parts[0].scene.name
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            self.refusals.append(Refusal(name, reason if isinstance(error, ValueError) else f"not stored: {reason}"))
            return
        self.counts.update(new=len(ids), boxes=count)
        # What another import of the same files wrote since it was looked up.
        self.counts["unchanged"] += not ids

    def _add_parts(self, session: Session, parts: tuple[PreparedAssets, ...], split: str | None) -> dict[str, int]:
        run = self.run
        rows = [scene_row(part, run.dataset_id, run.split_seed, split) for part in parts]
        ids = scenes.add_scenes(session, rows)
        new = [(part, ids[part.scene.name]) for part in parts if part.scene.name in ids]
        scenes.add_polarisations(session, [row for part, id_ in new for row in polarisation_rows(part, id_)])
        return ids


def _refusals_of(outcome: Outcome) -> tuple[Refusal, ...]:
    if isinstance(outcome, Refusal):
        return (outcome,)
    return outcome.refusals if isinstance(outcome, Prepared) else ()
