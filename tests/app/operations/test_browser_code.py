from __future__ import annotations

from pathlib import Path

import pytest

from app.operations import browser_code
from app.operations.ports import ServeError


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    for name in browser_code.FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    browser_code.require(tmp_path)
    (tmp_path / "ol/ol.js").unlink()
    with pytest.raises(ServeError, match=f"browser code in {tmp_path} lacks ol/ol.js: run `make setup`"):
        browser_code.require(tmp_path)
