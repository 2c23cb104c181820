"""`trihedral dataset`: importing scenes, and what there is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.intake.queries.runs import StoredRefusal
    from app.intake.workflow.options import ImportOptions, RunReport

group = typer.Typer(help="Datasets: scenes imported under one name.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


class Source(StrEnum):
    """How the files are laid out."""

    COCO = "coco"
    PAIRED = "paired"


class OnError(StrEnum):
    """What a file that cannot be taken does to the import."""

    SKIP = "skip"
    STOP = "stop"


class Quantity(StrEnum):
    """What a pixel's number is."""

    DB = "db"
    INTENSITY = "intensity"
    AMPLITUDE = "amplitude"


class Unit(StrEnum):
    """What values in dB are relative to."""

    SIGMA0 = "sigma0_db"
    GAMMA0 = "gamma0_db"
    RELATIVE = "relative_db"


@group.command("import")
def import_(
    source: Annotated[Source, typer.Argument(help="coco: images and a COCO file. paired: SAR beside optical.")],
    path: Annotated[Path, typer.Argument(help="The source's folder or file.")],
    name: Annotated[str, typer.Option(help="The dataset's name; made if it is new.")],
    optical: Annotated[Path | None, typer.Option(help="Folder of the optical images.")] = None,
    boxes: Annotated[Path | None, typer.Option(help="COCO file of the object boxes.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder of the SAR images, where not in PATH.")] = None,
    labelled: Annotated[str, typer.Option(help="Categories annotated exhaustively: ship,bridge,…")] = "",
    band: Annotated[str | None, typer.Option(help="The polarisation: a band's number from 1, or HH, VV, …")] = None,
    quantity: Annotated[
        Quantity | None, typer.Option(help="What the numbers are. Default: told from the file.")
    ] = None,
    unit: Annotated[Unit, typer.Option(help="sigma0_db or gamma0_db where calibration is documented.")] = Unit.RELATIVE,
    looks: Annotated[float | None, typer.Option(min=0.1, help="Equivalent number of looks.")] = None,
    split: Annotated[Path | None, typer.Option(help="CSV scene,split, instead of what the source says.")] = None,
    split_seed: Annotated[int, typer.Option(help="Fixes an own split.")] = 0,
    reviews: Annotated[int | None, typer.Option(min=1, max=9, help="Reviews a packet. Default: 1.")] = None,
    on_error: Annotated[OnError, typer.Option(help="At a file that cannot be taken.")] = OnError.SKIP,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import scenes, boxes and images. Again: only what is new; broken off: it goes on."""
    from app.intake.workflow.options import ImportOptions

    options = ImportOptions(
        name=name,
        source=source.value,
        path=path,
        optical=optical,
        boxes=boxes,
        images=images,
        labelled=tuple(part.strip() for part in labelled.split(",") if part.strip()),
        band=int(band) if band and band.isdigit() else band,
        quantity=quantity.value if quantity else None,
        unit=unit.value,
        looks=looks,
        split_file=split,
        split_seed=split_seed,
        reviews=reviews,
        on_error=on_error.value,
        dry_run=dry_run,
    )
    report, refusals, splits = _import(options)
    _print_report(report, refusals, splits, as_json)
    if report.counts.get("refused") and not (report.counts.get("new") or report.counts.get("unchanged")):
        raise typer.Exit(1)


Splits = Mapping[str, int]


def _import(options: ImportOptions) -> tuple[RunReport, list[Told], Splits]:
    from app.assets import AssetStore
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.intake.queries.runs import NOTE
    from app.intake.workflow.importing import import_dataset
    from app.settings import Settings

    settings = Settings.from_environment()
    with opened(settings) as sessions, shown(f"Importing {options.name}") as on_progress:
        report = import_dataset(sessions, AssetStore(settings.assets_url), options, on_progress=on_progress)
        if report.run_id is None:
            return report, [Told(refusal.file, refusal.reason, False) for refusal in report.refusals], {}
        with sessions() as session:
            told = [Told(each.file, each.reason, each.detail == NOTE) for each in _refusals(session, report.run_id)]
            return report, told, _splits(session, options.name)


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What the report says of a file: it was refused, or it was taken with a note."""

    file: str
    reason: str
    is_note: bool


def _splits(session: Session, name: str) -> Splits:
    from app.intake.queries.datasets import dataset_breakdown
    from app.intake.workflow.running import require_dataset

    breakdown = dataset_breakdown(session, require_dataset(session, name).dataset_id)
    return {share.name: share.count for share in breakdown.splits}


def _refusals(session: Session, run_id: int) -> Iterator[StoredRefusal]:
    from app.intake.queries.runs import list_refusals

    after = 0
    while page := list_refusals(session, run_id, after=after, limit=1000):
        yield from page
        after = page[-1].refusal_id


def _print_report(report: RunReport, told: list[Told], splits: Splits, as_json: bool) -> None:
    from app.cli.progress import in_words

    if as_json:
        refused = [{"file": each.file, "reason": each.reason} for each in told if not each.is_note]
        notes = [{"file": each.file, "reason": each.reason} for each in told if each.is_note]
        shown = {"dataset": report.dataset, "run_id": report.run_id, "counts": dict(report.counts), "splits": splits}
        typer.echo(json.dumps(shown | {"refusals": refused, "notes": notes}, indent=1))
        return
    for each in told:
        # A name from a foreign folder may hold line ends and control codes.
        file = json.dumps(each.file, ensure_ascii=False)
        typer.echo(f"{'taken' if each.is_note else 'refused'} {file}: {each.reason}")
    typer.echo(f"{report.dataset}: {in_words(report.counts) or 'nothing to do'}")
    if splits:
        typer.echo(f"splits: {', '.join(f'{split} {number}' for split, number in splits.items())}")


def _plain(value: object) -> str:
    """Times as ISO 8601, which scripts parse."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


@group.command("list")
def list_(as_json: Json = False) -> None:
    """List the datasets."""
    from app.cli.opening import opened
    from app.intake.queries.datasets import list_datasets
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        found, after = [], ""
        while page := list_datasets(session, after=after):
            found += page
            after = page[-1].name
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1, default=_plain))
        return
    for each in found:
        typer.echo(
            f"{each.name}: {each.scenes} scenes, {each.drafts} drafts, {each.packets} packets,"
            f" {each.reviewed} of {each.reviews_total} reviews"
        )
    if not found:
        typer.echo("There is no dataset yet: import one with `trihedral dataset import`.")


@group.command()
def show(name: str, as_json: Json = False) -> None:
    """Show what a dataset consists of."""
    from app.cli.opening import opened
    from app.intake.queries.datasets import dataset_breakdown, dataset_overview
    from app.intake.workflow.running import require_dataset
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        facts = require_dataset(session, name)
        overview = dataset_overview(session, name)
        breakdown = dataset_breakdown(session, facts.dataset_id)
    parts = (dataclasses.asdict(overview) if overview else {}) | dataclasses.asdict(breakdown)
    if as_json:
        typer.echo(json.dumps(parts, indent=1, default=_plain))
        return
    for part, value in parts.items():
        shown = ", ".join(f"{each['name']} {each['count']}" for each in value) if isinstance(value, list) else value
        typer.echo(f"{part.replace('_', ' ')}: {shown}")
