"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real sample images and texts, laid out as published; tests that need them skip where they are absent."""
    folder = Path(os.environ.get("TRIHEDRAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the sample data is not at {folder} (set TRIHEDRAL_SHARED_DATA)")
    return folder
