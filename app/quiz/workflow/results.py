"""Results of a quiz as the paper's Table 9 has them: groups in rows, question types in columns, with intervals.

Only who finished counts, unless all are asked for; who withdrew counts nowhere. A question that was passed, or whose
time ran out, is not right; nor is an answer that neither the judge nor a person could decide: their number is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.quiz.errors import QuizError, QuizStateError
from app.quiz.queries import blind_answers, questions, results
from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.queries.results import GivenRow, GroupRow
from app.quiz.workflow import judging
from app.quiz.workflow.answers import JUDGE, fold
from app.quiz.workflow.needed import Power, power
from app.quiz.workflow.shares import Difference, Share, counted, difference, release_weights, share
from app.quiz.workflow.sheets import Judged, Sheet, make_sheet
from app.quiz.workflow.timing import Timing, timing
from pipeline.scoring.item_figures import ItemFigures, item_figures
from pipeline.vocabulary import QUESTION_TYPES

ALL: Final = "all"
"""The column of all questions."""
REWEIGHTED: Final = "release"
"""The column of all questions in the release's proportions."""
MOST_PAIRS: Final = 15

Weights = NDArray[np.float64]
EARLY: Final = (
    "The quiz is still open. Whoever looks at results early is tempted to stop when they please, and then the intervals"
    " do not hold: decide beforehand how many people take it."
)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A line of the table: a group, in all arms or in one, or how far one gets without looking."""

    title: str
    arm: str
    """Empty for all arms."""
    people: int | None
    """None where nobody took part: chance, majority answer, a model without the image."""
    cells: Mapping[str, Share]
    """By question type, and ``all``; of people also ``release``."""
    timing: Timing | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A question over all who were asked it."""

    question: QuestionRow
    figures: ItemFigures
    timing: Timing


@dataclass(frozen=True, slots=True)
class Standing:
    """What results are made from, before any figure."""

    quiz: QuizRow
    judge: str
    with_unfinished: bool
    questions: Sequence[QuestionRow]
    """Without practice."""
    practice: int
    given: Sequence[GivenRow]
    """Of those who count."""
    judged: Judged
    groups: Sequence[GroupRow]
    blind: Mapping[str, bool]
    """Of the model without the image, by text."""

    @property
    def unjudged(self) -> int:
        """Different answers of which the judge said nothing yet."""
        told = {(each.quiz_question_id, each.answer) for each in self.given if each.answer is not None}
        return sum(self.judge not in self.judged.get(each, {}) for each in told)


@dataclass(frozen=True, slots=True)
class Results:
    """All figures of a quiz."""

    standing: Standing
    judge_version: int
    columns: Sequence[str]
    """Question types that are asked, in their order."""
    rows: Sequence[ResultRow]
    baselines: Sequence[ResultRow]
    groups_differ: Sequence[Difference]
    pairs_left_out: int
    """Of groups, that are not compared because there are too many."""
    arms_differ: Sequence[tuple[str, Difference]]
    """(group, difference between two arms)"""
    items: Sequence[ItemRow]
    power: Power


def look(
    session: Session, quiz: QuizRow, judge: str = JUDGE, *, early: bool = False, everybody: bool = False
) -> Standing:
    """Read what results are made from.

    Parameters
    ----------
    early : bool
        Look although the quiz is open.
    everybody : bool
        Count also who did not finish, as far as they came.

    Raises
    ------
    QuizError
        If there is no such judge.
    QuizStateError
        If it is open and nobody said that they look early, or nobody can have taken it yet.
    """
    judging.require_judge(judge)
    if quiz.state not in {"open", "closed"}:
        raise QuizStateError(f"Nobody took {quiz.name} yet: it was not opened.", state=quiz.state)
    if quiz.state == "open" and not early:
        raise QuizStateError(f"Results of {quiz.name} are shown once it is closed. {EARLY}", state=quiz.state)
    listed = questions.list_questions(session, quiz.quiz_id)
    asked = [each for each in listed if not each.is_practice]
    given = results.list_given(session, quiz.quiz_id)
    return Standing(
        quiz=quiz,
        judge=judge,
        with_unfinished=everybody,
        questions=asked,
        practice=len(listed) - len(asked),
        given=given if everybody else [each for each in given if each.is_finished],
        judged=results.list_judged(session, quiz.quiz_id, judging.VERSIONS),
        groups=results.list_groups(session, quiz.quiz_id),
        blind=blind_answers.blind_results(session, quiz.quiz_id),
    )


def figures(standing: Standing, points: float | None = None) -> Results:
    """Count, estimate and compare. Pure: the same answers have the same figures everywhere.

    Parameters
    ----------
    points
        A difference in points of a hundred for the power meter, beside the usual ones.
    """
    if points is not None and not 0 < points <= 100:
        raise QuizError("A difference is more than 0 and at most 100 points.")
    quiz, asked = standing.quiz, standing.questions
    sheet = make_sheet(asked, standing.given, standing.judged, standing.judge)
    by_group = {each.name: sheet.of(each.quiz_group_id) for each in standing.groups}
    weights = release_weights(asked, quiz.counts["strata"])
    there = {each.question_type for each in asked}
    columns = [name for name in QUESTION_TYPES if name in there]
    pairs = list(combinations([name for name, each in by_group.items() if each.people], 2))
    compared = [
        difference(by_group[one], by_group[other], (one, other), weights, same_people=False)
        for one, other in pairs[:MOST_PAIRS]
    ]
    return Results(
        standing=standing,
        judge_version=judging.VERSIONS[standing.judge],
        columns=columns,
        rows=[row for name, each in by_group.items() for row in _rows(name, each, quiz.arms, columns, weights)],
        baselines=_baselines(asked, columns, standing.blind),
        groups_differ=[each for each in compared if each is not None],
        pairs_left_out=max(0, len(pairs) - MOST_PAIRS),
        arms_differ=_arms_differ(by_group, quiz.arms, weights),
        items=_items(sheet),
        power=power(sheet, {each.name: each.quiz_group_id for each in standing.groups}, points),
    )


def results_of(
    session: Session,
    quiz: QuizRow,
    judge: str = JUDGE,
    *,
    early: bool = False,
    everybody: bool = False,
    points: float | None = None,
) -> Results:
    """Look, and make the figures; raises as both do."""
    return figures(look(session, quiz, judge, early=early, everybody=everybody), points)


def _rows(title: str, sheet: Sheet, arms: Sequence[str], columns: Sequence[str], weights: Weights) -> list[ResultRow]:
    parts = [("", sheet), *((arm, sheet.of(arm=arm)) for arm in arms if len(arms) > 1)]
    return [ResultRow(title, arm, part.people, _cells(part, columns, weights), timing(part)) for arm, part in parts]


def _cells(sheet: Sheet, columns: Sequence[str], weights: Weights) -> dict[str, Share]:
    of_types = {name: share(sheet, sheet.columns(name)) for name in columns}
    return {**of_types, ALL: share(sheet), REWEIGHTED: share(sheet, weights=weights)}


def _arms_differ(by_group: Mapping[str, Sheet], arms: Sequence[str], weights: Weights) -> list[tuple[str, Difference]]:
    found = []
    for name, sheet in by_group.items():
        for one, other in combinations(arms, 2):
            # Each participant is in both arms, on other ground.
            told = difference(sheet.of(arm=one), sheet.of(arm=other), (one, other), weights, same_people=True)
            if told is not None:
                found.append((name, told))
    return found


def _items(sheet: Sheet) -> list[ItemRow]:
    told = item_figures(sheet.right)
    places = np.arange(len(sheet.questions))
    return [
        ItemRow(question, told[place], timing(sheet, places == place)) for place, question in enumerate(sheet.questions)
    ]


def _baselines(asked: Sequence[QuestionRow], columns: Sequence[str], blind: Mapping[str, bool]) -> list[ResultRow]:
    """Chance, majority answer and a model without the image, on the same questions."""
    parts = {name: [each for each in asked if each.question_type == name] for name in columns} | {ALL: list(asked)}
    chance = {
        name: Share(None, len(part), value=sum(each.chance for each in part) / max(1, len(part)))
        for name, part in parts.items()
    }
    majority = {
        name: counted(
            sum(fold(each.majority_answer) == fold(each.truth) for each in part), len(part), has_interval=False
        )
        for name, part in parts.items()
    }
    seen = {
        name: [blind[each.text_sha256] for each in part if each.text_sha256 in blind] for name, part in parts.items()
    }
    rows = [ResultRow("Chance", "", None, chance), ResultRow("Majority answer", "", None, majority)]
    if blind:
        without = {name: counted(sum(told), len(told)) for name, told in seen.items()}
        rows.append(ResultRow("A model without the image", "", None, without))
    return rows
