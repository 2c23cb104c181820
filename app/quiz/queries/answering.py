"""What a participant is asked now, and keeping what they answer.

The truth is read by two statements alone: that of a practice question after its end, and that of one's own answers
once the quiz is closed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

GRACE_S: Final = 5
"""What the way of the picture and of the answer may take, beyond the time that is told."""

_ENDS_AT: Final = f"""
a.shown_at + make_interval(secs => quiz.seconds_per_question + {GRACE_S})
"""
_SHOWN_ROLES: Final = """
case a.arm when 'optical' then array['optical'] when 'both' then array['sar', 'optical'] else array['sar'] end
"""
_STANDING: Final = text(f"""
select count(*) filter (where q.is_practice), count(*) filter (where not q.is_practice),
    count(*) filter (where q.is_practice and a.answered_at is not null),
    count(*) filter (where not q.is_practice and a.answered_at is not null),
    min(a.position) filter (where a.shown_at is not null and a.answered_at is null),
    coalesce(bool_or(clock_timestamp() > {_ENDS_AT}) filter (where a.answered_at is null), false),
    min(a.position) filter (where a.shown_at is null),
    max(a.position) filter (where a.answered_at is not null)
from participant_question a join quiz_question q using (quiz_question_id) join quiz using (quiz_id)
where a.participant_id = :participant_id
""")  # noqa: S608  (parts of our own)
_ASKED: Final = text("""
select a.position, q.is_practice, a.arm, q.question, q.choices, a.choice_order, q.region_box,
    case when a.arm = 'sar_metadata' then q.shown_metadata else '{}' end, a.ending, a.answer,
    cast(extract(epoch from a.shown_at + make_interval(secs => quiz.seconds_per_question) - clock_timestamp())
        as double precision)
from participant_question a join quiz_question q using (quiz_question_id) join quiz using (quiz_id)
where a.participant_id = :participant_id and a.position = :position
""")
_PICTURES: Final = text(f"""
select i.role, i.random_key, i.scale, i.left_px, i.top_px
from participant_question a join quiz_image i using (quiz_question_id)
where a.participant_id = :participant_id and a.position = :position and i.role = any({_SHOWN_ROLES})
order by i.role desc
""")  # noqa: S608  (parts of our own)
_IMAGE: Final = text(f"""
select i.sha256
from participant p join quiz using (quiz_id) join participant_question a using (participant_id)
join quiz_question q using (quiz_question_id) join quiz_image i using (quiz_question_id)
where p.resume_sha256 = :resume_sha256 and i.random_key = :random_key and i.role = any({_SHOWN_ROLES})
    and quiz.state = 'open' and a.shown_at is not null
    and case when a.answered_at is null
        then quiz.seconds_per_question is null or clock_timestamp() <= {_ENDS_AT}
        -- Of practice, beside its answer, until the next question is shown.
        else q.is_practice and not exists (select from participant_question later
            where later.participant_id = p.participant_id and later.position > a.position
                and later.shown_at is not null) end
""")  # noqa: S608  (parts of our own)
_SHOW: Final = text("""
update participant_question set shown_at = clock_timestamp()
where participant_id = :participant_id and shown_at is null and position = (
        select min(position) from participant_question where participant_id = :participant_id and shown_at is null)
    and not exists (select from participant_question
        where participant_id = :participant_id and shown_at is not null and answered_at is null)
returning position
""")
_END: Final = text(f"""
with clock as (select clock_timestamp() as now),
late as (
    select a.participant_question_id, now, coalesce(now > {_ENDS_AT}, false) as is_late
    from clock, participant_question a join quiz_question using (quiz_question_id) join quiz using (quiz_id)
    where a.participant_id = :participant_id and a.position = :position and quiz.state = 'open'
)
update participant_question a set answered_at = now, view = cast(:view as jsonb),
    ending = case when is_late then 'timed_out' else :ending end,
    answer = case when is_late then null else cast(:answer as text) end
from late
where a.participant_question_id = late.participant_question_id and a.shown_at is not null and a.answered_at is null
returning a.ending
""")  # noqa: S608  (parts of our own)
_TIME_OUT: Final = text(f"""
update participant_question a set answered_at = clock_timestamp(), ending = 'timed_out'
from quiz_question q join quiz using (quiz_id)
where q.quiz_question_id = a.quiz_question_id and a.participant_id = :participant_id and a.shown_at is not null
    and a.answered_at is null and quiz.state = 'open' and clock_timestamp() > {_ENDS_AT}
""")  # noqa: S608  (parts of our own)
_FINISH: Final = text("""
update participant set finished_at = clock_timestamp()
where participant_id = :participant_id and finished_at is null and not exists (
    select from participant_question where participant_id = :participant_id and answered_at is null)
""")
_FEEDBACK: Final = text("""
select q.truth, q.feedback
from participant_question a join quiz_question q using (quiz_question_id)
where a.participant_id = :participant_id and a.position = :position and q.is_practice and a.answered_at is not null
""")
_OWN: Final = text("""
select q.question, q.truth, q.question_type, a.answer, (
    select j.is_right from quiz_judgement j
    where j.quiz_question_id = a.quiz_question_id and j.answer = a.answer and j.judge = 'person'
    order by j.quiz_judgement_id desc limit 1)
from participant_question a join quiz_question q using (quiz_question_id) join quiz using (quiz_id)
where a.participant_id = :participant_id and quiz.state = 'closed' and not q.is_practice
    and a.answered_at is not null
""")


@dataclass(frozen=True, slots=True)
class StandingRow:
    """How far a participant is."""

    practice: int
    questions: int
    practised: int
    answered: int
    """Of the questions, those that ended, with an answer or without."""
    open: int | None
    """The position of the question that is shown and has not ended."""
    is_late: bool
    """Whether its time is over."""
    next: int | None
    """The first position that was never shown."""
    last: int | None
    """The position that ended last."""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question as a participant gets it. Nothing of it tells truth, source or ground."""

    position: int
    is_practice: bool
    arm: str
    question: str
    choices: list[str] | None
    choice_order: list[int] | None
    region_box: list[float] | None
    metadata: dict[str, Any]
    """Empty in all arms but that which shows it."""
    ending: str | None
    answer: str | None
    seconds_left: float | None
    """None where there is no limit."""


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture of the arm: scene point (x, y) is at ``(left_px + x · scale, top_px + y · scale)``."""

    role: str
    random_key: uuid.UUID
    scale: float
    left_px: float
    top_px: float


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """A participant's answer beside the truth, once the quiz is closed."""

    question: str
    truth: str
    question_type: str
    answer: str | None
    decided: bool | None
    """What a person decided of it, where it was disputed."""


def standing(session: Session, participant_id: int) -> StandingRow:
    return StandingRow(*session.execute(_STANDING, {"participant_id": participant_id}).one())


def get_asked(session: Session, participant_id: int, position: int) -> AskedRow:
    """Ask for no other than what was shown already."""
    return AskedRow(*session.execute(_ASKED, {"participant_id": participant_id, "position": position}).one())


def list_pictures(session: Session, participant_id: int, position: int) -> list[PictureRow]:
    """Those that the arm shows, SAR first."""
    values = {"participant_id": participant_id, "position": position}
    return [PictureRow(*row) for row in session.execute(_PICTURES, values)]


def find_image(session: Session, resume_sha256: bytes, random_key: uuid.UUID) -> str | None:
    """The SHA-256 of the copy, if this participant may look at it now."""
    values = {"resume_sha256": resume_sha256, "random_key": random_key}
    return session.execute(_IMAGE, values).scalar_one_or_none()


def show_next(session: Session, participant_id: int) -> int | None:
    """Show the next question, from now on by the server's clock; None where one is open, or none is left."""
    return session.execute(_SHOW, {"participant_id": participant_id}).scalar_one_or_none()


def end_question(
    session: Session, participant_id: int, position: int, ending: str, answer: str | None, view: Mapping[str, Any]
) -> str | None:
    """How the question ended, late ones ``timed_out``; None, and nothing kept, where it is not open."""
    values = {
        "participant_id": participant_id,
        "position": position,
        "ending": ending,
        "answer": answer,
        "view": json.dumps(view),
    }
    return session.execute(_END, values).scalar_one_or_none()


def time_out(session: Session, participant_id: int) -> None:
    """End the open question if its time is over."""
    session.execute(_TIME_OUT, {"participant_id": participant_id})


def finish_if_done(session: Session, participant_id: int) -> None:
    """Note that the last question ended."""
    session.execute(_FINISH, {"participant_id": participant_id})


def practice_feedback(session: Session, participant_id: int, position: int) -> tuple[str, str]:
    """Truth and feedback of a practice question that ended."""
    truth, feedback = session.execute(_FEEDBACK, {"participant_id": participant_id, "position": position}).one()
    return truth, feedback or ""


def own_answers(session: Session, participant_id: int) -> list[OwnAnswer]:
    """Nothing before the quiz is closed."""
    return [OwnAnswer(*row) for row in session.execute(_OWN, {"participant_id": participant_id})]
