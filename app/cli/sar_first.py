"""`trihedral dataset sar-first`: what the optical image changes of verdicts, and how many scenes are judged without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.import_options import Json

if TYPE_CHECKING:
    from app.review.workflow.sar_first_figures import Hindsight

Share = Annotated[
    str | None,
    typer.Option(help="Percent of the scenes with an optical image, from now on: 10 judges one in ten from SAR first."),
]


def sar_first(name: str, share: Share = None, as_json: Json = False) -> None:
    """Tell what the optical image changed of verdicts from the SAR image alone; with --share, set how many are."""
    if share is None:
        _tell(name, as_json)
    else:
        _set(name, share)


def _set(name: str, share: str) -> None:
    from app.cli.opening import opened
    from app.db import transaction
    from app.intake.workflow.sar_first import set_sar_first_share
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        policy = set_sar_first_share(session, name, share)
    typer.echo(
        f"{name}: {100 * policy.share:g}% of the scenes in packets sealed from now on; {policy.packets} packets are"
        " judged from the SAR image first now"
    )
    if not policy.has_optical:
        typer.echo("No scene has an optical image, so there is nothing to hide.")


def _tell(name: str, as_json: bool) -> None:
    from app.cli.opening import opened
    from app.intake.workflow.running import require_dataset
    from app.review.schemas.sar_first import hindsight_rows
    from app.review.workflow.sar_first_figures import hindsight_of
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        hindsight = hindsight_of(session, require_dataset(session, name).dataset_id)
    if as_json:
        typer.echo(json.dumps(hindsight_rows(hindsight), indent=1))
        return
    for line in _lines(name, hindsight):
        typer.echo(line)


def _lines(name: str, hindsight: Hindsight) -> Iterator[str]:
    for each in hindsight.changed:
        for figure, whose in ((each.fresh, ""), (each.seen, ", optical image known before")):
            if figure.share is not None and figure.interval is not None:
                low, high = figure.interval
                told = f"{figure.share:.0%} ({low:.0%} to {high:.0%}, {figure.hits} of {figure.verdicts})"
            else:
                told = f"{figure.hits} of {figure.verdicts}, {figure.missing}"
            if figure.verdicts:
                yield f"{each.title}{whose}: changed {told}"
    for row in hindsight.support:
        yield f"{row.title}: {row.texts} verified, {row.with_optical} known from the optical image"
    if not hindsight.changed:
        yield f"No text of {name} has been judged twice yet."
        yield f"`trihedral dataset sar-first {name} --share 10` lets one scene in ten be judged so."
