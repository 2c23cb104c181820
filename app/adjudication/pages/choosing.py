"""The filters of the list of what waits, as they stand in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from app.adjudication.queries.waiting import DrafterChoice, Filters
from app.adjudication.schemas.views import drafter_text
from app.intake.workflow.running import require_dataset
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

REASONS: Final[Mapping[str, str]] = {
    "verdicts_differ": "verdicts differ",
    "texts_differ": "texts differ",
    "unsure": "unsure",
    "scene_differs": "scene differs",
}
FLAG_TITLES: Final[Mapping[str, str]] = {
    "colour": "colour",
    "wrong_statement": "wrong",
    "count": "count",
    "vague": "vague",
    "not_visible_in_sar": "not in SAR",
    "position": "position",
    "language": "language",
    "other": "other",
}
"""As reviewers read them."""
TYPE_TITLES: Final[Mapping[str, str]] = {**KIND_TITLES, **QUESTION_TYPE_TITLES}
"""Kinds and types of questions, by either name."""

Reason = Literal["", "unsure", "verdicts_differ", "texts_differ", "scene_differs"]
FlagChoice = Literal[
    "", "colour", "wrong_statement", "count", "vague", "not_visible_in_sar", "position", "language", "other"
]
TypeChoice = Literal[
    "", "concise_caption", "complex_caption", "question",
    "identification", "classification", "counting", "positioning", "referring", "general",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen in the form; empty is any."""

    dataset: str
    reason: str
    flag: str
    type: str
    drafter: str

    @property
    def is_any(self) -> bool:
        return not any((self.dataset, self.reason, self.flag, self.type, self.drafter))

    def query(self, **more: int | str | None) -> str:
        """As it follows an address, with its question mark; empty where nothing is chosen."""
        own = {name: getattr(self, name) for name in ("dataset", "reason", "flag", "type", "drafter")}
        given = {name: value for name, value in (own | more).items() if value not in ("", None)}
        return f"?{urlencode(given)}" if given else ""

    def filters(self, session: Session) -> Filters:
        """
        Raises
        ------
        DatasetMissingError
            If there is no such dataset.
        """
        return Filters(
            dataset_id=require_dataset(session, self.dataset).dataset_id if self.dataset else None,
            reason=self.reason or None,
            flag=self.flag or None,
            kind=self.type if self.type in KIND_TITLES else None,
            question_type=self.type if self.type in QUESTION_TYPE_TITLES else None,
            drafter_id=int(self.drafter) if self.drafter else None,
        )


def _chosen(
    dataset: Annotated[str, Query(max_length=200)] = "",
    reason: Reason = "",
    flag: FlagChoice = "",
    type: TypeChoice = "",
    drafter: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
) -> Chosen:
    return Chosen(dataset.replace("\0", "\ufffd"), reason, flag, type, drafter)


ChosenFilters = Annotated[Chosen, Depends(_chosen)]


def drafter_titles(choices: list[DrafterChoice]) -> dict[str, str]:
    """``{id: a few words}`` of drafters."""
    return {
        str(one.drafter_id): drafter_text(
            {
                "drafter_name": one.name,
                "drafter_version": one.version,
                "model": one.model,
                "prompt_version": one.prompt_version,
            }
        )
        for one in choices
    }
