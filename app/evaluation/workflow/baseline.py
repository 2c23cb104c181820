"""People's rows of a leaderboard: one a group of a closed quiz, with intervals that fit how many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.evaluation.queries.people import PersonAnswer
from app.evaluation.workflow.figures import SEED

if TYPE_CHECKING:
    from numpy.typing import NDArray

TYPE_ROUNDS: Final = 2_000
"""Of the figures by type, which are many."""


@dataclass(frozen=True, slots=True)
class People:
    """A group of a quiz, with figures as those of a model's answers."""

    quiz: str
    group: str
    participants: int
    figures: Mapping[str, Any]
    note: str
    """What must be said with the figures."""
    answers: Sequence[PersonAnswer]


def people_of(answers: Sequence[PersonAnswer]) -> list[People]:
    """A row a quiz and group; groups of whose answers none was judged are left out."""
    groups: dict[tuple[str, str], list[PersonAnswer]] = {}
    for each in answers:
        groups.setdefault((each.quiz, each.group_name), []).append(each)
    judged = {key: rows for key, rows in groups.items() if any(row.is_right is not None for row in rows)}
    return [_people(*key, rows) for key, rows in judged.items()]


def difference_to_people(right: Mapping[str, bool], people: People) -> dict[str, Any] | None:
    """How much oftener a model is right than the group on the questions of the quiz; None where they share none."""
    import numpy as np

    from pipeline.scoring.bootstrap import difference_of

    asked = sorted({each.item_id for each in people.answers} & set(right))
    if not asked:
        return None
    table = _table([each for each in people.answers if each.item_id in right], asked)
    found = difference_of(np.array([float(right[item]) for item in asked]), table, SEED)
    return {
        "value": found.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "method": found.method,
        "answers": len(asked),
        "p": None,
    }


def _people(quiz: str, group: str, rows: Sequence[PersonAnswer]) -> People:
    from pipeline.scoring.bootstrap import ROUNDS

    figures, note = _share(rows, ROUNDS)
    types = sorted({row.question_type for row in rows})
    figures["types"] = {
        name: _share([row for row in rows if row.question_type == name], TYPE_ROUNDS)[0] for name in types
    }
    return People(quiz, group, len({row.participant_id for row in rows}), figures, note, rows)


def _share(rows: Sequence[PersonAnswer], rounds: int) -> tuple[dict[str, Any], str]:
    from pipeline.scoring.bootstrap import share_of

    found = share_of(_table(rows, sorted({row.item_id for row in rows})), SEED, rounds=rounds)
    counts = {
        "answers": len(rows),
        "right": sum(row.is_right is True for row in rows),
        "undecided": sum(row.is_right is None and not row.is_unanswered for row in rows),
    }
    told = {"value": found.value, "low": found.interval.low, "high": found.interval.high, "method": found.method}
    return {**counts, **told, "clusters": found.clusters}, found.note


def _table(rows: Sequence[PersonAnswer], items: Sequence[str]) -> NDArray[Any]:
    """Right answers, shape (participants, questions); NaN where not asked."""
    import numpy as np

    people = {person: at for at, person in enumerate(sorted({row.participant_id for row in rows}))}
    places = {item: at for at, item in enumerate(items)}
    table = np.full((len(people), len(items)), np.nan)
    for row in rows:
        table[people[row.participant_id], places[row.item_id]] = float(row.is_right is True)
    return table
