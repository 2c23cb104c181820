"""`trihedral pool`: who may review what."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.review.queries.pools import PoolRow

group = typer.Typer(help="Pools: who may review the packets that a policy puts into them.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON array, for scripts.")]
Remove = Annotated[bool, typer.Option("--remove", help="Take them out instead.")]
Email = Annotated[str, typer.Argument(help="The e-mail of somebody who reviews.")]


@group.command("list")
def list_(as_json: Json = False) -> None:
    """List the pools, and how many people may review in each."""
    from app.cli.opening import opened
    from app.review.queries.pools import list_pools
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        found = list_pools(session)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1, ensure_ascii=False))
        return
    for each in found:
        typer.echo(_line(each))


@group.command()
def add(
    name: str,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    skill: Annotated[list[str] | None, typer.Option(help="Who has all of these belongs to it; several times.")] = None,
) -> None:
    """Add a pool."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.review.workflow.pools import add_pool, require_pool
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        add_pool(session, name, description, skill or [])
        added = require_pool(session, name)
    typer.echo(_line(added))


@group.command()
def member(name: str, email: Email, remove: Remove = False) -> None:
    """Name somebody in a pool, whatever their skills."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.review.workflow.pools import require_person, require_pool, set_member
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        set_member(session, name, require_person(session, email), is_member=not remove)
        changed = require_pool(session, name)
    typer.echo(_line(changed))


@group.command()
def skill(
    email: Email, skills: Annotated[list[str] | None, typer.Argument(help="None takes all away.")] = None
) -> None:
    """Say which skills somebody has: these and no others."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.review.workflow.pools import require_person, set_skills
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        kept = set_skills(session, require_person(session, email), skills or [])
    typer.echo(f"{email}: {', '.join(kept) or 'no skills'}")


def _line(pool: PoolRow) -> str:
    """``urban (Towns): urban, 2 members; 5 active``."""
    members = f"{pool.members} member{'' if pool.members == 1 else 's'}" if pool.members else ""
    who = "open to all" if pool.is_open else ", ".join(filter(None, [*pool.skills, members])) or "nobody yet"
    about = f" ({pool.description})" if pool.description else ""
    return f"{pool.pool}{about}: {who}; {pool.people} active"
