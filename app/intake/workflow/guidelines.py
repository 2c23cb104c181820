"""A dataset's own guidelines for its reviewers."""

from __future__ import annotations

from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries import guidelines
from app.intake.workflow.running import require_dataset
from app.intake.workflow.storable import unstorable

LONGEST_GUIDELINES: Final = 20_000


class GuidelinesError(DomainError):
    """Guidelines that cannot be stored."""

    code: ClassVar[str] = "guidelines"


def set_guidelines(session: Session, dataset: str, text: str) -> None:
    """Show these to whoever reviews the dataset; empty takes them away.

    Raises
    ------
    GuidelinesError
        If they are longer than 20,000 characters, or no text.
    DatasetMissingError
        If there is no such dataset.
    """
    # As forms send them, lines end with both.
    words = text.replace("\r\n", "\n").strip()
    reason = unstorable(words, LONGEST_GUIDELINES)
    if reason:
        raise GuidelinesError(f"The guidelines were not stored: {reason}. Go back, and mend them there.")
    guidelines.set_guidelines(session, require_dataset(session, dataset).dataset_id, words)
