"""Saying who may review what: pools, their members, and reviewers' skills."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from app.review.errors import InvalidPoolError, UnknownPoolError
from app.review.queries import pools as queries
from app.review.queries.pools import PoolRow

NAME_FORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
SKILL_FORM: Final = re.compile(r"[a-z0-9][a-z0-9 ._+-]{0,39}")
LONGEST_DESCRIPTION: Final = 300
MOST_SKILLS: Final = 40


def skills_of(written: str | Iterable[str]) -> list[str]:
    """``Ships,  urban areas`` as ``["ships", "urban areas"]``: small letters, each once, by name.

    Raises
    ------
    InvalidPoolError
        If one cannot be a skill's name, or there are more than :data:`MOST_SKILLS`.
    """
    parts = written.split(",") if isinstance(written, str) else written
    skills = sorted({" ".join(part.lower().split()) for part in parts} - {""})
    for skill in skills:
        if not SKILL_FORM.fullmatch(skill):
            raise InvalidPoolError(
                f"{skill[:40]!a} cannot be a skill: 1 to 40 small letters a to z, digits, spaces and . _ + - only."
            )
    if len(skills) > MOST_SKILLS:
        raise InvalidPoolError(f"These are {len(skills)} skills; name {MOST_SKILLS} at most.")
    return skills


def add_pool(session: Session, pool: str, description: str = "", skills: str | Iterable[str] = "") -> None:
    """A new pool: of those with all of its ``skills``, and of members who are added.

    Raises
    ------
    InvalidPoolError
        If the name cannot be, or is taken; if the description or a skill cannot be.
    """
    if not NAME_FORM.fullmatch(pool):
        raise InvalidPoolError(
            f"{pool[:63]!a} cannot be a pool's name: 1 to 63 small letters a to z, digits and . _ - only."
        )
    if not queries.add_pool(session, pool, _described(description), skills_of(skills)):
        raise InvalidPoolError(f"There is a pool {pool} already. Choose another name, or change that one.")


def change_pool(session: Session, pool: str, description: str, skills: str | Iterable[str]) -> None:
    """Another description, and other skills that are asked for. ``main`` is open to all, whatever their skills."""
    found = require_pool(session, pool)
    asked = skills_of(skills)
    if found.is_open and asked:
        raise InvalidPoolError(f"The pool {pool} is open to everybody who reviews, so it asks for no skill.")
    queries.change_pool(session, found.pool, _described(description), asked)


def delete_pool(session: Session, pool: str) -> None:
    """Take away a pool in which nothing waits and that no policy ever named.

    Raises
    ------
    InvalidPoolError
        If it is used.
    """
    if require_pool(session, pool).is_used:
        raise InvalidPoolError(
            f"The pool {pool} stays: packets wait in it, or a policy names it. Take its members out to close it."
        )
    queries.delete_pool(session, pool)


def set_member(session: Session, pool: str, person_id: int, *, is_member: bool) -> None:
    """Name a person in a pool, or take them out of it."""
    found = require_pool(session, pool)
    reviewer = queries.reviewer_of(session, person_id)
    if reviewer is None:
        raise UnknownPoolError("There is no reviewer of this number. Choose one from the list.")
    if not is_member:
        queries.remove_member(session, found.pool, reviewer)
    elif found.is_open:
        raise InvalidPoolError(f"The pool {pool} is open to everybody who reviews, so it has no members.")
    else:
        queries.add_member(session, found.pool, reviewer)


def set_skills(session: Session, person_id: int, skills: str | Iterable[str]) -> list[str]:
    """What is known of a reviewer from now on; gives the skills as they are kept."""
    reviewer = queries.reviewer_of(session, person_id)
    if reviewer is None:
        raise UnknownPoolError("There is no reviewer of this number. Choose one from the list.")
    kept = skills_of(skills)
    queries.set_skills(session, reviewer, kept)
    return kept


def require_pool(session: Session, pool: str) -> PoolRow:
    """The pool of this name.

    Raises
    ------
    UnknownPoolError
        If there is none.
    """
    # No pool's name has a NUL, which PostgreSQL would not even be asked about.
    found = queries.find_pool(session, pool) if NAME_FORM.fullmatch(pool) else None
    if found is None:
        raise UnknownPoolError(f"There is no pool {pool[:63]!a}. Those that there are stand under People, Pools.")
    return found


def require_person(session: Session, email: str) -> int:
    """The number of the reviewer with this e-mail.

    Raises
    ------
    UnknownPoolError
        If nobody who reviews has it.
    """
    found = None if "\0" in email else queries.person_of(session, email.strip())
    if found is None:
        raise UnknownPoolError(f"Nobody with the e-mail {email[:254]!a} may review.")
    return found


def _described(description: str) -> str:
    shown = " ".join(description.split())
    if len(shown) > LONGEST_DESCRIPTION or not shown.isprintable():
        raise InvalidPoolError(f"A description has at most {LONGEST_DESCRIPTION} printable characters.")
    return shown
