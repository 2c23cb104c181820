"""The application on the test's database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

if TYPE_CHECKING:
    from app.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    from app.settings import Settings

    return Settings.from_environment(
        {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data"), "TRIHEDRAL_SECRET": "s" * 43}
    )


@pytest.fixture
def application(settings: Settings) -> FastAPI:
    from tests.applications import make_application

    return make_application(settings)
