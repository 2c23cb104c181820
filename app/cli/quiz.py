"""`trihedral quiz`: freezing, opening and closing quizzes; composing, inviting and results have their own modules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.quiz_composing import Json, Name, create, say_quiz, told_quiz
from app.cli.quiz_people import invite, participant
from app.cli.quiz_results import results

if TYPE_CHECKING:
    from app.db import SessionMaker

group = typer.Typer(help="Quizzes: fixed lists of questions that measure how well people do.", no_args_is_help=True)
group.command()(create)
group.command()(invite)
group.command()(participant)
group.command()(results)


@group.command("list")
def list_(as_json: Json = False) -> None:
    """List the quizzes, newest first."""
    import dataclasses

    from app.cli.opening import opened
    from app.quiz.workflow.quizzes import list_quizzes
    from app.quiz.workflow.rules import STATE_TITLES
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        found, before = [], None
        while page := list_quizzes(session, before):
            found += page
            before = page[-1].quiz_id
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1, default=str))
        return
    for each in found:
        typer.echo(
            f"{each.name}: {STATE_TITLES[each.state].lower()}, {each.questions} questions of {each.release},"
            f" {each.finished} of {each.participants} participants finished"
        )


@group.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show what a quiz asks, how it was drawn, and how far one gets without looking."""
    from app.cli.opening import opened
    from app.quiz.workflow.quizzes import get_quiz
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        shown = told_quiz(session, get_quiz(session, name))
    say_quiz(shown, as_json)


@group.command()
def swap(
    name: Name,
    position: Annotated[int, typer.Argument(help="As `quiz show` numbers them.", min=1)],
    practice: Annotated[bool, typer.Option("--practice", help="A practice question.")] = False,
) -> None:
    """Draw another question for a position, before the quiz is frozen."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.workflow.swapping import swap_question
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        new = swap_question(session, name, position, "command", is_practice=practice)
    typer.echo(f"{new.position}: {new.question} ({new.truth})")


@group.command()
def freeze(name: Name) -> None:
    """Copy the images; from then on its questions do not change."""
    from app.cli.opening import opened
    from app.settings import Settings

    settings = Settings.from_environment()
    with opened(settings) as sessions:
        _freeze(sessions, settings.assets_url, name)
    typer.echo(f"{name} is frozen and can be opened.")


@group.command("open")
def open_(name: Name) -> None:
    """Let in who is invited; freezes the quiz first where that was not done."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.workflow.quizzes import get_quiz, open_quiz
    from app.settings import Settings

    settings = Settings.from_environment()
    with opened(settings) as sessions:
        with transaction(sessions) as session:
            is_frozen = get_quiz(session, name).state not in {"composing", "freezing"}
        if not is_frozen:
            _freeze(sessions, settings.assets_url, name)
        with transaction(sessions) as session:
            open_quiz(session, name)
    typer.echo(f"{name} is open.")


@group.command()
def close(name: Name) -> None:
    """Take no more answers, for good."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.workflow.quizzes import close_quiz
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        close_quiz(session, name)
    typer.echo(f"{name} is closed.")


def _freeze(sessions: SessionMaker, assets_url: str, name: str) -> None:
    from app.assets import AssetStore
    from app.cli.progress import shown
    from app.db import transaction
    from app.intake.workflow.options import Progress
    from app.quiz.errors import QuizStateError
    from app.quiz.workflow.freezing import freeze_quiz, run_freezing
    from app.quiz.workflow.quizzes import get_quiz

    with transaction(sessions) as session:
        quiz = get_quiz(session, name)
        if quiz.state != "freezing":
            quiz = freeze_quiz(session, name)
    with shown(f"Copying the images of {name}") as show:

        def check() -> None:
            with transaction(sessions) as session:
                now = get_quiz(session, name)
            show(Progress(None, now.images_done, now.images, {}))

        run_freezing(sessions, AssetStore(assets_url), quiz.quiz_id, check)
    with transaction(sessions) as session:
        quiz = get_quiz(session, name)
    if quiz.freezing_error:
        raise QuizStateError(quiz.freezing_error)
