"""People before the application: a senior, an admin, reviewers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import SessionMaker, transaction
from tests.app.adjudication.factories import add_someone


@dataclass(frozen=True)
class Person:
    pseudonym: uuid.UUID
    client: TestClient


AddPerson = Callable[..., Person]


@pytest.fixture
def someone(application: FastAPI, sessions: SessionMaker) -> Iterator[AddPerson]:
    """``someone("vera", "adjudicator")``: a person, and a client that speaks for them."""
    with ExitStack() as opened:

        def add(name: str, *roles: str) -> Person:
            with transaction(sessions) as session:
                pseudonym, token = add_someone(session, name, *roles)
            headers = {"Authorization": f"Bearer {token}"}
            client = TestClient(application, base_url="http://127.0.0.1", headers=headers, follow_redirects=False)
            return Person(pseudonym, opened.enter_context(client))

        yield add
