"""The command line: its groups, the options that all share, and errors as one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli import dataset, drafting, evaluate, pool, quiz, release, screening, serve, user
from app.cli import run as runs
from app.cli.doctor import doctor
from app.cli.sentences import sentence_of

command = typer.Typer(
    name="trihedral",
    help="Experts verify machine-drafted captions and questions about SAR images, and release the benchmark.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
command.command()(serve.serve)
command.command()(serve.demo)
command.command()(serve.worker)
command.command()(doctor)
command.command()(drafting.draft)
command.command()(screening.screen)
command.add_typer(dataset.group, name="dataset")
command.add_typer(runs.group, name="run")
command.add_typer(release.group, name="release")
command.add_typer(quiz.group, name="quiz")
command.add_typer(evaluate.group, name="evaluate")
command.add_typer(user.group, name="user")
command.add_typer(pool.group, name="pool")


@command.callback()
def options(
    # Whether it can be used, and what to do where not, is said by who opens it.
    data: Annotated[
        Path | None, typer.Option(help="The data folder. Default: TRIHEDRAL_DATA, else ./data.", readable=False)
    ] = None,
) -> None:
    """What holds for all commands."""
    if data is not None:
        # The one place from which settings are read, by this process and by those that it starts.
        os.environ["TRIHEDRAL_DATA"] = str(data)


def run() -> None:
    """Run the command of this process; a failure that a person can do something about is one sentence."""
    try:
        command()
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        typer.echo(f"trihedral: {sentence}", err=True)
        sys.exit(1)
