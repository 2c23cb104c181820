"""`trihedral doctor`: whether this installation can work, and what to do where it cannot."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer


def doctor(
    worker: Annotated[bool, typer.Option("--worker", help="Also see that a worker is alive.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, for scripts.")] = False,
) -> None:
    """Check the installation; the exit code is 1 if something must be done."""
    from app.operations.doctor import Installation, examine
    from app.settings import Settings

    settings = Settings.from_environment()
    findings = examine(Installation(settings.data_folder, settings.database_url, settings.assets_url, worker))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            typer.echo(f"{'ok   ' if finding.is_well else 'FAULT'} {finding.subject}: {finding.sentence}")
    raise typer.Exit(0 if all(finding.is_well for finding in findings) else 1)
