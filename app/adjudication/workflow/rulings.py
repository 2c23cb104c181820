"""What follows from a decision on one draft. No database in here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from app.adjudication.errors import InvalidDecisionError
from app.adjudication.queries.deciding import OpenDraft, Ruling
from app.adjudication.workflow.sides import Side, weakest
from app.intake.workflow.storable import unstorable
from app.review.errors import UnstorableTextError
from app.review.workflow.verdicts import check_texts
from pipeline.records import digest
from pipeline.vocabulary import FLAGS

LONGEST_NOTE: Final = 4_000
"""Code points of a note, and of a comment."""


@dataclass(frozen=True, slots=True)
class CommentBack:
    """To the reviewers behind a letter, or to ``all``."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the senior decided of one draft, as it was sent."""

    draft_id: int
    choice: str
    side: str | None = None
    text: str | None = None
    answer: str | None = None
    support: str | None = None
    flags: tuple[str, ...] = ()
    note: str | None = None
    comments: tuple[CommentBack, ...] = ()
    seen: str | None = None
    """The digest of the sides as they were shown."""


@dataclass(frozen=True, slots=True)
class SceneDecision:
    """That the scene is unusable: all that is open of its packet is rejected."""

    reason: str
    note: str | None = None
    comments: tuple[CommentBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """One submission of a senior's: decisions on drafts of a packet, or one on its scene."""

    submission_id: uuid.UUID
    packet_id: int
    decisions: tuple[Decision, ...]
    scene: SceneDecision | None = None

    @property
    def body_sha256(self) -> str:
        said = [asdict(one) for one in sorted(self.decisions, key=lambda one: one.draft_id)]
        return digest([self.packet_id, said, self.scene and asdict(self.scene)])


def check_words(given: Decisions) -> None:
    """Refuse texts, notes and comments that cannot be stored.

    Raises
    ------
    UnstorableTextError
    """
    check_texts([[one.text, one.answer] for one in given.decisions])
    deciding: list[Decision | SceneDecision] = [*given.decisions, *([given.scene] if given.scene else [])]
    for one in deciding:
        if one.note is not None:
            check_note(one.note, "note")
        for comment in one.comments:
            check_note(comment.text, "comment")


def check_note(text: str, what: str) -> None:
    """Refuse a note or comment that cannot be stored.

    Raises
    ------
    UnstorableTextError
        If it is empty, longer than 4,000 characters, or no text.
    """
    reason = unstorable(text, LONGEST_NOTE) or (None if text.strip() else "it is empty")
    if reason:
        raise UnstorableTextError(f"The {what} was not stored: {reason}.")


def ruling_of(given: Decision, draft: OpenDraft, sides: Sequence[Side]) -> Ruling:
    """The row of ``adjudication`` and of ``resolution`` that a decision makes.

    Raises
    ------
    InvalidDecisionError
        If the decision names a side that there is not or that says nothing, or comes with a text where none belongs,
        or without one where one does.
    """
    _check_form(given, draft)
    side = _side(given, draft, sides)
    flags = tuple(flag for flag in FLAGS if flag in given.flags)
    outcome = side.verdict if side else {"written": "revise", "as_drafted": "accept", "reject": "reject"}[given.choice]
    side_id = side.said[0].review_id if side else None
    if outcome == "reject":
        return Ruling(draft.draft_id, given.choice, "rejected", side_id, flags, given.note)
    text, answer = _wording(given, draft, side)
    return Ruling(
        draft_id=draft.draft_id,
        choice=given.choice,
        outcome="verified",
        side_review_id=side_id,
        flags=flags,
        note=given.note,
        text=text,
        answer=answer,
        support=given.support or weakest(one.support for one in sides),
        is_revised=outcome == "revise",
    )


def unusable_ruling_of(draft: OpenDraft, scene: SceneDecision) -> Ruling:
    """A draft's, where the scene is unusable."""
    return Ruling(draft.draft_id, "reject", "rejected", note=scene.note, unusable_reason=scene.reason)


def _check_form(given: Decision, draft: OpenDraft) -> None:
    has_words = given.text is not None or given.answer is not None
    if given.choice == "written" and not has_words:
        raise invalid(draft.draft_id, "a decision with a text of your own comes with that text")
    if given.choice != "written" and has_words:
        raise invalid(draft.draft_id, f"it comes with a text but says {given.choice}; say written, or leave it out")
    if (given.choice == "side") != (given.side is not None):
        raise invalid(draft.draft_id, "a side is named where, and only where, a side is taken")


def _side(given: Decision, draft: OpenDraft, sides: Sequence[Side]) -> Side | None:
    if given.side is None:
        return None
    side = next((one for one in sides if one.letter == given.side), None)
    if side is None:
        known = ", ".join(one.letter for one in sides) or "none"
        raise invalid(draft.draft_id, f"there is no side {given.side}; there is {known}")
    if not side.may_be_taken:
        raise invalid(draft.draft_id, f"side {given.side} is unsure, which decides nothing; choose otherwise")
    return side


def _wording(given: Decision, draft: OpenDraft, side: Side | None) -> tuple[str, str | None]:
    if side is not None and side.text is not None:
        return side.text, side.answer
    if given.choice == "written":
        return _written(given, draft)
    return draft.text, draft.answer


def _written(given: Decision, draft: OpenDraft) -> tuple[str, str | None]:
    """The senior's own words; what is not rewritten stays as drafted."""
    if draft.kind != "question" and given.answer is not None:
        raise invalid(draft.draft_id, "a caption has no answer to write")
    text = draft.text if given.text is None else given.text
    answer = draft.answer if given.answer is None else given.answer
    if not text.strip() or (answer is not None and not answer.strip()):
        raise invalid(draft.draft_id, "the text is empty; write it, or reject the draft")
    if (_spaced(text), _spaced(answer)) == (_spaced(draft.text), _spaced(draft.answer)):
        raise invalid(draft.draft_id, "the text is the draft's own; take it as drafted, or change it")
    return text, answer


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())


def invalid(draft_id: int | None, what: str) -> InvalidDecisionError:
    about = "the scene" if draft_id is None else f"draft {draft_id}"
    return InvalidDecisionError(f"The decision on {about} was not stored: {what}.", draft_id=draft_id)
