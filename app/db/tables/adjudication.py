"""Decisions of a senior where reviews differ, holds on what is being decided, and comments back. Append-only but for
holds."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, all_of, one_of
from pipeline.vocabulary import FLAGS, UNUSABLE_REASONS

CHOICES = ("side", "written", "as_drafted", "reject")
"""One side's verdict as it is, a text of the senior's own, the draft as it stands, or none of it."""


class Adjudication(Base):
    """What a senior decided of one draft. Never of one that they reviewed: a trigger refuses it."""

    __tablename__ = "adjudication"
    __table_args__ = (
        one_of("choice", CHOICES),
        all_of("flags", FLAGS),
        UniqueConstraint("adjudicator", "submission_id", "draft_id"),
        CheckConstraint("(choice = 'side') = (side_review_id is not null)", name="side_has_review"),
        one_of("unusable_reason", UNUSABLE_REASONS),
        CheckConstraint("unusable_reason is null or choice = 'reject'", name="unusable_rejects"),
    )

    adjudication_id: Mapped[BigId]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"), index=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"), index=True)
    adjudicator: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    submission_id: Mapped[uuid.UUID]
    body_sha256: Mapped[str]
    choice: Mapped[str]
    side_review_id: Mapped[int | None] = mapped_column(ForeignKey("review.review_id"))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    unusable_reason: Mapped[str | None]
    """Why the whole scene was found unusable, where that is why the draft is rejected."""
    note: Mapped[str | None]
    """Why, for whoever reads the draft's history."""
    created_at: Mapped[CreatedAt]


class AdjudicationHold(Base):
    """That a senior has a packet's disagreements open, until when: two do not decide the same."""

    __tablename__ = "adjudication_hold"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"), primary_key=True)
    adjudicator: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    expires_at: Mapped[dt.datetime]


class Comment(Base):
    """What a lead writes back to a reviewer about a draft, or a reviewer to the leads (``to_reviewer`` null)."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("length(text) between 1 and 4000", name="text_length"),
        UniqueConstraint("written_by", "note_id"),
        # What reviewers wrote to the leads, read page by page.
        Index("ix_comment_to_leads", "comment_id", postgresql_where=sql("to_reviewer is null")),
    )

    comment_id: Mapped[BigId]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.draft_id"), index=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"), index=True)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    to_reviewer: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pseudonym.pseudonym"), index=True)
    text: Mapped[str]
    note_id: Mapped[uuid.UUID | None]
    """The writer's own, so that what is sent again is stored once."""
    created_at: Mapped[CreatedAt]


class CommentSeen(Base):
    """That whom a comment is for (a reviewer, or any lead) has seen it."""

    __tablename__ = "comment_seen"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.comment_id"), primary_key=True)
    seen_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    seen_at: Mapped[CreatedAt]
