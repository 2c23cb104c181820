"""The pages of people, used as a browser without JavaScript uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.accounts import workflow
from app.accounts.addresses import local_path
from app.db import SessionMaker, transaction
from app.web.headers import CONTENT_SECURITY_POLICY

PASSWORD = "a good long password"


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def people(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        workflow.add_person(session, "admin@example.org", "Ada <b>Admin</b>", PASSWORD, ["admin"])
        workflow.add_person(session, "reviewer@example.org", "Mori", PASSWORD, ["reviewer"])


def csrf_of(client: TestClient, path: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)[1]  # type: ignore[index]


def log_in(client: TestClient, email: str, password: str = PASSWORD, next: str = "/") -> int:
    form = {"csrf": csrf_of(client, "/login"), "email": email, "password": password, "next": next}
    return client.post("/login", data=form).status_code


def test_after_log_in_the_start_page_leads_to_the_work(client: TestClient, people: None) -> None:
    assert client.get("/").headers["location"] == "/login"
    for email, home in [("admin@example.org", "/overview"), ("reviewer@example.org", "/queue")]:
        assert log_in(client, email) == 303
        assert client.get("/").headers["location"] == home


def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(
    client: TestClient, application: FastAPI, people: None
) -> None:
    for is_secure in (False, True):
        application.state.secure_cookies = is_secure
        form = {"csrf": csrf_of(client, "/login"), "email": "reviewer@example.org", "password": PASSWORD}
        cookie = client.post("/login", data=form).headers["set-cookie"]
        assert cookie.startswith("trihedral_session=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert ("Secure" in cookie) == is_secure


LEADS = [
    ("/queue", "/queue"),
    ("/datasets/ports?after=7", "/datasets/ports?after=7"),
    ("//evil.example", "/"),
    ("/\\evil.example", "/"),
    ("/\t/evil.example", "/"),
    ("https://evil.example", "/"),
    ("javascript:alert(1)", "/"),
    ("queue", "/"),
    ("/a\nSet-Cookie: x=1", "/"),
    ("", "/"),
]


def test_a_log_in_leads_only_to_pages_of_this_site(client: TestClient, people: None) -> None:
    for asked, leads_to in LEADS:
        assert local_path(asked) == leads_to
        form = {"csrf": csrf_of(client, "/login"), "email": "reviewer@example.org", "password": PASSWORD, "next": asked}
        assert client.post("/login", data=form).headers["location"] == leads_to


def test_failed_log_ins_are_counted_although_the_page_shows_an_error(
    client: TestClient, people: None, sessions: SessionMaker
) -> None:
    statuses = [log_in(client, "reviewer@example.org", "not the password") for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    with transaction(sessions) as session:
        assert session.execute(text("select count(*) from login_attempt")).scalar_one() == 10
    assert log_in(client, "reviewer@example.org") == 429


def test_an_email_with_a_nul_is_refused_like_any_wrong_one(client: TestClient, people: None) -> None:
    assert log_in(client, "admin@example.org\0") == 403


def test_logging_out_needs_the_forms_token_and_then_ends_the_session(client: TestClient, people: None) -> None:
    log_in(client, "reviewer@example.org")
    assert client.post("/logout").status_code == 403
    assert client.get("/account").status_code == 200
    assert client.post("/logout", data={"csrf": csrf_of(client, "/account")}).headers["location"] == "/login"
    assert client.get("/account").status_code == 303


def test_the_password_is_changed_on_the_account_page(client: TestClient, people: None) -> None:
    log_in(client, "reviewer@example.org")

    def change(current: str, new: str, again: str) -> tuple[int, str]:
        form = {"csrf": csrf_of(client, "/account"), "current": current, "new": new, "again": again}
        response = client.post("/account/password", data=form)
        return response.status_code, response.text

    assert change(PASSWORD, "another good password", "something else here")[0] == 422
    assert change(PASSWORD, "short", "short")[0] == 422
    assert change("not the password", "another good password", "another good password")[0] == 403
    status, page = change(PASSWORD, "another good password", "another good password")
    assert status == 200
    assert "The password is changed." in page
    assert client.get("/account").status_code == 200


def test_an_admin_adds_somebody_who_logs_in_with_the_password_shown_once(
    client: TestClient, people: None, application: FastAPI
) -> None:
    log_in(client, "admin@example.org")
    form = {"csrf": csrf_of(client, "/people"), "email": "new@example.org", "display_name": "<script>alert(1)</script>"}
    assert client.post("/people", data=form).status_code == 422
    added = client.post("/people", data={**form, "roles": ["reviewer", "adjudicator"]})
    assert added.status_code == 201
    assert "<script>alert" not in added.text
    password = re.search(r'id="generated-password">([^<]+)<', added.text)[1]  # type: ignore[index]
    assert password not in client.get("/people").text
    assert client.post("/people", data={**form, "roles": ["reviewer"]}).status_code == 409
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as other:
        assert log_in(other, "new@example.org", password) == 303
        assert other.get("/people").status_code == 403


def test_a_deactivated_person_is_out_at_once_and_can_be_let_in_again(
    client: TestClient, people: None, application: FastAPI
) -> None:
    log_in(client, "admin@example.org")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as other:
        log_in(other, "reviewer@example.org")
        page = client.get("/people").text
        action = re.search(r"/people/(\d+)/deactivate", page)[0]  # type: ignore[index]
        form = {"csrf": csrf_of(client, "/people")}
        assert client.post(action, data=form).status_code == 303
        assert other.get("/account").status_code == 303
        assert log_in(other, "reviewer@example.org") == 403
        assert client.post(action.replace("deactivate", "activate"), data=form).status_code == 303
        assert log_in(other, "reviewer@example.org") == 303


def test_pages_carry_the_policy_and_are_not_cached(client: TestClient, people: None) -> None:
    log_in(client, "admin@example.org")
    for path in ("/login", "/account", "/people"):
        response = client.get(path)
        assert response.status_code == 200
        assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert response.headers["cache-control"] == "no-store"
    assert "Ada &lt;b&gt;Admin" in response.text
