"""`trihedral dataset import`: plans and works here, beside whatever other workers there are."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from app.cli import import_options as given

if TYPE_CHECKING:
    from app.assets import AssetStore
    from app.cli.opening import Opened
    from app.db import SessionMaker
    from app.intake.queries.datasets import DatasetBreakdown
    from app.intake.workflow.importing import Begun
    from app.intake.workflow.options import ImportOptions, OnProgress, Progress
    from app.intake.workflow.rehearsing import Rehearsal
    from app.settings import Settings

PATIENCE_S: Final = 600.0
"""How long the command waits for a source or store that cannot be reached; the run itself waits on."""
LEFT: Final = 130
"""The exit code of a command that Ctrl-C ended."""


def import_(
    source: given.SourceName,
    path: given.Place,
    name: given.Name,
    optical: given.Optical = None,
    boxes: given.Boxes = None,
    images: given.Images = None,
    labelled: given.Labelled = "",
    pair: given.Pair = None,
    band: given.Band = None,
    only_band: given.OnlyBand = False,
    quantity: given.QuantityIs = None,
    unit: given.UnitIs = given.Unit.RELATIVE,
    looks: given.Looks = None,
    chip_px: given.ChipSide = 2048,
    chip_overlap_px: given.ChipOverlap = 256,
    originals: given.OriginalsAre = given.Originals.REFERENCE,
    split: given.SplitFile = None,
    split_seed: given.SplitSeed = 0,
    reviews: given.Reviews = None,
    hold_pairs: given.HoldPairs = None,
    on_error: given.AtError = given.OnError.SKIP,
    dry_run: given.DryRun = False,
    no_wait: given.NoWait = False,
    as_json: given.Json = False,
) -> None:
    """Import scenes, boxes and images. Again: only what is new; broken off, or begun elsewhere: it goes on."""
    from app.intake.workflow.options import ImportOptions
    from app.settings import Settings

    if chip_overlap_px >= chip_px:
        raise typer.BadParameter("chips cannot overlap by their whole side", param_hint="--chip-overlap-px")
    settings = Settings.from_environment()
    options = ImportOptions(
        name=name,
        source=source.value,
        path=_here(path, settings),
        optical=_here(optical, settings) if optical else None,
        boxes=_here(boxes, settings) if boxes else None,
        images=_here(images, settings) if images else None,
        labelled=tuple(_listed(labelled)),
        pair=pair,
        band=int(band) if band and band.isdigit() else band,
        only_band=only_band,
        quantity=quantity.value if quantity else None,
        unit=unit.value,
        looks=looks,
        chip_px=chip_px,
        chip_overlap_px=chip_overlap_px,
        originals=originals.value,
        split_file=split,
        split_seed=split_seed,
        reviews=reviews,
        held_pairs=None if hold_pairs is None else tuple(_listed(hold_pairs.replace("none", ""))),
        on_error=on_error.value,
    )
    if dry_run:
        _rehearse(options, settings, as_json)
    else:
        _import(options, settings, is_awaited=not no_wait, as_json=as_json)


def _listed(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


def _here(place: str, settings: Settings) -> Path:
    """The path itself, or where the bucket was fetched to."""
    if "://" not in place:
        return Path(place)
    from app.assets.fetching import fetch
    from app.cli.opening import say

    return fetch(place, settings.data_folder / "sources", say)


def _rehearse(options: ImportOptions, settings: Settings, as_json: bool) -> None:
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.intake.workflow.rehearsing import rehearse_import

    with opened(settings) as sessions, shown(f"Reading {options.name}") as on_progress:
        _print_rehearsal(rehearse_import(sessions, options, on_progress=on_progress), as_json)


def _print_rehearsal(found: Rehearsal, as_json: bool) -> None:
    from app.cli.progress import in_words

    told = [Told(each.file, each.reason, False, each.annotation_id) for each in found.refusals]
    told += [Told(each.file, each.reason, True, each.annotation_id) for each in found.notes]
    if as_json:
        report = {"dataset": found.dataset, "run_id": None, "counts": dict(found.counts)}
        parts = {"boxes": dict(found.boxes), "splits": dict(found.splits)}
        typer.echo(json.dumps(report | parts | _told_as_json(told), indent=1))
        return
    for each in told:
        typer.echo(each.line())
    typer.echo(f"{found.dataset} (nothing was kept): {in_words(found.counts) or 'nothing to do'}")
    for title, shares in (("boxes", found.boxes), ("splits", found.splits)):
        if shares:
            typer.echo(f"{title}: {', '.join(f'{share} {number}' for share, number in shares.items())}")


def _import(options: ImportOptions, settings: Settings, *, is_awaited: bool, as_json: bool) -> None:
    from app.assets import AssetStore
    from app.cli.opening import kept_open, say
    from app.intake import imports
    from app.operations.stopping import StopAskedError, signals_stop

    os.environ.setdefault("NUMBA_CACHE_DIR", settings.environment()["NUMBA_CACHE_DIR"])
    for name in ("procrastinate", "psycopg.pool"):
        # Where Postgres goes away they show every attempt with its traceback; what matters is said by ours.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    store = AssetStore(settings.assets_url)
    with kept_open(settings) as database:
        begun = imports.take_up(database.sessions, options, may_wait=not is_awaited)
        if not is_awaited:
            _say_begun(database.sessions, begun, as_json)
            return
        if begun.is_joined:
            say(f"Run {begun.run_id} does this already: working along")
        try:
            with signals_stop():
                _work_along(database, store, options.name, begun.run_id)
        except StopAskedError:
            _say_left(database, begun.run_id)
            raise typer.Exit(LEFT) from None
        _report(database.sessions, begun.run_id, as_json)


def _work_along(database: Opened, store: AssetStore, name: str, run_id: int) -> None:
    from app.cli.progress import shown
    from app.intake import imports

    with shown(f"Importing {name}") as on_progress:
        imports.work_along(database.sessions, store, run_id, on_progress=patient(on_progress), on_lost=database.revive)


def patient(on_progress: OnProgress) -> OnProgress:
    """The callback, which gives up where the source or store stays away for too long."""
    from app.intake.imports import HeldUpError

    since: float | None = None

    def show(step: Progress) -> None:
        nonlocal since
        on_progress(step)
        if step.trouble is None:
            since = None
            return
        since = since or time.monotonic()
        if time.monotonic() - since > PATIENCE_S:
            raise HeldUpError(
                f"{step.trouble} Run {step.run_id} stays open: give the same command again to go on with it."
            )

    return show


def _say_begun(sessions: SessionMaker, begun: Begun, as_json: bool) -> None:
    from app.cli.opening import say
    from app.db import transaction
    from app.work import count_workers

    with transaction(sessions) as session:
        workers = count_workers(session)
    how = "under way already" if begun.is_joined else "begun"
    typer.echo(json.dumps({"run_id": begun.run_id}) if as_json else f"Run {begun.run_id} is {how}.")
    if not workers:
        say("No worker is running: start `trihedral serve` or `trihedral worker`, or leave --no-wait out.")


def _say_left(database: Opened, run_id: int) -> None:
    from app.cli.opening import say
    from app.db import transaction
    from app.intake.imports import look
    from app.work import count_workers

    run, _ = look(database.sessions, run_id)
    with transaction(database.sessions) as session:
        others = count_workers(session)
    total = "" if run.total is None else f" of {run.total:,}"
    onward = "The workers of `trihedral serve` carry it on meanwhile." if others else "Nothing works on it until then."
    say(
        f"Left run {run_id} after {run.done:,}{total} scenes, which are kept. Give the same command again to go on"
        f" with it. {onward}"
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the report says of a file or folder: it was refused, or there is something to note of it."""

    file: str
    reason: str
    is_note: bool
    annotation_id: str | None = None
    detail: str | None = None
    """What an endpoint answered, for example."""

    def line(self) -> str:
        # A name from a foreign folder may hold line ends and control codes.
        which = "" if self.annotation_id is None else f" {json.dumps(self.annotation_id, ensure_ascii=False)}"
        file = json.dumps(self.file, ensure_ascii=False)
        detail = "" if self.detail is None else f" ({json.dumps(self.detail, ensure_ascii=False)})"
        return f"{'note' if self.is_note else 'refused'} {file}{which}: {self.reason}{detail}"

    def as_json(self) -> dict[str, str]:
        which = {} if self.annotation_id is None else {"id": self.annotation_id}
        return {"file": self.file, "reason": self.reason} | which


def _told_as_json(told: list[Told]) -> dict[str, list[dict[str, str]]]:
    return {
        "refusals": [each.as_json() for each in told if not each.is_note],
        "notes": [each.as_json() for each in told if each.is_note],
    }


def _report(sessions: SessionMaker, run_id: int, as_json: bool) -> None:
    """Print what the run did; the exit code says whether it did anything."""
    from app.cli.progress import in_words
    from app.intake.imports import look, report_of

    run, _ = look(sessions, run_id)
    counts, holds = report_of(sessions, run).counts, breakdown_of(sessions, run.dataset)
    splits = {share.name: share.count for share in holds.splits}
    if as_json:
        report = {"dataset": run.dataset, "run_id": run_id, "counts": dict(counts)}
        report |= {"pairs": holds.with_optical, "splits": splits}
        typer.echo(json.dumps(report | _told_as_json(list(told_of(sessions, run_id))), indent=1))
    else:
        for each in told_of(sessions, run_id):
            typer.echo(each.line())
        typer.echo(f"{run.dataset}: {in_words(counts) or 'nothing to do'}")
        if splits:
            typer.echo(f"pairs: {holds.with_optical}")
            typer.echo(f"splits: {', '.join(f'{split} {number}' for split, number in splits.items())}")
    if counts["refused"] and not (counts["new"] or counts["unchanged"]):
        raise typer.Exit(1)


def breakdown_of(sessions: SessionMaker, name: str) -> DatasetBreakdown:
    """What the dataset consists of by now."""
    from app.intake.queries.datasets import dataset_breakdown
    from app.intake.workflow.running import require_dataset

    with sessions() as session:
        return dataset_breakdown(session, require_dataset(session, name).dataset_id)


def told_of(sessions: SessionMaker, run_id: int) -> Iterator[Told]:
    """The whole report of a run, a page at a time."""
    from app.intake.queries.runs import NOTE, list_refusals

    after = 0
    while True:
        with sessions() as session:
            page = list_refusals(session, run_id, after=after, limit=1000)
        if not page:
            return
        for each in page:
            is_note = each.detail == NOTE
            yield Told(each.file, each.reason, is_note, each.annotation_id, None if is_note else each.detail)
        after = page[-1].refusal_id
