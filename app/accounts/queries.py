"""SQL about people, their sessions, tokens and failed log-ins. All times are the server's."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import TextClause, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from app.db.tables.accounts import ApiToken, LoginAttempt, Person, Pseudonym
from app.db.tables.accounts import Session as LoginSession


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the list of people shows one."""

    person_id: int
    email: str
    display_name: str
    roles: tuple[str, ...]
    is_active: bool
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a log-in is checked against."""

    person_id: int
    password_hash: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class FoundViewer:
    """The person behind a session or a token. ``is_due``: the session is to be prolonged."""

    person_id: int
    pseudonym: uuid.UUID
    display_name: str
    roles: frozenset[str]
    is_due: bool


def insert_person(session: Session, email: str, display_name: str, password_hash: str, roles: Sequence[str]) -> int:
    pseudonym = session.execute(insert(Pseudonym).returning(Pseudonym.pseudonym)).scalar_one()
    values = {"pseudonym": pseudonym, "email": email, "display_name": display_name}
    statement = insert(Person).values(**values, password_hash=password_hash, roles=list(roles))
    return session.execute(statement.returning(Person.person_id)).scalar_one()


def find_secrets(session: Session, email: str) -> Secrets | None:
    columns = select(Person.person_id, Person.password_hash, Person.is_active)
    row = session.execute(columns.where(func.lower(Person.email) == func.lower(email))).one_or_none()
    return Secrets(*row) if row else None


def find_secrets_by_id(session: Session, person_id: int) -> Secrets | None:
    columns = select(Person.person_id, Person.password_hash, Person.is_active)
    row = session.execute(columns.where(Person.person_id == person_id)).one_or_none()
    return Secrets(*row) if row else None


def email_of(session: Session, person_id: int) -> str | None:
    return session.execute(select(Person.email).where(Person.person_id == person_id)).scalar()


def list_people(session: Session) -> list[PersonRow]:
    columns = select(
        Person.person_id, Person.email, Person.display_name, Person.roles, Person.is_active, Person.created_at
    )
    rows = session.execute(columns.order_by(Person.is_active.desc(), func.lower(Person.email)))
    return [PersonRow(row[0], row[1], row[2], tuple(row[3]), row[4], row[5]) for row in rows]


def credited_as(session: Session, person_id: int) -> str | None:
    """The name under which releases thank them; None where they want none."""
    return session.execute(select(Person.credited_as).where(Person.person_id == person_id)).scalar_one_or_none()


def update_credited_as(session: Session, person_id: int, name: str | None) -> None:
    session.execute(update(Person).where(Person.person_id == person_id).values(credited_as=name))


def update_password(session: Session, person_id: int, password_hash: str) -> None:
    session.execute(update(Person).where(Person.person_id == person_id).values(password_hash=password_hash))


def update_active(session: Session, person_id: int, is_active: bool) -> bool:
    """False where there is no such person."""
    statement = update(Person).where(Person.person_id == person_id).values(is_active=is_active)
    return session.execute(statement.returning(Person.person_id)).scalar() is not None


# Sessions and tokens

# Asked by every request: as text, since a statement that is put together takes longer than to carry it out.
_OF_SESSION: Final = text("""
select p.person_id, p.pseudonym, p.display_name, p.roles, s.expires_at < now() + make_interval(days => :days)
from session s join person p on p.person_id = s.person_id
where s.token_sha256 = :token_sha256 and s.expires_at > now() and p.is_active
""")
_OF_TOKEN: Final = text("""
select p.person_id, p.pseudonym, p.display_name, p.roles, false
from api_token t join person p on p.person_id = t.person_id
where t.token_sha256 = :token_sha256 and t.revoked_at is null and p.is_active
""")


def insert_session(session: Session, token_sha256: bytes, person_id: int, days: int) -> None:
    expires_at = func.now() + _days(days)
    session.execute(insert(LoginSession).values(token_sha256=token_sha256, person_id=person_id, expires_at=expires_at))


def find_session(session: Session, token_sha256: bytes, days: int) -> FoundViewer | None:
    """Whose live session this is. It is due to be prolonged once a day of its ``days`` has gone."""
    return _found(session, _OF_SESSION, {"token_sha256": token_sha256, "days": days - 1})


def find_token(session: Session, token_sha256: bytes) -> FoundViewer | None:
    """Whose bearer token this is."""
    return _found(session, _OF_TOKEN, {"token_sha256": token_sha256})


def prolong_session(session: Session, token_sha256: bytes, days: int) -> None:
    """Skips a session that another request is prolonging at this moment, so that no page waits for another."""
    locked = select(LoginSession.token_sha256).where(LoginSession.token_sha256 == token_sha256)
    chosen = locked.with_for_update(skip_locked=True).scalar_subquery()
    session.execute(
        update(LoginSession).where(LoginSession.token_sha256 == chosen).values(expires_at=func.now() + _days(days))
    )


def delete_session(session: Session, token_sha256: bytes) -> None:
    session.execute(delete(LoginSession).where(LoginSession.token_sha256 == token_sha256))


def delete_sessions(session: Session, person_id: int, but: bytes | None = None) -> int:
    """End all sessions of a person except ``but``; how many that were."""
    statement = delete(LoginSession).where(LoginSession.person_id == person_id)
    if but is not None:
        statement = statement.where(LoginSession.token_sha256 != but)
    return len(session.execute(statement.returning(LoginSession.person_id)).all())


def delete_expired_sessions(session: Session) -> None:
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= func.now()))


def insert_token(session: Session, token_sha256: bytes, person_id: int) -> None:
    session.execute(insert(ApiToken).values(token_sha256=token_sha256, person_id=person_id))


def revoke_tokens(session: Session, person_id: int) -> int:
    statement = update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return len(session.execute(statement.values(revoked_at=func.now()).returning(ApiToken.person_id)).all())


# Failed log-ins


def take_turn(session: Session, key: bytes) -> bool:
    """Whether no other log-in with this key is under way; held to the end of the transaction.

    Without it, guesses sent at the same moment would all be counted before any of them had failed.
    """
    number = int.from_bytes(key[:8], "big", signed=True)
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())


def count_failures(session: Session, key: bytes, minutes: int) -> int:
    since = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, minutes)
    statement = select(func.count()).where(LoginAttempt.key == key, LoginAttempt.failed_at > since)
    return session.execute(statement).scalar_one()


def insert_failure(session: Session, key: bytes) -> None:
    session.execute(insert(LoginAttempt).values(key=key))
    an_hour_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 1)
    session.execute(delete(LoginAttempt).where(LoginAttempt.failed_at < an_hour_ago))


def delete_failures(session: Session, key: bytes) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == key))


def _days(days: int) -> object:
    return func.make_interval(0, 0, 0, days)


def _found(session: Session, statement: TextClause, asked: dict[str, Any]) -> FoundViewer | None:
    row = session.execute(statement, asked).one_or_none()
    return FoundViewer(row[0], row[1], row[2], frozenset(row[3]), row[4]) if row else None
