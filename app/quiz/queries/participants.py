"""Participants as admins see them: by pseudonym; with all that is kept of one, and without."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_COLUMNS: Final = """
p.participant_id, p.pseudonym, g.name as group, g.kind as group_kind, p.invitation_id, p.consent_at, p.declared,
p.finished_at, p.withdrawn_at, p.erased_at,
(select count(*) from participant_question a join quiz_question q using (quiz_question_id)
    where a.participant_id = p.participant_id and not q.is_practice) as questions,
(select count(*) from participant_question a join quiz_question q using (quiz_question_id)
    where a.participant_id = p.participant_id and not q.is_practice and a.answered_at is not null) as answered,
exists (select from participant_person w where w.participant_id = p.participant_id) as has_person
"""
_LIST: Final = text(f"""
select {_COLUMNS} from participant p join quiz_group g using (quiz_group_id)
where p.quiz_id = :quiz_id and p.participant_id < :before order by p.participant_id desc limit :limit
""")  # noqa: S608  (columns of our own)
_FIND: Final = text(f"""
select {_COLUMNS} from participant p join quiz_group g using (quiz_group_id)
where p.quiz_id = :quiz_id and p.pseudonym = :pseudonym
""")  # noqa: S608  (columns of our own)
_LOCK: Final = text("select from participant where pseudonym = :pseudonym for update")
_TOLD: Final = text("select told from participant_person where participant_id = :participant_id")
_ANSWERS: Final = text("""
select a.position, q.is_practice, q.text_sha256, q.question, q.question_type, q.choices, a.choice_order, a.arm,
    a.shown_at, a.answered_at, a.ending, a.answer, a.view
from participant_question a join quiz_question q using (quiz_question_id)
where a.participant_id = :participant_id order by a.position
""")
_WITHDRAW: Final = text("""
update participant set withdrawn_at = coalesce(withdrawn_at, clock_timestamp()) where participant_id = :participant_id
""")
_FORGET: Final = (
    text("delete from participant_person where participant_id = :participant_id"),
    text("""
update participant set erased_at = coalesce(erased_at, clock_timestamp()), invitation_id = null, resume_sha256 = null,
    declared = '{}'
where participant_id = :participant_id
"""),
)
_DELETE_ANSWERS: Final = (
    text("delete from participant_question where participant_id = :participant_id"),
    text("delete from participant_ground where participant_id = :participant_id"),
)


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """Somebody who takes or took the quiz."""

    participant_id: int
    pseudonym: uuid.UUID
    group: str
    group_kind: str
    invitation_id: int | None
    consent_at: dt.datetime
    declared: dict[str, Any]
    finished_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    erased_at: dt.datetime | None
    questions: int
    """Without practice."""
    answered: int
    """Of these, those that ended, with an answer or without."""
    has_person: bool
    """Whether personal data is kept of them."""

    @property
    def state(self) -> str:
        """``erased``, ``withdrawn``, ``finished`` or ``under way``."""
        if self.erased_at is not None:
            return "erased"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "under way" if self.finished_at is None else "finished"


def list_participants(session: Session, quiz_id: int, before: int | None, limit: int) -> list[ParticipantRow]:
    """Newest first, from below the key ``before``."""
    values = {"quiz_id": quiz_id, "before": 2**63 - 1 if before is None else before, "limit": limit}
    return [ParticipantRow(*row) for row in session.execute(_LIST, values)]


def find_participant(session: Session, quiz_id: int, pseudonym: uuid.UUID) -> ParticipantRow | None:
    row = session.execute(_FIND, {"quiz_id": quiz_id, "pseudonym": pseudonym}).one_or_none()
    return ParticipantRow(*row) if row else None


def lock_participant(session: Session, pseudonym: uuid.UUID) -> None:
    """Let nobody change the participant until this transaction ends."""
    session.execute(_LOCK, {"pseudonym": pseudonym})


def told_of(session: Session, participant_id: int) -> dict[str, Any] | None:
    """The personal data, if there is any."""
    found: dict[str, Any] | None = session.execute(_TOLD, {"participant_id": participant_id}).scalar_one_or_none()
    return found


def list_answers(session: Session, participant_id: int) -> list[dict[str, Any]]:
    """Everything that they were asked and answered, in their order; without the truth."""
    return [dict(row) for row in session.execute(_ANSWERS, {"participant_id": participant_id}).mappings()]


def withdraw(session: Session, participant_id: int) -> None:
    """Count their answers in no result from now on."""
    session.execute(_WITHDRAW, {"participant_id": participant_id})


def forget(session: Session, participant_id: int) -> None:
    """Delete their personal data and all that leads to them: their own link, their invitation, what they declared."""
    for statement in _FORGET:
        session.execute(statement, {"participant_id": participant_id})


def delete_answers(session: Session, participant_id: int) -> None:
    """Delete all that they were asked and answered; a trigger refuses it for who is not erased."""
    for statement in _DELETE_ANSWERS:
        session.execute(statement, {"participant_id": participant_id})
