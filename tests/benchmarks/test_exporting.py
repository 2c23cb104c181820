"""The benchmark of exports, small: what it fills is a release, and what it measures is intact."""

from __future__ import annotations

from pathlib import Path

import psycopg

from app.assets.store import AssetStore
from benchmarks.exporting import Measured, fill, measure
from pipeline.formats.text_reader import TextReader


def test_a_small_run_is_intact_and_its_entries_are_of_the_form_that_is_read_quickly(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "assets").mkdir()
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        fill(connection, AssetStore(tmp_path / "assets"), tmp_path, 2000, 20)
        measured = measure(connection, database_url, str(tmp_path / "assets"), "sarlang", tmp_path / "out")
        rows = connection.execute("select entry::text, text_sha256 from release_text limit 50").fetchall()
    assert (measured.texts, measured.is_intact, measured.faults()) == (2000, True, [])
    for raw, text_sha256 in rows:
        text = TextReader().read(raw)
        assert (text.id, text.whole) == (text_sha256, None)


def test_what_is_too_slow_too_large_or_not_intact_is_a_fault() -> None:
    slow = Measured("jsonl", floor_s=1.0, seconds=4.1, megabytes=301, texts=60_000, bytes=1, is_intact=False)
    assert len(slow.faults()) == 3
    assert "4.10 times COPY" in slow.line()
