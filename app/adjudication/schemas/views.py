"""What is shown of a packet whose reviews differ. Nothing in here tells who said what: letters stand for reviewers, and
neither ids nor times nor the order of reviews leave the server."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from sqlalchemy import RowMapping

from app.adjudication.queries.packets import DifferingPacket, Note
from app.adjudication.workflow import Acknowledgement
from app.adjudication.workflow.differing import Differing
from app.adjudication.workflow.sides import SceneSide, Side, seen_of, weakest
from app.intake.views import BoxView, SceneView, View, box_views, scene_view
from app.review.schemas.views import FindingView
from app.web.signing import AssetSigner
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES


class NamedDataset(View):
    name: str


class SpanView(View):
    flag: str
    field: str
    start: int
    end: int


class SideView(View):
    letter: str
    reviews: int
    verdict: str
    text: str | None
    """The new wording, where it is revised."""
    answer: str | None
    flags: list[str]
    spans: list[SpanView]
    support: str
    tallies: list[list[tuple[float, float]]]
    """What was tapped to count, each (x, y) in pixels of the scene; one list a review that counted."""
    notes: list[str]
    may_be_taken: bool


class DifferingDraftView(View):
    draft_id: int
    position: int
    kind: str
    question_type: str | None
    title: str
    text: str
    answer: str | None
    drafter: str
    box_numbers: list[int]
    findings: list[FindingView]
    reason: str
    sides: list[SideView]
    support: str
    """What a verified text gets unless the decision says otherwise."""
    notes: list[str]
    """Of reviewers whose review does not count."""
    seen: str


class SceneSideView(View):
    letter: str
    reviews: int
    verdict: str
    reason: str | None


class DecidedBeforeView(View):
    draft_id: int
    text: str


class AdjudicationView(View):
    packet_id: int
    dataset: NamedDataset
    scene: SceneView
    boxes: list[BoxView]
    scene_sides: list[SceneSideView]
    """Only where reviews differ about the scene itself."""
    drafts: list[DifferingDraftView]
    notes: list[str]
    """About the packet as a whole."""
    decided: list[DecidedBeforeView]
    """Drafts of the packet that were decided before, in its order."""
    may_decide: bool
    next_address: str
    """Of the next packet that waits for the same person under the same filters; empty where there is none."""
    list_address: str
    viewer_settings: dict[str, Any] | None
    """How the reader likes to look at scenes of the dataset."""
    keys: dict[str, Any]
    """Those of the image that the reader chose anew."""


class HoldView(View):
    expires_at: dt.datetime
    server_time: dt.datetime


class LeftView(View):
    left: Literal[True] = True


class DecidedView(View):
    draft_id: int
    outcome: str
    text: str | None
    answer: str | None


class DecisionsView(View):
    submission_id: uuid.UUID
    packet_id: int
    decided: list[DecidedView]
    verified: int
    rejected: int


class CommentedView(View):
    reviewers: int


class FoundView(View):
    findings: list[FindingView]


def adjudication_view(
    packet: DifferingPacket,
    differing: Differing,
    signer: AssetSigner,
    reader: uuid.UUID,
    *,
    may_decide: bool,
    next_address: str,
    list_address: str,
    keys: dict[str, Any],
) -> AdjudicationView:
    """The packet as it is shown, its images under addresses that only ``reader`` may read."""
    about_scene = any(draft["reason"] == "scene_differs" for draft in packet.drafts)
    numbers = {box["source_box_id"]: box["number"] for box in packet.boxes}
    return AdjudicationView(
        packet_id=packet.scene["packet_id"],
        dataset=NamedDataset(name=packet.scene["dataset_name"]),
        scene=scene_view(packet.scene, signer, reader),
        boxes=box_views(packet.boxes),
        scene_sides=[_scene_side(side) for side in differing.scene_sides] if about_scene else [],
        drafts=[_draft(draft, packet, differing, numbers) for draft in packet.drafts],
        notes=[note.text for note in packet.notes if note.draft_id is None],
        decided=[DecidedBeforeView(**one) for one in packet.scene["decided"]],
        may_decide=may_decide,
        next_address=next_address,
        list_address=list_address,
        viewer_settings=packet.scene["viewer_settings"],
        keys=keys,
    )


def decisions_view(told: Acknowledgement) -> DecisionsView:
    decided = [DecidedView(draft_id=o.draft_id, outcome=o.outcome, text=o.text, answer=o.answer) for o in told.decided]
    verified = sum(one.outcome == "verified" for one in decided)
    return DecisionsView(
        submission_id=told.submission_id,
        packet_id=told.packet_id,
        decided=decided,
        verified=verified,
        rejected=len(decided) - verified,
    )


def drafter_text(row: Mapping[Any, Any]) -> str:
    """What wrote a draft, in a few words; of columns of ``drafter``, its name as ``drafter_name`` or ``name``."""
    if row["model"] is None:
        return f"{row['drafter_name']} {row['drafter_version']}"
    return f"{row['model']} · prompt {row['prompt_version']}"


def _draft(
    draft: RowMapping, packet: DifferingPacket, differing: Differing, numbers: Mapping[str, int]
) -> DifferingDraftView:
    draft_id, is_question = draft["draft_id"], draft["kind"] == "question"
    sides = differing.sides_of(draft_id)
    notes = [note for note in packet.notes if note.draft_id == draft_id]
    writers = {one.reviewer for side in sides for one in side.said}
    return DifferingDraftView(
        **{name: draft[name] for name in ("draft_id", "position", "kind", "question_type", "text", "answer", "reason")},
        title=QUESTION_TYPE_TITLES[draft["question_type"]] if is_question else KIND_TITLES[draft["kind"]],
        drafter=drafter_text(draft),
        box_numbers=[numbers[box_id] for box_id in draft["box_ids"] if box_id in numbers],
        findings=[_finding(found) for found in packet.findings if found["draft_id"] == draft_id],
        sides=[_side(side, notes) for side in sides],
        support=weakest(one.support for one in sides),
        notes=[note.text for note in notes if note.written_by not in writers],
        seen=seen_of(sides, differing.blind),
    )


def _side(side: Side, notes: Sequence[Note]) -> SideView:
    writers = {one.reviewer for one in side.said}
    return SideView(
        letter=side.letter,
        reviews=len(side.said),
        verdict=side.verdict,
        text=side.text,
        answer=side.answer,
        flags=list(side.flags),
        spans=[SpanView(**asdict(span)) for span in side.spans],
        support=side.support,
        tallies=side.tallies,
        # By their words, not by when they were written.
        notes=sorted(note.text for note in notes if note.written_by in writers),
        may_be_taken=side.may_be_taken,
    )


def _scene_side(side: SceneSide) -> SceneSideView:
    return SceneSideView(letter=side.letter, reviews=len(side.said), verdict=side.verdict, reason=side.reason)


def _finding(found: RowMapping) -> FindingView:
    return FindingView(
        **{name: found[name] for name in ("rule", "severity", "field", "message", "suggestion")},
        family=found["rule"].partition(".")[0],
        start=found["start_"],
        end=found["end_"],
    )
