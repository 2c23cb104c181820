"""What a new release can be made of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.release.queries import previewing
from app.release.queries.rules import Rules


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """A dataset that texts may be taken from."""

    name: str
    drafts: int
    """About, by its counters."""
    unsettled: int
    """Scenes whose import is not finished: no release takes them."""


def dataset_choices(session: Session) -> list[DatasetChoice]:
    """All datasets, by name."""
    sizes = previewing.count_drafts(session)
    unsettled = previewing.count_unsettled(session, list(sizes))
    return [DatasetChoice(name, drafts, unsettled.get(name, 0)) for name, drafts in sizes.items()]


def licence_choices(session: Session, rules: Rules) -> list[tuple[str, int]]:
    """(licence, scenes) of all datasets, the commonest first; also those that the rules name and no scene has."""
    found = previewing.list_licences(session)
    known = {licence for licence, _ in found}
    return [*found, *((licence, 0) for licence in rules.licences or () if licence not in known)]
