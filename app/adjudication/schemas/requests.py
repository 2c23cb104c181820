"""Bodies that the adjudication API takes."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.adjudication.workflow import CommentBack, Decision, Decisions, SceneDecision
from app.review.schemas.requests import Body, Flag, Id, UnusableReason

Letter = Literal["A", "B", "C", "D", "E", "F", "G", "H", "I"]
To = Letter | Literal["all"]


class CommentBody(Body):
    to: To
    text: str

    def as_comment(self) -> CommentBack:
        return CommentBack(self.to, self.text)


Comments = Annotated[tuple[CommentBody, ...], Field(max_length=12)]


class DecisionBody(Body):
    draft_id: Id
    choice: Literal["side", "written", "as_drafted", "reject"]
    side: Letter | None = None
    text: str | None = None
    answer: str | None = None
    support: Literal["sar", "sar_with_optical"] | None = None
    """None: the weakest that any of the sides found."""
    flags: Annotated[tuple[Flag, ...], Field(max_length=8)] = ()
    note: str | None = None
    comments: Comments = ()
    seen: Annotated[str, Field(max_length=100)] | None = None
    """As it came with the sides: refuses a decision between others than those that were shown."""

    def as_decision(self) -> Decision:
        return Decision(
            draft_id=self.draft_id,
            choice=self.choice,
            side=self.side,
            text=self.text,
            answer=self.answer,
            support=self.support,
            flags=self.flags,
            note=self.note,
            comments=tuple(one.as_comment() for one in self.comments),
            seen=self.seen,
        )


class SceneDecisionBody(Body):
    verdict: Literal["usable", "unusable"]
    reason: UnusableReason | None = None
    note: str | None = None
    comments: Comments = ()

    @model_validator(mode="after")
    def unusable_has_a_reason(self) -> Self:
        if (self.verdict == "unusable") != (self.reason is not None):
            raise ValueError("an unusable scene comes with a reason, a usable one without")
        if self.verdict == "usable" and (self.note is not None or self.comments):
            raise ValueError("of a usable scene nothing is stored: note and comment come with its texts")
        return self

    def as_scene(self) -> SceneDecision | None:
        """None of a usable scene: its drafts are decided one by one."""
        if self.reason is None:
            return None
        return SceneDecision(self.reason, self.note, tuple(one.as_comment() for one in self.comments))


class DecisionsBody(Body):
    submission_id: uuid.UUID
    packet_id: Id
    scene: SceneDecisionBody | None = None
    decisions: Annotated[tuple[DecisionBody, ...], Field(max_length=12)] = ()

    def as_decisions(self) -> Decisions:
        return Decisions(
            submission_id=self.submission_id,
            packet_id=self.packet_id,
            decisions=tuple(one.as_decision() for one in self.decisions),
            scene=self.scene.as_scene() if self.scene else None,
        )


class CommentBackBody(Body):
    """A comment without a decision."""

    note_id: uuid.UUID
    draft_id: Id | None = None
    """None: about the scene, of which reviews differ."""
    to: To
    text: str


class ScreenBody(Body):
    draft_id: Id
    text: str
    answer: str | None = None
