"""`trihedral dataset rules` and `hide`: what first verdicts tell of rules, and how many packets gather them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.import_options import Json

if TYPE_CHECKING:
    from app.review.workflow.measuring import Figure, RuleFigures

Version = Annotated[str | None, typer.Option(help="Only verdicts on this screening's findings.")]
Share = Annotated[float, typer.Argument(help="0 to 1: 0.05 hides the findings of one packet in twenty.")]


def rules(name: str, version: Version = None, as_json: Json = False) -> None:
    """Tell each rule's precision and recall, from verdicts given before its findings were shown."""
    from app.cli.opening import opened
    from app.intake.workflow.running import require_dataset
    from app.review.schemas.measured import measured_rows
    from app.review.workflow.measuring import measured_rules
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        measured = measured_rules(session, require_dataset(session, name).dataset_id, version)
    if as_json:
        typer.echo(json.dumps(measured_rows(measured), indent=1))
        return
    for rule in measured.rules:
        typer.echo(_rule_text(rule))
    for family in (each for each in measured.families if each.recall and each.recall.verdicts):
        typer.echo(f"{family.family}: recall {_figure_text(family.recall)}")
    if not measured.gathered:
        typer.echo(f"No first verdict has been given in {name}, in packets that hide their findings.")
        typer.echo(
            f"`trihedral dataset hide {name} 0.05` lets one in twenty of those that are sealed from then on do so."
        )


def hide(name: str, share: Share) -> None:
    """Set the share of packets, sealed from now on, that hide findings until a reviewer's first verdict."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.intake.workflow.hiding import set_hidden_share
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        hiding = set_hidden_share(session, name, share)
    typer.echo(f"{name}: {hiding.share:g} of the packets sealed from now on; {hiding.packets} hide their findings now")


def _rule_text(rule: RuleFigures) -> str:
    precision = f", precision {_figure_text(rule.precision)}" if rule.precision and rule.precision.interval else ""
    return f"{rule.rule} ({rule.severity}): accepted {_figure_text(rule.accepted)}{precision}"


def _figure_text(figure: Figure | None) -> str:
    """``95% (91% to 98%, 12 of 240)``, or what is missing."""
    if figure is None or figure.share is None or figure.interval is None:
        return figure.missing if figure else "none"
    low, high = figure.interval
    return f"{figure.share:.0%} ({low:.0%} to {high:.0%}, {figure.hits} of {figure.verdicts})"
