"""What somebody asked of an evaluation and cannot have, each with a sentence that says what to do.

DomainError
├── NoSuchEvaluationError     no evaluation of that number
├── EvaluationError           a model's name, a split, a task or a judge that cannot be taken as it is
├── PredictionsError          rows that cannot be taken; ``faults`` has them by line
├── IncompleteError           predictions are missing, and nobody said that the evaluation is to be partial
├── EvaluationStateError      not in this state: still predicting, withdrawn
└── EndpointFailedError       the endpoint of a model or a judge ended in the middle; what came is kept
"""

from __future__ import annotations

from typing import ClassVar

from app.db.errors import DomainError, Meaning


class NoSuchEvaluationError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code: ClassVar[str] = "no_such_evaluation"


class EvaluationError(DomainError):
    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "evaluation_invalid"


class PredictionsError(DomainError):
    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "predictions_invalid"


class IncompleteError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "predictions_missing"


class EvaluationStateError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "evaluation_state"


class EndpointFailedError(DomainError):
    meaning: ClassVar[Meaning] = "unavailable"
    code: ClassVar[str] = "endpoint_failed"
