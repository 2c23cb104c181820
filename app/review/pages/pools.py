"""Pools and skills, for an admin: who may review what. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.review.errors import InvalidPoolError
from app.review.queries import pools as queries
from app.review.queries.pools import PoolRow, ReviewerRow
from app.review.workflow import pools
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import render

router = APIRouter()

PoolName = Annotated[str, Path(max_length=200)]
PersonId = Annotated[int, Path(ge=1, lt=2**63)]
Field = Annotated[str, Form()]
SHOWN_AGAIN: Final = 4000
"""Characters of a field that is not taken, in the form that comes back: so many can be shortened by hand."""


@dataclass(frozen=True, slots=True)
class PoolsPage:
    template: ClassVar[str] = "review/pools.html"

    pools: Sequence[PoolRow]
    reviewers: Sequence[ReviewerRow]
    known: Sequence[str]
    """Each skill that is named somewhere."""
    message: str
    """Why the pool or the skills that were sent are not taken."""
    pool: str
    description: str
    skills: str
    person_id: int
    """Of whom skills were sent; 0: a pool was."""


@dataclass(frozen=True, slots=True)
class PoolPage:
    template: ClassVar[str] = "review/pool.html"

    pool: PoolRow
    members: Sequence[ReviewerRow]
    others: Sequence[ReviewerRow]
    """Active reviewers who are not named in it."""
    known: Sequence[str]
    message: str
    description: str
    skills: str


@router.get("/people/pools", name="pools_page")
def pools_page(request: Request, session: DbSession) -> Response:
    return render(request, _pools(session))


@router.post("/people/pools", name="add_pool")
def add(
    request: Request, session: DbSession, pool: Field = "", description: Field = "", skills: Field = ""
) -> Response:
    try:
        pools.add_pool(session, pool.strip(), description, skills)
    except InvalidPoolError as refused:
        name, about, asked = (each[:SHOWN_AGAIN] for each in (pool, description, skills))
        page = _pools(session, refused.message, name, about, asked)
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/people/pools/{pool.strip()}", 303)


@router.get("/people/pools/{pool}", name="pool_page")
def pool_page(request: Request, session: DbSession, pool: PoolName) -> Response:
    return render(request, _pool(session, pool))


@router.post("/people/pools/{pool}", name="change_pool")
def change(
    request: Request, session: DbSession, pool: PoolName, description: Field = "", skills: Field = ""
) -> Response:
    try:
        pools.change_pool(session, pool, description, skills)
    except InvalidPoolError as refused:
        page = _pool(session, pool, refused.message, description[:SHOWN_AGAIN], skills[:SHOWN_AGAIN])
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/people/pools/{pool}", 303)


@router.post("/people/pools/{pool}/delete", name="delete_pool")
def delete(session: DbSession, pool: PoolName) -> Response:
    pools.delete_pool(session, pool)
    return RedirectResponse("/people/pools", 303)


@router.post("/people/pools/{pool}/members", name="add_pool_member")
def add_member(session: DbSession, pool: PoolName, person_id: Annotated[int, Form(ge=1, lt=2**63)]) -> Response:
    pools.set_member(session, pool, person_id, is_member=True)
    return RedirectResponse(f"/people/pools/{pool}", 303)


@router.post("/people/pools/{pool}/members/{person_id}/remove", name="remove_pool_member")
def remove_member(session: DbSession, pool: PoolName, person_id: PersonId) -> Response:
    pools.set_member(session, pool, person_id, is_member=False)
    return RedirectResponse(f"/people/pools/{pool}", 303)


@router.post("/people/{person_id}/skills", name="set_skills")
def set_skills(request: Request, session: DbSession, person_id: PersonId, skills: Field = "") -> Response:
    try:
        pools.set_skills(session, person_id, skills)
    except InvalidPoolError as refused:
        page = _pools(session, refused.message, skills=skills[:SHOWN_AGAIN], person_id=person_id)
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/people/pools#person-{person_id}", 303)


def _pools(
    session: Session,
    message: str = "",
    pool: str = "",
    description: str = "",
    skills: str = "",
    person_id: int = 0,
) -> PoolsPage:
    listed, reviewers = queries.list_pools(session), queries.list_reviewers(session)
    return PoolsPage(listed, reviewers, queries.known_skills(session), message, pool, description, skills, person_id)


def _pool(
    session: Session, pool: str, message: str = "", description: str | None = None, skills: str | None = None
) -> PoolPage:
    found = pools.require_pool(session, pool)
    reviewers = queries.list_reviewers(session, found.pool)
    return PoolPage(
        pool=found,
        members=[each for each in reviewers if each.is_member],
        others=[each for each in reviewers if each.is_active and not each.is_member],
        known=queries.known_skills(session),
        message=message,
        description=found.description if description is None else description,
        skills=", ".join(found.skills) if skills is None else skills,
    )
