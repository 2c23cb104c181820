"""``python -m pipeline`` with one file in and one out."""

from __future__ import annotations

import pytest

from pipeline.__main__ import main


@pytest.mark.parametrize("command", ["screen", "draft-boxes"])
def test_a_result_never_takes_the_place_of_what_it_is_made_from(tmp_path, capsys, command):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "kind": "concise_caption", "text": "A port."}\n')
    (tmp_path / "link.jsonl").symlink_to(source)
    before = source.read_bytes()
    for out in (source, tmp_path / "link.jsonl"):
        assert main([command, str(source), str(out)]) == 2
        assert "this is the file that is read" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(tmp_path, capsys):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "kind": "concise_caption", "text": "A port."}\n')
    out = tmp_path / "none" / "out.jsonl"
    assert main(["screen", str(tmp_path / "in.jsonl"), str(out)]) == 1
    assert capsys.readouterr().err == f"{out}: No such file or directory\n"
