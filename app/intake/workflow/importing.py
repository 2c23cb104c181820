"""Importing a dataset: an import is begun or joined, carried out by background jobs, cancelled, and ended.

begin_import -> plan_import (`planning`) -> import_chunk (`chunks`) for each chunk, anywhere -> finish_import
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app import work
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.intake.queries import datasets, planning, runs
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.planning import ImportRun
from app.intake.workflow.grouping import settle_ground
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.outages import OUTAGES
from app.intake.workflow.pairs import set_held_pairs
from app.intake.workflow.planning import BEHIND, CHUNK, FINISH, PLAN, QUEUE, Check, finish_if_complete
from app.intake.workflow.storable import as_jsonb, texts_in, unstorable
from app.work import MAY_PASS, StopAskedError
from pipeline.imaging.errors import ImageError

LONGEST_PAUSE_S: Final = 30.0
"""Between two looks whether a source or store that had gone is back."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class DatasetNameError(DomainError):
    """A name that no dataset can have."""

    code = "dataset_name"


class PathNameError(DomainError):
    """A path that the database cannot keep."""

    code = "path_name"


class DatasetDiffersError(DomainError):
    """The dataset exists and was made another way."""

    meaning = "conflict"
    code = "dataset_differs"


class ImportUnderwayError(DomainError):
    """Another import of the dataset is not over."""

    meaning = "conflict"
    code = "import_underway"


class RunMissingError(DomainError):
    """There is no run of this number."""

    meaning = "not_found"
    code = "run_missing"


class RunOverError(DomainError):
    """The run cannot be cancelled."""

    meaning = "conflict"
    code = "run_over"


@dataclass(frozen=True, slots=True)
class Begun:
    """The run that does what was asked."""

    run_id: int
    is_joined: bool
    """Whether it was under way already."""


def begin_import(session: Session, options: ImportOptions, *, may_wait: bool = False) -> Begun:
    """Begin an import, in the session's transaction; or join the one that does the same and is not over.

    Parameters
    ----------
    may_wait : bool
        Whether it may wait for another import of the dataset, and begin when that is over.

    Raises
    ------
    ImportUnderwayError
        If it may not, and there is one.
    DomainError
        If the dataset's name cannot be one, it was made another way, or pairs have no such state to be held back in.
    """
    check_name(options.name)
    parameters = options.as_json()
    if any(unstorable(part) for part in texts_in(parameters)):
        raise PathNameError(
            "A path or option has a NUL or a broken character, which cannot be kept: rename the folder."
        )
    dataset = _dataset_for(session, options)
    if options.held_pairs is not None:
        set_held_pairs(session, options.name, options.held_pairs)
    found = planning.lock_open_imports(session, dataset.dataset_id)
    for run in found:
        if run.parameters == parameters and not run.is_cancelled:
            if run is found[0]:
                give_work(session, run)
            return Begun(run.run_id, is_joined=True)
    if found and not may_wait:
        raise ImportUnderwayError(
            f"Run {found[0].run_id} still imports {options.name}, with other options: wait until it is done (`trihedral"
            f" run show {found[0].run_id}`), or end it with `trihedral run cancel {found[0].run_id}`.",
            run_id=found[0].run_id,
        )
    run_id = runs.add_run(session, dataset.dataset_id, "import", parameters)
    if not found:
        _defer_plan(session, run_id)
    return Begun(run_id, is_joined=False)


def start_import(session: Session, options: ImportOptions) -> int:
    """Begin an import that workers carry out, after others of its dataset; the id of its run."""
    return begin_import(session, options, may_wait=True).run_id


def give_work(session: Session, run: ImportRun) -> None:
    """See that there is a job for all that is open of the run: jobs that failed for good are not tried again."""
    if run.is_planned:
        for chunk in planning.chunks_without_work(session, run.run_id, CHUNK):
            work.defer(session, CHUNK, queue=QUEUE, priority=BEHIND, once=True, run_id=run.run_id, chunk=chunk)
        finish_if_complete(session, run.run_id)
        return
    planned = work.queued(session, [PLAN], run_id=run.run_id)
    if not planned.waiting + planned.running:
        _defer_plan(session, run.run_id)


def _defer_plan(session: Session, run_id: int) -> None:
    work.defer(session, PLAN, queue=QUEUE, once=True, run_id=run_id)


def cancel_run(session: Session, run_id: int) -> None:
    """Ask an import to end: what is being decoded is dropped, what was imported stays.

    Raises
    ------
    RunMissingError
        If there is no such run.
    RunOverError
        If it is over, or is no import.
    """
    found = runs.find_run(session, run_id)
    if found is None:
        raise RunMissingError(f"There is no run {run_id}.", run_id=run_id)
    if found.kind != "import":
        raise RunOverError(f"Run {run_id} is a {found.kind}: only imports can be cancelled.", run_id=run_id)
    run = planning.lock_import(session, run_id)
    if run is None or run.state not in ("waiting", "running"):
        raise RunOverError(f"Run {run_id} is over already ({found.state}).", run_id=run_id)
    planning.ask_to_cancel(session, run_id)
    if run.state == "waiting":
        # Nothing was begun, so there is nothing to tidy up; and perhaps no worker who would.
        planning.end_import(session, run_id, "cancelled")
        _start_next(session, run.dataset_id)
    else:
        work.defer(session, FINISH, queue=QUEUE, once=True, run_id=run_id)


def finish_import(sessions: SessionMaker, run_id: int, check: Check) -> None:
    """End an import whose plan is done, or that is to be cancelled: settle the ground of its scenes, then say so."""
    with transaction(sessions) as session:
        run = planning.load_import(session, run_id)
        if run is None or run.state not in ("waiting", "running"):
            return
        if run.is_cancelled:
            planning.drop_open_chunks(session, run_id)
        elif not planning.is_complete(session, run_id):
            return
    settle_ground(sessions, run_id, check)
    with transaction(sessions) as session:
        run = planning.lock_import(session, run_id)
        if run is not None:
            state = "cancelled" if run.is_cancelled else "failed" if run.error else "done"
            planning.end_import(session, run_id, state, run.error)
            _start_next(session, run.dataset_id)


def _start_next(session: Session, dataset_id: int) -> None:
    """The oldest import of the dataset that waited for others."""
    waiting = planning.lock_open_imports(session, dataset_id)
    if waiting:
        give_work(session, waiting[0])


def fail_import(sessions: SessionMaker, run_id: int, error: Exception) -> None:
    """End an import that cannot go on. What was imported stays; the next import passes over it."""
    with transaction(sessions) as session:
        run = planning.lock_import(session, run_id)
        if run is None or run.state not in ("waiting", "running"):
            return
        planning.end_import(session, run_id, "failed", as_jsonb(str(error))[:2000] or type(error).__name__)
        _start_next(session, run.dataset_id)


def carried_out(
    sessions: SessionMaker, name: str, run_id: int, do: Callable[[], None], chunk: int | None = None
) -> None:
    """Carry out one job of an import.

    Where the source or the store cannot be reached, the run says so and the same work is deferred again, for as long
    as that lasts: not as another attempt of the job, of which there are only so many. What cannot be mended by
    waiting ends the run.
    """
    try:
        do()
    except OUTAGES as outage:
        with transaction(sessions) as session:
            away_s = planning.hold_up(session, run_id, as_jsonb(_sentence(outage))[:2000])
            pause_s = min(1 + away_s / 4, LONGEST_PAUSE_S)
            ids: dict[str, Any] = {"run_id": run_id} if chunk is None else {"run_id": run_id, "chunk": chunk}
            work.defer(session, name, queue=QUEUE, priority=BEHIND, once=True, in_s=pause_s, **ids)
    except (StopAskedError, *MAY_PASS):
        raise
    except Exception as error:
        fail_import(sessions, run_id, error)
        raise


def _sentence(outage: Exception) -> str:
    """About a file of the source, the words of an image's fault lack their full stop."""
    text = str(outage)
    text = text[:1].upper() + text[1:] if not isinstance(outage, ImageError) else text
    return text if text.endswith(".") else f"{text}."


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
    check_same(found, options)
    return found


def check_same(found: DatasetFacts, options: ImportOptions) -> None:
    """Raise :class:`DatasetDiffersError` if the dataset was made with other options than may be added to it."""
    _refuse_other(found, "reader", found.source, options.source)
    _refuse_other(found, "seed of splits", found.split_seed, options.split_seed)
    if options.reviews is not None:
        _refuse_other(found, "number of reviews a packet", found.reviews_wanted, options.reviews)


def _refuse_other(found: DatasetFacts, what: str, fixed: object, asked: object) -> None:
    if fixed != asked:
        raise DatasetDiffersError(
            f"The dataset {found.name} was imported with the {what} {fixed}, not {asked}. Leave it as it is, or import"
            " under another name."
        )
