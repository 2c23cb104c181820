"""Quizzes: what is asked, frozen; who is invited, and in which group. Who takes part is in ``participant``.

A quiz goes ``composing`` → ``freezing`` (its images are copied) → ``frozen`` → ``open`` → ``closed``, and before it is
open back to composing. Its questions may be swapped while it is composing and never change from then on; triggers
hold that (``app.db.append_only``). Texts of a quiz that is not closed, and whose answers are not public, are held back
from releases.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, all_of, one_of
from pipeline.vocabulary import ANSWER_FORMS, ARMS, GROUP_KINDS, QUESTION_TYPES

QUIZ_STATES = ("composing", "freezing", "frozen", "open", "closed")
IMAGE_ROLES = ("sar", "optical")


class Quiz(Base):
    """A fixed list of questions that measures the human baseline. Once frozen only its state moves."""

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'", name="name_form"),
        one_of("state", QUIZ_STATES),
        one_of("answer_form", ANSWER_FORMS),
        all_of("arms", ARMS),
        CheckConstraint("cardinality(arms) >= 1", name="has_an_arm"),
        CheckConstraint("seconds_per_question between 5 and 3600", name="seconds_per_question_range"),
        CheckConstraint("images_done between 0 and images", name="images_done_range"),
        CheckConstraint(
            "(state in ('frozen', 'open', 'closed')) = (frozen_at is not null)"
            " and (state in ('open', 'closed')) = (opened_at is not null)"
            " and (state = 'closed') = (closed_at is not null)",
            name="times_of_state",
        ),
        # Whose texts a release does not take.
        Index("ix_quiz_holding", "quiz_id", postgresql_where=sql("state <> 'closed' and not public_answers")),
    )

    quiz_id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"), index=True)
    state: Mapped[str] = mapped_column(server_default=sql("'composing'"))
    rules: Mapped[dict[str, Any]]
    """By what the questions were drawn (``app.quiz.workflow.rules``): numbers, types, splits, proportions."""
    seed: Mapped[int]
    counts: Mapped[dict[str, Any]]
    """Counted as it was drawn: ``strata``, ``forms_left_out``, ``blind`` and ``chance``."""
    public_answers: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether releases may hold its texts while it is open."""
    title: Mapped[str] = mapped_column(server_default=sql("''"))
    """What participants read above the pages; where empty, they read no name at all."""
    consent: Mapped[str] = mapped_column(server_default=sql("''"))
    """To what a participant agrees, in the admin's words; where empty, the house's own text."""
    asks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    """What a participant is asked about themselves, as it stands beside the fields; nothing where empty."""
    answer_form: Mapped[str] = mapped_column(server_default=sql("'free'"))
    may_zoom: Mapped[bool] = mapped_column(server_default=sql("true"))
    may_set_contrast: Mapped[bool] = mapped_column(server_default=sql("true"))
    shows_classes: Mapped[bool] = mapped_column(server_default=sql("false"))
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    """The class list: the categories of the release's boxes, in alphabetical order."""
    seconds_per_question: Mapped[int | None] = mapped_column(Integer)
    """Time limit; none where there is none."""
    arms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{sar}'"))
    """Between which participants are randomised, a ground at a time."""
    image_size_px: Mapped[int | None] = mapped_column(Integer)
    """Rows and cols of every image copy, so that no size tells a source; known once it is being frozen."""
    images: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    images_done: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    freezing_error: Mapped[str | None]
    """Why the images could not be copied: then it is composing again."""
    created_by: Mapped[str]
    """A pseudonym; ``command`` where it was made at the command line."""
    created_at: Mapped[CreatedAt]
    frozen_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]


class QuizQuestion(Base):
    """One question with its answer, copied from the release; practice questions come with feedback.

    ``ground_key`` is the same of scenes that show the same ground: a participant sees each ground in one arm.
    """

    __tablename__ = "quiz_question"
    __table_args__ = (
        ForeignKeyConstraint(["release_id", "text_sha256"], ["release_text.release_id", "release_text.text_sha256"]),
        UniqueConstraint("quiz_id", "is_practice", "position"),
        UniqueConstraint("quiz_id", "text_sha256"),
        UniqueConstraint("quiz_question_id", "ground_key"),
        one_of("question_type", QUESTION_TYPES),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("is_practice = (feedback is not null)", name="practice_has_feedback"),
        CheckConstraint("choices is null or truth = any(choices)", name="truth_among_choices"),
        CheckConstraint("cardinality(region_box) = 4", name="region_box_form"),
        CheckConstraint("chance > 0 and chance <= 1", name="chance_range"),
        # Whether a release has to leave a draft out.
        Index("ix_quiz_question_draft_id", "draft_id"),
    )

    quiz_question_id: Mapped[BigId]
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.quiz_id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    """From 1, practice and asked questions each by themselves; each participant has an order of their own."""
    is_practice: Mapped[bool] = mapped_column(server_default=sql("false"))
    release_id: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(Text(collation="C"))
    """The text's id in files."""
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.draft_id"))
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), index=True)
    ground_key: Mapped[str]
    dataset: Mapped[str]
    """Its source; shown to nobody who takes part."""
    question: Mapped[str]
    """As it is asked: where a region is drawn, without its coordinates."""
    truth: Mapped[str]
    question_type: Mapped[str]
    form: Mapped[str]
    """What it asks for in a few words (``pipeline.extraction.question_forms``), by which blind accuracy is counted."""
    majority_answer: Mapped[str]
    """The answer that its form has most often in the release."""
    chance: Mapped[float] = mapped_column(Double)
    """Of a guess among its choices, or else among the answers that its form has in the release."""
    choices: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """The truth among others; each participant has them in an order of their own. None where answers are free."""
    region_box: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    """``[x_min, y_min, width, height]`` in pixels of the SCENE, drawn into the picture; ``quiz_image`` has the scale
    and the margins of its copy. None where the question is not of a region."""
    shown_metadata: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    """What the arm ``sar_metadata`` shows: ``sensor``, ``band``, ``polarisations``, ``pixel_spacing_m`` (row, col),
    ``resolution_m``, ``geometry``, ``look_azimuth_deg``, ``incidence_deg``; never a name, place or time."""
    feedback: Mapped[str | None]
    """Of a practice question: what a participant reads after the answer, beside the truth."""


class QuizSwap(Base):
    """That a question was taken out for another before the quiz was frozen. Append-only, but goes with a quiz that is
    discarded."""

    __tablename__ = "quiz_swap"
    __table_args__ = (CheckConstraint("out_sha256 <> in_sha256", name="is_another"),)

    quiz_swap_id: Mapped[BigId]
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.quiz_id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    is_practice: Mapped[bool]
    out_sha256: Mapped[str]
    in_sha256: Mapped[str]
    decided_by: Mapped[str]
    created_at: Mapped[CreatedAt]


class QuizImage(Base):
    """The copy of a question's image that participants get: PNG of 8 bit, square, without coordinates, tags or names.

    A point (x, y) of the scene is at ``(left_px + x · scale, top_px + y · scale)`` of the copy; what is outside the
    scene is black. Arms ``sar`` and ``sar_metadata`` show role ``sar``, ``optical`` shows ``optical``.
    """

    __tablename__ = "quiz_image"
    __table_args__ = (one_of("role", IMAGE_ROLES), CheckConstraint("scale > 0", name="scale_positive"))

    quiz_question_id: Mapped[int] = mapped_column(
        ForeignKey("quiz_question.quiz_question_id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    random_key: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=sql("gen_random_uuid()"))
    """Its name in addresses; who asks must have a question open that shows it."""
    sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"))
    source_sha256: Mapped[str]
    """The scene's asset that it was copied from."""
    scale: Mapped[float] = mapped_column(Double)
    left_px: Mapped[float] = mapped_column(Double)
    top_px: Mapped[float] = mapped_column(Double)


class QuizBlindAnswer(Base):
    """What a model said without the image, of a text that the quiz could ask."""

    __tablename__ = "quiz_blind_answer"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.quiz_id", ondelete="CASCADE"), primary_key=True)
    text_sha256: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    answer: Mapped[str]
    is_right: Mapped[bool]
    """By the judge that ``quiz.counts`` names under ``blind``."""


class QuizGroup(Base):
    """Whom results are told apart by: experts, laypeople, or a name of the admin's own."""

    __tablename__ = "quiz_group"
    __table_args__ = (
        UniqueConstraint("quiz_id", "name"),
        UniqueConstraint("quiz_group_id", "quiz_id"),
        one_of("kind", GROUP_KINDS),
        CheckConstraint("length(name) between 1 and 60", name="name_length"),
    )

    quiz_group_id: Mapped[BigId]
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.quiz_id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[CreatedAt]


class Invitation(Base):
    """A link into a group; the link itself is shown once, when it is made."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["quiz_group_id", "quiz_id"], ["quiz_group.quiz_group_id", "quiz_group.quiz_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("invitation_id", "quiz_group_id", "quiz_id"),
        CheckConstraint("uses between 0 and uses_allowed", name="uses_range"),
        CheckConstraint("uses_allowed between 1 and 10000", name="uses_allowed_range"),
        CheckConstraint("reviewer is null or uses_allowed = 1", name="bound_is_for_one"),
    )

    invitation_id: Mapped[BigId]
    quiz_id: Mapped[int] = mapped_column(index=True)
    quiz_group_id: Mapped[int]
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    reviewer: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    """Who is invited, where that is a reviewer: they are not asked about ground that they reviewed."""
    uses_allowed: Mapped[int] = mapped_column(Integer, server_default=sql("1"))
    uses: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    """Participants who began by it; raised by the statement that lets one in."""
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]
