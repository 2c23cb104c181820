"""Why a model gave no draft.

Recorded with the run, never shown to reviewers as a draft. A failure is a value, not an exception, so that one bad
reply among ten thousand stops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FailureReason = Literal[
    "refused",
    "empty",
    "malformed",
    "truncated",
    "too_long",
    "unusable_text",
    "not_english",
    "rate_limited",
    "server_error",
    "connection",
    "timed_out",
    "rejected",
    "unusable_endpoint",
    "stopped",
]

ASKED_AGAIN: Final = frozenset({"empty", "malformed", "too_long", "unusable_text", "not_english"})
"""Of replies that came: a model may do better the next time. Not of one that refuses, nor of one that was cut off at
its limit, which it would be again."""
MENDED: Final = frozenset(
    {"rate_limited", "server_error", "connection", "timed_out", "rejected", "unusable_endpoint", "stopped"}
)
"""By time, or by another option or key: no outcome of the scene, and the next run asks again."""

_DETAIL_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class DraftFailure:
    """Why there is no draft, after how many attempts, and the last HTTP status, if any reply came."""

    reason: FailureReason
    detail: str
    status: int | None = None
    attempts: int = 1

    @property
    def is_fatal(self) -> bool:
        """Whether every further request will fail alike: key, address or model are wrong, or the quota is used up."""
        is_for_all = self.reason == "rejected" and self.status in (401, 402, 403, 404, 429)
        return is_for_all or self.reason == "unusable_endpoint"


class ModelError(Exception):
    """Within drafting: carries the failure from where it is noticed to where it is recorded."""

    def __init__(self, reason: FailureReason, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.reason: FailureReason = reason
        self.detail = storable(detail)
        self.status = status

    def after(self, attempts: int) -> DraftFailure:
        """The failure to record."""
        return DraftFailure(self.reason, self.detail, self.status, attempts)


def storable(text: str) -> str:
    """``text`` cut to what a record holds, with NUL and lone surrogates written out."""
    cut = text[:_DETAIL_CHARACTERS].replace("\0", "\\0")
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")
