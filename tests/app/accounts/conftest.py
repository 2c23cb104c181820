"""Log-ins by the dozen: the work of a hash is a parameter, and the tests choose little of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords


@pytest.fixture(autouse=True)
def light_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()
