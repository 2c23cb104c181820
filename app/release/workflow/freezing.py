"""Freezing: the release itself, in one transaction, or nothing of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlalchemy.orm import Session

from app.db.errors import DomainError, Meaning
from app.release.queries import freezing, releases
from app.release.queries.freezing import Frozen
from app.release.queries.releases import ReleaseRow
from app.release.queries.rules import Rules
from app.release.workflow.rules import GATES, NAME_FORM, STANDINGS, checked
from pipeline.vocabulary import KINDS


class EmptyReleaseError(DomainError):
    meaning = "conflict"
    code = "release_empty"


class BlockedReleaseError(DomainError):
    """A gate that blocks the whole release, not a text, is not passed."""

    meaning: ClassVar[Meaning] = "conflict"
    code = "release_blocked"


class NoSuchReleaseError(DomainError):
    meaning = "not_found"
    code = "no_such_release"


def list_dataset_names(session: Session) -> list[str]:
    """All datasets, by name."""
    return freezing.list_dataset_names(session)


def create_release(
    session: Session,
    name: str,
    datasets: Sequence[str],
    kinds: Sequence[str] | None = None,
    notes: str = "",
    *,
    with_sampled: bool = False,
) -> ReleaseRow:
    """Freeze the verified texts of the datasets as the next number of ``name``, by the gates that hold by default.

    As :func:`freeze_release` in all else.
    """
    asked = KINDS if kinds is None else tuple(kinds)
    return freeze_release(session, name, Rules(tuple(datasets), asked, with_sampled=with_sampled), notes)


def freeze_release(session: Session, name: str, rules: Rules, notes: str = "") -> ReleaseRow:
    """Freeze the texts that pass the gates as the next number of ``name``. Nothing changes it afterwards.

    In are current resolutions with outcome verified, of drafts with origin drafted, in scenes whose import is finished,
    so that their split is final; and of these, what passes ``rules``.

    Raises
    ------
    ReleaseError, NameTakenError
        If the name, a dataset, a kind or a gate is not acceptable.
    EmptyReleaseError
        If no text passes.
    BlockedReleaseError
        If texts wait to be adjudicated, or the split is leaking, and the rules say that this blocks.
    """
    # Before the name is looked at: who waited sees what the other one made.
    freezing.lock_name(session, name)
    ordered = checked(session, name, notes, rules)
    frozen = freezing.freeze(session, name, notes, ordered)
    if frozen.release_id is None:
        raise _refusal(ordered, frozen)
    return releases.get_release(session, frozen.release_id)


def _refusal(rules: Rules, frozen: Frozen) -> DomainError:
    if not frozen.texts:
        return EmptyReleaseError(_why_empty(rules.datasets, frozen.left_out), left_out=frozen.left_out)
    if rules.open_disagreements == "block" and frozen.disputed:
        told = "1 text waits" if frozen.disputed == 1 else f"{frozen.disputed:,} texts wait"
        return BlockedReleaseError(
            f"{told} to be adjudicated, which blocks this release. Have them decided, or leave them out.",
            disputed=frozen.disputed,
        )
    told = "1 place lies" if frozen.places == 1 else f"{frozen.places:,} places lie"
    return BlockedReleaseError(
        f"{told} on more than one side of the split, which blocks a strict release. Leave the dataset or a split out,"
        " or release without --strict: the leakage is then printed with it.",
        places=frozen.places,
    )


def _why_empty(datasets: Sequence[str], left_out: Mapping[str, Mapping[str, int]]) -> str:
    counted: Counter[str] = Counter()
    for reasons in left_out.values():
        counted.update(reasons)
    why = f"No text of {', '.join(datasets)} passes, so the release would be empty"
    if not counted:
        return f"{why}: it has no such drafts. Choose other datasets, kinds or splits."
    told = ", ".join(f"{counted[key]:,} {words}" for key, words in STANDINGS.items() if counted[key])
    advice = " Review some packets first." if counted["not_reviewed"] else ""
    if any(counted[gate] for gate in GATES):
        advice = " Ask less of them, if that can be answered for."
    if sampled := counted["sample_verified"]:
        were = "text was" if sampled == 1 else "texts were"
        advice = f" {sampled:,} sample-verified {were} left out: take them in."
    return f"{why}: {told}.{advice}"


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
        raise NoSuchReleaseError(f"There is no release {label[:80]!a}; names look like ports@1.", release=label[:80])
    return found


def list_releases(session: Session, before: int | None = None, limit: int = 50, name: str = "") -> list[ReleaseRow]:
    """Newest first; ``before`` is the ``release_id`` of the last one of the page before. Of one ``name``, or of all."""
    return releases.list_releases(session, before, limit, name)
