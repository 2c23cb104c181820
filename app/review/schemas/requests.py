"""Bodies that the review API takes."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.review.workflow import FlaggedSpan, GivenVerdict, Submission

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
DatasetName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Have = Annotated[list[uuid.UUID], Field(max_length=16)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Flag = Literal["colour", "wrong_statement", "count", "vague", "not_visible_in_sar", "position", "language", "other"]
UnusableReason = Literal["no_data", "artefact", "wrong_pair", "duplicate", "changed_between_dates"]


class Body(BaseModel):
    """Unknown names are refused: a misspelt one would be a verdict lost without a word."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimBody(Body):
    dataset: DatasetName | None = None
    have: Have = []


class SceneVerdictBody(Body):
    verdict: Literal["usable", "unusable"]
    reason: UnusableReason | None = None

    @model_validator(mode="after")
    def unusable_has_a_reason(self) -> Self:
        if (self.verdict == "unusable") != (self.reason is not None):
            raise ValueError("an unusable scene comes with a reason, a usable one without")
        return self


class SpanBody(Body):
    flag: Flag
    field: Literal["text", "question", "answer"]
    start: Annotated[int, Field(ge=0, le=1_000_000)]
    end: Annotated[int, Field(ge=0, le=1_000_000)]


class LookedBody(Body):
    """How a draft was looked at. Never used to rank people."""

    ms: Annotated[int, Field(ge=0, le=10**10)] | None = None
    limits: tuple[Finite, Finite] | None = None
    zoom: Finite | None = None
    panel: Annotated[str, Field(max_length=40)] | None = None
    window: tuple[Finite, Finite, Finite, Finite] | None = None
    """What was in sight last: x_min, y_min, width, height in pixels of the scene."""
    both_loaded: bool | None = None
    """Whether both images were on screen."""


class VerdictBody(Body):
    draft_id: Id
    verdict: Literal["accept", "revise", "reject", "unsure"]
    revised_text: str | None = None
    revised_answer: str | None = None
    flags: Annotated[list[Flag], Field(max_length=8)] = []
    spans: Annotated[list[SpanBody], Field(max_length=200)] = []
    support: Literal["sar", "sar_with_optical"] = "sar"
    origin: Literal["single", "accept_all", "fix", "tally", "box_set"] = "single"
    marks: Annotated[list[tuple[Finite, Finite]], Field(max_length=2000)] = []
    view: LookedBody = LookedBody()

    def as_given(self) -> GivenVerdict:
        return GivenVerdict(
            draft_id=self.draft_id,
            verdict=self.verdict,
            revised_text=self.revised_text,
            revised_answer=self.revised_answer,
            flags=tuple(self.flags),
            spans=tuple(FlaggedSpan(span.flag, span.field, span.start, span.end) for span in self.spans),
            support=self.support,
            origin=self.origin,
            marks=tuple(self.marks),
            view=self.view.model_dump(mode="json", exclude_none=True),
        )


class SubmitBody(Body):
    submission_id: uuid.UUID
    assignment_id: uuid.UUID
    packet_id: Id
    scene: SceneVerdictBody
    verdicts: Annotated[list[VerdictBody], Field(max_length=100)]
    next: bool = False
    have: Have = []
    dataset: DatasetName | None = None

    def as_submission(self) -> Submission:
        return Submission(
            submission_id=self.submission_id,
            assignment_id=self.assignment_id,
            packet_id=self.packet_id,
            scene_verdict=self.scene.verdict,
            unusable_reason=self.scene.reason,
            verdicts=tuple(verdict.as_given() for verdict in self.verdicts),
        )


class ProgressBody(Body):
    version: Annotated[int, Field(ge=0, le=2**62)]
    body: dict[str, Any]
    """The page's own: kept and given back as it is."""


class ScreenBody(Body):
    packet_id: Id
    draft_id: Id
    text: str
    answer: str | None = None


class FirstVerdictBody(Body):
    draft_id: Id
    verdict: Literal["accept", "revise", "reject", "unsure"]
    flags: Annotated[list[Flag], Field(max_length=8)] = []


class SarVerdictBody(Body):
    draft_id: Id
    verdict: Literal["accept", "revise", "reject", "unsure"]
    revised_text: str | None = None
    revised_answer: str | None = None
    flags: Annotated[list[Flag], Field(max_length=8)] = []

    def as_given(self) -> GivenVerdict:
        return GivenVerdict(
            draft_id=self.draft_id,
            verdict=self.verdict,
            revised_text=self.revised_text,
            revised_answer=self.revised_answer,
            flags=tuple(self.flags),
        )


class SarVerdictsBody(Body):
    verdicts: Annotated[list[SarVerdictBody], Field(max_length=100)]


class NoteBody(Body):
    note_id: uuid.UUID
    draft_id: Id | None = None
    text: Annotated[str, Field(max_length=20_000)]


Action = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
KeyName = Annotated[str, Field(min_length=1, max_length=24)]


class ReviewSettingsBody(Body):
    """What is given is changed; what is left out stays."""

    keys: Annotated[dict[Action, Annotated[list[KeyName], Field(max_length=10)]], Field(max_length=120)] | None = None
    """By action, the keys that do it where they are not the usual ones; a digit for each flag."""
    keeps_zoom: bool | None = None
    """Whether the next packet is shown at the zoom of the one before."""

    @property
    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)
