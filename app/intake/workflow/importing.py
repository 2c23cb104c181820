"""Importing a dataset: scenes one after another, each chunk committed, resumable at any point."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.orm import Session

from app import work
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.intake.queries import datasets, runs, scenes
from app.intake.queries.copying import add_counts
from app.intake.queries.datasets import DatasetFacts
from app.intake.workflow.describing import scene_row
from app.intake.workflow.options import ImportOptions, OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.preparing import Outcome, Preparation, PreparedAssets, Unchanged, in_order
from app.intake.workflow.running import run_row
from app.intake.workflow.sources import open_source, read_splits
from app.intake.workflow.storable import unstorable
from pipeline.records import Refusal, Scene
from pipeline.sources.reading import SourceReading

CHUNK_SCENES: Final = 16
CHUNK_S: Final = 2.0
LOOKED_UP: Final = 64
SHOWN_REFUSALS: Final = 1_000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class DatasetNameError(DomainError):
    """A name that no dataset can have."""

    code = "dataset_name"


class DatasetDiffersError(DomainError):
    """The dataset exists and was made another way."""

    meaning = "conflict"
    code = "dataset_differs"


class ImportStoppedError(DomainError):
    """With ``on_error="stop"``: something was refused. What came before it is imported."""

    code = "import_stopped"


def import_dataset(
    sessions: SessionMaker,
    store: AssetStore,
    options: ImportOptions,
    *,
    on_progress: OnProgress = ignore_progress,
    processes: int | None = None,
    run_id: int | None = None,
) -> RunReport:
    """Read a source and store its scenes, boxes and images; again: store what is new.

    Parameters
    ----------
    on_progress
        Called after each committed chunk, from this thread; what it raises ends the import, which a later call with
        the same options goes on with.
    processes : int, optional
        Decoders at once; as many as there are processors if not given.
    run_id : int, optional
        A run that waits, made by :func:`start_import`; without it one is made, or one that broke off goes on.

    Returns
    -------
    RunReport
        ``counts``: ``new``, ``unchanged``, ``refused``, ``notes`` (boxes that were cut to their image), ``boxes``, and
        ``restored`` images. The report of every refused file is with the run.

    Raises
    ------
    SourceError
        If there is nothing to read, or a file breaks off in the middle; what came before it is imported.
    DomainError
        If the name cannot be one, the dataset was made another way, the split file cannot be used, or something was
        refused with ``on_error="stop"``.
    AssetStoreError
        If the store cannot be written.
    """
    check_name(options.name)
    splits, reading = read_splits(options.split_file), open_source(options)
    wanted = processes or os.cpu_count() or 1
    if options.dry_run:
        return _rehearsed(sessions, options, splits, reading, on_progress, wanted)
    with transaction(sessions) as session:
        dataset = _dataset_for(session, options)
        if run_id is None:
            run_id = runs.begin_run(session, dataset.dataset_id, "import", options.as_json())
        else:
            runs.start_run(session, run_id)
    with run_row(sessions, run_id), Preparation.of(store, options, wanted) as preparation:
        importing = _Importing(sessions, options, dataset, run_id, splits, reading, on_progress)
        importing.work(preparation, wanted)
    return RunReport(run_id, options.name, dict(importing.counts), tuple(importing.shown))


def start_import(session: Session, options: ImportOptions) -> int:
    """Defer an import to the background, in the session's transaction; returns the id of its run.

    Raises
    ------
    DomainError
        If the dataset's name cannot be one, or it was made another way.
    """
    check_name(options.name)
    dataset = _dataset_for(session, options)
    run_id = runs.add_run(session, dataset.dataset_id, "import", options.as_json())
    # One import of a dataset after another: two would decode the same images.
    work.defer(session, "intake.carry_out_run", lock=f"import {dataset.dataset_id}", run_id=run_id)
    return run_id


def check_name(name: str) -> None:
    """Raise :class:`DatasetNameError` unless a dataset may be called so."""
    if _NAME.fullmatch(name) is None:
        raise DatasetNameError(
            f"A dataset cannot be called {name!a}: use up to 63 letters, digits, dots, hyphens and underscores,"
            " beginning with a letter or digit."
        )


def _dataset_for(session: Session, options: ImportOptions) -> DatasetFacts:
    found = datasets.find_dataset(session, options.name)
    if found is None:
        return datasets.add_dataset(session, options.name, options.source, options.split_seed, options.reviews or 1)
    _refuse_other(found, "reader", found.source, options.source)
    _refuse_other(found, "seed of splits", found.split_seed, options.split_seed)
    if options.reviews is not None:
        _refuse_other(found, "number of reviews a packet", found.reviews_wanted, options.reviews)
    return found


def _refuse_other(found: DatasetFacts, what: str, fixed: object, asked: object) -> None:
    if fixed != asked:
        raise DatasetDiffersError(
            f"The dataset {found.name} was imported with the {what} {fixed}, not {asked}. Leave it as it is, or import"
            " under another name."
        )


@dataclass
class _Importing:
    """One pass over a source."""

    sessions: SessionMaker
    options: ImportOptions
    dataset: DatasetFacts | None
    """None in the dry run of a dataset that does not exist."""
    run_id: int | None
    splits: Mapping[str, str]
    reading: SourceReading
    on_progress: OnProgress
    counts: Counter[str] = field(default_factory=Counter)
    shown: list[Refusal] = field(default_factory=list)
    done: int = 0
    reported: int = 0
    """Of the reading's refusals."""
    noted: int = 0

    def work(self, preparation: Preparation, threads: int) -> None:
        outcomes = in_order(
            lambda pair: preparation.outcome(*pair), self._with_known(), threads=threads, ahead=2 * threads
        )
        for chunk in in_chunks(outcomes):
            self._take(chunk)
        self._take([])

    def _with_known(self) -> Iterator[tuple[Scene, scenes.KnownScene | None]]:
        """The source's scenes, with what the database has of each; looked up many at a time."""
        for batch in batched(self.reading, LOOKED_UP):
            known: dict[str, scenes.KnownScene] = {}
            if self.dataset is not None:
                names = [scene.name for scene in batch if unstorable(scene.name) is None]
                with transaction(self.sessions) as session:
                    known = scenes.known_scenes(session, self.dataset.dataset_id, names)
            yield from ((scene, known.get(scene.name)) for scene in batch)

    def _take(self, chunk: list[Outcome]) -> None:
        """Store a chunk and what was refused meanwhile, in one transaction; then stop if that was asked."""
        rows, refusals = self._rows_of(chunk)
        refusals += self.reading.refusals[self.reported :]
        notes = self.reading.notes[self.noted :]
        self.reported += len(self.reading.refusals) - self.reported
        self.noted += len(notes)
        self.done += len(chunk)
        self.counts["refused"] += len(refusals)
        self.counts["notes"] += len(notes)
        self.shown += refusals[: SHOWN_REFUSALS - len(self.shown)]
        if self.run_id is not None and self.dataset is not None:
            self._store(self.run_id, self.dataset, rows, refusals, notes)
        else:
            self.counts["new"] += len(rows)
        self.on_progress(Progress(self.run_id, self.done, self.reading.expected, dict(self.counts)))
        if refusals and self.options.on_error == "stop":
            first = refusals[0]
            where = first.file if first.annotation_id is None else f"{first.file}, {first.annotation_id}"
            raise ImportStoppedError(
                f"Stopped as asked, since something was refused: {where}: {first.reason}. Mend it and import again, or"
                " use --on-error skip.",
                file=first.file,
            )

    def _rows_of(self, chunk: list[Outcome]) -> tuple[list[tuple[PreparedAssets, dict[str, Any]]], list[Refusal]]:
        rows: list[tuple[PreparedAssets, dict[str, Any]]] = []
        refusals: list[Refusal] = []
        for outcome in chunk:
            if isinstance(outcome, Refusal):
                refusals.append(outcome)
            elif isinstance(outcome, Unchanged):
                self.counts["unchanged"] += 1
                self.counts["restored"] += outcome.is_restored
            else:
                try:
                    rows.append((outcome, self._row(outcome)))
                except ValueError as error:
                    refusals.append(Refusal(outcome.scene.name, str(error)))
                refusals += outcome.refusals
        return rows, refusals

    def _row(self, found: PreparedAssets) -> dict[str, Any]:
        published = self.splits.get(found.scene.name, found.scene.published_split)
        dataset_id = 0 if self.dataset is None else self.dataset.dataset_id
        return scene_row(found, dataset_id, self.options.split_seed, published)

    def _store(
        self,
        run_id: int,
        dataset: DatasetFacts,
        rows: list[tuple[PreparedAssets, dict[str, Any]]],
        refusals: list[Refusal],
        notes: list[Refusal],
    ) -> None:
        with transaction(self.sessions) as session:
            assets = (asset for found, _ in rows for asset in (found.sar, found.processed, found.optical) if asset)
            scenes.add_assets(session, assets)
            ids = scenes.add_scenes(session, [row for _, row in rows])
            boxes = {ids[found.scene.name]: found.scene.boxes for found, _ in rows if found.scene.name in ids}
            self.counts["boxes"] += scenes.add_boxes(session, boxes)
            self.counts["new"] += len(ids)
            # What another import of the same files wrote since it was looked up.
            self.counts["unchanged"] += len(rows) - len(ids)
            add_counts(session, dataset.dataset_id, {datasets.SCENES: len(ids)})
            runs.add_refusals(session, run_id, refusals)
            runs.add_refusals(session, run_id, notes, detail=runs.NOTE)
            runs.advance_run(session, run_id, self.done, self.reading.expected, self.counts)


def _rehearsed(
    sessions: SessionMaker,
    options: ImportOptions,
    splits: Mapping[str, str],
    reading: SourceReading,
    on_progress: OnProgress,
    processes: int,
) -> RunReport:
    """Everything but storing: what the report would say, with nothing left behind."""
    with transaction(sessions) as session:
        dataset = datasets.find_dataset(session, options.name)
    importing = _Importing(sessions, options, dataset, None, splits, reading, on_progress)
    with Preparation.of(None, options, processes) as preparation:
        importing.work(preparation, processes)
    return RunReport(None, options.name, dict(importing.counts), tuple(importing.shown))


def in_chunks(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Of at most :data:`CHUNK_SCENES`, and of what came within :data:`CHUNK_S`: a crash loses no more than that."""
    chunk: list[Outcome] = []
    began = time.monotonic()
    for outcome in outcomes:
        chunk.append(outcome)
        if len(chunk) >= CHUNK_SCENES or time.monotonic() - began >= CHUNK_S:
            yield chunk
            chunk, began = [], time.monotonic()
    if chunk:
        yield chunk


def batched(source: Iterable[Scene], size: int) -> Iterator[list[Scene]]:
    """Lists of at most ``size``."""
    remaining = iter(source)
    while batch := list(itertools.islice(remaining, size)):
        yield batch
