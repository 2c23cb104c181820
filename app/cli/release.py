"""`trihedral release`: freezing verified texts, writing them as files, checking such files."""

from __future__ import annotations

import dataclasses
import errno
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

group = typer.Typer(help="Releases: immutable sets of verified texts.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@group.command()
def create(
    name: Annotated[str, typer.Argument(help="The release's name; it gets the next number.")],
    dataset: Annotated[list[str], typer.Option(help="May be given several times.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these: concise_caption, complex_caption, question.")
    ] = None,
    notes: Annotated[str, typer.Option(help="What its readers should know.")] = "",
    with_sampled: Annotated[
        bool,
        typer.Option("--with-sampled", help="And texts that a sample vouches for: not read themselves, and told so."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Freeze the verified texts of datasets."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.release.workflow import create_release
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        made = create_release(session, name, dataset, kind, notes, with_sampled=with_sampled)
    if as_json:
        shown: dict[str, Any] = {"release": made.label, "texts": made.text_count, "content_sha256": made.content_sha256}
        shown |= {"verification": made.counts["verification"]}
        typer.echo(json.dumps(shown, indent=1))
    else:
        typer.echo(f"{made.label}: {made.text_count} texts ({_verified(made.counts)}), content {made.content_sha256}")


def _verified(counts: Mapping[str, Any]) -> str:
    """``120 reviewed, 880 sample-verified``."""
    parts = counts["verification"].items()
    return ", ".join(f"{texts} {how.replace('_', '-')}" for how, texts in sorted(parts))


@group.command()
def export(
    release: Annotated[str, typer.Argument(help="NAME@3, or NAME for the newest.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
    format_: Annotated[str, typer.Option("--format", help="sarlang.")] = "sarlang",
    as_json: Json = False,
) -> None:
    """Write a release as files; the same release gives the same bytes."""
    from app.assets import AssetStore
    from app.cli.opening import opened
    from app.release.workflow import export_release
    from app.settings import Settings

    settings = Settings.from_environment()
    with opened(settings) as sessions:
        made = export_release(sessions, AssetStore(settings.assets_url), release, format_, out)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(made), indent=1, default=str))
    else:
        typer.echo(f"{made.release} is in {made.folder}: {made.texts} texts, {made.images} images")
        typer.echo(f"identity {made.identity}")


@group.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="An exported release.")],
    as_json: Json = False,
) -> None:
    """Compare an exported folder with its manifest; needs no database."""
    from app.release.workflow import verify_folder

    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "There is no such folder", str(folder))
    report = verify_folder(folder)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report) | {"is_intact": report.is_intact}, indent=1))
    else:
        for fault in report.faults:
            typer.echo(f"fault in {fault}")
        faults = len(report.faults) + report.faults_unnamed
        state = "intact" if report.is_intact else f"{faults} {'fault' if faults == 1 else 'faults'}"
        typer.echo(f"{report.release or folder}: {state}; {report.texts} texts, {report.images} images")
        if report.identity:
            typer.echo(f"identity {report.identity}")
    raise typer.Exit(0 if report.is_intact else 1)
