"""Route × role: every route has a line in the one policy table, and each line is kept."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app.accounts import workflow as accounts
from app.db import SessionMaker, transaction
from app.web.policy import ANYONE, POLICY, SIGNED
from app.web.signing import csrf_token
from pipeline.vocabulary import ROLES

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def routes(application: FastAPI) -> list[tuple[str, str, str]]:
    """(name, method, path) of every route, mounts left out."""
    found = []
    for context in iter_route_contexts(application.routes):
        methods = getattr(context.original_route, "methods", None) or ()
        found += [(str(context.name), method, str(context.path)) for method in methods if method in METHODS]
    return found


def filled(path: str) -> str:
    """The path with plausible values for its parameters; nothing exists under them."""
    return re.sub(r"\{[^}]+\}", lambda part: str(uuid.UUID(int=7)) if "assignment" in part[0] else "7", path)


@pytest.fixture
def tokens(sessions: SessionMaker) -> dict[str, str]:
    """A bearer token for each role."""
    found = {}
    with transaction(sessions) as session:
        for role in ROLES:
            accounts.add_person(session, f"{role}@example.org", role.title(), None, [role])
            found[role] = accounts.make_token(session, f"{role}@example.org")
    return found


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


def test_every_route_has_a_line_and_every_line_a_route(application: FastAPI) -> None:
    names = {name for name, _, _ in routes(application)} | {"static"}
    assert names == set(POLICY)


def test_what_is_open_to_all_is_named_here_once_more() -> None:
    assert {name for name, allowed in POLICY.items() if allowed == ANYONE} == {
        "healthz", "readyz", "static", "login_page", "login", "download_page", "download_by_link",
        "quiz_invitation_page", "enter_quiz", "resume_quiz", "leave_quiz", "take_quiz_page", "show_quiz_question",
        "answer_quiz_question", "read_quiz_image", "withdraw_from_quiz_page", "withdraw_from_quiz",
    }  # fmt: skip
    assert {name for name, allowed in POLICY.items() if allowed == SIGNED} == {"read_asset"}


def test_nobody_gets_in_without_the_role(application: FastAPI, client: TestClient, tokens: dict[str, str]) -> None:
    wrong = []
    for (name, method, path), role in itertools.product(routes(application), [None, *ROLES]):
        allowed = POLICY[name]
        if allowed in (ANYONE, SIGNED):
            continue
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        response = client.request(method, filled(path), headers=headers)
        is_let_in = response.status_code not in {401, 403} and "/login" not in response.headers.get("location", "")
        is_turned_away = response.status_code == 403
        is_fault = is_let_in if role is None else is_turned_away == (role in allowed) or response.status_code == 500
        wrong += [(name, method, role, response.status_code)] if is_fault else []
    assert wrong == []


def test_no_route_answers_a_cookie_post_without_its_csrf_token(
    application: FastAPI, client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        person = accounts.add_person(session, "all@example.org", "All", None, list(ROLES))
        token = accounts.log_in(session, "all@example.org", person.password)
    client.cookies.set("trihedral_session", token)
    wrong = []
    for name, method, path in routes(application):
        if method != "GET" and POLICY[name] != SIGNED:
            status = client.request(method, filled(path)).status_code
            forged = [
                client.request(method, filled(path), headers={"X-CSRF-Token": token}).status_code
                for token in ("forged", csrf_token(application.state.secret, "another session"))
            ]
            wrong += [(name, method, status, forged)] if {status, *forged} != {403} else []
    assert wrong == []
