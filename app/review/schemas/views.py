"""What the review API gives: a packet with all that its page shows, and the answers to what the page does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import RowMapping

from app.intake.views import BoxView, SceneView, View, box_views, scene_view, without_optical
from app.review.queries.first_verdicts import ShownFindings
from app.review.queries.viewing import PacketRows
from app.review.schemas.box_reviewing import BoxJudgingView, box_judging_view
from app.web.signing import AssetSigner
from pipeline.records import Finding
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES


class AssignmentView(View):
    id: uuid.UUID
    packet_id: int
    slot: int
    claimed_at: dt.datetime
    expires_at: dt.datetime
    server_time: dt.datetime


class DatasetView(View):
    name: str
    reviewed: int
    wanted: int


class FindingView(View):
    rule: str
    family: str
    severity: str
    field: str
    start: int
    end: int
    message: str
    suggestion: str | None


class DraftView(View):
    draft_id: int
    position: int
    kind: str
    question_type: str | None
    title: str
    text: str
    answer: str | None
    drafter: str
    box_numbers: list[int]
    hides_findings: bool
    """Until the reader's first verdict on this draft; then there are none here."""
    findings: list[FindingView]


class ProgressView(View):
    version: int
    body: dict[str, Any]


class PacketView(View):
    assignment: AssignmentView
    dataset: DatasetView
    scene: SceneView
    boxes: list[BoxView]
    drafts: list[DraftView]
    hides_findings: bool
    """Whether in this packet findings are shown only after a first verdict."""
    optical_hidden: bool
    """Whether the optical image is shown only after the reader's verdicts from the SAR image alone; then its address
    is not here."""
    progress: ProgressView | None
    viewer_settings: dict[str, Any] | None
    """How the reader likes to look at the dataset's scenes, as their page saved it last."""
    judging: BoxJudgingView | None
    """Where the scene's boxes are judged before the texts that follow from them: how far the reader is."""


class ClaimView(View):
    packet: PacketView | None
    reason: Literal["nothing_left", "all_taken", "not_yours"] | None


class AcknowledgementView(View):
    review_id: int
    revision: int
    counted_as: Literal["slot", "extra"]
    message: str
    resolved: int
    disagreements: int
    next: PacketView | None


class RenewalView(View):
    expires_at: dt.datetime
    server_time: dt.datetime


class ReturnView(View):
    returned: Literal[True] = True


class SavedView(View):
    version: int
    saved_at: dt.datetime
    expires_at: dt.datetime


class NoteView(View):
    note_id: uuid.UUID
    created_at: dt.datetime


class ReviewSettingsView(View):
    keys: dict[str, list[str]] = Field(default_factory=dict)
    keeps_zoom: bool = False


class GuidelinesView(View):
    text: str
    """Empty where the dataset has none of its own."""


class FindingsView(View):
    findings: list[FindingView]
    hides_findings: bool
    """Those of a reviewer's own wording too stay hidden until their first verdict on the draft."""


class DraftFindingsView(View):
    draft_id: int
    findings: list[FindingView]


class FirstVerdictsView(View):
    shown: list[DraftFindingsView]
    """Each draft of the packet on which the reviewer has given a first verdict, with its findings."""


class SarVerdictsView(View):
    """What may be seen after verdicts from the SAR image alone."""

    scene: SceneView
    """With the optical image's address."""


def packet_view(rows: PacketRows, signer: AssetSigner, reader: uuid.UUID) -> PacketView:
    """The packet, its images under addresses that only ``reader`` may read."""
    hand = rows.hand
    numbers = {box["source_box_id"]: box["number"] for box in rows.boxes}
    progress = hand["progress_version"]
    return PacketView(
        assignment=AssignmentView(id=hand["assignment_id"], **_picked(hand, AssignmentView, but="id")),
        dataset=DatasetView(name=hand["dataset_name"], reviewed=hand["reviewed"], wanted=hand["wanted"]),
        scene=_scene(hand, signer, reader),
        boxes=box_views(rows.boxes),
        drafts=[_draft_view(draft, rows.shown, numbers) for draft in rows.drafts],
        hides_findings=hand["hides_findings"],
        optical_hidden=hand["optical_hidden"],
        progress=None if progress is None else ProgressView(version=progress, body=hand["progress_body"]),
        viewer_settings=hand["viewer_settings"],
        judging=None
        if rows.judging is None
        else box_judging_view(rows.judging, hand["metadata"].get("labelled") or ()),
    )


def first_verdicts_view(shown: ShownFindings) -> FirstVerdictsView:
    """What may be shown of a packet after a first verdict, by draft."""
    drafts = sorted(shown.drafts - shown.hidden)
    return FirstVerdictsView(
        shown=[DraftFindingsView(draft_id=each, findings=_findings_of(each, shown.findings)) for each in drafts]
    )


def finding_view(found: Finding) -> FindingView:
    """A finding that was just made, in the form of a stored one."""
    return FindingView(**{name: getattr(found, name) for name in FindingView.model_fields})


def _scene(hand: RowMapping, signer: AssetSigner, reader: uuid.UUID) -> SceneView:
    """The scene; while the optical image is hidden the server gives no address of it, so no page can show it."""
    scene = scene_view(hand, signer, reader)
    return without_optical(scene) if hand["optical_hidden"] else scene


def _picked(row: RowMapping, view: type[View], but: str) -> dict[str, Any]:
    return {name: row[name] for name in view.model_fields if name != but}


def _draft_view(draft: Mapping[str, Any], shown: ShownFindings, numbers: dict[str, int]) -> DraftView:
    is_question = draft["kind"] == "question"
    return DraftView(
        **{name: draft[name] for name in ("draft_id", "position", "kind", "question_type", "text", "answer")},
        title=QUESTION_TYPE_TITLES[draft["question_type"]] if is_question else KIND_TITLES[draft["kind"]],
        drafter=_drafter(draft),
        box_numbers=[numbers[box_id] for box_id in draft["box_ids"] if box_id in numbers],
        hides_findings=draft["draft_id"] in shown.hidden,
        findings=_findings_of(draft["draft_id"], shown.findings),
    )


def _findings_of(draft_id: int, findings: Sequence[Mapping[str, Any]]) -> list[FindingView]:
    return [_stored_finding(found) for found in findings if found["draft_id"] == draft_id]


def _drafter(draft: Mapping[str, Any]) -> str:
    if draft["model"] is None:
        return f"{draft['drafter_name']} {draft['drafter_version']}"
    return f"{draft['model']} · prompt {draft['prompt_version']}"


def _stored_finding(found: Mapping[str, Any]) -> FindingView:
    return FindingView(
        **{name: found[name] for name in ("rule", "severity", "field", "message", "suggestion")},
        family=found["rule"].partition(".")[0],
        start=found["start_"],
        end=found["end_"],
    )
