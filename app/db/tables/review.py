"""Assignments, progress, reviews, verdicts and resolutions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import VACUUMED_OFTEN, Base, BigId, CreatedAt, all_of, one_of
from pipeline.vocabulary import FLAGS, SCENE_VERDICTS, SUPPORTS, UNUSABLE_REASONS, VERDICTS

ASSIGNMENT_STATES = ("held", "done", "expired", "returned")
OUTCOMES = ("verified", "rejected")
VERDICT_ORIGINS = ("single", "accept_all", "fix", "tally", "box_set")
"""How a verdict came about: one key for this text, one key for all that were seen, a suggested wording that was
confirmed, an answer counted in the image, or the boxes that it follows from."""
BASES = ("reviews", "box_set", "sample")
"""What a resolution rests on: reviews of the text itself, of the boxes that it follows from, or of a sample of texts
like it."""
DISAGREEMENT_REASONS = ("unsure", "verdicts_differ", "texts_differ", "scene_differs")


class Assignment(Base):
    """A reviewer's expiring hold on a slot."""

    __tablename__ = "assignment"
    __table_args__ = (
        one_of("state", ASSIGNMENT_STATES),
        ForeignKeyConstraint(["packet_id", "slot"], ["slot.packet_id", "slot.slot"]),
        CheckConstraint("(state = 'held') = (ended_at is null)", name="ended_when_not_held"),
        # Two reviewers never hold the same slot; nobody reviews a packet twice unless it was handed back.
        Index(
            "uq_assignment_slot_taken",
            "packet_id",
            "slot",
            unique=True,
            postgresql_where=sql("state in ('held', 'done')"),
        ),
        Index(
            "uq_assignment_packet_reviewer",
            "packet_id",
            "reviewer",
            unique=True,
            postgresql_where=sql("state <> 'returned'"),
        ),
        # What a reviewer can be handed back: a hold, or one that ended while nobody else took the slot.
        Index("ix_assignment_reviewer_open", "reviewer", postgresql_where=sql("state in ('held', 'expired')")),
        Index("ix_assignment_expiring", "expires_at", postgresql_where=sql("state = 'held'")),
        # A slot that a policy takes away must have been in nobody's hands: asked by its foreign key for each.
        Index("ix_assignment_packet_id_slot", "packet_id", "slot"),
        {"postgresql_with": VACUUMED_OFTEN},
    )

    assignment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=sql("gen_random_uuid()"))
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"))
    slot: Mapped[int] = mapped_column(Integer)
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    state: Mapped[str] = mapped_column(server_default=sql("'held'"))
    claimed_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    """The lead who took the packet back, where it was not the reviewer."""


class QueueCursor(Base):
    """Up to where a reviewer has seen the queue of a dataset and pool, so that no claim walks ground twice: of all free
    slots up to here, those that are theirs came back, or were sealed, after they passed."""

    __tablename__ = "queue_cursor"

    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), primary_key=True)
    pool: Mapped[str] = mapped_column(primary_key=True, server_default=sql("'main'"))
    queue_ordering_id: Mapped[int] = mapped_column(server_default=sql("0"))
    """The order in which this is a place; in another it says nothing. 0: as the packets were sealed."""
    sort_key: Mapped[int]
    packet_id: Mapped[int]
    """At the end, the newest packet that the dataset had."""
    seen_at: Mapped[dt.datetime | None]
    """When the end was reached and nothing was theirs; none where there may be more."""


class Progress(Base):
    """Unfinished verdicts of an assignment, saved as they are made; written only with the version it was read at."""

    __tablename__ = "progress"

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.assignment_id"), primary_key=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    saved_at: Mapped[CreatedAt]


class FirstVerdict(Base):
    """What a reviewer said of a draft before its findings were shown. Append-only; counts in no outcome."""

    __tablename__ = "first_verdict"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        all_of("flags", FLAGS),
        ForeignKeyConstraint(["packet_id", "draft_id"], ["packet_draft.packet_id", "packet_draft.draft_id"]),
    )

    packet_id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(primary_key=True)
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    verdict: Mapped[str]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    screening_version: Mapped[str | None]
    """Of the findings that were then shown: later screenings, perhaps mended by these verdicts, are not measured by
    them."""
    created_at: Mapped[CreatedAt]


class SarVerdict(Base):
    """What a reviewer said of a draft from the SAR image alone, before the optical one was shown. Append-only; counts
    in no outcome."""

    __tablename__ = "sar_verdict"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        all_of("flags", FLAGS),
        ForeignKeyConstraint(["packet_id", "draft_id"], ["packet_draft.packet_id", "packet_draft.draft_id"]),
        CheckConstraint("(verdict = 'revise') = (revised_text is not null)", name="revise_has_text"),
    )

    packet_id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(primary_key=True)
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    verdict: Mapped[str]
    revised_text: Mapped[str | None]
    revised_answer: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    has_seen_optical: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether they had reviewed another packet of the scene before, with its optical image."""
    created_at: Mapped[CreatedAt]


class Review(Base):
    """One reviewer's submitted pass over a packet. Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("packet_id", "reviewer", "revision"),
        UniqueConstraint("reviewer", "submission_id"),
        UniqueConstraint("review_id", "packet_id"),
        one_of("scene_verdict", SCENE_VERDICTS),
        one_of("unusable_reason", UNUSABLE_REASONS),
        CheckConstraint("(scene_verdict = 'unusable') = (unusable_reason is not null)", name="unusable_has_reason"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        # Only revision n is superseded by n + 1.
        ForeignKeyConstraint(
            ["packet_id", "reviewer", "supersedes"], ["review.packet_id", "review.reviewer", "review.revision"]
        ),
        CheckConstraint("supersedes is not distinct from nullif(revision - 1, 0)", name="supersedes_the_one_before"),
        CheckConstraint("is_extra or slot is not null", name="extra_or_slot"),
        # A slot is one review and its revisions; all else is an extra opinion.
        Index(
            "uq_review_slot_counted",
            "packet_id",
            "slot",
            unique=True,
            postgresql_where=sql("revision = 1 and not is_extra"),
        ),
    )

    review_id: Mapped[BigId]
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"))
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    revision: Mapped[int] = mapped_column(Integer, server_default=sql("1"))
    supersedes: Mapped[int | None] = mapped_column(Integer)
    slot: Mapped[int | None] = mapped_column(Integer)
    is_extra: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Submitted after the hold ended and the slot was given on: kept, counted in no gate."""
    submission_id: Mapped[uuid.UUID]
    body_sha256: Mapped[str]
    acknowledgement: Mapped[dict[str, Any]]
    scene_verdict: Mapped[str]
    unusable_reason: Mapped[str | None]
    submitted_at: Mapped[CreatedAt] = mapped_column(index=True)


class DraftVerdict(Base):
    """What a review says of one draft. Append-only."""

    __tablename__ = "draft_verdict"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        one_of("support", SUPPORTS),
        all_of("flags", FLAGS),
        ForeignKeyConstraint(["review_id", "packet_id"], ["review.review_id", "review.packet_id"]),
        # Of a draft of the review's own packet. A draft is in one packet, and a packet has one current review a
        # reviewer, so nobody gives two current verdicts on a draft.
        ForeignKeyConstraint(["packet_id", "draft_id"], ["packet_draft.packet_id", "packet_draft.draft_id"]),
        CheckConstraint("(verdict = 'revise') = (revised_text is not null)", name="revise_has_text"),
        CheckConstraint("revised_answer is null or verdict = 'revise'", name="answer_only_revised"),
        one_of("origin", VERDICT_ORIGINS),
    )

    review_id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    packet_id: Mapped[int]
    verdict: Mapped[str]
    revised_text: Mapped[str | None]
    revised_answer: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    spans: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sql("'[]'::jsonb"))
    """``[{"flag", "field", "start", "end"}]``: half-open, in code points of the draft's stored text."""
    support: Mapped[str] = mapped_column(server_default=sql("'sar'"))
    origin: Mapped[str] = mapped_column(server_default=sql("'single'"))
    marks: Mapped[list[list[float]]] = mapped_column(JSONB, server_default=sql("'[]'::jsonb"))
    """What was tapped to count: ``[[x, y], …]`` in pixels of the scene, kept as evidence of a number."""
    view: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    """How it was looked at: milliseconds, limits, zoom, panels, window. Never used to rank people."""


class Resolution(Base):
    """The outcome for a draft, and the reviews it rests on. Append-only, one current row a draft."""

    __tablename__ = "resolution"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        one_of("support", SUPPORTS),
        UniqueConstraint("draft_id", "revision"),
        UniqueConstraint("resolution_id", "draft_id"),
        CheckConstraint("(outcome = 'verified') = (text is not null)", name="verified_has_text"),
        one_of("basis", BASES),
        CheckConstraint("cardinality(review_ids) >= 1 or basis = 'sample'", name="rests_on_reviews"),
        CheckConstraint("(basis = 'sample') = (sample_result_id is not null)", name="sample_has_result"),
        CheckConstraint("supersedes is not distinct from nullif(revision - 1, 0)", name="supersedes_the_one_before"),
        ForeignKeyConstraint(["draft_id", "supersedes"], ["resolution.draft_id", "resolution.revision"]),
    )

    resolution_id: Mapped[BigId]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"))
    revision: Mapped[int] = mapped_column(Integer, server_default=sql("1"))
    """The highest revision is the current one."""
    supersedes: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str]
    text: Mapped[str | None]
    answer: Mapped[str | None]
    support: Mapped[str | None]
    is_revised: Mapped[bool] = mapped_column(server_default=sql("false"))
    review_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    basis: Mapped[str] = mapped_column(server_default=sql("'reviews'"))
    sample_result_id: Mapped[int | None] = mapped_column(ForeignKey("sample_result.sample_result_id"))
    adjudication_id: Mapped[int | None] = mapped_column(ForeignKey("adjudication.adjudication_id"))
    """The decision that it follows, where reviews differed."""
    resolved_at: Mapped[CreatedAt]


class Disagreement(Base):
    """A draft whose reviews differ (or stay unsure): it waits to be adjudicated."""

    __tablename__ = "disagreement"
    __table_args__ = (
        one_of("reason", DISAGREEMENT_REASONS),
        # The list of what waits, oldest first.
        Index("ix_disagreement_open", "opened_at", "draft_id", postgresql_where=sql("closed_at is null")),
    )

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"), primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"), index=True)
    reason: Mapped[str]
    opened_at: Mapped[CreatedAt]
    closed_at: Mapped[dt.datetime | None]
