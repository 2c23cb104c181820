"""Participants of a quiz by pseudonym, for an admin whom one of them asks: told, withdrawn from results, erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.quiz.errors import NoSuchParticipantError
from app.quiz.queries.participants import ParticipantRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow import erasing
from app.quiz.workflow.quizzes import get_quiz
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 100

QuizName = Annotated[str, Path(max_length=200)]
Pseudonym = Annotated[str, Path(max_length=100)]


@dataclass(frozen=True, slots=True)
class ParticipantsPage:
    template: ClassVar[str] = "quiz/participants.html"

    quiz: QuizRow
    participants: Sequence[ParticipantRow]
    older: int | None
    sought: str
    message: str


@dataclass(frozen=True, slots=True)
class ParticipantPage:
    template: ClassVar[str] = "quiz/participant.html"

    quiz: QuizRow
    participant: ParticipantRow


@router.get("/quizzes/{name}/participants", name="participants_page")
def participants_page(
    request: Request,
    session: DbSession,
    name: QuizName,
    pseudonym: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    quiz, message, status = get_quiz(session, name), "", 200
    if pseudonym.strip():
        try:
            found = erasing.get_participant(session, quiz, pseudonym)
            return RedirectResponse(f"/quizzes/{quiz.name}/participants/{found.pseudonym}", 303)
        except NoSuchParticipantError as refused:
            message, status = refused.message, STATUSES[refused.meaning]
    rows = erasing.list_participants(session, quiz, before, PER_PAGE)
    older = rows[-1].participant_id if len(rows) == PER_PAGE else None
    return render(request, ParticipantsPage(quiz, rows, older, pseudonym, message), status)


@router.get("/quizzes/{name}/participants/{pseudonym}", name="participant_page")
def participant_page(request: Request, session: DbSession, name: QuizName, pseudonym: Pseudonym) -> Response:
    quiz = get_quiz(session, name)
    return render(request, ParticipantPage(quiz, erasing.get_participant(session, quiz, pseudonym)))


@router.get("/quizzes/{name}/participants/{pseudonym}/export", name="export_participant")
def export(session: DbSession, name: QuizName, pseudonym: Pseudonym) -> Response:
    """All that is kept of them, as a file to hand over."""
    kept = erasing.export_participant(session, get_quiz(session, name), pseudonym)
    headers = {
        "Content-Disposition": f'attachment; filename="participant-{kept["pseudonym"]}.json"',
        "Cache-Control": "no-store",
    }
    body = json.dumps(kept, indent=1, ensure_ascii=False)
    return Response(body, headers=headers, media_type="application/json")


@router.post("/quizzes/{name}/participants/{pseudonym}/erase", name="erase_participant")
def erase(
    session: DbSession, name: QuizName, pseudonym: Pseudonym, with_answers: Annotated[bool, Form()] = False
) -> Response:
    quiz = get_quiz(session, name)
    erased = erasing.erase_participant(session, quiz, pseudonym, with_answers=with_answers)
    return RedirectResponse(f"/quizzes/{quiz.name}/participants/{erased.pseudonym}", 303)
