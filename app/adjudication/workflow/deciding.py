"""Decisions of a senior, stored once, with all that follows from them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.adjudication.errors import (
    AlreadyDecidedError,
    InvalidDecisionError,
    already_decided,
    decision_differs,
    domain_errors,
    held_by_another,
    sides_changed,
)
from app.adjudication.queries import deciding, holding
from app.adjudication.queries.deciding import Decided, OpenDraft, Ruling
from app.adjudication.queries.packets import said_of
from app.adjudication.workflow.differing import Differing, differing_of, recipients, require_stranger
from app.adjudication.workflow.rulings import (
    CommentBack,
    Decision,
    Decisions,
    SceneDecision,
    check_words,
    invalid,
    ruling_of,
    unusable_ruling_of,
)
from app.adjudication.workflow.sides import Blind, SceneSide, Side, seen_of


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That decisions are stored, and the texts that they made."""

    submission_id: uuid.UUID
    packet_id: int
    decided: Sequence[Decided]
    """By draft."""


def decide(session: Session, secret: bytes, adjudicator: uuid.UUID, given: Decisions) -> Acknowledgement:
    """Store the decisions, all or none, once: the same submission again brings its acknowledgement again.

    Parameters
    ----------
    secret : bytes
        The deployment's, by which sides were lettered.

    Raises
    ------
    NoDisagreementError, OwnReviewError
        If the packet is not theirs to decide.
    HeldByAnotherError
        If another senior has it open.
    AlreadyDecidedError
        If one of the drafts was decided meanwhile; nothing is stored.
    SidesChangedError
        If the reviews are not those that were shown.
    DecisionDiffersError
        If the submission's id was used for other decisions.
    InvalidDecisionError, UnstorableTextError
        If one of them cannot be stored as it is.
    """
    check_words(given)
    deciding.lock_person(session, adjudicator)
    stored = deciding.stored_decisions(session, adjudicator, given.submission_id)
    if stored is not None:
        if stored.body_sha256 != given.body_sha256:
            raise decision_differs()
        return Acknowledgement(given.submission_id, stored.packet_id, stored.decided)
    require_stranger(session, given.packet_id, adjudicator)
    drafts = deciding.lock_drafts(session, given.packet_id)
    meant = _drafts_meant(given, drafts)
    until = holding.held_by_another_until(session, given.packet_id, adjudicator)
    if until is not None:
        raise held_by_another(until)
    differing = differing_of(said_of(session, given.packet_id), Blind(secret, adjudicator, given.packet_id))
    rulings, comments = _concluded(given, meant, differing)
    with domain_errors():
        deciding.store(
            session,
            packet_id=given.packet_id,
            adjudicator=adjudicator,
            submission_id=given.submission_id,
            body_sha256=given.body_sha256,
            review_ids=differing.review_ids,
            rulings=rulings,
            comments=comments,
        )
    decided = [Decided(one.draft_id, one.outcome, one.text, one.answer) for one in rulings]
    return Acknowledgement(given.submission_id, given.packet_id, sorted(decided, key=lambda one: one.draft_id))


def _drafts_meant(given: Decisions, drafts: Sequence[OpenDraft]) -> list[OpenDraft]:
    """The drafts that are decided, each open; of an unusable scene all that are."""
    if given.scene is not None:
        return _drafts_of_scene(given, drafts)
    ids = [one.draft_id for one in given.decisions]
    foreign = sorted(set(ids) - {draft.draft_id for draft in drafts})
    twice = sorted({draft_id for draft_id in ids if ids.count(draft_id) > 1})
    if foreign or twice or not ids:
        said = "; ".join(
            f"{name}: {', '.join(map(str, found))}" for name, found in (("foreign", foreign), ("twice", twice)) if found
        )
        sentence = "Each decision is on one draft of the packet of which reviews differ, and there is at least one"
        raise InvalidDecisionError(f"{sentence}{f' ({said})' if said else ''}.", foreign=foreign, twice=twice)
    closed = [draft.draft_id for draft in drafts if draft.is_closed and draft.draft_id in ids]
    if closed:
        raise already_decided(closed)
    return [draft for draft in drafts if draft.draft_id in ids]


def _drafts_of_scene(given: Decisions, drafts: Sequence[OpenDraft]) -> list[OpenDraft]:
    if given.decisions:
        raise invalid(None, "of an unusable scene nothing else is decided; leave the decisions on drafts out")
    if not any(draft.reason == "scene_differs" for draft in drafts):
        raise invalid(None, "the reviews do not differ about it; decide on its drafts")
    closed = [draft.draft_id for draft in drafts if draft.is_closed]
    if closed:
        sentence = "Texts of this scene are decided already, so it was taken for usable. Reject the rest one by one."
        raise AlreadyDecidedError(sentence, decided=closed)
    return list(drafts)


def _concluded(
    given: Decisions, meant: Sequence[OpenDraft], differing: Differing
) -> tuple[list[Ruling], list[dict[str, Any]]]:
    if given.scene is not None:
        rulings = [unusable_ruling_of(draft, given.scene) for draft in meant]
        return rulings, list(_comments(given.scene, None, differing.scene_sides))
    by_draft = {one.draft_id: one for one in given.decisions}
    rulings, comments = [], []
    for draft in meant:
        decision, sides = by_draft[draft.draft_id], differing.sides_of(draft.draft_id)
        if decision.seen is not None and decision.seen != seen_of(sides, differing.blind):
            raise sides_changed()
        rulings.append(ruling_of(decision, draft, sides))
        comments += _comments(decision, draft.draft_id, sides)
    return rulings, comments


def _comments(
    decided: Decision | SceneDecision, draft_id: int | None, sides: Sequence[Side] | Sequence[SceneSide]
) -> list[dict[str, Any]]:
    return [row for comment in decided.comments for row in _rows_of(comment, draft_id, sides)]


def _rows_of(
    comment: CommentBack, draft_id: int | None, sides: Sequence[Side] | Sequence[SceneSide]
) -> list[dict[str, Any]]:
    found = recipients(sides, comment.to)
    if found is None:
        raise invalid(draft_id, f"there is no side {comment.to} to comment to")
    text = comment.text.strip()
    return [{"draft_id": draft_id, "to_reviewer": str(reviewer), "text": text} for reviewer in found]
