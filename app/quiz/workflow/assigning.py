"""Who is asked what: order, arms and choices, by chance for each participant. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from app.quiz.queries.taking import Askable, Assigned


def assign(questions: Iterable[Askable], arms: Sequence[str], chance: random.Random) -> list[Assigned]:
    """Each question at its place for one participant, practice first and in the quiz's order, the rest shuffled.

    A ground has one arm, whatever is asked of it. The arms take turns over the grounds of each question type, from an
    arm of chance on: so each participant sees every arm about as often, and none goes with a type.
    """
    questions = list(questions)
    practice = sorted((each for each in questions if each.is_practice), key=lambda each: each.position)
    asked = [each for each in questions if not each.is_practice]
    chance.shuffle(asked)
    arm_of = arms_of([*asked, *practice], arms, chance)
    return [
        Assigned(place, each.quiz_question_id, each.ground_key, arm_of[each.ground_key], order_of(each.choices, chance))
        for place, each in enumerate([*practice, *asked], start=1)
    ]


def arms_of(questions: Sequence[Askable], arms: Sequence[str], chance: random.Random) -> dict[str, str]:
    """``{ground: arm}``, in the order in which the grounds come, type by type and practice apart."""
    arm_of: dict[str, str] = {}
    turns = list(arms)
    chance.shuffle(turns)
    turn = 0
    for each in sorted(questions, key=lambda each: (each.is_practice, each.question_type)):
        if each.ground_key not in arm_of:
            arm_of[each.ground_key] = turns[turn % len(turns)]
            turn += 1
    return arm_of


def order_of(choices: int, chance: random.Random) -> list[int] | None:
    """The choices in an order of chance; None where answers are free."""
    return chance.sample(range(choices), choices) if choices else None
