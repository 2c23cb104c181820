"""Results as files: the table, all answers by pseudonym, and JSON for scripts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from app.quiz.workflow.judging import VERSIONS
from app.quiz.workflow.results import ALL, REWEIGHTED, ResultRow, Results, Standing
from app.quiz.workflow.shares import Share
from app.quiz.workflow.sheets import PERSON, decision
from pipeline.formats import cells

TABLE_COLUMNS: Final = (
    "row", "arm", "people", "questions", "right", "asked", "undecided", "share", "low", "high", "interval", "note"
)  # fmt: skip
ANSWER_COLUMNS: Final = (
    "participant", "group", "group_kind", "finished", "order", "question_number", "text_sha256", "question_type",
    "question", "truth", "arm", "ending", "answer", "seconds",
)  # fmt: skip


def table_csv(results: Results) -> bytes:
    """A row a cell of the table, with counts and interval; no cell begins a formula."""
    lines = [list(TABLE_COLUMNS)]
    for row in (*results.rows, *results.baselines):
        for column in (*results.columns, ALL, REWEIGHTED):
            if column in row.cells:
                people = "" if row.people is None else str(row.people)
                lines.append([row.title, row.arm, people, column, *_written(row.cells[column])])
    return b"".join(map(cells.row, lines))


def answers_csv(standing: Standing) -> bytes:
    """A row an answer of those who count, by pseudonym, with what each judge said; no cell begins a formula."""
    groups = {each.quiz_group_id: each for each in standing.groups}
    asked = {each.quiz_question_id: each for each in standing.questions}
    judges = [*VERSIONS, PERSON]
    lines = [[*ANSWER_COLUMNS, *(name.replace("-", "_") for name in judges), "is_right"]]
    for each in standing.given:
        question, group = asked[each.quiz_question_id], groups[each.quiz_group_id]
        said = standing.judged.get((each.quiz_question_id, each.answer or ""), {})
        counts = False if each.answer is None else decision(said, standing.judge)
        lines.append(
            [
                str(each.pseudonym), group.name, group.kind, _yes(each.is_finished), str(each.position),
                str(question.position), question.text_sha256, question.question_type, question.question,
                question.truth, each.arm, each.ending, each.answer or "", f"{each.seconds:.1f}",
                *(_yes(said.get(name)) for name in judges), _yes(counts),
            ]
        )  # fmt: skip
    return b"".join(map(cells.row, lines))


def as_json(results: Results) -> dict[str, Any]:
    """All figures, for ``quiz results --json``."""
    standing = results.standing
    return {
        "quiz": standing.quiz.name,
        "release": standing.quiz.release,
        "state": standing.quiz.state,
        "judge": standing.judge,
        "judge_version": results.judge_version,
        "with_unfinished": standing.with_unfinished,
        "unjudged": standing.unjudged,
        "groups": [_plain(each) for each in standing.groups],
        "rows": [_row(each) for each in results.rows],
        "baselines": [_row(each) for each in results.baselines],
        "groups_differ": [_plain(each) for each in results.groups_differ],
        "arms_differ": [{"group": group, **_plain(each)} for group, each in results.arms_differ],
        "items": [
            {
                "number": each.question.position,
                "text_sha256": each.question.text_sha256,
                "question_type": each.question.question_type,
                "question": each.question.question,
                "truth": each.question.truth,
                **_plain(each.figures),
                "median_s": each.timing.median_s,
            }
            for each in results.items
        ],
        "power": {"why_not": results.power.why_not, "lines": [_plain(each) for each in results.power.lines]},
    }


def _row(row: ResultRow) -> dict[str, Any]:
    told = {name: _plain(each) for name, each in row.cells.items()}
    timing = None if row.timing is None else _plain(row.timing)
    return {"title": row.title, "arm": row.arm, "people": row.people, "cells": told, "timing": timing}


def _plain(each: Any) -> Mapping[str, Any]:
    return dataclasses.asdict(each)


def _written(share: Share) -> list[str]:
    counts = ["" if share.right is None else str(share.right), str(share.asked), str(share.undecided)]
    figures = ["" if each is None else f"{each:.4f}" for each in (share.value, share.low, share.high)]
    return [*counts, *figures, share.method, share.note]


def _yes(told: bool | None) -> str:
    return "" if told is None else "yes" if told else "no"
