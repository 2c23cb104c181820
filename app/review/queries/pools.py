"""Pools, who belongs to them, and what is known of reviewers' skills."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.review.queries.eligible import BELONGS

_PEOPLE: Final = f"""
(select count(*) from person w where w.is_active and w.roles && array['reviewer', 'adjudicator']
    and ({BELONGS.format(reviewer="w.pseudonym")}))
"""  # noqa: S608  (parts of our own)

_POOL: Final = f"""
select e.pool, e.description, e.is_open, e.skills, {_PEOPLE} as people,
    (select count(*) from pool_member m where m.pool = e.pool) as members,
    e.pool = 'main' or exists (select from review_policy v where v.pool = e.pool)
        or exists (select from dataset d cross join lateral (
            select from slot s where s.dataset_id = d.dataset_id and s.pool = e.pool and s.is_free limit 1) as one)
        as is_used
from pool e
"""  # noqa: S608  (parts of our own)

_LIST: Final = text(f"{_POOL} order by e.pool <> 'main', e.pool")
_FIND: Final = text(f"{_POOL} where e.pool = :pool")
_OF_DATASET: Final = text(f"""
{_POOL} where exists (select from slot s where s.dataset_id = :dataset_id and s.pool = e.pool and s.is_free limit 1)
order by e.pool <> 'main', e.pool
""")

_ADD: Final = text("""
insert into pool (pool, description, skills) values (:pool, :description, :skills) on conflict do nothing returning pool
""")
_CHANGE: Final = text("update pool set description = :description, skills = :skills where pool = :pool")
_DELETE: Final = (
    text("delete from pool_member where pool = :pool"),
    text("delete from pool where pool = :pool"),
)

_REVIEWERS: Final = text("""
select w.person_id, w.pseudonym, w.display_name, w.email, w.is_active,
    array(select k.skill from reviewer_skill k where k.reviewer = w.pseudonym order by k.skill) as skills,
    exists (select from pool_member m where m.pool = :pool and m.reviewer = w.pseudonym) as is_member
from person w where w.roles && array['reviewer', 'adjudicator']
order by w.is_active desc, lower(w.display_name), w.person_id
""")

_PSEUDONYM: Final = text("""
select pseudonym from person where person_id = :person_id and roles && array['reviewer', 'adjudicator']
""")
_PERSON: Final = text("""
select person_id from person where lower(email) = lower(:email) and roles && array['reviewer', 'adjudicator']
""")
_ADD_MEMBER: Final = text("insert into pool_member (pool, reviewer) values (:pool, :reviewer) on conflict do nothing")
_REMOVE_MEMBER: Final = text("delete from pool_member where pool = :pool and reviewer = :reviewer")
_SET_SKILLS: Final = (
    text("delete from reviewer_skill where reviewer = :reviewer and skill <> all (:skills)"),
    text("insert into reviewer_skill select :reviewer, unnest(cast(:skills as text[])) on conflict do nothing"),
)
_SKILLS: Final = text("""
select distinct skill from (select skill from reviewer_skill union select unnest(skills) from pool) as known (skill)
order by skill
""")


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool, and how many people it has."""

    pool: str
    description: str
    is_open: bool
    skills: list[str]
    people: int
    """Active reviewers who belong to it, one way or the other."""
    members: int
    """Of these and others, those who are named."""
    is_used: bool
    """Whether packets wait in it, or a policy names it: then it stays."""


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """Somebody who reviews, with what is known of them."""

    person_id: int
    pseudonym: uuid.UUID
    display_name: str
    email: str
    is_active: bool
    skills: list[str]
    is_member: bool
    """Of the pool that was asked about."""


def list_pools(session: Session) -> list[PoolRow]:
    """All pools, ``main`` first."""
    return [PoolRow(**row._mapping) for row in session.execute(_LIST)]


def find_pool(session: Session, pool: str) -> PoolRow | None:
    row = session.execute(_FIND, {"pool": pool}).one_or_none()
    return None if row is None else PoolRow(**row._mapping)


def pools_of_dataset(session: Session, dataset_id: int) -> list[PoolRow]:
    """The pools in which something of the dataset waits."""
    return [PoolRow(**row._mapping) for row in session.execute(_OF_DATASET, {"dataset_id": dataset_id})]


def add_pool(session: Session, pool: str, description: str, skills: Sequence[str]) -> bool:
    """False where there is one of this name."""
    asked = {"pool": pool, "description": description, "skills": list(skills)}
    return session.execute(_ADD, asked).one_or_none() is not None


def change_pool(session: Session, pool: str, description: str, skills: Sequence[str]) -> None:
    session.execute(_CHANGE, {"pool": pool, "description": description, "skills": list(skills)})


def delete_pool(session: Session, pool: str) -> None:
    """With its members; only where it :attr:`PoolRow.is_used` not."""
    for statement in _DELETE:
        session.execute(statement, {"pool": pool})


def list_reviewers(session: Session, pool: str = "") -> list[ReviewerRow]:
    """Everybody who may review, active ones first, by name; and who of them is named in ``pool``."""
    return [ReviewerRow(**row._mapping) for row in session.execute(_REVIEWERS, {"pool": pool})]


def reviewer_of(session: Session, person_id: int) -> uuid.UUID | None:
    """The pseudonym of a person who may review."""
    found: uuid.UUID | None = session.execute(_PSEUDONYM, {"person_id": person_id}).scalar_one_or_none()
    return found


def person_of(session: Session, email: str) -> int | None:
    """The person of this e-mail, if they may review."""
    found: int | None = session.execute(_PERSON, {"email": email}).scalar_one_or_none()
    return found


def add_member(session: Session, pool: str, reviewer: uuid.UUID) -> None:
    session.execute(_ADD_MEMBER, {"pool": pool, "reviewer": reviewer})


def remove_member(session: Session, pool: str, reviewer: uuid.UUID) -> None:
    session.execute(_REMOVE_MEMBER, {"pool": pool, "reviewer": reviewer})


def set_skills(session: Session, reviewer: uuid.UUID, skills: Sequence[str]) -> None:
    """These skills and no others."""
    for statement in _SET_SKILLS:
        session.execute(statement, {"reviewer": reviewer, "skills": list(skills)})


def known_skills(session: Session) -> Sequence[str]:
    """Each skill that a person has or a pool asks for."""
    return session.execute(_SKILLS).scalars().all()
