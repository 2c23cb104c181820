"""The JSON API of adjudication: a packet taken and left, decisions, comments, and words that are screened as they are
written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from app.adjudication import workflow
from app.adjudication.schemas.requests import CommentBackBody, DecisionsBody, ScreenBody
from app.adjudication.schemas.views import (
    CommentedView,
    DecisionsView,
    FoundView,
    HoldView,
    LeftView,
    decisions_view,
)
from app.adjudication.workflow import AdjudicationConfig, CommentBack
from app.review.schemas.views import finding_view
from app.web.database import DbSession
from app.web.guard import CurrentViewer

router = APIRouter(prefix="/api/v1/adjudications", tags=["adjudication"])

PacketId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("", name="decide")
def decide(request: Request, body: DecisionsBody, session: DbSession, viewer: CurrentViewer) -> DecisionsView:
    """Decide where reviews of a packet differ: stored once it is answered, however often it is sent, all or nothing.

    Of a scene that is `unusable` all that is open is rejected, and there are no `decisions`.
    """
    told = workflow.decide(session, request.app.state.secret, viewer.pseudonym, body.as_decisions())
    return decisions_view(told)


@router.post("/{packet_id}/hold", name="take_adjudication")
def take(request: Request, packet_id: PacketId, session: DbSession, viewer: CurrentViewer) -> HoldView:
    """Have the packet open to you alone, or make that last from now on."""
    config: AdjudicationConfig = request.app.state.adjudication_config
    hold = workflow.take(session, viewer.pseudonym, packet_id, config)
    return HoldView(expires_at=hold.expires_at, server_time=hold.server_time)


@router.post("/{packet_id}/leave", name="leave_adjudication")
def leave(packet_id: PacketId, session: DbSession, viewer: CurrentViewer) -> LeftView:
    """Let others have the packet."""
    workflow.leave(session, viewer.pseudonym, packet_id)
    return LeftView()


@router.post("/{packet_id}/comments", name="comment_back")
def comment_back(
    request: Request, packet_id: PacketId, body: CommentBackBody, session: DbSession, viewer: CurrentViewer
) -> CommentedView:
    """Write to the reviewers behind a letter, or to all of them; stored once for each `note_id`."""
    reviewers = workflow.comment_back(
        session,
        request.app.state.secret,
        viewer.pseudonym,
        packet_id,
        body.draft_id,
        CommentBack(body.to, body.text),
        body.note_id,
    )
    return CommentedView(reviewers=reviewers)


@router.post("/{packet_id}/screen", name="screen_decision")
def screen(packet_id: PacketId, body: ScreenBody, session: DbSession, viewer: CurrentViewer) -> FoundView:
    """Screen a wording of your own of a draft of the packet."""
    found = workflow.screen_wording(session, viewer.pseudonym, packet_id, body.draft_id, body.text, body.answer)
    return FoundView(findings=[finding_view(one) for one in found])
