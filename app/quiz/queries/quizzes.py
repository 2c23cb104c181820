"""Quizzes: finding and listing them, and moving them on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_COLUMNS: Final = """
q.quiz_id, q.name, r.name || '@' || r.number as release, q.release_id, q.state, q.rules, q.seed, q.counts,
q.public_answers, q.title, q.consent, q.asks, q.answer_form, q.may_zoom, q.may_set_contrast, q.shows_classes, q.classes,
q.seconds_per_question, q.arms, q.image_size_px, q.images, q.images_done, q.freezing_error, q.created_by, q.created_at,
q.frozen_at, q.opened_at, q.closed_at
"""
_FROM: Final = "from quiz q join release r using (release_id)"

_FIND: Final = text(f"select {_COLUMNS} {_FROM} where q.name = :name")
_GET: Final = text(f"select {_COLUMNS} {_FROM} where q.quiz_id = :quiz_id")
_LOCK: Final = text("select quiz_id from quiz where name = :name for update")
_LIST: Final = text("""
select q.quiz_id, q.name, r.name || '@' || r.number as release, q.state, q.arms, q.public_answers,
    (select count(*) from quiz_question u where u.quiz_id = q.quiz_id and not u.is_practice) as questions,
    (select count(*) from participant p where p.quiz_id = q.quiz_id and p.withdrawn_at is null) as participants,
    (select count(*) from participant p where p.quiz_id = q.quiz_id and p.withdrawn_at is null
        and p.finished_at is not null) as finished,
    q.created_at
from quiz q join release r using (release_id)
where q.quiz_id < :before order by q.quiz_id desc limit :limit
""")
_INSERT: Final = text("""
insert into quiz (name, release_id, rules, seed, counts, classes, created_by, title, consent, asks, answer_form,
    may_zoom, may_set_contrast, shows_classes, seconds_per_question, arms, public_answers)
values (:name, :release_id, cast(:rules as jsonb), :seed, cast(:counts as jsonb), :classes, :created_by, :title,
    :consent, :asks, :answer_form, :may_zoom, :may_set_contrast, :shows_classes, :seconds_per_question, :arms,
    :public_answers)
on conflict (name) do nothing returning quiz_id
""")
_DELETE: Final = text("delete from quiz where quiz_id = :quiz_id")
_OPEN: Final = text("update quiz set state = 'open', opened_at = clock_timestamp() where quiz_id = :quiz_id")
_CLOSE: Final = text("update quiz set state = 'closed', closed_at = clock_timestamp() where quiz_id = :quiz_id")
_PUBLISH: Final = text("update quiz set public_answers = :is_public where quiz_id = :quiz_id")
_DESCRIBE: Final = text("""
update quiz set title = :title, consent = :consent, asks = :asks, may_zoom = :may_zoom,
    may_set_contrast = :may_set_contrast, shows_classes = :shows_classes, seconds_per_question = :seconds_per_question
where quiz_id = :quiz_id
""")


@dataclass(frozen=True, slots=True)
class QuizRow:
    """A quiz, without its questions."""

    quiz_id: int
    name: str
    release: str
    """``NAME@3``."""
    release_id: int
    state: str
    rules: dict[str, Any]
    seed: int
    counts: dict[str, Any]
    public_answers: bool
    title: str
    consent: str
    asks: list[str]
    answer_form: str
    may_zoom: bool
    may_set_contrast: bool
    shows_classes: bool
    classes: list[str]
    seconds_per_question: int | None
    arms: list[str]
    image_size_px: int | None
    images: int
    images_done: int
    freezing_error: str | None
    created_by: str
    created_at: dt.datetime
    frozen_at: dt.datetime | None
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ListedQuiz:
    """A line of the list of quizzes; who withdrew is not counted."""

    quiz_id: int
    name: str
    release: str
    state: str
    arms: list[str]
    public_answers: bool
    questions: int
    participants: int
    finished: int
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class QuizOptions:
    """What participants read and may do; all but form of answers and arms may change until the quiz is frozen."""

    title: str = ""
    consent: str = ""
    asks: tuple[str, ...] = ()
    answer_form: str = "free"
    may_zoom: bool = True
    may_set_contrast: bool = True
    shows_classes: bool = False
    seconds_per_question: int | None = None
    arms: tuple[str, ...] = ("sar",)
    public_answers: bool = False


def find_quiz(session: Session, name: str) -> QuizRow | None:
    row = session.execute(_FIND, {"name": name}).one_or_none()
    return QuizRow(*row) if row else None


def get_quiz(session: Session, quiz_id: int) -> QuizRow:
    return QuizRow(*session.execute(_GET, {"quiz_id": quiz_id}).one())


def lock_quiz(session: Session, name: str) -> None:
    """Let nobody else move or change the quiz until this transaction ends."""
    session.execute(_LOCK, {"name": name})


def list_quizzes(session: Session, before: int | None, limit: int) -> list[ListedQuiz]:
    """Newest first, from below the key ``before``."""
    rows = session.execute(_LIST, {"before": 2**63 - 1 if before is None else before, "limit": limit})
    return [ListedQuiz(*row) for row in rows]


def insert_quiz(
    session: Session,
    name: str,
    release_id: int,
    rules: Mapping[str, Any],
    seed: int,
    counts: Mapping[str, Any],
    classes: Sequence[str],
    options: QuizOptions,
    created_by: str,
) -> int | None:
    """The new quiz's id; None where the name is taken."""
    values = {
        **_of_options(options),
        "name": name,
        "release_id": release_id,
        "rules": json.dumps(rules),
        "seed": seed,
        "counts": json.dumps(counts),
        "classes": list(classes),
        "created_by": created_by,
    }
    return session.execute(_INSERT, values).scalar_one_or_none()


def describe_quiz(session: Session, quiz_id: int, options: QuizOptions) -> None:
    """Change what may change until the quiz is frozen."""
    session.execute(_DESCRIBE, {**_of_options(options), "quiz_id": quiz_id})


def delete_quiz(session: Session, quiz_id: int) -> None:
    """With its questions, groups and invitations; a trigger refuses it from freezing on."""
    session.execute(_DELETE, {"quiz_id": quiz_id})


def open_quiz(session: Session, quiz_id: int) -> None:
    session.execute(_OPEN, {"quiz_id": quiz_id})


def close_quiz(session: Session, quiz_id: int) -> None:
    session.execute(_CLOSE, {"quiz_id": quiz_id})


def set_public_answers(session: Session, quiz_id: int, *, is_public: bool) -> None:
    session.execute(_PUBLISH, {"quiz_id": quiz_id, "is_public": is_public})


def _of_options(options: QuizOptions) -> dict[str, Any]:
    values = dataclasses.asdict(options)
    return {**values, "asks": list(options.asks), "arms": list(options.arms)}
