from __future__ import annotations

import os
from pathlib import Path

from app.operations.watching import SourceWatch


def test_changed_added_and_removed_sources_are_seen_once_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("a")
    watch = SourceWatch((tmp_path,))
    assert not watch.has_changed()
    (tmp_path / "cache.pyc").touch()
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "ol.js").touch()
    assert not watch.has_changed()
    os.utime(page, ns=(1, 1))
    assert watch.has_changed()
    assert not watch.has_changed()
    page.rename(tmp_path / "other.html")
    assert watch.has_changed()
