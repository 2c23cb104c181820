"""Answering: one question at a time, each once, by the server's clock."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.workflow.storable import unstorable
from app.quiz.queries import answering, taking
from app.quiz.queries.answering import AskedRow
from app.quiz.queries.taking import TakerRow
from app.quiz.workflow.taking import own_choices
from pipeline.vocabulary import LONGEST_ANSWER

LONGEST_VIEW: Final = 2_000
VIEW_KEYS: Final = ("width", "height", "zoom", "zoomed_to", "low", "high", "gamma", "pointer")
"""What a page may tell of how it was looked at; numbers, but for the last."""
POINTERS: Final = ("coarse", "fine")


class AnswerError(DomainError):
    """An answer that cannot be taken as it is; the question stays open."""

    code: ClassVar[str] = "answer_invalid"


@dataclass(frozen=True, slots=True)
class Given:
    """The form of a question as it was sent."""

    position: int
    answer: str = ""
    choice: int | None = None
    """Its place in the participant's order."""
    is_passed: bool = False
    """Whether they said that they cannot tell."""
    is_by_clock: bool = False
    """Whether the page sent it by itself, as the time was over."""
    view: str = ""


def answer(session: Session, taker: TakerRow, given: Given) -> bool:
    """Keep an answer, and show the next question. The same again changes nothing, nor does another one.

    After practice, and where there is a time limit, the next question waits until it is asked for: nobody's time runs
    while they are away.

    Returns
    -------
    bool
        Whether the question ended as it was sent, now or before; False where another answer was kept before.

    Raises
    ------
    AnswerError
        If it is empty, too long, or no choice.
    """
    participant_id = taker.participant_id
    taking.lock_taker(session, participant_id)
    row = answering.standing(session, participant_id)
    shown = given.position == row.open or (row.last is not None and given.position <= row.last)
    if not shown:
        return True  # never shown: there is nothing to answer, and the page that comes says where they are
    found = answering.get_asked(session, participant_id, given.position)
    ending, words = _ending(found, given)
    if found.ending is not None:
        return found.ending == "timed_out" or (found.ending, found.answer) == (ending, words)
    ended = answering.end_question(session, participant_id, given.position, ending, words, viewed(given.view))
    if ended is not None and not found.is_practice and taker.seconds_per_question is None:
        answering.show_next(session, participant_id)
    answering.finish_if_done(session, participant_id)
    return True


def go_on(session: Session, taker: TakerRow) -> None:
    """Show the next question; one that is open stays, unless its time is over: then it ends without an answer."""
    if taker.quiz_state != "open":
        return
    taking.lock_taker(session, taker.participant_id)
    answering.time_out(session, taker.participant_id)
    answering.show_next(session, taker.participant_id)
    answering.finish_if_done(session, taker.participant_id)


def viewed(sent: str) -> dict[str, Any]:
    """How it was looked at, as far as the page told it in a form that is known; an answer never fails by it."""
    try:
        told = json.loads(sent) if len(sent) <= LONGEST_VIEW else {}
    except (ValueError, RecursionError):
        return {}
    return {key: told[key] for key in VIEW_KEYS if _is_told(told, key)} if isinstance(told, dict) else {}


def _is_told(told: Mapping[str, Any], key: str) -> bool:
    value = told.get(key)
    if key == "pointer":
        return value in POINTERS
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e6


def _ending(found: AskedRow, given: Given) -> tuple[str, str | None]:
    """How the question ends by this form: ending and answer."""
    if given.is_passed:
        return "passed", None
    choices = own_choices(found)
    if choices:
        words = choices[given.choice] if given.choice is not None and 0 <= given.choice < len(choices) else ""
    else:
        words = " ".join(given.answer.split())
    if words:
        reason = unstorable(words, LONGEST_ANSWER)
        if reason:
            raise AnswerError(f"This answer cannot be kept: {reason}.")
        return "answered", words
    if given.is_by_clock:
        return "timed_out", None
    if found.ending is not None:
        return "passed", None
    raise AnswerError(f"{'Choose' if choices else 'Write'} an answer, or say that you cannot tell.")
