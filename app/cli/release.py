"""`trihedral release`: freezing verified texts, writing them as files, checking such files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import release_options as options

group = typer.Typer(help="Releases: immutable sets of verified texts.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@group.command()
def create(
    name: Annotated[str, typer.Argument(help="The release's name; it gets the next number.")],
    dataset: options.Datasets,
    kind: options.Kinds = None,
    question_type: options.QuestionTypes = None,
    split: options.Splits = None,
    notes: options.Notes = "",
    reviews: options.Reviews = 1,
    with_sampled: options.WithSampled = False,
    findings: options.OpenFindings = options.Findings.ANSWERED,
    with_unusable: options.WithUnusable = False,
    pairs: options.PairTrust = options.Pairs.NOT_HELD,
    support: options.Supported = options.Support.ANY,
    licence: options.Licences = None,
    unknown_licence: options.UnknownLicence = False,
    block_disputed: options.BlockDisputed = False,
    strict: options.Strict = False,
    dry_run: options.DryRun = False,
    as_json: Json = False,
) -> None:
    """Freeze the verified texts of datasets that pass the gates."""
    from app.cli import releasing
    from app.release.queries.rules import UNKNOWN_LICENCE, Rules
    from pipeline.vocabulary import KINDS, QUESTION_TYPES, SPLITS, SUPPORTS

    if unknown_licence and not licence:
        raise typer.BadParameter("without --licence any is allowed, also none: --unknown-licence goes with --licence")
    rules = Rules(
        datasets=tuple(dataset),
        kinds=tuple(kind or KINDS),
        question_types=tuple(question_type or QUESTION_TYPES),
        splits=tuple(split or SPLITS),
        least_reviews=reviews,
        open_errors=findings is options.Findings.ANY,
        with_unusable=with_unusable,
        pairs=pairs.value.replace("-", "_"),
        supports=("sar",) if support is options.Support.SAR else SUPPORTS,
        licences=(*licence, *([UNKNOWN_LICENCE] if unknown_licence else [])) if licence else None,
        with_sampled=with_sampled,
        open_disagreements="block" if block_disputed else "leave_out",
        strict=strict,
    )
    if dry_run:
        releasing.preview(name, rules, notes, as_json)
    else:
        releasing.create(name, rules, notes, as_json)


@group.command(name="list")
def list_(
    name: Annotated[str, typer.Option(help="Only those of this name.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """List releases, the newest first."""
    from app.cli import releasing

    releasing.show_all(name, limit, as_json)


@group.command()
def show(
    release: Annotated[str, typer.Argument(help="NAME@3, or NAME for the newest.")],
    as_json: Json = False,
) -> None:
    """Tell what a release holds, by which gates, and what was left out."""
    from app.cli import releasing

    releasing.show_one(release, as_json)


@group.command()
def diff(
    before: Annotated[str, typer.Argument(help="NAME@1")],
    after: Annotated[str, typer.Argument(help="NAME@2")],
    change: Annotated[str, typer.Option(help="Only added, changed or removed ones.")] = "",
    kind: Annotated[str, typer.Option(help="Only texts of this kind.")] = "",
    as_json: Json = False,
) -> None:
    """Tell text by text what a release has and another has not."""
    from app.cli import releasing

    releasing.difference(before, after, change, kind, as_json)


@group.command()
def export(
    release: Annotated[str, typer.Argument(help="NAME@3, or NAME for the newest.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
    format_: options.Format = "sarlang",
    images: options.ImagesAre = options.Images.COPY,
    omit_licence: options.OmittedLicences = None,
    with_: options.Beside = None,
    as_json: Json = False,
) -> None:
    """Write a release as files; the same release gives the same bytes. Stopped, the same command goes on."""
    from app.cli import exporting

    exporting.export(release, out, format_, images.value, omit_licence or [], with_ is not None, as_json)


@group.command()
def formats(as_json: Json = False) -> None:
    """Tell in which formats a release can be written."""
    from app.cli import exporting

    exporting.formats(as_json)


@group.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="An exported release.")],
    as_json: Json = False,
) -> None:
    """Compare an exported folder with its manifest; needs no database."""
    from app.cli import exporting

    raise typer.Exit(0 if exporting.verify(folder, as_json) else 1)
