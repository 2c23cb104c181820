"""The JSON API of reviewing. A submit may bring the next packet, so that a reviewer never waits for one."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response

from app.intake.queries.guidelines import guidelines_of
from app.intake.views import View, scene_view
from app.review import workflow
from app.review.errors import UnknownDatasetError
from app.review.queries.viewing import PacketRows, packet_rows
from app.review.schemas.box_reviewing import BoxReviewBody, BoxReviewView, box_review_view
from app.review.schemas.looking import NudgeBody, NudgeView, ViewerSettingsBody, ViewerSettingsView
from app.review.schemas.requests import (
    ClaimBody,
    DatasetName,
    FirstVerdictBody,
    NoteBody,
    ProgressBody,
    ReviewSettingsBody,
    SarVerdictsBody,
    ScreenBody,
    SubmitBody,
)
from app.review.schemas.views import (
    AcknowledgementView,
    ClaimView,
    FindingsView,
    FirstVerdictsView,
    GuidelinesView,
    NoteView,
    PacketView,
    RenewalView,
    ReturnView,
    ReviewSettingsView,
    SarVerdictsView,
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


@router.post("/queue/claim", name="claim_packet", response_model=ClaimView)
def claim_packet(request: Request, body: ClaimBody, session: DbSession, viewer: CurrentViewer) -> Response:
    """Be handed a packet: first one that is yours but not in `have`, else the next free one."""
    claim = workflow.claim(session, viewer.pseudonym, body.dataset, body.have, config_of(request))
    return as_json(ClaimView(packet=shown(request, viewer, claim.rows), reason=claim.reason))


@router.post("/reviews", name="submit_review", response_model=AcknowledgementView)
def submit_review(request: Request, body: SubmitBody, session: DbSession, viewer: CurrentViewer) -> Response:
    """Submit a review: stored once it is answered, however often it is sent. With `next`, be handed the next packet."""
    told = workflow.submit(session, viewer.pseudonym, body.as_submission())
    following = None
    if body.next:
        following = workflow.claim_next(session, viewer.pseudonym, body.dataset, body.have, config_of(request)).rows
    acknowledged = AcknowledgementView(
        review_id=told.review_id,
        revision=told.revision,
        counted_as=told.counted_as,
        message=told.message,
        resolved=told.resolved,
        disagreements=told.disagreements,
        next=shown(request, viewer, following),
    )
    return as_json(acknowledged)


@router.post("/assignments/{assignment_id}/box-reviews", name="review_boxes")
def review_boxes(
    request: Request, assignment_id: uuid.UUID, body: BoxReviewBody, session: DbSession, viewer: CurrentViewer
) -> BoxReviewView:
    """Where boxes come first: confirm the scene's boxes as a set, and be told what follows for its texts. Stored once,
    however often it is sent."""
    submission = body.as_submission(assignment_id)
    return box_review_view(workflow.review_boxes(session, viewer.pseudonym, submission, config_of(request)))


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


@router.post("/assignments/{assignment_id}/sar-verdicts", name="give_sar_verdicts")
def give_sar_verdicts(
    request: Request, assignment_id: uuid.UUID, body: SarVerdictsBody, session: DbSession, viewer: CurrentViewer
) -> SarVerdictsView:
    """Of a packet with `optical_hidden`: say what you think of all its drafts from the SAR image alone, and be shown
    the optical one. What is given first stays and decides nothing; the review is submitted afterwards."""
    signer = request.app.state.asset_signer
    workflow.give_sar_verdicts(session, viewer.pseudonym, assignment_id, [one.as_given() for one in body.verdicts])
    return SarVerdictsView(scene=packet_view(packet_rows(session, assignment_id), signer, viewer.pseudonym).scene)


@router.post("/assignments/{assignment_id}/nudge", name="nudge_pair")
def nudge_pair(
    request: Request, assignment_id: uuid.UUID, body: NudgeBody, session: DbSession, viewer: CurrentViewer
) -> NudgeView:
    """Draw the optical image of the packet's scene moved, for all who look at it from now on."""
    nudge_px = (body.down_px, body.right_px)
    pair = workflow.nudge_pair(session, viewer.pseudonym, assignment_id, nudge_px)
    scene = scene_view(pair, request.app.state.asset_signer, viewer.pseudonym)
    return NudgeView(optical_offset_px=scene.optical_offset_px, pair_notice=scene.pair_notice)


@router.put("/datasets/{name}/viewer-settings", name="save_viewer_settings")
def save_viewer_settings(
    name: DatasetName, body: ViewerSettingsBody, session: DbSession, viewer: CurrentViewer
) -> ViewerSettingsView:
    """Keep how you like to look at the scenes of a dataset, in place of what was kept before."""
    settings = body.as_settings()
    workflow.save_viewer_settings(session, viewer.pseudonym, name, settings)
    return ViewerSettingsView(**settings)


@router.post("/screen", name="screen_text")
def screen_text(body: ScreenBody, session: DbSession, viewer: CurrentViewer) -> FindingsView:
    """Screen the reviewer's own wording of a draft; where its findings are hidden, only after their first verdict."""
    found = workflow.screen_wording(session, viewer.pseudonym, body.packet_id, body.draft_id, body.text, body.answer)
    return FindingsView(findings=[finding_view(one) for one in found or ()], hides_findings=found is None)


@router.post("/assignments/{assignment_id}/notes", name="write_note")
def write_note(assignment_id: uuid.UUID, body: NoteBody, session: DbSession, viewer: CurrentViewer) -> NoteView:
    """Tell the leads something about a draft of the packet, or with `draft_id` null about the packet. Stored once for
    each `note_id`, also after the hold has ended."""
    stored = workflow.write_note(session, viewer.pseudonym, assignment_id, body.note_id, body.draft_id, body.text)
    return NoteView(note_id=body.note_id, created_at=stored.created_at)


@router.get("/datasets/{name}/guidelines", name="read_guidelines")
def read_guidelines(name: DatasetName, session: DbSession) -> GuidelinesView:
    """What the dataset's admin tells its reviewers, besides what holds everywhere."""
    text = guidelines_of(session, name)
    if text is None:
        raise UnknownDatasetError(f"There is no dataset named {name}. Choose one from your queue.")
    return GuidelinesView(text=text)


@router.put("/me/review-settings", name="change_review_settings")
def change_review_settings(body: ReviewSettingsBody, session: DbSession, viewer: CurrentViewer) -> ReviewSettingsView:
    """Keep how you like to review; what is left out stays as it is."""
    return ReviewSettingsView(**workflow.change_settings(session, viewer.pseudonym, body.changes))


def as_json(view: View) -> Response:
    """The view as it is: what was checked when it was made needs not be checked again, which FastAPI would do."""
    return Response(view.model_dump_json(), media_type="application/json")


def config_of(request: Request) -> ReviewConfig:
    config: ReviewConfig = request.app.state.review_config
    return config


def shown(request: Request, viewer: Viewer, rows: PacketRows | None) -> PacketView | None:
    """What the page shows of a packet in the viewer's hands."""
    return None if rows is None else packet_view(rows, request.app.state.asset_signer, viewer.pseudonym)
