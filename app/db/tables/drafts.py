"""From the draft to the sealed packet: drafters, drafts, findings, packets and their slots."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import VACUUMED_OFTEN, Base, BigId, CreatedAt, one_of
from pipeline.vocabulary import GENERAL_TYPES, KINDS, ORIGINS, QUESTION_TYPES, SEVERITIES


class Drafter(Base):
    """What wrote a draft; one row an identity."""

    __tablename__ = "drafter"

    drafter_id: Mapped[BigId]
    identity: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    version: Mapped[str]
    model: Mapped[str | None]
    prompt_version: Mapped[str | None]
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class Draft(Base):
    """One machine-written text. Never changed after it is stored: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "draft"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("question_type", QUESTION_TYPES),
        one_of("general_type", GENERAL_TYPES),
        CheckConstraint("general_type is null or question_type = 'general'", name="general_type_of_general"),
        one_of("origin", ORIGINS),
        CheckConstraint(
            "(kind = 'question') = (answer is not null) and (kind = 'question') = (question_type is not null)",
            name="question_has_answer",
        ),
        UniqueConstraint("scene_id", "draft_sha256"),
        UniqueConstraint("draft_id", "origin"),
        UniqueConstraint("draft_id", "scene_id"),
        # The search for words. It costs a bulk load 15 µs a draft, a quarter of a minute a million; without it each
        # search reads all. Cut, since PostgreSQL refuses to index the words of a text that is a megabyte long.
        Index(
            "ix_draft_words",
            sql("to_tsvector('simple', \"left\"((text || ' ') || coalesce(answer, ''), 20000))"),
            postgresql_using="gin",
        ),
    )

    draft_id: Mapped[BigId]
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"))
    # Held by a trigger a statement instead of foreign keys, which take most of the time when a million drafts are
    # loaded (app.db.append_only); without indexes, since nothing looks drafts up by them.
    drafter_id: Mapped[int]
    run_id: Mapped[int]
    origin: Mapped[str] = mapped_column(server_default=sql("'drafted'"))
    kind: Mapped[str]
    question_type: Mapped[str | None]
    general_type: Mapped[str | None]
    """Of a general question, where its drafter says it."""
    text: Mapped[str]
    answer: Mapped[str | None]
    box_ids: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    program: Mapped[str | None]
    box_review_id: Mapped[int | None]
    """Of a text that was derived anew: the judged boxes that it follows from; held by the same trigger."""
    raw_answer_sha256: Mapped[str | None]
    draft_sha256: Mapped[str]
    """Content hash of (drafter identity, kind, question type, text, answer): never stored twice for a scene."""
    created_at: Mapped[CreatedAt]


class DraftingOutcome(Base):
    """That (scene, drafter, kind, input) was drafted or failed in a way that is final, so that no run repeats it."""

    __tablename__ = "drafting_outcome"

    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), primary_key=True)
    drafter_id: Mapped[int] = mapped_column(ForeignKey("drafter.drafter_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    input_sha256: Mapped[str] = mapped_column(primary_key=True, server_default=sql("''"))
    """Of all that the drafter was shown of the scene; empty where the scene itself is all, as for the corpus."""
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), index=True)
    drafts: Mapped[int] = mapped_column(Integer)
    failure: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Finding(Base):
    """What screening says of a span of a draft: half-open, in code points of the stored text."""

    __tablename__ = "finding"
    __table_args__ = (
        one_of("severity", SEVERITIES),
        one_of("field", ("text", "question", "answer")),
        CheckConstraint("start_ >= 0 and end_ > start_", name="span_form"),
        UniqueConstraint("draft_id", "screening_version", "rule", "field", "start_", "end_"),
        # The list of what a rule found, read page by page.
        Index("ix_finding_rule_screening_version_draft_id", "rule", "screening_version", "draft_id"),
    )

    finding_id: Mapped[BigId]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"))
    screening_version: Mapped[str]
    rule: Mapped[str]
    severity: Mapped[str]
    field: Mapped[str]
    start_: Mapped[int] = mapped_column(Integer)
    end_: Mapped[int] = mapped_column(Integer)
    span_text: Mapped[str]
    message: Mapped[str]
    suggestion: Mapped[str | None]


class Screened(Base):
    """That a draft was screened under a version, also where nothing was found."""

    __tablename__ = "screened"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"), primary_key=True)
    screening_version: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), index=True)


class ScreeningPolicy(Base):
    """How a dataset is screened from now on; the newest row counts, none means every rule as it is. Append-only."""

    __tablename__ = "screening_policy"

    screening_policy_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), index=True)
    rules: Mapped[dict[str, Any]]
    """``{rule: "off", "error", "warning" or "info"}`` of the rules that are set otherwise than they come."""
    decided_by: Mapped[str]
    """A pseudonym; ``command`` where it was decided at the command line."""
    created_at: Mapped[CreatedAt]


class Packet(Base):
    """A sealed, ordered list of drafts of one scene; its members never change."""

    __tablename__ = "packet"
    __table_args__ = (
        UniqueConstraint("scene_id", "number"),
        UniqueConstraint("packet_id", "scene_id"),
        CheckConstraint("draft_count between 1 and 12", name="draft_count_range"),
        CheckConstraint("not (hides_findings and sar_first)", name="hides_one_thing"),
        # A dataset's packets one after another: what orders the queue goes along it, and claims ask for the newest.
        Index("ix_packet_dataset_id_packet_id", "dataset_id", "packet_id"),
        Index("ix_packet_hiding", "dataset_id", postgresql_where=sql("hides_findings")),
        Index("ix_packet_sar_first", "dataset_id", postgresql_where=sql("sar_first")),
        Index("ix_packet_boxes_first", "dataset_id", postgresql_where=sql("boxes_first")),
    )

    packet_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"))
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"))
    number: Mapped[int] = mapped_column(Integer)
    draft_count: Mapped[int] = mapped_column(Integer)
    reviews_wanted: Mapped[int] = mapped_column(Integer)
    hides_findings: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether a reviewer sees a draft's findings only after a first verdict: what rules are measured by."""
    sar_first: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether a reviewer sees the optical image only after a verdict from the SAR image alone."""
    boxes_first: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether the boxes are judged before the texts that are made from them."""
    review_policy_id: Mapped[int | None] = mapped_column(ForeignKey("review_policy.review_policy_id"))
    """By which it was sealed; none where the dataset's own number of reviews is all."""
    sealed_at: Mapped[CreatedAt]


class PacketDraft(Base):
    """The members of a packet in their order. A draft is in one packet; of the packet's own scene (composite keys)."""

    __tablename__ = "packet_draft"
    __table_args__ = (
        UniqueConstraint("draft_id"),
        UniqueConstraint("packet_id", "draft_id"),
        ForeignKeyConstraint(["packet_id", "scene_id"], ["packet.packet_id", "packet.scene_id"]),
        ForeignKeyConstraint(["draft_id", "scene_id"], ["draft.draft_id", "draft.scene_id"]),
        CheckConstraint("position between 1 and 12", name="position_range"),
    )

    packet_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    draft_id: Mapped[int]
    scene_id: Mapped[int]


class Slot(Base):
    """One of the k reviews that a packet is to get. ``is_free`` is what a claim walks; state is in ``assignment``."""

    __tablename__ = "slot"
    __table_args__ = (
        Index("ix_slot_free", "dataset_id", "pool", "sort_key", "packet_id", "slot", postgresql_where=sql("is_free")),
        Index(
            "ix_slot_came_back",
            "dataset_id",
            "pool",
            "sort_key",
            "packet_id",
            "slot",
            postgresql_where=sql("is_free and came_back"),
        ),
        CheckConstraint("slot between 1 and 9", name="slot_range"),
        {"postgresql_with": {"fillfactor": "70", **VACUUMED_OFTEN}},
    )

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.packet_id"), primary_key=True)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True)
    dataset_id: Mapped[int]
    pool: Mapped[str] = mapped_column(server_default=sql("'main'"))
    sort_key: Mapped[int]
    is_free: Mapped[bool] = mapped_column(server_default=sql("true"))
    came_back: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether somebody held it who did not review it. Such slots are handed out first, since they lie behind the
    cursors of most reviewers."""
