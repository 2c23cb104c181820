"""What is kept of a participant: told whole to whoever may ask for it, and erased where they wish it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.quiz.errors import NoSuchParticipantError
from app.quiz.queries import participants
from app.quiz.queries.participants import ParticipantRow
from app.quiz.queries.quizzes import QuizRow


def get_participant(session: Session, quiz: QuizRow, pseudonym: str) -> ParticipantRow:
    """The participant of this pseudonym.

    Raises
    ------
    NoSuchParticipantError
    """
    try:
        found = participants.find_participant(session, quiz.quiz_id, uuid.UUID(pseudonym.strip()))
    except ValueError:
        found = None
    if found is None:
        raise NoSuchParticipantError(
            f"Nobody takes the quiz {quiz.name} as {pseudonym[:40]!a}. Participants are told their pseudonym as they"
            " begin and as they end."
        )
    return found


def list_participants(session: Session, quiz: QuizRow, before: int | None, limit: int) -> list[ParticipantRow]:
    """Newest first; ``before`` is the ``participant_id`` of the last one of the page before."""
    return participants.list_participants(session, quiz.quiz_id, before, limit)


def export_participant(session: Session, quiz: QuizRow, pseudonym: str) -> dict[str, Any]:
    """Everything that is kept of a participant, for them to read: as JSON, without the truth of what they were asked.

    Raises
    ------
    NoSuchParticipantError
    """
    found = get_participant(session, quiz, pseudonym)
    return {
        "quiz": quiz.name,
        "title": quiz.title,
        "pseudonym": str(found.pseudonym),
        "group": found.group,
        "invitation": found.invitation_id,
        "consent_at": _moment(found.consent_at),
        "consent": quiz.consent,
        "declared": found.declared,
        "told": participants.told_of(session, found.participant_id),
        "finished_at": _moment(found.finished_at),
        "withdrawn_at": _moment(found.withdrawn_at),
        "erased_at": _moment(found.erased_at),
        "answers": [_plain(answer) for answer in participants.list_answers(session, found.participant_id)],
    }


def erase_participant(session: Session, quiz: QuizRow, pseudonym: str, *, with_answers: bool = False) -> ParticipantRow:
    """Erase all that leads to a participant: what they told of themselves, their link and their invitation.

    Their answers stay, under a pseudonym that nobody can trace any more; ``with_answers`` deletes these too, so that no
    result counts them. Done twice, it is the same.

    Raises
    ------
    NoSuchParticipantError
    """
    found = get_participant(session, quiz, pseudonym)
    participants.lock_participant(session, found.pseudonym)
    participants.forget(session, found.participant_id)
    if with_answers:
        participants.withdraw(session, found.participant_id)
        participants.delete_answers(session, found.participant_id)
    return get_participant(session, quiz, pseudonym)


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "shown_at": _moment(answer["shown_at"]), "answered_at": _moment(answer["answered_at"])}


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="milliseconds") if at is not None else None
