"""People. Personal data is in ``person`` alone; all else that outlives a person knows only the pseudonym."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, all_of
from pipeline.vocabulary import ROLES


class Pseudonym(Base):
    """Who acted, without saying who that is. Stays when the person is erased, so no hash chain breaks."""

    __tablename__ = "pseudonym"

    pseudonym: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    created_at: Mapped[CreatedAt]


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("pseudonym"),
        Index("uq_person_email_lower", text("lower(email)"), unique=True),
        all_of("roles", ROLES),
        CheckConstraint("position('@' in email) > 1 and length(email) <= 254", name="email_form"),
        CheckConstraint("length(display_name) between 1 and 100", name="display_name_length"),
        CheckConstraint("length(credited_as) between 1 and 100", name="credited_as_length"),
    )

    person_id: Mapped[BigId]
    pseudonym: Mapped[uuid.UUID] = mapped_column(ForeignKey("pseudonym.pseudonym"))
    email: Mapped[str]
    display_name: Mapped[str]
    credited_as: Mapped[str | None]
    """The name under which releases thank them, where they want that; all else there is the pseudonym."""
    password_hash: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]


class Session(Base):
    """A logged-in browser. The token itself is only in the cookie."""

    __tablename__ = "session"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.person_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


class ApiToken(Base):
    """A bearer token of a script."""

    __tablename__ = "api_token"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.person_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[dt.datetime | None]


class LoginAttempt(Base):
    """Failed log-ins, so that guessing is slowed down; the e-mail is kept only as a keyed hash, rows for an hour."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_key_failed_at", "key", "failed_at"),)

    login_attempt_id: Mapped[BigId]
    key: Mapped[bytes]
    failed_at: Mapped[CreatedAt]
