"""`trihedral quiz create`, and what is told of a quiz."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.quiz.queries.quizzes import QuizRow

Name = Annotated[str, typer.Argument(help="The quiz's name.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Several = list[str] | None
Questions = Annotated[int, typer.Option(help="How many count.")]
Practice = Annotated[int, typer.Option(help="How many come first, with feedback, and do not count.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same quiz; drawn without it.")]
Splits = Annotated[Several, typer.Option(help="Default: test. May be given several times.")]
Types = Annotated[Several, typer.Option("--type", help="Question types; default: all. Several times.")]
Datasets = Annotated[Several, typer.Option(help="Sources; default: all of the release. Several times.")]
Proportions = Annotated[str, typer.Option(help="release: as the release has them; equal: as many of each.")]
Unbalanced = Annotated[bool, typer.Option("--unbalanced", help="Take answers as they come.")]
WithAsked = Annotated[bool, typer.Option("--with-asked", help="Take what another quiz asked, too.")]
Blind = Annotated[
    Path | None, typer.Option(help="Answers of a model without the images: JSONL or CSV, text_sha256, prediction.")
]
Arms = Annotated[Several, typer.Option(help="sar (default), sar_metadata, optical, both; several times.")]
Choices = Annotated[bool, typer.Option("--choices", help="Choose answers instead of typing them.")]
Seconds = Annotated[int | None, typer.Option(help="Time limit of a question.")]
NoZoom = Annotated[bool, typer.Option("--no-zoom", help="The picture as it is.")]
NoContrast = Annotated[bool, typer.Option("--no-contrast", help="No sliders of contrast.")]
Classes = Annotated[bool, typer.Option("--classes", help="Show the class list.")]
Title = Annotated[str, typer.Option(help="What participants read above the pages.")]
Consent = Annotated[Path | None, typer.Option(help="A text file: to what participants agree.")]
Asked = Annotated[Several, typer.Option(help="What participants are asked about themselves; several times.")]
PublicAnswers = Annotated[bool, typer.Option("--public-answers", help="Do not hold its texts back from releases.")]


def create(
    name: Name,
    release: Annotated[str, typer.Option(help="NAME@3, or NAME for the newest.")],
    questions: Questions = 30,
    practice: Practice = 3,
    seed: Seed = None,
    split: Splits = None,
    question_type: Types = None,
    dataset: Datasets = None,
    proportions: Proportions = "release",
    unbalanced: Unbalanced = False,
    with_asked: WithAsked = False,
    blind: Blind = None,
    arm: Arms = None,
    choices: Choices = False,
    seconds: Seconds = None,
    no_zoom: NoZoom = False,
    no_contrast: NoContrast = False,
    classes: Classes = False,
    title: Title = "",
    consent: Consent = None,
    ask: Asked = None,
    public_answers: PublicAnswers = False,
    as_json: Json = False,
) -> None:
    """Draw the questions of a quiz from a release."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.quiz.queries.quizzes import QuizOptions
    from app.quiz.queries.rules import QuizRules
    from app.quiz.workflow.blind import read_blind_file
    from app.quiz.workflow.composing import compose
    from app.settings import Settings
    from pipeline.vocabulary import QUESTION_TYPES

    rules = QuizRules(
        questions=questions,
        practice=practice,
        splits=tuple(split or ["test"]),
        question_types=tuple(question_type or QUESTION_TYPES),
        datasets=tuple(dataset or []),
        proportions=proportions,
        is_balanced=not unbalanced,
        with_asked=with_asked,
    )
    options = QuizOptions(
        title=title,
        consent=_read(consent),
        asks=tuple(ask or []),
        answer_form="choices" if choices else "free",
        may_zoom=not no_zoom,
        may_set_contrast=not no_contrast,
        shows_classes=classes,
        seconds_per_question=seconds,
        arms=tuple(arm or ["sar"]),
        public_answers=public_answers,
    )
    without_image = read_blind_file(blind) if blind else None
    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        made = compose(session, name, release, rules, options, "command", seed=seed, blind=without_image)
        shown = told_quiz(session, made)
    say_quiz(shown, as_json)


def told_quiz(session: Session, quiz: QuizRow) -> dict[str, Any]:
    """The quiz as ``show --json`` prints it."""
    from app.quiz.workflow.summary import summary

    found = summary(session, quiz)
    base = found.baseline
    return {
        "quiz": quiz.name,
        "release": quiz.release,
        "state": quiz.state,
        "seed": quiz.seed,
        "rules": quiz.rules,
        "arms": quiz.arms,
        "answer_form": quiz.answer_form,
        "public_answers": quiz.public_answers,
        "baseline": {"chance": base.chance, "majority": base.majority, "blind": base.blind, "blind_of": base.blind_of},
        "counts": quiz.counts,
        "questions": [
            {
                "position": row.position,
                "is_practice": row.is_practice,
                "text_sha256": row.text_sha256,
                "question_type": row.question_type,
                "dataset": row.dataset,
                "question": row.question,
                "truth": row.truth,
                "choices": row.choices,
            }
            for row in (*found.practice, *found.asked)
        ],
    }


def say_quiz(shown: dict[str, Any], as_json: bool) -> None:
    """Print the quiz, for people or for scripts."""
    if as_json:
        typer.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    base = shown["baseline"]
    asked = [row for row in shown["questions"] if not row["is_practice"]]
    typer.echo(
        f"{shown['quiz']}: {shown['state']}, {len(asked)} questions and {len(shown['questions']) - len(asked)} for"
        f" practice of {shown['release']}, seed {shown['seed']}"
    )
    blind = "" if base["blind"] is None else f", a model without the image {base['blind']:.0%}"
    typer.echo(f"without looking: chance {base['chance']:.0%}, majority answer {base['majority']:.0%}{blind}")
    for row in shown["questions"]:
        mark = "practice " if row["is_practice"] else ""
        typer.echo(
            f"{mark}{row['position']}: {row['question']} ({row['truth']}) {row['question_type']}, {row['dataset']}"
        )


def _read(consent: Path | None) -> str:
    # What is not UTF-8 is refused with a sentence, as all that cannot be kept.
    return consent.read_text(encoding="utf-8", errors="surrogateescape") if consent else ""
