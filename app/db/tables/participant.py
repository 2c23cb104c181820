"""Participants of quizzes: what they were asked, in which arm, and what they answered.

Who they are stands in ``participant_person`` alone, and only where the consent asks for it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of
from pipeline.vocabulary import ARMS, LONGEST_ANSWER

ENDINGS = ("answered", "passed", "timed_out")
"""How a question ended: with an answer, with the participant's word that they have none, or with its time."""


class Participant(Base):
    """A person who takes a quiz, without an account, under a random pseudonym.

    Withdrawn: their answers count in no result. Erased: nothing leads from the answers to the person any more.
    """

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(["quiz_group_id", "quiz_id"], ["quiz_group.quiz_group_id", "quiz_group.quiz_id"]),
        # Of their own group; an invitation leads to no other.
        ForeignKeyConstraint(
            ["invitation_id", "quiz_group_id", "quiz_id"],
            ["invitation.invitation_id", "invitation.quiz_group_id", "invitation.quiz_id"],
        ),
        CheckConstraint(
            "erased_at is null or invitation_id is null and resume_sha256 is null", name="erased_leads_nowhere"
        ),
        Index("ix_participant_quiz_id_participant_id", "quiz_id", "participant_id"),
        Index("ix_participant_invitation_id", "invitation_id"),
    )

    participant_id: Mapped[BigId]
    pseudonym: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=sql("gen_random_uuid()"))
    """By which admins and files name them; they are shown it, so that they can ask for export or erasure."""
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.quiz_id"))
    quiz_group_id: Mapped[int]
    invitation_id: Mapped[int | None]
    resume_sha256: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the token in their own link, by which they come back."""
    consent_at: Mapped[dt.datetime]
    declared: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    """What they said they know: ``datasets``, ``grounds``; for the results' table of who took part."""
    finished_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    erased_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]


class ParticipantPerson(Base):
    """The only personal data of a quiz: what ``quiz.asks`` asked for. Erasing deletes the row."""

    __tablename__ = "participant_person"

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.participant_id", ondelete="CASCADE"), primary_key=True
    )
    told: Mapped[dict[str, Any]]
    """``{what was asked: what was answered}``"""
    created_at: Mapped[CreatedAt]


class ParticipantGround(Base):
    """In which arm a participant sees a ground: one row a ground, so never in two."""

    __tablename__ = "participant_ground"
    __table_args__ = (one_of("arm", ARMS), UniqueConstraint("participant_id", "ground_key", "arm"))

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.participant_id"), primary_key=True)
    ground_key: Mapped[str] = mapped_column(primary_key=True)
    arm: Mapped[str]


class ParticipantQuestion(Base):
    """A question as one participant gets it, and their answer: all rows are made at consent, each is shown once and
    ended once. Triggers refuse every change of what was shown or ended; erasing may delete."""

    __tablename__ = "participant_question"
    __table_args__ = (
        UniqueConstraint("participant_id", "position"),
        UniqueConstraint("participant_id", "quiz_question_id"),
        ForeignKeyConstraint(
            ["participant_id", "ground_key", "arm"],
            ["participant_ground.participant_id", "participant_ground.ground_key", "participant_ground.arm"],
        ),
        ForeignKeyConstraint(
            ["quiz_question_id", "ground_key"], ["quiz_question.quiz_question_id", "quiz_question.ground_key"]
        ),
        one_of("ending", ENDINGS),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("(answered_at is null) = (ending is null)", name="ended_has_ending"),
        CheckConstraint("(answer is not null) = coalesce(ending = 'answered', false)", name="answered_has_answer"),
        CheckConstraint("answered_at is null or answered_at >= shown_at", name="shown_first"),
        CheckConstraint("answered_at is null or shown_at is not null", name="answered_was_shown"),
        CheckConstraint(f"length(answer) between 1 and {LONGEST_ANSWER}", name="answer_length"),
        Index("ix_participant_question_quiz_question_id", "quiz_question_id"),
    )

    participant_question_id: Mapped[BigId]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.participant_id"))
    position: Mapped[int] = mapped_column(Integer)
    """From 1 over practice and asked questions, in this participant's own random order, practice first."""
    quiz_question_id: Mapped[int]
    ground_key: Mapped[str]
    arm: Mapped[str]
    choice_order: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """Indexes into ``quiz_question.choices``, from 0."""
    shown_at: Mapped[dt.datetime | None]
    """By the server's clock, at its first sending: looking again gives no more time."""
    answered_at: Mapped[dt.datetime | None]
    ending: Mapped[str | None]
    answer: Mapped[str | None]
    view: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'::jsonb"))
    """How it was looked at: window, zoom, contrast, whether on a small screen."""


class QuizJudgement(Base):
    """Whether an answer is right. Append-only; of one judge and version the newest counts, a person's before all.

    It is of the words, not of who wrote them: two people with the same answer are judged alike, and who decides a
    disputed one sees neither participant nor group.
    """

    __tablename__ = "quiz_judgement"
    __table_args__ = (
        CheckConstraint(f"length(answer) between 1 and {LONGEST_ANSWER}", name="answer_length"),
        CheckConstraint("(judge = 'person') = (decided_by is not null)", name="person_decided"),
        CheckConstraint("judge <> 'person' or is_right is not null", name="person_decides"),
        Index("ix_quiz_judgement_answer", "quiz_question_id", "answer"),
        Index(
            "uq_quiz_judgement_judge",
            "quiz_question_id",
            "answer",
            "judge",
            "judge_version",
            unique=True,
            postgresql_where=sql("judge <> 'person'"),
        ),
    )

    quiz_judgement_id: Mapped[BigId]
    quiz_question_id: Mapped[int] = mapped_column(ForeignKey("quiz_question.quiz_question_id"))
    answer: Mapped[str]
    """As it was given."""
    judge: Mapped[str]
    """``exact``, ``synonyms``, ``llm``, ``sarlang-substring``; ``person`` of a disputed one."""
    judge_version: Mapped[str] = mapped_column(server_default=sql("''"))
    is_right: Mapped[bool | None]
    """None where the judge could not decide."""
    compared_as: Mapped[dict[str, Any] | None]
    """What the judge compared with what, or the raw reply of a model."""
    decided_by: Mapped[str | None]
    """A pseudonym."""
    created_at: Mapped[CreatedAt]
