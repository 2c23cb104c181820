"""`trihedral quiz invite` and `participant`: letting people in, and what is kept of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli.quiz_composing import Name


def invite(
    name: Name,
    group_: Annotated[str, typer.Option("--group", help="expert, layperson, or a group of the quiz.")],
    uses: Annotated[int, typer.Option(help="How many people each link lets in.")] = 1,
    links: Annotated[int, typer.Option(help="How many links.")] = 1,
    days: Annotated[int | None, typer.Option(help="How long they last; default: as long as it is open.")] = None,
    reviewer: Annotated[
        str | None, typer.Option(help="The e-mail of a reviewer: they are not asked about ground they reviewed.")
    ] = None,
    address: Annotated[str, typer.Option(help="Of this Trihedral, as the invited reach it.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Make links into a group. They are told this once."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.workflow import inviting
    from app.quiz.workflow.quizzes import get_quiz
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        who = inviting.require_reviewer(session, reviewer) if reviewer else None
        quiz = get_quiz(session, name)
        made = inviting.invite(session, quiz, group_, "command", links=links, uses=uses, days=days, reviewer=who)
    if as_csv:
        typer.echo(inviting.as_csv(made, address).decode(), nl=False)
    else:
        for each in made:
            typer.echo(f"{address.rstrip('/')}{each.path}")


def participant(
    name: Name,
    pseudonym: Annotated[str, typer.Argument(help="As participants are told it.")],
    erase: Annotated[bool, typer.Option("--erase", help="Erase all that leads to them.")] = False,
    with_answers: Annotated[bool, typer.Option("--with-answers", help="And their answers.")] = False,
) -> None:
    """Print all that is kept of a participant as JSON, or erase it."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.workflow.erasing import erase_participant, export_participant
    from app.quiz.workflow.quizzes import get_quiz
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        quiz = get_quiz(session, name)
        if erase:
            erase_participant(session, quiz, pseudonym, with_answers=with_answers)
            typer.echo(f"{pseudonym} is erased{', answers too' if with_answers else '; their answers stay'}.")
        else:
            kept = export_participant(session, quiz, pseudonym)
            typer.echo(json.dumps(kept, indent=1, ensure_ascii=False))
