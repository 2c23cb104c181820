"""Files that appear whole or not at all."""

from __future__ import annotations

import pytest

from pipeline.files import written_whole


def test_a_file_takes_its_place_only_when_it_is_complete(tmp_path):
    out = tmp_path / "out.txt"
    out.write_text("before")
    with written_whole(out) as file:
        file.write("after")
        assert out.read_text() == "before"
    assert out.read_text() == "after"


def write_half(out):
    with written_whole(out) as file:
        file.write("half")
        raise RuntimeError


def test_a_failure_on_the_way_leaves_what_was_there_and_nothing_beside_it(tmp_path):
    out = tmp_path / "out.txt"
    out.write_text("before")
    with pytest.raises(RuntimeError):
        write_half(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    assert out.read_text() == "before"
