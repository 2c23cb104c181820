"""What of a quiz's rules and options can be taken as it was asked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from typing import Final

from app.intake.workflow.storable import unstorable
from app.quiz.errors import QuizError
from app.quiz.queries.quizzes import QuizOptions
from app.quiz.queries.rules import QuizRules
from pipeline.vocabulary import ANSWER_FORMS, ARMS, QUESTION_TYPES, SPLITS

NAME_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
MOST_QUESTIONS: Final = 500
MOST_PRACTICE: Final = 10
LARGEST_SEED: Final = 2**31 - 1
LONGEST_TITLE: Final = 120
LONGEST_CONSENT: Final = 10_000
LONGEST_ASKED: Final = 100
LONGEST_FEEDBACK: Final = 2_000
MOST_ASKED: Final = 10
PROPORTIONS: Final = {"release": "As the release has them", "equal": "As many of each"}
ARM_TITLES: Final = {
    "sar": "SAR only",
    "sar_metadata": "SAR with metadata",
    "optical": "Optical only",
    "both": "SAR and optical",
}
STATE_TITLES: Final = {
    "composing": "Being composed",
    "freezing": "Being frozen",
    "frozen": "Ready to open",
    "open": "Open",
    "closed": "Closed",
}
GATE_TITLES: Final = {
    "other_dataset": "of other sources",
    "other_type": "of other question types",
    "other_split": "in other splits",
    "sample_verified": "sample-verified: nobody read them",
    "needs_optical": "true only with the optical image",
    "long_answer": "with an answer that is too long to type, or none",
    "no_optical": "without an optical image to show",
    "no_region": "of a region without one box to draw",
    "asked_before": "asked in another quiz",
    "no_choices": "without other answers to choose from",
    "blind": "of forms that are answered without the image",
}
"""Why a question of the release cannot be asked."""


def checked_rules(rules: QuizRules, datasets: Collection[str]) -> QuizRules:
    """The rules in one order, or why they cannot be.

    Raises
    ------
    QuizError
    """
    _within(rules.questions, 1, MOST_QUESTIONS, "questions")
    _within(rules.practice, 0, MOST_PRACTICE, "practice questions")
    if rules.proportions not in PROPORTIONS:
        raise QuizError(f"Proportions cannot be {rules.proportions[:40]!a}; there are {', '.join(PROPORTIONS)}.")
    _known(rules.splits, SPLITS, "split")
    _known(rules.question_types, QUESTION_TYPES, "question type")
    _known(rules.datasets, datasets, "source in this release", may_be_none=True)
    return dataclasses.replace(
        rules,
        splits=tuple(split for split in SPLITS if split in rules.splits),
        question_types=tuple(each for each in QUESTION_TYPES if each in rules.question_types),
        datasets=tuple(sorted(set(rules.datasets))),
    )


def checked_options(options: QuizOptions) -> QuizOptions:
    """The options with white space and orders mended, or why they cannot be.

    Raises
    ------
    QuizError
    """
    asks = tuple(dict.fromkeys(" ".join(each.split()) for each in options.asks if each.strip()))
    _known(options.arms, ARMS, "arm")
    _known((options.answer_form,), ANSWER_FORMS, "form of answers")
    if len(asks) > MOST_ASKED:
        raise QuizError(f"Ask at most {MOST_ASKED} things about a participant.")
    for asked in asks:
        _fits(asked, LONGEST_ASKED, "What a participant is asked about themselves")
    _fits(options.title, LONGEST_TITLE, "The title")
    _fits(options.consent, LONGEST_CONSENT, "The consent")
    if options.seconds_per_question is not None:
        _within(options.seconds_per_question, 5, 3600, "seconds a question")
    return dataclasses.replace(
        options,
        title=" ".join(options.title.split()),
        consent=options.consent.replace("\r\n", "\n").strip(),
        asks=asks,
        arms=tuple(arm for arm in ARMS if arm in options.arms),
    )


def checked_name(name: str) -> str:
    """The name, or why it cannot be one.

    Raises
    ------
    QuizError
    """
    if NAME_FORM.fullmatch(name) is None or name == "new":
        raise QuizError(
            f"A quiz cannot be named {name[:80]!a}: use 1 to 63 letters, digits, dots, dashes and underscores, a letter"
            " or digit first, and not the word new alone."
        )
    return name


def checked_seed(seed: int) -> int:
    """The seed, or why it cannot be one.

    Raises
    ------
    QuizError
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise QuizError(f"A seed is a whole number from 0 to {LARGEST_SEED:,}.")
    return seed


def unstorable_feedback(feedback: str) -> str | None:
    """Why the words after a practice question cannot be kept, or None."""
    return unstorable(feedback, LONGEST_FEEDBACK)


def _within(number: int, least: int, most: int, what: str) -> None:
    if not least <= number <= most:
        raise QuizError(f"There can be {least:,} to {most:,} {what}, not {number:,}.")


def _known(asked: Iterable[str], known: Collection[str], what: str, *, may_be_none: bool = False) -> None:
    asked = list(asked)
    strange = next((each for each in asked if each not in known), None)
    if strange is not None:
        raise QuizError(f"There is no {what} {strange[:80]!a}; there are {', '.join(sorted(known)[:50]) or 'none'}.")
    if not asked and not may_be_none:
        raise QuizError(f"Choose at least one {what}: {', '.join(known)}.")


def _fits(text: str, longest: int, what: str) -> None:
    reason = unstorable(text, longest)
    if reason:
        raise QuizError(f"{what} cannot be kept: {reason}.")
