"""What `trihedral release export`, `formats` and `verify` do, and what they print."""

from __future__ import annotations

import dataclasses
import errno
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import typer

from app.assets import AssetStore
from app.cli.opening import opened, say
from app.cli.progress import shown
from app.db import transaction
from app.intake.workflow.options import Progress
from app.release import workflow
from app.release.workflow.frozen_release import Tell
from app.settings import Settings
from pipeline.formats.source import ImageOptions, Images
from pipeline.formats.writers import find_writer


def export(
    release: str,
    out: Path,
    format: str,
    images: Images,
    omitted_licences: Sequence[str],
    with_original: bool,
    as_json: bool,
) -> None:
    """Write the folder, and tell where it is."""
    settings = Settings.from_environment()
    options = ImageOptions(images, frozenset(omitted_licences), with_original)
    try:
        with opened(settings) as sessions:
            with transaction(sessions) as session:
                row = workflow.get_release(session, release)
            with _progress(f"Exporting {row.label}", row.text_count + row.counts.get("images", 0)) as tell:
                made = workflow.export_release(
                    sessions, AssetStore(settings.assets_url), row.label, format, out, options=options, tell=tell
                )
    except KeyboardInterrupt:
        say("Stopped. The same command goes on with what is written already.")
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(made), indent=1, default=str))
    else:
        typer.echo(f"{made.release} is in {made.folder}: {made.texts} texts, {made.images} images")
        typer.echo(f"identity {made.identity}")


@contextmanager
def _progress(what: str, total: int) -> Iterator[Tell]:
    done = {"images": 0, "texts": 0}
    with shown(what) as show:

        def tell(kind: Literal["images", "texts"], count: int) -> None:
            done[kind] = count
            show(Progress(None, sum(done.values()), total, {}))

        yield tell


def formats(as_json: bool) -> None:
    """One line a format."""
    writers = [find_writer(name) for name in workflow.FORMATS]
    if as_json:
        keys = ("name", "title", "writes", "version", "is_fixed")
        typer.echo(json.dumps([{key: getattr(writer, key) for key in keys} for writer in writers], indent=1))
        return
    for writer in writers:
        typer.echo(f"{writer.name:15}{writer.writes}")


def verify(folder: Path, as_json: bool) -> bool:
    """Whether the folder is what was written; tells what is not."""
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "There is no such folder", str(folder))
    report = workflow.verify_folder(folder)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report) | {"is_intact": report.is_intact}, indent=1))
        return report.is_intact
    for fault in report.faults:
        typer.echo(f"fault in {fault}")
    faults = len(report.faults) + report.faults_unnamed
    state = "intact" if report.is_intact else f"{faults} {'fault' if faults == 1 else 'faults'}"
    typer.echo(f"{report.release or folder}: {state}; {report.texts} texts, {report.images} images")
    if report.omitted:
        here = report.omitted - report.absent
        typer.echo(f"{report.omitted} images are not files of this folder; {here} of them are there, and were checked")
    if report.identity:
        typer.echo(f"identity {report.identity}")
    return report.is_intact
