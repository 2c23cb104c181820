"""The questions of a quiz with their image copies, and what was swapped before it was frozen."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_QUESTION: Final = """
quiz_question_id, quiz_id, position, is_practice, release_id, text_sha256, draft_id, scene_id, ground_key, dataset,
question, truth, question_type, form, majority_answer, chance, choices, region_box, shown_metadata, feedback
"""
_LIST: Final = text(
    f"select {_QUESTION} from quiz_question where quiz_id = :quiz_id"  # noqa: S608  (columns of our own)
    " order by is_practice desc, position"
)
_GET: Final = text(
    f"select {_QUESTION} from quiz_question where quiz_question_id = :quiz_question_id"  # noqa: S608
)
_INSERT: Final = text("""
insert into quiz_question (quiz_id, position, is_practice, release_id, text_sha256, draft_id, scene_id, ground_key,
    dataset, question, truth, question_type, form, majority_answer, chance, choices, region_box, shown_metadata,
    feedback)
values (:quiz_id, :position, :is_practice, :release_id, :text_sha256, :draft_id, :scene_id, :ground_key, :dataset,
    :question, :truth, :question_type, :form, :majority_answer, :chance, :choices, :region_box,
    cast(:shown_metadata as jsonb), :feedback)
""")
_DELETE: Final = text("delete from quiz_question where quiz_question_id = :quiz_question_id")
_SET_FEEDBACK: Final = text("""
update quiz_question set feedback = :feedback where quiz_question_id = :quiz_question_id and is_practice
""")
_INSERT_SWAP: Final = text("""
insert into quiz_swap (quiz_id, position, is_practice, out_sha256, in_sha256, decided_by)
values (:quiz_id, :position, :is_practice, :out_sha256, :in_sha256, :decided_by)
""")
_SWAPS: Final = text("""
select position, is_practice, out_sha256, in_sha256, decided_by, created_at
from quiz_swap where quiz_id = :quiz_id order by quiz_swap_id
""")
_IMAGES: Final = text("""
select quiz_question_id, role, random_key, sha256, scale, left_px, top_px
from quiz_image join quiz_question using (quiz_question_id) where quiz_id = :quiz_id
""")
_IMAGES_OF: Final = text("""
select quiz_question_id, role, random_key, sha256, scale, left_px, top_px
from quiz_image where quiz_question_id = :quiz_question_id
""")
_REVIEWED: Final = text("""
select distinct asked.ground_key
from quiz_question asked join scene on scene.scene_id = asked.scene_id
join scene same on same.scene_id = scene.scene_id
    or same.duplicate_group = scene.duplicate_group
    or same.dataset_id = scene.dataset_id and same.parent = scene.parent
join packet on packet.scene_id = same.scene_id
where asked.quiz_id = :quiz_id and (
    exists (select from review where review.packet_id = packet.packet_id and review.reviewer = :reviewer)
    or exists (select from adjudication where adjudication.packet_id = packet.packet_id and adjudicator = :reviewer))
""")


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question as it is frozen into a quiz."""

    position: int
    is_practice: bool
    release_id: int
    text_sha256: str
    draft_id: int
    scene_id: int
    ground_key: str
    dataset: str
    question: str
    truth: str
    question_type: str
    form: str
    majority_answer: str
    chance: float
    choices: Sequence[str] | None
    region_box: Sequence[float] | None
    """``[x_min, y_min, width, height]`` in pixels of the scene."""
    shown_metadata: Mapping[str, Any]
    feedback: str | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its answer. Its source, answer and names are for admins and judges, never for who takes part."""

    quiz_question_id: int
    quiz_id: int
    position: int
    is_practice: bool
    release_id: int
    text_sha256: str
    draft_id: int
    scene_id: int
    ground_key: str
    dataset: str
    question: str
    truth: str
    question_type: str
    form: str
    majority_answer: str
    chance: float
    choices: list[str] | None
    region_box: list[float] | None
    shown_metadata: dict[str, Any]
    feedback: str | None


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A copy in the asset store: scene point (x, y) is at ``(left_px + x · scale, top_px + y · scale)``."""

    quiz_question_id: int
    role: str
    random_key: uuid.UUID
    sha256: str
    scale: float
    left_px: float
    top_px: float

    def placed(self, box: Sequence[float]) -> tuple[float, float, float, float]:
        """A box of the scene in pixels of the copy."""
        x_min, y_min, width, height = box
        left, top = self.left_px + x_min * self.scale, self.top_px + y_min * self.scale
        return left, top, width * self.scale, height * self.scale


@dataclass(frozen=True, slots=True)
class SwapRow:
    """That a question was taken out for another."""

    position: int
    is_practice: bool
    out_sha256: str
    in_sha256: str
    decided_by: str
    created_at: dt.datetime


def list_questions(session: Session, quiz_id: int) -> list[QuestionRow]:
    """Practice first, then what is asked, by position."""
    return [QuestionRow(*row) for row in session.execute(_LIST, {"quiz_id": quiz_id})]


def get_question(session: Session, quiz_question_id: int) -> QuestionRow:
    return QuestionRow(*session.execute(_GET, {"quiz_question_id": quiz_question_id}).one())


def list_images(session: Session, quiz_id: int) -> list[ImageRow]:
    return [ImageRow(*row) for row in session.execute(_IMAGES, {"quiz_id": quiz_id})]


def images_of(session: Session, quiz_question_id: int) -> dict[str, ImageRow]:
    """``{role: copy}``"""
    rows = session.execute(_IMAGES_OF, {"quiz_question_id": quiz_question_id})
    return {row.role: ImageRow(*row) for row in rows}


def reviewed_grounds(session: Session, quiz_id: int, reviewer: uuid.UUID) -> set[str]:
    """Of the quiz's grounds, those of which this reviewer has reviewed or adjudicated a scene, in whatever dataset."""
    return set(session.execute(_REVIEWED, {"quiz_id": quiz_id, "reviewer": reviewer}).scalars())


def insert_questions(session: Session, quiz_id: int, questions: Sequence[NewQuestion]) -> None:
    session.execute(_INSERT, [_values(quiz_id, question) for question in questions])


def swap_question(session: Session, out: QuestionRow, question: NewQuestion, decided_by: str) -> None:
    """Put another question at the place of one, and write it down."""
    session.execute(_DELETE, {"quiz_question_id": out.quiz_question_id})
    session.execute(_INSERT, _values(out.quiz_id, question))
    values = {
        "quiz_id": out.quiz_id,
        "position": out.position,
        "is_practice": out.is_practice,
        "out_sha256": out.text_sha256,
        "in_sha256": question.text_sha256,
        "decided_by": decided_by,
    }
    session.execute(_INSERT_SWAP, values)


def list_swaps(session: Session, quiz_id: int) -> list[SwapRow]:
    """In the order in which they were made."""
    return [SwapRow(*row) for row in session.execute(_SWAPS, {"quiz_id": quiz_id})]


def set_feedback(session: Session, quiz_question_id: int, feedback: str) -> None:
    """What participants read after a practice question."""
    session.execute(_SET_FEEDBACK, {"quiz_question_id": quiz_question_id, "feedback": feedback})


def _values(quiz_id: int, question: NewQuestion) -> dict[str, Any]:
    values = {name: getattr(question, name) for name in NewQuestion.__slots__}
    values["choices"] = None if question.choices is None else list(question.choices)
    values["region_box"] = None if question.region_box is None else [float(value) for value in question.region_box]
    return {**values, "quiz_id": quiz_id, "shown_metadata": json.dumps(question.shown_metadata)}
