"""`trihedral dataset`: importing scenes, and what there is."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime

import typer

from app.cli.box_policy import boxes
from app.cli.import_options import Json
from app.cli.importing import import_
from app.cli.measuring import hide, rules
from app.cli.ordering import order
from app.cli.policy import policy
from app.cli.sar_first import sar_first

group = typer.Typer(help="Datasets: scenes imported under one name.", no_args_is_help=True)
group.command("import")(import_)
group.command()(rules)
group.command()(hide)
group.command()(order)
group.command()(policy)
group.command()(boxes)
group.command("sar-first")(sar_first)


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
    from app.intake.workflow.policies import policies_in_words
    from app.intake.workflow.running import require_dataset
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        facts = require_dataset(session, name)
        overview = dataset_overview(session, name)
        breakdown = dataset_breakdown(session, facts.dataset_id)
        policy = policies_in_words(session, facts)
    parts = (dataclasses.asdict(overview) if overview else {}) | dataclasses.asdict(breakdown) | {"policy": policy}
    if as_json:
        typer.echo(json.dumps(parts, indent=1, default=_plain))
        return
    # The dataset's own number is told with the policy, which may leave nothing to it.
    for part, value in (parts | {"policy": "; ".join(policy)}).items():
        if part == "reviews_wanted":
            continue
        shown = ", ".join(f"{each['name']} {each['count']}" for each in value) if isinstance(value, list) else value
        typer.echo(f"{part.replace('_', ' ')}: {shown}")


@group.command()
def categories(name: str, as_json: Json = False) -> None:
    """Count the object categories, question types and land covers that a dataset's drafts name."""
    from app.cli.opening import opened
    from app.intake.workflow.naming import count_named
    from app.settings import Settings
    from pipeline.extraction.counting import told_lines

    with opened(Settings.from_environment()) as sessions:
        counts = count_named(sessions, name)
    if as_json:
        typer.echo(json.dumps({"dataset": name, **counts}, indent=1, ensure_ascii=False))
        return
    for line in told_lines(counts):
        typer.echo(line)
    if not counts["texts"]:
        typer.echo(f"There is no draft yet: write some with `trihedral draft {name}`.")
