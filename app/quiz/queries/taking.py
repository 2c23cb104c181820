"""Who takes a quiz, as their own pages see them; and the rows that are made as they are let in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_TAKER: Final = text("""
select p.participant_id, p.pseudonym, p.quiz_id, q.name as quiz, q.title, q.state as quiz_state, q.answer_form,
    q.may_zoom, q.may_set_contrast, q.shows_classes, q.classes, q.seconds_per_question,
    coalesce(q.image_size_px, 1) as image_size_px, p.finished_at is not null as is_finished
from participant p join quiz q using (quiz_id) where p.resume_sha256 = :resume_sha256
""")
_LOCK: Final = text("select from participant where participant_id = :participant_id for update")
_INSERT: Final = text("""
insert into participant (quiz_id, quiz_group_id, invitation_id, resume_sha256, consent_at, declared)
values (:quiz_id, :quiz_group_id, :invitation_id, :resume_sha256, clock_timestamp(), cast(:declared as jsonb))
on conflict (resume_sha256) do nothing returning participant_id
""")
_INSERT_PERSON: Final = text("""
insert into participant_person (participant_id, told) values (:participant_id, cast(:told as jsonb))
""")
_INSERT_GROUNDS: Final = text("""
insert into participant_ground (participant_id, ground_key, arm)
select distinct cast(:participant_id as bigint), ground_key, arm
from jsonb_to_recordset(cast(:rows as jsonb)) as given (ground_key text, arm text)
""")
_INSERT_QUESTIONS: Final = text("""
insert into participant_question (participant_id, position, quiz_question_id, ground_key, arm, choice_order)
select :participant_id, position, quiz_question_id, ground_key, arm, choice_order
from jsonb_to_recordset(cast(:rows as jsonb)) as given
    (position integer, quiz_question_id bigint, ground_key text, arm text, choice_order integer[])
""")
_ASKABLE: Final = text("""
select q.quiz_question_id, q.is_practice, q.position, q.ground_key, q.question_type,
    coalesce(cardinality(q.choices), 0), q.dataset, coalesce(frozen.entry #>> '{metadata,place}', '')
from quiz_question q join scene on scene.scene_id = q.scene_id
left join release_scene frozen
    on frozen.release_id = q.release_id and frozen.dataset = q.dataset and frozen.name = scene.name
where q.quiz_id = :quiz_id order by q.is_practice desc, q.position
""")


@dataclass(frozen=True, slots=True)
class TakerRow:
    """A participant, with what their pages need to know of the quiz."""

    participant_id: int
    pseudonym: uuid.UUID
    quiz_id: int
    quiz: str
    """Its name, which is for admins: no page of a participant shows it."""
    title: str
    quiz_state: str
    answer_form: str
    may_zoom: bool
    may_set_contrast: bool
    shows_classes: bool
    classes: list[str]
    seconds_per_question: int | None
    image_size_px: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Askable:
    """A question as far as it decides whether, where and in which arm somebody is asked it."""

    quiz_question_id: int
    is_practice: bool
    position: int
    ground_key: str
    question_type: str
    choices: int
    """How many; 0 where answers are free."""
    dataset: str
    place: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A question as one participant gets it."""

    position: int
    quiz_question_id: int
    ground_key: str
    arm: str
    choice_order: list[int] | None


def find_taker(session: Session, resume_sha256: bytes) -> TakerRow | None:
    """Whose token this is."""
    row = session.execute(_TAKER, {"resume_sha256": resume_sha256}).one_or_none()
    return TakerRow(*row) if row else None


def lock_taker(session: Session, participant_id: int) -> None:
    """Let their other tabs wait until this transaction ends."""
    session.execute(_LOCK, {"participant_id": participant_id})


def insert_taker(
    session: Session,
    quiz_id: int,
    quiz_group_id: int,
    invitation_id: int,
    resume_sha256: bytes,
    declared: Mapping[str, Any],
) -> int | None:
    """The new participant's id; None where one with this token is there already. Two at once wait for each other."""
    values = {
        "quiz_id": quiz_id,
        "quiz_group_id": quiz_group_id,
        "invitation_id": invitation_id,
        "resume_sha256": resume_sha256,
        "declared": json.dumps(declared),
    }
    return session.execute(_INSERT, values).scalar_one_or_none()


def insert_person(session: Session, participant_id: int, told: Mapping[str, str]) -> None:
    """Keep what they told of themselves."""
    session.execute(_INSERT_PERSON, {"participant_id": participant_id, "told": json.dumps(told)})


def insert_assigned(session: Session, participant_id: int, assigned: Sequence[Assigned]) -> None:
    """Keep what they will be asked, in which order and arms."""
    values = {"participant_id": participant_id, "rows": json.dumps([asdict(each) for each in assigned])}
    session.execute(_INSERT_GROUNDS, values)
    session.execute(_INSERT_QUESTIONS, values)


def list_askable(session: Session, quiz_id: int) -> list[Askable]:
    """All questions of the quiz, practice first."""
    return [Askable(*row) for row in session.execute(_ASKABLE, {"quiz_id": quiz_id})]
