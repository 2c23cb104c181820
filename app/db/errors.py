"""Domain errors: they carry facts and a sentence that says what to do; the web's one table gives them a status."""

from __future__ import annotations

from typing import ClassVar, Literal

Meaning = Literal[
    "not_logged_in", "not_found", "conflict", "invalid", "forbidden", "gone", "too_large", "unavailable", "slow_down"
]


class DomainError(Exception):
    """Something that a person asked for cannot be done.

    The message is shown to people as it is. ``meaning`` is not a status code: ``app.web.errors`` has the one table
    from meaning to status. ``code`` is stable, for scripts.
    """

    meaning: ClassVar[Meaning] = "invalid"
    code: ClassVar[str] = "invalid"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts
