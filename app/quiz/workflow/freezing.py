"""Freezing a quiz: its images are copied in the background, so that they tell nothing but their ground."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from app.assets.store import AssetStore, AssetStoreError
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.quiz.queries import copies, quizzes
from app.quiz.queries.copies import MadeCopy, MissingCopy
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow.quizzes import get_quiz, locked_quiz
from app.work import MAY_PASS, StopAskedError, defer

SIZES_PX: Final = (512, 1024, 1536, 2048)
"""All copies of a quiz have one of these: the least that shows its largest scene pixel by pixel, or the largest."""

Check = Callable[[], None]


class UnreadableImageError(DomainError):
    """An image of the release cannot be copied."""

    code = "quiz_image_unreadable"


def freeze_quiz(session: Session, name: str) -> QuizRow:
    """Have the images copied in the background; when all are there the quiz is ready to open.

    Raises
    ------
    QuizStateError
        If the quiz is not being composed any more.
    """
    quiz = locked_quiz(session, name, "composing")
    largest = copies.largest_side(session, quiz.quiz_id)
    size_px = next((size for size in SIZES_PX if size >= largest), SIZES_PX[-1])
    copies.start_freezing(session, quiz.quiz_id, size_px)
    defer(session, "quiz.freeze", quiz_id=quiz.quiz_id)
    return get_quiz(session, name)


def thaw_quiz(session: Session, name: str) -> QuizRow:
    """Back to composing, to swap a question or change what participants read. Copies that were made are kept.

    Raises
    ------
    QuizStateError
        If it is open or closed: what somebody may have seen does not change.
    """
    quiz = locked_quiz(session, name, "freezing", "frozen")
    copies.thaw_quiz(session, quiz.quiz_id)
    return get_quiz(session, name)


def run_freezing(sessions: SessionMaker, store: AssetStore, quiz_id: int, check: Check = lambda: None) -> None:
    """The work of freezing, from where it stopped. Done twice, it is the same copies.

    Each copy is kept in a transaction of its own. What may pass by itself is raised, so that the work is tried again;
    all else takes the quiz back to composing and says why. ``check`` is called between copies and may raise to stop.
    """
    try:
        _copy_all(sessions, store, quiz_id, check)
    except (*MAY_PASS, StopAskedError):
        raise
    except Exception as error:
        with transaction(sessions) as session:
            copies.fail_freezing(session, quiz_id, str(error) or type(error).__name__)
        if not isinstance(error, DomainError | OSError):
            raise  # a fault of the program: the worker's log is to have it


def _copy_all(sessions: SessionMaker, store: AssetStore, quiz_id: int, check: Check) -> None:
    with transaction(sessions) as session:
        quiz = quizzes.get_quiz(session, quiz_id)
        missing = copies.list_missing(session, quiz_id) if quiz.state == "freezing" else []
    for wanted in missing:
        check()
        made = _copy(store, wanted, quiz.image_size_px or SIZES_PX[-1])
        with transaction(sessions) as session:
            if not copies.add_copy(session, quiz_id, quiz.image_size_px or SIZES_PX[-1], wanted, made):
                return
    with transaction(sessions) as session:
        copies.finish_freezing(session, quiz_id)


def _copy(store: AssetStore, wanted: MissingCopy, size_px: int) -> MadeCopy:
    # Here, since the web processes do without rasterio.
    from rasterio.errors import RasterioError

    from pipeline.imaging.plain_copy import write_plain_copy

    try:
        if wanted.source_sha256 is None:
            raise ValueError("the release has none")
        with store.staging() as folder:
            source = store.fetch(wanted.source_sha256, folder)
            copy = folder / "copy.png"
            placed = write_plain_copy(source, copy, size_px, in_colour=wanted.role == "optical")
            kept = store.put(copy, "image/png", move=True)
    except AssetStoreError:
        raise
    except (DomainError, RasterioError, ValueError) as error:
        raise UnreadableImageError(_sentence(wanted, error), dataset=wanted.dataset, scene=wanted.scene) from error
    return MadeCopy(kept.sha256, kept.bytes, placed.scale, placed.left_px, placed.top_px)


def _sentence(wanted: MissingCopy, error: Exception) -> str:
    which = f"{'practice question' if wanted.is_practice else 'question'} {wanted.position}"
    what = "optical" if wanted.role == "optical" else "SAR"
    return (
        f"The {what} image of {which} ({wanted.dataset}, {wanted.scene}) cannot be copied: {str(error).rstrip('.')}."
        " Swap the question, or import its dataset again, and freeze once more; what was copied is kept."
    )
