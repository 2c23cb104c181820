"""How much is reviewed, by whom and in which order; what reviewers prefer; and figures that are kept ready."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Double, ForeignKey, Index, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of
from pipeline.vocabulary import KINDS, SPLITS

ORDERS = ("import", "risk", "random", "place", "type")


class ReviewPolicy(Base):
    """Of a stratum of a dataset (split, kind, drafter; null is any), how much is reviewed and by which pool, from now
    on. The newest row of a stratum counts, the narrowest stratum first; a row of mode ``none`` takes it back.
    Append-only."""

    __tablename__ = "review_policy"
    __table_args__ = (
        one_of("split", SPLITS),
        one_of("kind", KINDS),
        one_of("mode", ("reviews", "sample", "none")),
        CheckConstraint("reviews_wanted between 1 and 9", name="reviews_wanted_range"),
        CheckConstraint("sample_share > 0 and sample_share < 1", name="sample_share_range"),
        CheckConstraint("(mode = 'sample') = (sample_share is not null)", name="sample_has_share"),
    )

    review_policy_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), index=True)
    split: Mapped[str | None]
    kind: Mapped[str | None]
    drafter_id: Mapped[int | None] = mapped_column(ForeignKey("drafter.drafter_id"))
    mode: Mapped[str]
    reviews_wanted: Mapped[int] = mapped_column(Integer, server_default=sql("1"))
    sample_share: Mapped[float | None] = mapped_column(Double)
    """Of the stratum's drafts, those that are read; the rest is released with the error rate found in these."""
    pool: Mapped[str] = mapped_column(ForeignKey("pool.pool"), server_default=sql("'main'"))
    decided_by: Mapped[str]
    """A pseudonym; ``command`` where it was decided at the command line."""
    created_at: Mapped[CreatedAt]


class SampleResult(Base):
    """That the rest of a sampled stratum was taken over as it is, and on what: its sample, and the errors in it."""

    __tablename__ = "sample_result"
    __table_args__ = (
        CheckConstraint("wrong between 0 and read and read > 0", name="counts_possible"),
        CheckConstraint("0 <= low and low <= high and high <= 1", name="interval_possible"),
    )

    sample_result_id: Mapped[BigId]
    review_policy_id: Mapped[int] = mapped_column(ForeignKey("review_policy.review_policy_id"), index=True)
    read: Mapped[int]
    wrong: Mapped[int]
    low: Mapped[float] = mapped_column(Double)
    high: Mapped[float] = mapped_column(Double)
    decided_by: Mapped[str]
    created_at: Mapped[CreatedAt]


class Pool(Base):
    """Who may review what is put into it: everybody (``main``), named members, or those with all its skills."""

    __tablename__ = "pool"
    __table_args__ = (CheckConstraint("pool ~ '^[a-z0-9][a-z0-9._-]{0,62}$'", name="name_form"),)

    pool: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str] = mapped_column(server_default=sql("''"))
    is_open: Mapped[bool] = mapped_column(server_default=sql("false"))
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    """Who has all of them belongs to it; where there are none, only members do."""
    created_at: Mapped[CreatedAt]


class PoolMember(Base):
    __tablename__ = "pool_member"

    pool: Mapped[str] = mapped_column(ForeignKey("pool.pool"), primary_key=True)
    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True, index=True)
    created_at: Mapped[CreatedAt]


class ReviewerSkill(Base):
    """What an admin knows of a reviewer: ``ships``, ``urban``, ``polarimetry``."""

    __tablename__ = "reviewer_skill"
    __table_args__ = (CheckConstraint("length(skill) between 1 and 40", name="skill_length"),)

    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)


class QueueOrdering(Base):
    """An order of a dataset's queue, and how far the job is that rewrites the sort keys; the newest counts."""

    __tablename__ = "queue_ordering"
    __table_args__ = (one_of("order_by", ORDERS), Index("ix_queue_ordering_dataset_id", "dataset_id"))

    queue_ordering_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"))
    order_by: Mapped[str]
    seed: Mapped[int] = mapped_column(server_default=sql("0"))
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(server_default=sql("0"))
    after_packet_id: Mapped[int] = mapped_column(server_default=sql("0"))
    """Up to where the keys are rewritten: the job goes on from here."""
    decided_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[dt.datetime | None]


class ViewerSetting(Base):
    """How a reviewer likes to look at a dataset's scenes: palette, gamma, percentiles. The page's own; never ranked."""

    __tablename__ = "viewer_setting"

    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), primary_key=True)
    settings: Mapped[dict[str, Any]]
    saved_at: Mapped[CreatedAt]


class ReviewerSetting(Base):
    """What a reviewer prefers everywhere: keys, whether the zoom stays. The page's own."""

    __tablename__ = "reviewer_setting"

    reviewer: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"), primary_key=True)
    settings: Mapped[dict[str, Any]]
    saved_at: Mapped[CreatedAt]


class DatasetFigures(Base):
    """Figures of a dataset that take longer than a page may, with when they were counted."""

    __tablename__ = "dataset_figures"

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    counted_at: Mapped[CreatedAt]
