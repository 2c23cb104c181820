"""What somebody asked of a quiz and cannot have, each with a sentence that says what to do.

DomainError
├── NoSuchQuizError           no quiz of that name
├── QuizError                 rules, texts or options that cannot be taken as they are
├── TooFewEligibleError       fewer questions than asked for; ``strata`` has the counts
├── QuizStateError            not in this state: frozen already, not frozen yet, closed
├── BlindAnswersError         answers of a model without the image that cannot be read; ``faults`` has them by row
├── NoSuchGroupError
├── InvitationError           an invitation that cannot be made as asked
├── InvitationRefusedError    a link that lets nobody in: unknown, expired, used up, taken back, of a quiz not open
└── NoSuchParticipantError
"""

from __future__ import annotations

from typing import ClassVar

from app.db.errors import DomainError, Meaning


class NoSuchQuizError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_such_quiz"


class QuizError(DomainError):
    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "quiz_invalid"


class TooFewEligibleError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "too_few_eligible"


class QuizStateError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "quiz_state"


class BlindAnswersError(DomainError):
    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "blind_answers_invalid"


class NoSuchGroupError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_such_group"


class InvitationError(DomainError):
    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "invitation_invalid"


class InvitationRefusedError(DomainError):
    meaning: ClassVar[Meaning] = "gone"
    code: ClassVar[str] = "invitation_refused"


class NoSuchParticipantError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_such_participant"
