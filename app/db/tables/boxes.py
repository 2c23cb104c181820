"""Judged object boxes: a reviewer's pass over a scene's boxes, what they said of each, and what follows from it for the
texts that are made from them. Append-only."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of
from pipeline.vocabulary import BOX_VERDICTS

BOX_OUTCOMES = ("same", "changed", "gone")
"""Of a text that is made from boxes, by the judged ones: its answer is what they give, is another one, or is none."""


class BoxReview(Base):
    """One reviewer's confirmed set of boxes of a scene; its highest revision is the current one."""

    __tablename__ = "box_review"
    __table_args__ = (
        UniqueConstraint("scene_id", "reviewer", "revision"),
        UniqueConstraint("reviewer", "submission_id"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
    )

    box_review_id: Mapped[BigId]
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"))
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    revision: Mapped[int] = mapped_column(Integer)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"))
    """The packet that was in hand."""
    submission_id: Mapped[uuid.UUID]
    body_sha256: Mapped[str]
    view: Mapped[dict[str, Any]]
    """How the boxes were looked at, as with a draft's verdict."""
    created_at: Mapped[CreatedAt]


class BoxVerdict(Base):
    """What a box review says of one box. Those that were missing have numbers behind the scene's own."""

    __tablename__ = "box_verdict"
    __table_args__ = (
        one_of("verdict", BOX_VERDICTS),
        CheckConstraint("(verdict in ('wrong_class', 'missing')) = (category is not null)", name="category_where_new"),
        CheckConstraint(
            "case verdict when 'missing' then num_nonnulls(x_min, y_min, width, height) = 4"
            " else num_nulls(x_min, y_min, width, height) = 4 end",
            name="place_of_missing",
        ),
        CheckConstraint("width > 0 and height > 0 and x_min >= 0 and y_min >= 0", name="area_positive"),
        ForeignKeyConstraint(["box_review_id"], ["box_review.box_review_id"]),
    )

    box_review_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    verdict: Mapped[str]
    category: Mapped[str | None]
    x_min: Mapped[float | None] = mapped_column(Double)
    y_min: Mapped[float | None] = mapped_column(Double)
    width: Mapped[float | None] = mapped_column(Double)
    height: Mapped[float | None] = mapped_column(Double)


class BoxOutcome(Base):
    """What a box review gives for one text that is made from the scene's boxes. Written with it, never later: by these
    rows a submit tells which verdicts follow from the boxes."""

    __tablename__ = "box_outcome"
    __table_args__ = (
        one_of("outcome", BOX_OUTCOMES),
        CheckConstraint("(outcome = 'changed') = (answer is not null)", name="answer_where_changed"),
    )

    box_review_id: Mapped[int] = mapped_column(ForeignKey("box_review.box_review_id"), primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"), primary_key=True, index=True)
    outcome: Mapped[str]
    answer: Mapped[str | None]
    """The new one."""
    is_sampled: Mapped[bool]
    """Whether it is read singly all the same: drawn by the draft and the dataset's seed, alike for all reviewers."""
