"""Who may take a quiz: groups, and the links into them, which are shown once. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.quiz.errors import InvitationError, NoSuchGroupError, QuizError
from app.quiz.pages.asked import whole
from app.quiz.queries.invitations import GroupRow, Invitable, InvitationRow, list_groups, list_invitable
from app.quiz.queries.invitations import list_invitations as page_of_invitations
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow import inviting
from app.quiz.workflow.inviting import GROUP_TITLES, MadeInvitation
from app.quiz.workflow.quizzes import get_quiz
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 100
REFUSALS: Final = (QuizError, InvitationError, NoSuchGroupError)

QuizName = Annotated[str, Path(max_length=200)]
Field = Annotated[str, Form(max_length=400)]


@dataclass(frozen=True, slots=True)
class AskedInvitation:
    """The form as it was filled in."""

    group: str = "expert"
    links: str = "1"
    uses: str = "1"
    days: str = ""
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """What was sent and is not taken."""

    message: str = ""
    name: str = ""
    kind: str = "own"
    is_group: bool = False
    """Whether a group was sent, or an invitation."""
    asked: AskedInvitation = field(default_factory=AskedInvitation)


@dataclass(frozen=True, slots=True)
class QuizPeoplePage:
    template: ClassVar[str] = "quiz/people.html"

    quiz: QuizRow
    groups: Sequence[GroupRow]
    choices: Sequence[str]
    """Groups that can be invited to: those of the quiz, and the two that it has in any case."""
    kinds: Mapping[str, str]
    invitations: Sequence[InvitationRow]
    older: int | None
    reviewers: Sequence[Invitable]
    names: Mapping[str, str]
    """Of reviewers to whom invitations are bound, by pseudonym."""
    made: Sequence[str]
    """The addresses of links that were made just now."""
    made_group: str
    refused: Refused


@router.get("/quizzes/{name}/people", name="quiz_people_page")
def people_page(
    request: Request, session: DbSession, name: QuizName, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    return render(request, _page(session, get_quiz(session, name), before=before))


@router.post("/quizzes/{name}/groups", name="add_quiz_group")
def add_group(request: Request, session: DbSession, name: QuizName, group: Field = "", kind: Field = "own") -> Response:
    quiz = get_quiz(session, name)
    try:
        inviting.add_group(session, quiz, group, kind)
    except REFUSALS as refused:
        page = _page(session, quiz, Refused(refused.message, group, kind, is_group=True))
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/quizzes/{name}/people", 303)


def asked_invitation(
    group: Field = "", links: Field = "1", uses: Field = "1", days: Field = "", reviewer: Field = ""
) -> AskedInvitation:
    """The form's fields."""
    return AskedInvitation(group.strip(), links.strip(), uses.strip(), days.strip(), reviewer.strip())


@router.post("/quizzes/{name}/invitations", name="invite_to_quiz")
def invite(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: QuizName,
    asked: Annotated[AskedInvitation, Depends(asked_invitation)],
    as_csv: Annotated[bool, Form()] = False,
) -> Response:
    """Answers with the page itself, or with a table, because the links are shown this once."""
    quiz = get_quiz(session, name)
    try:
        made = _invite(session, quiz, asked, str(viewer.pseudonym))
    except REFUSALS as refused:
        page = _page(session, quiz, Refused(refused.message, asked=asked))
        return render(request, page, STATUSES[refused.meaning])
    address = str(request.base_url).rstrip("/")
    if as_csv:
        headers = {
            "Content-Disposition": f'attachment; filename="{quiz.name}-invitations.csv"',
            "Cache-Control": "no-store",
        }
        return Response(inviting.as_csv(made, address), 201, headers, "text/csv")
    return render(request, _page(session, quiz, made=made, address=address), 201)


@router.post("/quizzes/{name}/invitations/{invitation_id}/revoke", name="revoke_invitation")
def revoke(session: DbSession, name: QuizName, invitation_id: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    inviting.revoke(session, get_quiz(session, name), invitation_id)
    return RedirectResponse(f"/quizzes/{name}/people#invitations", 303)


def _invite(session: Session, quiz: QuizRow, asked: AskedInvitation, by: str) -> list[MadeInvitation]:
    return inviting.invite(
        session,
        quiz,
        asked.group,
        by,
        links=whole(asked.links, "number of links"),
        uses=whole(asked.uses, "number of people"),
        days=whole(asked.days, "number of days") if asked.days else None,
        reviewer=inviting.require_reviewer(session, asked.reviewer) if asked.reviewer else None,
    )


def _page(
    session: Session,
    quiz: QuizRow,
    refused: Refused | None = None,
    *,
    before: int | None = None,
    made: Sequence[MadeInvitation] = (),
    address: str = "",
) -> QuizPeoplePage:
    groups = list_groups(session, quiz.quiz_id)
    invitations = page_of_invitations(session, quiz.quiz_id, before, PER_PAGE)
    reviewers = list_invitable(session)
    names = [group.name for group in groups]
    return QuizPeoplePage(
        quiz=quiz,
        groups=groups,
        choices=[*names, *(each for each in ("expert", "layperson") if each not in names)],
        kinds=GROUP_TITLES,
        invitations=invitations,
        older=invitations[-1].invitation_id if len(invitations) == PER_PAGE else None,
        reviewers=reviewers,
        names={str(each.pseudonym): each.display_name for each in reviewers},
        made=[f"{address}{each.path}" for each in made],
        made_group=made[0].group if made else "",
        refused=refused or Refused(),
    )
