"""Evaluations: what a model said of a split or a quiz, how it was judged, and the figures that came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of

EVALUATION_STATES = ("predicting", "stored", "scored", "failed")
"""Predictions are coming; all are there; their scores too; scoring found something that a person must mend."""
EVALUATION_SOURCES = ("predict", "upload")
TASKS = ("captions", "questions")


class Evaluation(Base):
    """One model, asked in one way, on a split of a release or on a quiz: a row of a leaderboard."""

    __tablename__ = "evaluation"
    __table_args__ = (
        one_of("state", EVALUATION_STATES),
        one_of("source", EVALUATION_SOURCES),
        one_of("task", TASKS),
        CheckConstraint("(quiz_id is null) <> (split is null)", name="split_or_quiz"),
        CheckConstraint("length(model) between 1 and 200", name="model_length"),
        CheckConstraint("cardinality(kinds) >= 1", name="has_a_kind"),
        CheckConstraint("predictions between 0 and items", name="predictions_range"),
        CheckConstraint("(state = 'failed') = (error is not null)", name="failed_has_error"),
        Index("ix_evaluation_release_split", "release_id", "split"),
        Index("ix_evaluation_quiz_id", "quiz_id"),
    )

    evaluation_id: Mapped[BigId]
    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"))
    split: Mapped[str | None]
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.quiz_id"))
    task: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Of the texts that it is measured by: questions, or captions of one kind or both."""
    source: Mapped[str]
    model: Mapped[str]
    recipe: Mapped[dict[str, Any]]
    """How the model was asked, as far as it is known: prompt, image, temperature, endpoint; or a note."""
    state: Mapped[str]
    items: Mapped[int] = mapped_column(Integer)
    """Questions, or images with a caption, that there are to predict."""
    predictions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Those that have one; fewer than ``items`` is a partial evaluation, once it is not predicting any more."""
    prompt_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    completion_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    cost_micro: Mapped[int | None]
    """Millionths of ``currency``; None where no price list was given."""
    currency: Mapped[str | None]
    error: Mapped[str | None]
    created_by: Mapped[str]
    """A pseudonym, or ``command``."""
    created_at: Mapped[CreatedAt]
    scored_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    """Since when it stands in no leaderboard."""


class Prediction(Base):
    """What a model said of one item, as it said it. Append-only."""

    __tablename__ = "prediction"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.evaluation_id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """Of a question the id of its text (SHA-256); of a caption the image, ``DATASET/SCENE``."""
    scene: Mapped[str]
    """``DATASET/SCENE``: questions of one scene hang together."""
    question_type: Mapped[str | None]
    prediction: Mapped[str]
    finish_reason: Mapped[str] = mapped_column(server_default=text("''"))
    """As the endpoint told it; empty of an upload."""


class Judgement(Base):
    """Whether a predicted answer is right, by one judge of one version. Append-only."""

    __tablename__ = "judgement"
    __table_args__ = (
        ForeignKeyConstraint(["evaluation_id", "item_id"], ["prediction.evaluation_id", "prediction.item_id"]),
    )

    evaluation_id: Mapped[int] = mapped_column(primary_key=True)
    judge: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """Its name; of a model ``llm:NAME``."""
    judge_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    is_right: Mapped[bool | None]
    """None where the judge cannot decide."""
    truth_as: Mapped[str]
    """The forms that were compared."""
    prediction_as: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))


class JudgeReply(Base):
    """What a model said that judges answers, to one prompt: equal answers are asked about once. Append-only."""

    __tablename__ = "judge_reply"
    __table_args__ = (CheckConstraint("reply_key ~ '^[0-9a-f]{64}$'", name="reply_key_form"),)

    reply_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """SHA-256 of model, parameters and prompt."""
    line: Mapped[str]
    """The whole reply as ASCII JSON, so that whatever was said is kept as it was said."""
    created_at: Mapped[CreatedAt]


class EvaluationScore(Base):
    """The figures of an evaluation by one measure. Follows from predictions and judgements, and may be made again."""

    __tablename__ = "evaluation_score"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.evaluation_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """Of questions the judge, of captions the mode (``ptb``, ``raw``)."""
    version: Mapped[int] = mapped_column(Integer)
    figures: Mapped[dict[str, Any]]
    """See ``app.evaluation.workflow.figures``."""
    scored_at: Mapped[CreatedAt]
