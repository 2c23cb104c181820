"""`trihedral user`: people and their tokens."""

from __future__ import annotations

import json
from typing import Annotated

import typer

group = typer.Typer(help="People who may log in.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]


@group.command()
def add(
    email: str,
    role: Annotated[list[str], typer.Option(help="reviewer, adjudicator or admin; may be given several times.")],
    name: Annotated[str | None, typer.Option(help="What others see. Default: the e-mail up to the @.")] = None,
    as_json: Json = False,
) -> None:
    """Add a person; prints the password, once."""
    from app.accounts.workflow import add_person
    from app.cli.opening import opened
    from app.db import transaction
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        added = add_person(session, email, name or email.split("@")[0], None, role)
    if as_json:
        typer.echo(json.dumps({"email": added.email, "roles": added.roles, "password": added.password}))
    else:
        typer.echo(f"Added {added.email} ({', '.join(added.roles)}). Password, shown this once: {added.password}")


@group.command()
def token(email: str, as_json: Json = False) -> None:
    """Make a bearer token for scripts of this person; prints it, once."""
    from app.accounts.workflow import make_token
    from app.cli.opening import opened
    from app.db import transaction
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        made = make_token(session, email)
    typer.echo(json.dumps({"email": email, "token": made}) if as_json else made)
