"""`trihedral quiz results`: the table of a quiz, in words, as JSON and as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.quiz_composing import Json, Name

if TYPE_CHECKING:
    from app.db import SessionMaker
    from app.quiz.workflow.results import ResultRow, Results
    from app.quiz.workflow.shares import Share

Judge = Annotated[str, typer.Option(help="synonyms, exact or sarlang-substring; a person's decision counts before it.")]
Early = Annotated[bool, typer.Option("--early", help="Look while the quiz is open.")]
Everybody = Annotated[bool, typer.Option("--everybody", help="Count who did not finish, as far as they came.")]
Table = Annotated[Path | None, typer.Option("--csv", help="Write the table to this file.")]
Answers = Annotated[Path | None, typer.Option(help="Write all answers by pseudonym to this CSV file.")]
Figure = Annotated[Path | None, typer.Option(help="Write the figure to this SVG file.")]
Checklist = Annotated[Path | None, typer.Option(help="Write the human-baseline checklist to this Markdown file.")]


def results(
    name: Name,
    as_json: Json = False,
    csv: Table = None,
    judge: Judge = "synonyms",
    early: Early = False,
    everybody: Everybody = False,
    answers: Answers = None,
    figure: Figure = None,
    checklist: Checklist = None,
) -> None:
    """Say how well people did: by group and question type, with intervals."""
    from app.cli.opening import opened
    from app.quiz.schemas.checklist import checklist as as_checklist
    from app.quiz.schemas.results import answers_csv, table_csv
    from app.quiz.schemas.results import as_json as as_plain
    from app.quiz.schemas.results_figure import figure_svg
    from app.quiz.workflow.quizzes import get_quiz
    from app.quiz.workflow.results import results_of
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions:
        _judge(sessions, name)
        with sessions() as session:
            found = results_of(session, get_quiz(session, name), judge, early=early, everybody=everybody)
    if csv:
        csv.write_bytes(table_csv(found))
    if answers:
        answers.write_bytes(answers_csv(found.standing))
    if figure:
        figure.write_bytes(figure_svg(found))
    if checklist:
        checklist.write_text(as_checklist(found), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(as_plain(found), indent=1, ensure_ascii=False, default=str))
    else:
        _say(found)


def _judge(sessions: SessionMaker, name: str) -> None:
    """Have all answers judged, some thousand a transaction."""
    from app.db import transaction
    from app.quiz.workflow.judging import judge_answers
    from app.quiz.workflow.quizzes import get_quiz

    left = 1
    while left:
        with transaction(sessions) as session:
            left = judge_answers(session, get_quiz(session, name))


def _say(found: Results) -> None:
    standing = found.standing
    if standing.quiz.state == "open":
        from app.quiz.workflow.results import EARLY

        typer.echo(EARLY, err=True)
    typer.echo(f"{standing.quiz.name}, judged by {standing.judge} {found.judge_version}:")
    for row in (*found.rows, *found.baselines):
        _say_row(row)
    for each in found.groups_differ:
        note = f", {each.note}" if each.note else ""
        typer.echo(
            f"{each.first} less {each.second}: {100 * each.value:+.0f} points"
            f" [{100 * each.low:+.0f}, {100 * each.high:+.0f}]{note}"
        )


def _say_row(row: ResultRow) -> None:
    from app.quiz.workflow.results import ALL
    from app.quiz.workflow.rules import ARM_TITLES

    arm = f", {ARM_TITLES[row.arm]}" if row.arm else ""
    people = "" if row.people is None else f" ({row.people} {'person' if row.people == 1 else 'people'})"
    typer.echo(f"{row.title}{arm}{people}: {_share(row.cells[ALL])}")


def _share(share: Share) -> str:
    if share.value is None:
        return "nothing answered"
    counts = "" if share.right is None else f"{share.right}/{share.asked} = "
    interval = "" if share.low is None or share.high is None else f" [{share.low:.2f}, {share.high:.2f}]"
    undecided = f", {share.undecided} undecided" if share.undecided else ""
    return f"{counts}{share.value:.2f}{interval}{f' {share.note}' if share.note else ''}{undecided}"
