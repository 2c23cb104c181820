"""Adding, letting in and out, passwords, tokens, sessions: on the real database."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import passwords, workflow
from app.accounts.workflow import (
    EmailTakenError,
    LoginRefusedError,
    NewPerson,
    NoSuchPersonError,
    PersonError,
    TooManyFailuresError,
)
from app.db import SessionMaker, transaction
from app.web.viewer import Credentials, Viewer

EMAIL = "ada@example.org"
PASSWORD = "a good long password"


def make_person(session: Session, email: str = EMAIL, roles: tuple[str, ...] = ("reviewer",)) -> NewPerson:
    return workflow.add_person(session, email, "Ada", PASSWORD, roles)


def viewer_of(session: Session, token: str) -> Viewer | None:
    return workflow.find_viewer(session, Credentials(session_token=token, bearer_token=None))


def bearer_of(session: Session, token: str) -> Viewer | None:
    return workflow.find_viewer(session, Credentials(session_token=None, bearer_token=token))


def test_a_person_logs_in_and_is_found_by_the_token(session: Session) -> None:
    added = make_person(session, roles=("admin", "reviewer"))
    found = viewer_of(session, workflow.log_in(session, "ADA@Example.org ", PASSWORD))
    assert found is not None
    assert (found.person_id, found.display_name, found.roles) == (added.person_id, "Ada", {"admin", "reviewer"})


def test_a_generated_password_is_told_once_and_lets_in(session: Session) -> None:
    added = workflow.add_person(session, EMAIL, "Ada", None, ["reviewer"])
    assert added.password is not None
    assert len(set(added.password)) > 8
    assert passwords.fault_of(added.password) is None
    assert workflow.log_in(session, EMAIL, added.password)


def test_neither_password_nor_token_is_in_the_database(session: Session) -> None:
    make_person(session)
    token = workflow.log_in(session, EMAIL, PASSWORD)
    bearer = workflow.make_token(session, EMAIL)
    session.flush()
    for table in ("person", "session", "api_token", "login_attempt"):
        stored = str(session.execute(text(f"select to_jsonb(t)::text from {table} t")).all())
        assert PASSWORD not in stored
        assert token not in stored
        assert bearer not in stored


REFUSED = [
    ("ada", "Ada", PASSWORD, ["reviewer"], "not an e-mail"),
    ("a d@b", "Ada", PASSWORD, ["reviewer"], "not an e-mail"),
    ("a\x00@b", "Ada", PASSWORD, ["reviewer"], "not an e-mail"),
    (EMAIL, "  ", PASSWORD, ["reviewer"], "name"),
    (EMAIL, "A\x00da", PASSWORD, ["reviewer"], "printable"),
    (EMAIL, "Ada", "short", ["reviewer"], "at least 10"),
    (EMAIL, "Ada", "x" * 201, ["reviewer"], "at most 200"),
    (EMAIL, "Ada", PASSWORD, [], "needs a role"),
    (EMAIL, "Ada", PASSWORD, ["owner"], "no role “owner”"),
]


def test_what_is_not_acceptable_is_said(session: Session) -> None:
    for email, name, password, roles, says in REFUSED:
        with pytest.raises(PersonError, match=says):
            workflow.add_person(session, email, name, password, roles)


def test_no_email_looks_like_another_by_marks_of_direction(session: Session) -> None:
    with pytest.raises(PersonError, match="not an e-mail"):
        workflow.add_person(session, "ada@\u202egro.elpmaxe", "Ada", None, ["reviewer"])


def test_one_person_an_email_in_whatever_case_and_the_refusal_breaks_nothing(session: Session) -> None:
    make_person(session)
    with pytest.raises(EmailTakenError):
        make_person(session, email="ADA@example.org")
    assert len(workflow.list_people(session)) == 1
    assert session.execute(text("select count(*) from pseudonym")).scalar_one() == 1


def test_unknown_wrong_and_deactivated_are_refused_in_the_same_words(session: Session) -> None:
    make_person(session)
    gone = make_person(session, email="gone@example.org")
    admin = make_person(session, email="admin@example.org", roles=("admin",))
    by = viewer_of(session, workflow.log_in(session, admin.email, PASSWORD))
    assert by is not None
    workflow.deactivate(session, by, gone.person_id)
    refusals = []
    for email, password in [("x@example.org", PASSWORD), (EMAIL, PASSWORD + "!"), (gone.email, PASSWORD)]:
        with pytest.raises(LoginRefusedError) as refused:
            workflow.log_in(session, email, password)
        refusals.append(refused.value.message)
    assert len(set(refusals)) == 1


def test_an_unknown_email_costs_as_much_work_as_a_known_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    make_person(session)
    verified: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored)
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email in (EMAIL, "x@example.org"):
        with pytest.raises(LoginRefusedError):
            workflow.log_in(session, email, "not the password")
    assert [stored.rsplit("$", 2)[0] for stored in verified] == [verified[0].rsplit("$", 2)[0]] * 2


def test_after_ten_failures_even_the_right_password_waits(session: Session) -> None:
    make_person(session)
    make_person(session, email="other@example.org")
    for _ in range(10):
        with pytest.raises(LoginRefusedError):
            workflow.log_in(session, EMAIL.upper(), "not the password")
    with pytest.raises(TooManyFailuresError, match="Wait 15 minutes"):
        workflow.log_in(session, EMAIL, PASSWORD)
    assert workflow.log_in(session, "other@example.org", PASSWORD)
    session.execute(text("update login_attempt set failed_at = failed_at - interval '16 minutes'"))
    assert workflow.log_in(session, EMAIL, PASSWORD)
    assert session.execute(text("select count(*) from login_attempt")).scalar_one() == 0


def test_guesses_at_the_same_moment_are_not_all_let_through(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        make_person(session)
    outcomes: list[type] = []

    def guess() -> None:
        for _ in range(5):
            with transaction(sessions) as own:
                try:
                    workflow.log_in(own, EMAIL, "not the password")
                except (LoginRefusedError, TooManyFailuresError) as refused:
                    outcomes.append(type(refused))

    guessers = [threading.Thread(target=guess) for _ in range(6)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()
    assert len(outcomes) == 30
    assert outcomes.count(LoginRefusedError) <= 10


def test_failures_are_kept_under_a_keyed_hash_and_for_an_hour(session: Session) -> None:
    for secret in (b"one", b"two"):
        with pytest.raises(LoginRefusedError):
            workflow.log_in(session, EMAIL, "not the password", secret=secret)
    keys = session.execute(text("select key from login_attempt")).scalars().all()
    assert len(set(keys)) == 2
    session.execute(text("update login_attempt set failed_at = failed_at - interval '61 minutes'"))
    with pytest.raises(LoginRefusedError):
        workflow.log_in(session, "x@example.org", "not the password")
    assert session.execute(text("select count(*) from login_attempt")).scalar_one() == 1


def test_a_hash_with_older_parameters_is_made_anew_at_log_in(session: Session) -> None:
    make_person(session)
    old = PasswordHasher(time_cost=2, memory_cost=2048).hash(PASSWORD)
    session.execute(text("update person set password_hash = :old"), {"old": old})
    workflow.log_in(session, EMAIL, PASSWORD)
    stored = session.execute(text("select password_hash from person")).scalar_one()
    assert stored != old
    assert passwords.matches(stored, PASSWORD)


def test_a_session_ends_by_the_servers_clock_and_is_prolonged_once_a_day(session: Session) -> None:
    make_person(session)
    token = workflow.log_in(session, EMAIL, PASSWORD)
    expires = text("select extract(epoch from expires_at - now()) / 86400 from session")
    session.execute(text("update session set expires_at = now() + interval '13 days 12 hours'"))
    assert viewer_of(session, token) is not None
    assert session.execute(expires).scalar_one() == pytest.approx(13.5, abs=0.01)
    session.execute(text("update session set expires_at = now() + interval '12 days'"))
    assert viewer_of(session, token) is not None
    assert session.execute(expires).scalar_one() == pytest.approx(14, abs=0.01)
    session.execute(text("update session set expires_at = now() - interval '1 second'"))
    assert viewer_of(session, token) is None


def test_logging_out_ends_this_session_alone(session: Session) -> None:
    make_person(session)
    first, second = workflow.log_in(session, EMAIL, PASSWORD), workflow.log_in(session, EMAIL, PASSWORD)
    workflow.log_out(session, first)
    assert viewer_of(session, first) is None
    assert viewer_of(session, second) is not None


def test_a_new_password_ends_the_other_sessions(session: Session) -> None:
    make_person(session)
    here, elsewhere = workflow.log_in(session, EMAIL, PASSWORD), workflow.log_in(session, EMAIL, PASSWORD)
    viewer = viewer_of(session, here)
    assert viewer is not None
    with pytest.raises(LoginRefusedError):
        workflow.change_password(session, viewer, "not the password", "another good password", keep_token=here)
    assert workflow.change_password(session, viewer, PASSWORD, "another good password", keep_token=here) == 1
    assert viewer_of(session, here) is not None
    assert viewer_of(session, elsewhere) is None
    with pytest.raises(LoginRefusedError):
        workflow.log_in(session, EMAIL, PASSWORD)
    assert workflow.log_in(session, EMAIL, "another good password")


def test_a_bearer_token_is_the_person_until_deactivated(session: Session) -> None:
    person = make_person(session)
    admin = make_person(session, email="admin@example.org", roles=("admin",))
    token = workflow.make_token(session, EMAIL)
    found, by = bearer_of(session, token), bearer_of(session, workflow.make_token(session, admin.email))
    assert found is not None
    assert by is not None
    assert found.person_id == person.person_id
    cookie = workflow.log_in(session, EMAIL, PASSWORD)
    assert bearer_of(session, cookie) is None
    workflow.deactivate(session, by, person.person_id)
    assert bearer_of(session, token) is None
    assert viewer_of(session, cookie) is None
    workflow.activate(session, person.person_id)
    assert bearer_of(session, token) is None
    assert workflow.log_in(session, EMAIL, PASSWORD)


def test_nobody_deactivates_themselves_or_nobody(session: Session) -> None:
    admin = make_person(session, roles=("admin",))
    by = viewer_of(session, workflow.log_in(session, EMAIL, PASSWORD))
    assert by is not None
    with pytest.raises(PersonError, match="yourself"):
        workflow.deactivate(session, by, admin.person_id)
    with pytest.raises(NoSuchPersonError):
        workflow.deactivate(session, by, admin.person_id + 1)
    with pytest.raises(NoSuchPersonError):
        workflow.make_token(session, "nobody@example.org")


def test_a_token_that_is_none_finds_nobody(session: Session) -> None:
    for token in ("", "x", "\ud800", "\x00" * 4, "a" * 100_000):
        assert viewer_of(session, token) is None
        assert bearer_of(session, token) is None
