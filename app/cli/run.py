"""`trihedral run`: imports, draftings and screenings, how far they are, and ending an import."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from app.cli.import_options import Json
from app.cli.importing import told_of

group = typer.Typer(help="Runs: one import, drafting or screening each.", no_args_is_help=True)

Run = Annotated[int, typer.Argument(help="The run's number.", min=1, max=2**63 - 1)]


@group.command("list")
def list_(name: Annotated[str, typer.Argument(help="The dataset.")], as_json: Json = False) -> None:
    """List a dataset's runs, newest first."""
    from app.cli.opening import opened
    from app.intake.queries.runs import list_runs
    from app.intake.workflow.running import require_dataset
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        found, before = [], None
        dataset_id = require_dataset(session, name).dataset_id
        while page := list_runs(session, dataset_id, before=before):
            found += page
            before = page[-1].run_id
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(run) for run in found], indent=1, default=str))
        return
    for run in found:
        total = "" if run.total is None else f" of {run.total}"
        typer.echo(f"{run.run_id}: {run.kind} {run.state}, {run.done}{total}, {run.refusals} refused")
    if not found:
        typer.echo(f"Nothing was done to {name} yet.")


@group.command()
def show(
    run_id: Run,
    refusals: Annotated[bool, typer.Option("--refusals", help="And each file that was refused.")] = False,
    as_json: Json = False,
) -> None:
    """Show how far a run is."""
    from app.cli.opening import opened
    from app.cli.progress import in_words
    from app.db import transaction
    from app.intake.workflow.importing import RunMissingError
    from app.intake.workflow.options import roughly
    from app.intake.workflow.phases import standing_of
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions:
        with transaction(sessions) as session:
            found = standing_of(session, run_id)
        if found is None:
            raise RunMissingError(f"There is no run {run_id}.")
        run, pace, phase = found.run, found.pace, found.phase
        told = list(told_of(sessions, run_id)) if refusals else []
    if as_json:
        shown = dataclasses.asdict(run) | dataclasses.asdict(pace) | {"phase": phase.name, "sentence": phase.sentence}
        typer.echo(json.dumps(shown | {"told": [dataclasses.asdict(each) for each in told]}, indent=1, default=str))
        return
    total = "" if run.total is None else f" of {run.total}"
    counted = in_words(run.counts)
    beside = f" ({counted})" if counted else ""
    typer.echo(f"{run.kind} {run.run_id} of {run.dataset}: {phase.name}, {run.done}{total}{beside}")
    if run.is_open and run.held_up is None and pace.rate_s:
        typer.echo(f"{pace.rate_s:.1f} a second, {roughly(pace.eta_s or 0)} left")
    for sentence in (phase.sentence, run.error):
        if sentence:
            typer.echo(sentence)
    for each in told:
        typer.echo(each.line())


@group.command()
def cancel(run_id: Run) -> None:
    """End an import; what was imported stays."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.intake.workflow.importing import cancel_run
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        cancel_run(session, run_id)
    typer.echo(f"Run {run_id} is being cancelled; what it has imported stays.")
