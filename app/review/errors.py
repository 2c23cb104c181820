"""What a reviewer asked for and cannot have, each with a sentence that says what to do.

DomainError
├── NotHeldError              the packet is not, and never was, in this reviewer's hands
├── HoldEndedError            the hold ended and the slot was given on
├── TooManyHeldError          enough packets in hand already
├── AlreadyReviewedError      one review a packet and reviewer
├── SubmissionDiffersError    the submission's id was used for another body
├── ProgressDiffersError      another tab saved meanwhile
├── UnknownDatasetError
├── WrongDraftsError          verdicts for other drafts than the packet's
├── InvalidVerdictError       a verdict that cannot be stored as it is
├── NoteDiffersError          the note's id was used for another note
├── SettingsError             preferences that cannot be kept as they are
├── FindingsShownError        a first verdict where findings are shown from the start
├── OpticalHiddenError        a review before the verdicts from the SAR image alone
├── OpticalShownError         verdicts from the SAR image alone where the optical one is shown
├── SarVerdictsDifferError    others from the SAR image alone were given before
├── BoxesNotAskedError        judged boxes for a packet whose texts are read one by one
├── BoxesNotJudgedError       a review before the scene's boxes were judged
├── WrongBoxesError           verdicts for other boxes than the scene's
├── InvalidBoxError           a box's verdict that cannot be stored as it is
├── NothingToMoveError        the optical image is to be moved, and the scene shows none
├── InvalidOrderError         no such order of a queue
├── InvalidPoolError          a pool or skill whose name cannot be, or a pool that must stay
├── UnknownPoolError
└── UnstorableTextError       NUL, lone surrogates, too long
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Final

from psycopg import errors as postgres
from sqlalchemy.exc import IntegrityError

from app.db.errors import DomainError, Meaning


class NotHeldError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "not_held"


class HoldEndedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "hold_ended"


class TooManyHeldError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "too_many_held"


class AlreadyReviewedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "already_reviewed"


class SubmissionDiffersError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "submission_differs"


class ProgressDiffersError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "progress_differs"


class UnknownDatasetError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "unknown_dataset"


class WrongDraftsError(DomainError):
    code: ClassVar[str] = "wrong_drafts"


class InvalidVerdictError(DomainError):
    code: ClassVar[str] = "invalid_verdict"


class FindingsShownError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "findings_shown"


class OpticalHiddenError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "optical_hidden"


class OpticalShownError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "optical_shown"


class SarVerdictsDifferError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "sar_verdicts_differ"


class NoteDiffersError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "note_differs"


class SettingsError(DomainError):
    code: ClassVar[str] = "review_settings"


class BoxesNotAskedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "boxes_not_asked"


class BoxesNotJudgedError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "boxes_not_judged"


class WrongBoxesError(DomainError):
    code: ClassVar[str] = "wrong_boxes"


class InvalidBoxError(DomainError):
    code: ClassVar[str] = "invalid_box"


class NothingToMoveError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "nothing_to_move"


class InvalidOrderError(DomainError):
    code: ClassVar[str] = "invalid_order"


class InvalidPoolError(DomainError):
    code: ClassVar[str] = "invalid_pool"


class UnknownPoolError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "unknown_pool"


class UnstorableTextError(DomainError):
    code: ClassVar[str] = "unstorable_text"


def not_held() -> NotHeldError:
    return NotHeldError("This packet is not in your hands. Reload the page to be handed one.")


def already_reviewed() -> AlreadyReviewedError:
    return AlreadyReviewedError("You have reviewed this packet already. Go on with the next one.")


def submission_differs() -> SubmissionDiffersError:
    return SubmissionDiffersError(
        "This submission was stored before with other verdicts, and those stay. Reload the page to see what is next."
    )


def hold_ended() -> HoldEndedError:
    return HoldEndedError("Your hold on this packet has ended and it was given on. Submit it as it is, or go on.")


def released() -> HoldEndedError:
    return HoldEndedError(
        "A lead took this packet back and others may review it now. What you did is kept: submit it as it is, or go on."
    )


BY_CONSTRAINT: Final[Mapping[str, type[DomainError]]] = {
    "uq_review_reviewer_submission_id": SubmissionDiffersError,
    "uq_review_packet_id_reviewer_revision": AlreadyReviewedError,
    "uq_review_slot_counted": HoldEndedError,
    "uq_assignment_slot_taken": HoldEndedError,
    "uq_assignment_packet_reviewer": HoldEndedError,
    "fk_draft_verdict_packet_id_draft_id_packet_draft": WrongDraftsError,
}
_SENTENCES: Final[Mapping[type[DomainError], str]] = {
    SubmissionDiffersError: submission_differs().message,
    AlreadyReviewedError: already_reviewed().message,
    HoldEndedError: hold_ended().message,
    WrongDraftsError: "A verdict is for a draft that is not in this packet. Reload the page.",
}


@contextmanager
def domain_errors() -> Iterator[None]:
    """Turn a violated constraint into the domain error that it stands for, by its name alone.

    The workflow looks first and says it better; this is for what happens between the look and the write.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.orig
        name = cause.diag.constraint_name if isinstance(cause, postgres.Error) else None
        meant = BY_CONSTRAINT.get(name or "")
        if meant is None:
            raise
        raise meant(_SENTENCES[meant]) from error
