"""What is done with people: adding, letting in and out, passwords and tokens.

A token is 256 random bits; only its SHA-256 is in the database, so that a copy of the database lets nobody in.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, queries
from app.accounts.queries import PersonRow
from app.db.errors import DomainError
from app.web.signing import keyed
from app.web.viewer import Credentials, Viewer
from pipeline.vocabulary import ROLES

SESSION_DAYS = 14
"""A session ends after this many days without a request."""
FAILURES_ALLOWED = 10
FAILURES_WITHIN_MINUTES = 15
EMAIL_FORM = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+")


class PersonError(DomainError):
    meaning = "invalid"
    code = "person_invalid"


class EmailTakenError(DomainError):
    meaning = "conflict"
    code = "email_taken"


class NoSuchPersonError(DomainError):
    meaning = "not_found"
    code = "no_such_person"


class LoginRefusedError(DomainError):
    """The same words for an unknown e-mail, a wrong password and a deactivated person."""

    meaning = "forbidden"
    code = "login_refused"


class TooManyFailuresError(DomainError):
    meaning = "slow_down"
    code = "too_many_failures"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who was just added. ``password`` is there only if it was generated: it is shown once, kept nowhere."""

    person_id: int
    email: str
    display_name: str
    roles: tuple[str, ...]
    password: str | None


def add_person(
    session: Session, email: str, display_name: str, password: str | None, roles: Sequence[str]
) -> NewPerson:
    """Add a person; without a ``password`` a strong one is generated.

    Raises
    ------
    PersonError
        If the e-mail, the name, the password or a role is not acceptable.
    EmailTakenError
        If somebody has this e-mail already, in whatever case.
    """
    email, display_name = email.strip(), " ".join(display_name.split())
    ordered = tuple(role for role in ROLES if role in roles)
    _check_person(email, display_name, roles)
    if password is not None:
        _check_password(password)
    chosen = password if password is not None else passwords.generate()
    try:
        with session.begin_nested():
            person_id = queries.insert_person(session, email, display_name, passwords.hash_of(chosen), ordered)
    except IntegrityError as error:
        raise EmailTakenError(f"Somebody with the e-mail {email} is here already.", email=email) from error
    return NewPerson(person_id, email, display_name, ordered, chosen if password is None else None)


def log_in(session: Session, email: str, password: str, *, secret: bytes = b"") -> str:
    """The token of a new session.

    ``secret`` keys the hash of the e-mail under which failures are counted; the web gives the deployment's.
    The failure is in the session's transaction: a caller that turns the error into a page commits it, as it must.

    Raises
    ------
    LoginRefusedError
        If e-mail and password do not belong together.
    TooManyFailuresError
        After :data:`FAILURES_ALLOWED` failures, or while another log-in with this e-mail is under way.
    """
    # Nobody's e-mail has a NUL, which PostgreSQL would not even be asked about.
    found = None if "\0" in email else queries.find_secrets(session, email.strip())
    person_id = _check_guess(session, secret, email, password, found)
    token = _new_token()
    queries.delete_expired_sessions(session)
    queries.insert_session(session, _sha256(token), person_id, SESSION_DAYS)
    return token


def log_out(session: Session, token: str) -> None:
    """End the session of this token, if there is one."""
    queries.delete_session(session, _sha256(token))


def change_password(
    session: Session, viewer: Viewer, current: str, new: str, *, keep_token: str | None = None, secret: bytes = b""
) -> int:
    """Set a new password and end all other sessions of the person; how many ended.

    Parameters
    ----------
    current : str
        The password so far; wrong ones are counted as failed log-ins are.
    keep_token : str, optional
        The token of the session from which it is done, which goes on.
    """
    _check_password(new)
    email = queries.email_of(session, viewer.person_id) or ""
    found = queries.find_secrets_by_id(session, viewer.person_id)
    _check_guess(session, secret, email, current, found, "The current password is not right.")
    queries.update_password(session, viewer.person_id, passwords.hash_of(new))
    return queries.delete_sessions(session, viewer.person_id, _sha256(keep_token) if keep_token else None)


def make_token(session: Session, email: str) -> str:
    """A bearer token for scripts of this person. It is told once; it lasts until the person is deactivated."""
    found = queries.find_secrets(session, email.strip())
    if found is None or not found.is_active:
        raise NoSuchPersonError(f"There is no active person with the e-mail {email}.", email=email)
    token = "tri_" + _new_token()
    queries.insert_token(session, _sha256(token), found.person_id)
    return token


def find_viewer(session: Session, credentials: Credentials) -> Viewer | None:
    """Who is behind the credentials, by one query; None if nobody. A session in use is prolonged once a day."""
    if credentials.bearer_token is not None:
        found = queries.find_token(session, _sha256(credentials.bearer_token))
    elif credentials.session_token is not None:
        token_sha256 = _sha256(credentials.session_token)
        found = queries.find_session(session, token_sha256, SESSION_DAYS)
        if found is not None and found.is_due:
            queries.prolong_session(session, token_sha256, SESSION_DAYS)
    else:
        return None
    return Viewer(found.person_id, found.pseudonym, found.display_name, found.roles) if found else None


def email_of(session: Session, viewer: Viewer) -> str:
    """The viewer's own e-mail; a viewer carries none, so that no page shows one by accident."""
    return queries.email_of(session, viewer.person_id) or ""


def credit_of(session: Session, viewer: Viewer) -> str | None:
    """The name under which releases thank the viewer; None where they want none."""
    return queries.credited_as(session, viewer.person_id)


def set_credit(session: Session, viewer: Viewer, name: str) -> str | None:
    """Be thanked under this name by releases from now on, or, without one, by no name; gives what holds.

    Raises
    ------
    PersonError
        If the name is not acceptable.
    """
    words = " ".join(name.split())
    if len(words) > 100 or not words.isprintable():
        raise PersonError("The name stands in releases: give one of at most 100 printable characters, or none.")
    queries.update_credited_as(session, viewer.person_id, words or None)
    return words or None


def list_people(session: Session) -> list[PersonRow]:
    """Everybody, active ones first, by e-mail."""
    return queries.list_people(session)


def deactivate(session: Session, by: Viewer, person_id: int) -> None:
    """Let a person in no more: sessions and tokens end now. Their reviews stay."""
    if person_id == by.person_id:
        raise PersonError("You cannot deactivate yourself. Ask another admin to do it.")
    if not queries.update_active(session, person_id, is_active=False):
        raise NoSuchPersonError("There is no such person.", person_id=person_id)
    queries.delete_sessions(session, person_id)
    queries.revoke_tokens(session, person_id)


def activate(session: Session, person_id: int) -> None:
    """Let a deactivated person log in again, with the password as it was."""
    if not queries.update_active(session, person_id, is_active=True):
        raise NoSuchPersonError("There is no such person.", person_id=person_id)


def _check_person(email: str, display_name: str, roles: Sequence[str]) -> None:
    # Unprintable are marks of direction, too, which would make one e-mail look like another.
    if not EMAIL_FORM.fullmatch(email) or len(email) > 254 or not email.isprintable():
        raise PersonError(f"“{email[:100]}” is not an e-mail address; it has the form name@host.")
    if not 1 <= len(display_name) <= 100 or not display_name.isprintable():
        raise PersonError("The name is what others see: give one of 1 to 100 printable characters.")
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        problem = f"There is no role “{unknown[0]}”" if unknown else "A person needs a role"
        raise PersonError(f"{problem}; choose from {', '.join(ROLES)}.")


def _check_password(password: str) -> None:
    fault = passwords.fault_of(password)
    if fault:
        raise PersonError(fault)


def _check_guess(
    session: Session,
    secret: bytes,
    email: str,
    password: str,
    found: queries.Secrets | None,
    refusal: str = "This e-mail and password do not belong together. Check both and try again.",
) -> int:
    """The person's id if the password is right; otherwise the failure is counted and an error says so."""
    key = keyed(secret, "login", email.strip().lower()).encode()
    if not queries.take_turn(session, key):
        raise TooManyFailuresError("Another log-in with this e-mail is under way. Try again in a moment.")
    if queries.count_failures(session, key, FAILURES_WITHIN_MINUTES) >= FAILURES_ALLOWED:
        raise TooManyFailuresError(
            f"There were {FAILURES_ALLOWED} failed log-ins with this e-mail."
            f" Wait {FAILURES_WITHIN_MINUTES} minutes and try again."
        )
    is_right = passwords.matches(found.password_hash if found else None, password)
    if found is None or not is_right or not found.is_active:
        queries.insert_failure(session, key)
        raise LoginRefusedError(refusal)
    queries.delete_failures(session, key)
    if passwords.is_outdated(found.password_hash):
        queries.update_password(session, found.person_id, passwords.hash_of(password))
    return found.person_id


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
