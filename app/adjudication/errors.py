"""What a senior asked for and cannot have, each with a sentence that says what to do.

DomainError
├── NoDisagreementError       nothing of the packet was ever to be adjudicated
├── OwnReviewError            they reviewed the packet themselves
├── HeldByAnotherError        another senior has it open
├── AlreadyDecidedError       another senior decided it meanwhile
├── SidesChangedError         the reviews are not those that were shown any more
├── DecisionDiffersError      the submission's id was used for other decisions
├── InvalidDecisionError      a decision that cannot be stored as it is
└── NoSuchNoteError           a note or comment that is not there, or not for them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from psycopg import errors as postgres
from sqlalchemy.exc import IntegrityError

from app.db.errors import DomainError, Meaning


class NoDisagreementError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_disagreement"


class OwnReviewError(DomainError):
    meaning: ClassVar[Meaning] = "forbidden"
    code: ClassVar[str] = "own_review"


class HeldByAnotherError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "held_by_another"


class AlreadyDecidedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "already_decided"


class SidesChangedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "sides_changed"


class DecisionDiffersError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "decision_differs"


class InvalidDecisionError(DomainError):
    code: ClassVar[str] = "invalid_decision"


class NoSuchNoteError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_such_note"


def no_disagreement() -> NoDisagreementError:
    return NoDisagreementError("Nothing of this packet is to be adjudicated. Go back to the list of what waits.")


def own_review() -> OwnReviewError:
    return OwnReviewError(
        "You reviewed this packet, so somebody else decides where its reviews differ. Take another one from the list."
    )


def held_by_another(until: dt.datetime) -> HeldByAnotherError:
    sentence = "Another senior has this packet open. Take another one, or wait until they have left it."
    return HeldByAnotherError(sentence, expires_at=until.isoformat())


def already_decided(draft_ids: Sequence[int]) -> AlreadyDecidedError:
    return AlreadyDecidedError(
        "This was decided meanwhile, by another senior or in another tab, and that stays. What you wrote is kept here.",
        decided=list(draft_ids),
    )


def sides_changed() -> SidesChangedError:
    return SidesChangedError(
        "A review of this packet was changed while you had it open. Reload the page; what you wrote is kept."
    )


def decision_differs() -> DecisionDiffersError:
    return DecisionDiffersError(
        "This submission was stored before with other decisions, and those stay. Reload the page to see what is open."
    )


@contextmanager
def domain_errors() -> Iterator[None]:
    """Turn the database's own refusal to let anybody decide on their own review into the sentence that says so.

    The workflow looks first; this is for a review that came between the look and the write.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.orig
        name = cause.diag.constraint_name if isinstance(cause, postgres.Error) else None
        if name != "not_own_review":
            raise
        raise own_review() from error
