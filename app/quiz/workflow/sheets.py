"""The answers to a quiz as numbers: a row a participant, a column a question that counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.results import GivenRow
from pipeline.vocabulary import ARMS

PERSON = "person"
"""The judge whose decision counts before any other."""

Judged = Mapping[tuple[int, str], Mapping[str, bool | None]]
"""``{(question, answer): {judge: is right}}``"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What each participant answered, of shape (participants, questions) each."""

    questions: Sequence[QuestionRow]
    participants: NDArray[np.int64]
    """Of each row; shape (participants,)."""
    groups: NDArray[np.int64]
    """Of each row; shape (participants,)."""
    right: NDArray[np.float64]
    """1 right, 0 wrong, passed, out of time or undecided; NaN where it was not asked."""
    undecided: NDArray[np.bool_]
    """Answered, and neither a judge nor a person could say."""
    arms: NDArray[np.int8]
    """Index into ``ARMS``; -1 where it was not asked."""
    passed: NDArray[np.bool_]
    timed_out: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    """Until they answered or passed; NaN where the time ran out or nothing was asked."""

    def of(self, group: int | None = None, arm: str = "") -> Sheet:
        """The rows of one group, and of these what was asked in one arm."""
        rows = np.ones(len(self.groups), bool) if group is None else self.groups == group
        kept = rows[:, None] & (np.ones_like(self.undecided) if not arm else self.arms == ARMS.index(arm))
        return Sheet(
            self.questions,
            self.participants[rows],
            self.groups[rows],
            np.where(kept, self.right, np.nan)[rows],
            (self.undecided & kept)[rows],
            np.where(kept, self.arms, -1)[rows].astype(np.int8),
            (self.passed & kept)[rows],
            (self.timed_out & kept)[rows],
            np.where(kept, self.seconds, np.nan)[rows],
        )

    def columns(self, question_type: str) -> NDArray[np.bool_]:
        """Which questions are of a type; shape (questions,)."""
        return np.array([each.question_type == question_type for each in self.questions], bool)

    @property
    def people(self) -> int:
        """Who was asked anything."""
        return int((~np.isnan(self.right)).any(axis=1).sum())


def decision(said: Mapping[str, bool | None], judge: str) -> bool | None:
    """What counts of what was judged: a person's decision, else the judge's; None where neither could say."""
    return said[PERSON] if said.get(PERSON) is not None else said.get(judge)


def make_sheet(questions: Sequence[QuestionRow], given: Sequence[GivenRow], judged: Judged, judge: str) -> Sheet:
    """Put the answers of participants where they belong. Answers that were not judged yet are undecided."""
    columns = {each.quiz_question_id: place for place, each in enumerate(questions)}
    rows: dict[int, int] = {}
    for each in given:
        rows.setdefault(each.participant_id, len(rows))
    groups = {each.participant_id: each.quiz_group_id for each in given}
    shape = len(rows), len(columns)
    right, seconds = np.full(shape, np.nan), np.full(shape, np.nan)
    undecided, passed, timed_out = (np.zeros(shape, bool) for _ in range(3))
    arms = np.full(shape, -1, np.int8)
    for each in given:
        at = rows[each.participant_id], columns[each.quiz_question_id]
        said = None
        if each.answer is not None:
            said = decision(judged.get((each.quiz_question_id, each.answer), {}), judge)
            undecided[at] = said is None
        right[at] = said is True
        arms[at] = ARMS.index(each.arm)
        passed[at], timed_out[at] = each.ending == "passed", each.ending == "timed_out"
        if each.ending != "timed_out":
            seconds[at] = each.seconds
    return Sheet(
        questions,
        np.array(list(rows), np.int64),
        np.array([groups[person] for person in rows], np.int64),
        right,
        undecided,
        arms,
        passed,
        timed_out,
        seconds,
    )
