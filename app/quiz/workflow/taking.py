"""Where a participant is in their quiz, and what they see of it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from app.quiz.queries import answering
from app.quiz.queries.answering import AskedRow, PictureRow, StandingRow
from app.quiz.queries.taking import TakerRow
from app.quiz.workflow.answers import is_right

Step = Literal["welcome", "question", "late", "feedback", "ready", "done", "closed"]
"""Before the first question; a question is open; its time is over; between a practice question and the next; before the
next question; after the last; the quiz takes no more answers."""
PICTURE_TITLES: Final = {"sar": "SAR image", "optical": "Optical image"}
METADATA_TITLES: Final = {
    "sensor": "Sensor",
    "band": "Band",
    "polarisations": "Polarisation",
    "pixel_spacing_m": "Pixel spacing",
    "resolution_m": "Resolution",
    "geometry": "Geometry",
    "look_azimuth_deg": "Radar looks towards",
    "look_side": "Looks to its",
    "incidence_deg": "Incidence angle",
}
_UNITS: Final = {
    "pixel_spacing_m": " m", "resolution_m": " m", "look_azimuth_deg": "° from north", "incidence_deg": "°",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """What is drawn into a picture, in pixels of it."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the question, square."""

    title: str
    address: str
    size_px: int
    region: Region | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is open, or the practice question that was answered last."""

    position: int
    number: int
    """From 1, practice and questions each by themselves."""
    of: int
    is_practice: bool
    question: str
    pictures: Sequence[Picture]
    choices: Sequence[str]
    """In the participant's own order; empty where answers are free."""
    facts: Sequence[tuple[str, str]]
    """What the arm tells of the image, with units."""
    answer: str | None
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """After a practice question."""

    truth: str
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """Of one's own, once the quiz is closed."""

    right: int
    of: int


def step_of(taker: TakerRow, row: StandingRow, *, is_last_practice: bool) -> Step:
    """Which page is theirs now."""
    if taker.quiz_state != "open":
        return "closed"
    if row.open is not None:
        return "late" if row.is_late else "question"
    if row.last is None:
        return "welcome"
    if is_last_practice:
        return "feedback"
    return "done" if row.next is None else "ready"


def locate(session: Session, taker: TakerRow) -> tuple[Step, StandingRow]:
    """Where they are."""
    row = answering.standing(session, taker.participant_id)
    return step_of(taker, row, is_last_practice=row.last is not None and row.last <= row.practice), row


def asked(session: Session, taker: TakerRow, row: StandingRow, position: int) -> Asked:
    """The question at a position that was shown to them."""
    found = answering.get_asked(session, taker.participant_id, position)
    pictures = answering.list_pictures(session, taker.participant_id, position)
    left = found.seconds_left
    return Asked(
        position=position,
        number=position if found.is_practice else position - row.practice,
        of=row.practice if found.is_practice else row.questions,
        is_practice=found.is_practice,
        question=found.question,
        pictures=[_picture(taker, found, picture) for picture in pictures],
        choices=own_choices(found),
        facts=facts_of(found.metadata),
        answer=found.answer,
        seconds_left=None if left is None else max(0, round(left)),
    )


def was_timed_out(session: Session, taker: TakerRow, row: StandingRow) -> bool:
    """Whether the question that ended last ended with its time."""
    if row.last is None:
        return False
    return answering.get_asked(session, taker.participant_id, row.last).ending == "timed_out"


def own_choices(found: AskedRow) -> list[str]:
    """The choices in the participant's order; empty where answers are free."""
    choices = found.choices or []
    return [choices[index] for index in found.choice_order or ()]


def facts_of(metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of the image, in words."""
    return [
        (title, _worded(metadata[name]) + _UNITS.get(name, ""))
        for name, title in METADATA_TITLES.items()
        if name in metadata
    ]


def feedback(session: Session, taker: TakerRow, position: int) -> Feedback:
    """What is said of a practice question that they have answered."""
    return Feedback(*answering.practice_feedback(session, taker.participant_id, position))


def score(session: Session, taker: TakerRow) -> Score | None:
    """How many of their answers are right; None before the quiz is closed, or where nothing was answered."""
    own = answering.own_answers(session, taker.participant_id)
    right = 0
    for each in own:
        judged = each.answer is not None and is_right(each.answer, each.question, each.truth, each.question_type)
        right += judged if each.decided is None else each.decided
    return Score(right, len(own)) if own else None


def _picture(taker: TakerRow, found: AskedRow, picture: PictureRow) -> Picture:
    region = None
    if found.region_box:
        x_min, y_min, width, height = found.region_box
        left, top = picture.left_px + x_min * picture.scale, picture.top_px + y_min * picture.scale
        edges = (left, top, width * picture.scale, height * picture.scale)
        region = Region(*(round(edge, 1) for edge in edges))
    address = f"/quiz/image/{picture.random_key}"
    return Picture(PICTURE_TITLES[picture.role], address, taker.image_size_px, region)


def _worded(value: Any) -> str:
    if isinstance(value, list):
        return (
            " × ".join(map(_worded, value))
            if all(isinstance(each, int | float) for each in value)
            else ", ".join(map(str, value))
        )
    return f"{value:g}" if isinstance(value, int | float) else str(value)
