"""What is asked for in the form of a new quiz, and in that of what participants read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import Form

from app.quiz.errors import QuizError
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.quizzes import options_of
from pipeline.vocabulary import QUESTION_TYPES

Texts = Annotated[list[str] | None, Form()]
Field = Annotated[str, Form()]
Ticked = Annotated[bool, Form()]

_LONGEST_NUMBER: Final = 10


@dataclass(frozen=True, slots=True)
class AskedNumbers:
    """Numbers as they were typed."""

    questions: str = "30"
    practice: str = "3"
    seed: str = ""
    seconds: str = ""


@dataclass(frozen=True, slots=True)
class AskedQuiz:
    """The form as it was filled in."""

    name: str = ""
    release: str = ""
    numbers: AskedNumbers = field(default_factory=AskedNumbers)
    rules: QuizRules = field(default_factory=QuizRules)
    """Its numbers are those that were typed once :meth:`checked` has read them."""
    options: QuizOptions = field(default_factory=QuizOptions)

    def checked(self) -> tuple[QuizRules, QuizOptions, int | None]:
        """Rules, options and seed with the numbers that were typed.

        Raises
        ------
        QuizError
            If one of them is no number.
        """
        numbers = self.numbers
        rules = replace(
            self.rules,
            questions=whole(numbers.questions, "number of questions"),
            practice=whole(numbers.practice, "number of practice questions"),
        )
        seed = whole(numbers.seed, "seed") if numbers.seed else None
        return rules, with_seconds(self.options, numbers.seconds), seed


def asked_options(
    title: Field = "",
    consent: Field = "",
    asks: Field = "",
    may_zoom: Ticked = False,
    may_set_contrast: Ticked = False,
    shows_classes: Ticked = False,
    seconds: Field = "",
) -> tuple[QuizOptions, str]:
    """What participants read and may do, and the seconds as typed; what is asked of them has a line each."""
    options = QuizOptions(
        title=title,
        consent=consent,
        asks=tuple(asks.splitlines()),
        may_zoom=may_zoom,
        may_set_contrast=may_set_contrast,
        shows_classes=shows_classes,
    )
    return options, seconds.strip()


def asked_quiz(
    name: Field = "",
    release: Field = "",
    questions: Field = "30",
    practice: Field = "3",
    seed: Field = "",
    splits: Texts = None,
    question_types: Texts = None,
    datasets: Field = "",
    proportions: Field = "release",
    is_balanced: Ticked = False,
    with_asked: Ticked = False,
    arms: Texts = None,
    answer_form: Field = "free",
    public_answers: Ticked = False,
) -> AskedQuiz:
    """The form's fields, without those that participants read."""
    rules = QuizRules(
        splits=tuple(splits or ()),
        question_types=tuple(question_types or ()),
        datasets=tuple(each.strip() for each in datasets.split(",") if each.strip()),
        proportions=proportions,
        is_balanced=is_balanced,
        with_asked=with_asked,
    )
    options = QuizOptions(answer_form=answer_form, arms=tuple(arms or ()), public_answers=public_answers)
    numbers = AskedNumbers(questions.strip(), practice.strip(), seed.strip())
    return AskedQuiz(name.strip(), release.strip(), numbers, rules, options)


def blank(releases: Sequence[str], release: str = "") -> AskedQuiz:
    """Nothing typed yet."""
    chosen = release if release in releases else next(iter(releases), "")
    return AskedQuiz(release=chosen, rules=QuizRules(question_types=QUESTION_TYPES))


def whole(typed: str, what: str) -> int:
    """The number that was typed, whatever the browser let through.

    Raises
    ------
    QuizError
    """
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST_NUMBER):
        raise QuizError(f"{typed[:40]!a} is no {what}: give a whole number.")
    return int(typed)


def with_seconds(options: QuizOptions, typed: str) -> QuizOptions:
    """The options with the time limit that was typed; empty is none.

    Raises
    ------
    QuizError
    """
    seconds = whole(typed, "number of seconds") if typed else None
    return replace(options, seconds_per_question=seconds)


def typed_options(quiz: QuizRow) -> tuple[QuizOptions, str]:
    """What participants read and may do, as the form shows it."""
    seconds = quiz.seconds_per_question
    return options_of(quiz), "" if seconds is None else str(seconds)
