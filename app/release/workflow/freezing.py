"""Freezing: what would be in a release, and the release itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.release.queries import freezing, releases
from app.release.queries.releases import ReleaseRow
from pipeline.vocabulary import KINDS

NAME_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
LONGEST_NOTES: Final = 10_000
STANDINGS: Final = {
    "verified": "verified",
    "sample_verified": "sample-verified",
    "not_reviewed": "not yet reviewed",
    "disagreement": "reviews differ",
    "rejected": "rejected",
    "scene_unusable": "scene unusable",
    "not_settled": "import not finished",
}
"""How a draft can stand, and the words for it; the first gets into a release, and the second where that is wanted."""


class ReleaseError(DomainError):
    meaning = "invalid"
    code = "release_invalid"


class EmptyReleaseError(DomainError):
    meaning = "conflict"
    code = "release_empty"


class NoSuchReleaseError(DomainError):
    meaning = "not_found"
    code = "no_such_release"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the drafts of one dataset stand towards a release."""

    dataset: str
    verified: int
    left_out: dict[str, int]
    """{standing: drafts}; among them those that are in only where that is wanted: ``sample_verified``."""
    unsettled: int = 0
    """Scenes whose import is not finished: their split may still change, so no release takes them."""


def list_dataset_names(session: Session) -> list[str]:
    """All datasets, by name."""
    return freezing.list_dataset_names(session)


def preview(session: Session, datasets: Sequence[str], kinds: Sequence[str] = KINDS) -> list[Standing]:
    """What a release of these datasets would hold now, and what would be left out and why."""
    found: dict[str, dict[str, int]] = {name: {} for name in datasets}
    for dataset, standing, drafts in freezing.count_standings(session, datasets, kinds):
        found[dataset][standing] = drafts
    unsettled = freezing.count_unsettled(session, datasets)
    return [
        Standing(name, counts.pop("verified", 0), counts, unsettled.get(name, 0))
        for name, counts in sorted(found.items())
    ]


def create_release(
    session: Session,
    name: str,
    datasets: Sequence[str],
    kinds: Sequence[str] | None = None,
    notes: str = "",
    *,
    with_sampled: bool = False,
) -> ReleaseRow:
    """Freeze the verified texts of the datasets as the next number of ``name``. Nothing changes it afterwards.

    In are the current resolutions with outcome verified, of drafts with origin drafted, in scenes that no reviewer
    found unusable and whose import is finished, so that their split is final. What was not read itself but taken over
    on a sample is in only ``with_sampled``.

    Raises
    ------
    ReleaseError
        If the name, a dataset or a kind is not acceptable.
    EmptyReleaseError
        If no text is verified yet.
    """
    chosen = tuple(kind for kind in KINDS if kinds is None or kind in kinds)
    _check(session, name, datasets, chosen, [] if kinds is None else kinds, notes)
    rules = {
        "datasets": sorted(set(datasets)),
        "kinds": list(chosen),
        "gates": [
            "outcome is verified",
            "origin is drafted",
            "no reviewer found the scene unusable",
            "the import of the scene is finished",
            *([] if with_sampled else ["the text was reviewed itself, or the boxes that it follows from"]),
        ],
    }
    taken = ["verified", "sample_verified"] if with_sampled else ["verified"]
    release_id = freezing.freeze(session, name, rules["datasets"], chosen, notes, rules, taken)
    if release_id is None:
        raise EmptyReleaseError(_why_empty(session, rules["datasets"], chosen))
    return releases.get_release(session, release_id)


def _why_empty(session: Session, datasets: Sequence[str], kinds: Sequence[str]) -> str:
    sampled = sum(standing.left_out.get("sample_verified", 0) for standing in preview(session, datasets, kinds))
    why = f"No text of {', '.join(datasets)} is verified yet, so the release would be empty."
    if sampled:
        return (
            f"{why} {sampled:,} sample-verified {'text was' if sampled == 1 else 'texts were'} left out: take them in."
        )
    return f"{why} Review some packets first."


def get_release(session: Session, label: str) -> ReleaseRow:
    """The release ``NAME@3``, or the newest of ``NAME``.

    Raises
    ------
    NoSuchReleaseError
        If there is none.
    """
    name, at, number = label.partition("@")
    is_label = NAME_FORM.fullmatch(name) is not None and (not at or re.fullmatch(r"[0-9]{1,18}", number) is not None)
    found = releases.find_release(session, name, int(number) if at else None) if is_label else None
    if found is None:
        raise NoSuchReleaseError(f"There is no release {label[:80]!r}; names look like ports@1.", release=label[:80])
    return found


def list_releases(session: Session, before: int | None = None, limit: int = 50) -> list[ReleaseRow]:
    """Newest first; ``before`` is the ``release_id`` of the last one of the page before."""
    return releases.list_releases(session, before, limit)


def _check(
    session: Session, name: str, datasets: Sequence[str], kinds: Sequence[str], asked: Sequence[str], notes: str
) -> None:
    if NAME_FORM.fullmatch(name) is None:
        raise ReleaseError(
            f"A release cannot be named {name[:80]!r}: use 1 to 63 letters, digits, dots, dashes and underscores,"
            " a letter or digit first."
        )
    if not datasets:
        raise ReleaseError("Choose at least one dataset.")
    unknown = sorted(set(datasets) - set(freezing.list_dataset_names(session)))
    if unknown:
        raise ReleaseError(f"There is no dataset {unknown[0][:80]!r}.", dataset=unknown[0][:80])
    strange = sorted(set(asked) - set(KINDS))
    if strange or not kinds:
        what = f"There is no kind of text {strange[0][:80]!r}" if strange else "Choose at least one kind of text"
        raise ReleaseError(f"{what}; there are {', '.join(KINDS)}.")
    if len(notes) > LONGEST_NOTES or "\0" in notes:
        raise ReleaseError(f"The notes must be at most {LONGEST_NOTES:,} characters, without NUL.")
