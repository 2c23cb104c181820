"""The JSON API of reviewing. A submit may bring the next packet, so that a reviewer never waits for one."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.review import workflow
from app.review.queries.viewing import packet_rows
from app.review.schemas.requests import ClaimBody, FirstVerdictBody, ProgressBody, ScreenBody, SubmitBody
from app.review.schemas.views import (
    AcknowledgementView,
    ClaimView,
    FindingsView,
    FirstVerdictsView,
    PacketView,
    RenewalView,
    ReturnView,
    SavedView,
    finding_view,
    first_verdicts_view,
    packet_view,
)
from app.review.workflow import ReviewConfig
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.viewer import Viewer

router = APIRouter(prefix="/api/v1", tags=["review"])


@router.post("/queue/claim", name="claim_packet")
def claim_packet(request: Request, body: ClaimBody, session: DbSession, viewer: CurrentViewer) -> ClaimView:
    """Be handed a packet: first one that is yours but not in `have`, else the next free one."""
    claim = workflow.claim(session, viewer.pseudonym, body.dataset, body.have, config_of(request))
    return ClaimView(packet=shown(request, session, viewer, claim.assignment_id), reason=claim.reason)


@router.post("/reviews", name="submit_review")
def submit_review(request: Request, body: SubmitBody, session: DbSession, viewer: CurrentViewer) -> AcknowledgementView:
    """Submit a review: stored once it is answered, however often it is sent. With `next`, be handed the next packet."""
    told = workflow.submit(session, viewer.pseudonym, body.as_submission())
    next_id = None
    if body.next:
        next_id = workflow.claim_next(
            session, viewer.pseudonym, body.dataset, body.have, config_of(request)
        ).assignment_id
    return AcknowledgementView(
        review_id=told.review_id,
        revision=told.revision,
        counted_as=told.counted_as,
        message=told.message,
        resolved=told.resolved,
        disagreements=told.disagreements,
        next=shown(request, session, viewer, next_id),
    )


@router.put("/assignments/{assignment_id}/progress", name="save_progress")
def save_progress(
    request: Request, assignment_id: uuid.UUID, body: ProgressBody, session: DbSession, viewer: CurrentViewer
) -> SavedView:
    """Keep unfinished verdicts under the version that they were read at (0: none yet), and renew the hold."""
    saved, renewal = workflow.save_progress(
        session, viewer.pseudonym, assignment_id, body.version, body.body, config_of(request)
    )
    return SavedView(version=saved.version, saved_at=saved.saved_at, expires_at=renewal.expires_at)


@router.post("/assignments/{assignment_id}/renew", name="renew_assignment")
def renew_assignment(
    request: Request, assignment_id: uuid.UUID, session: DbSession, viewer: CurrentViewer
) -> RenewalView:
    """Make the hold last from now on."""
    renewal = workflow.renew(session, viewer.pseudonym, assignment_id, config_of(request))
    return RenewalView(expires_at=renewal.expires_at, server_time=renewal.server_time)


@router.post("/assignments/{assignment_id}/return", name="return_packet")
def return_packet(assignment_id: uuid.UUID, session: DbSession, viewer: CurrentViewer) -> ReturnView:
    """Put the packet back for others."""
    workflow.give_back(session, viewer.pseudonym, assignment_id)
    return ReturnView()


@router.post("/assignments/{assignment_id}/first-verdicts", name="give_first_verdict")
def give_first_verdict(
    assignment_id: uuid.UUID, body: FirstVerdictBody, session: DbSession, viewer: CurrentViewer
) -> FirstVerdictsView:
    """Of a packet with `hides_findings`: say what you think of a draft, and be shown its findings. The first one stays;
    it measures the rules of screening and decides nothing."""
    shown = workflow.give_first_verdict(
        session, viewer.pseudonym, assignment_id, body.draft_id, body.verdict, body.flags
    )
    return first_verdicts_view(shown)


@router.post("/screen", name="screen_text")
def screen_text(body: ScreenBody, session: DbSession, viewer: CurrentViewer) -> FindingsView:
    """Screen the reviewer's own wording of a draft; where its findings are hidden, only after their first verdict."""
    found = workflow.screen_wording(session, viewer.pseudonym, body.packet_id, body.draft_id, body.text, body.answer)
    return FindingsView(findings=[finding_view(one) for one in found or ()], hides_findings=found is None)


def config_of(request: Request) -> ReviewConfig:
    config: ReviewConfig = request.app.state.review_config
    return config


def shown(request: Request, session: Session, viewer: Viewer, assignment_id: uuid.UUID | None) -> PacketView | None:
    """What the page shows of a handed packet."""
    if assignment_id is None:
        return None
    return packet_view(packet_rows(session, assignment_id), request.app.state.asset_signer, viewer.pseudonym)
