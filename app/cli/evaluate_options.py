"""The options that the commands of `trihedral evaluate` share, each with its help."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.evaluation.queries.items import Target


class Task(StrEnum):
    """What is predicted."""

    QUESTIONS = "questions"
    CAPTIONS = "captions"


class CaptionKind(StrEnum):
    """Which captions a prediction is measured by."""

    CONCISE = "concise"
    COMPLEX = "complex"
    BOTH = "both"


Number = Annotated[int, typer.Argument(help="The evaluation's number.", min=1, max=2**63 - 1)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Release = Annotated[str, typer.Argument(help="NAME@3, or NAME for the newest; - with --quiz.")]
Split = Annotated[str, typer.Option(help="The split of the release.")]
Quiz = Annotated[str, typer.Option(help="The questions of this quiz, instead of a split.")]
Tasks = Annotated[Task, typer.Option("--task", help="Answers to questions, or captions.")]
Captions = Annotated[CaptionKind, typer.Option("--captions", help="The kind of caption, with --task captions.")]


def kinds_of(captions: CaptionKind) -> tuple[str, ...]:
    """As the database names them; none is both."""
    return () if captions is CaptionKind.BOTH else (f"{captions.value}_caption",)


def target_of(session: Session, release: str, split: str, quiz: str) -> Target:
    """What the options name."""
    from app.evaluation.workflow.targets import target_named

    return target_named(session, "" if release == "-" else release, split, quiz)
