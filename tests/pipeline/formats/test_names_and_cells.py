"""Names of image files and cells of CSV files, for whatever scenes and texts there are."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.cells import cell, row, text_of_cell
from pipeline.formats.image_names import ImageNames

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
starts = st.sampled_from(["", "=", "+1", "-", "@", "'", "''=", " =", "\t=", "\n=", "＝", "a"])


@given(starts, words)
def test_a_cell_is_read_back_as_it_was_and_begins_no_formula(start: str, rest: str) -> None:
    text = start + rest
    assert text_of_cell(cell(text)) == text
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@given(st.lists(words, min_size=1, max_size=4))
def test_a_row_is_read_back_as_it_was(texts: list[str]) -> None:
    [found] = csv.reader(io.StringIO(row(texts).decode(), newline=""))
    assert [text_of_cell(written) for written in found] == texts


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), words.filter(bool)), unique=True, max_size=30))
def test_names_are_safe_and_different_whatever_the_scenes_are_called(scenes: list[tuple[str, str]]) -> None:
    names = ImageNames(scenes)
    found = [names.of(*scene) for scene in scenes]
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,110}\.tif", name) for name in found)
    assert len({name.casefold() for name in found}) == len(scenes)
    assert [ImageNames(scenes[::-1]).of(*scene) for scene in scenes] == found


def test_published_names_are_kept() -> None:
    scenes = [("d", "JPEGImages/train/0009787.jpg"), ("d", "SV_Darwin_-12.4278_130.8688.png"), ("d", "x/Nice_3.TIF")]
    names = ImageNames(scenes)
    assert [names.of(*scene) for scene in scenes] == [
        "0009787.tif", "SV_Darwin_-12.4278_130.8688.tif", "Nice_3.tif"
    ]  # fmt: skip


def test_names_that_differ_only_in_case_folder_or_ending_are_told_apart() -> None:
    scenes = [("d", "a/port.png"), ("d", "b/port.png"), ("d", "PORT.jpg"), ("e", "port.tif"), ("e", "pier.tif")]
    names = ImageNames(scenes)
    found = [names.of(*scene) for scene in scenes]
    assert len({name.lower() for name in found}) == 5
    assert found[4] == "pier.tif"


def test_names_that_systems_keep_for_themselves_are_changed() -> None:
    names = ImageNames([("d", "aux.png"), ("d", "..png"), ("d", "-rf.png"), ("d", "...")])
    assert all(not re.match(r"(?i)aux\.|\.|-", names.of("d", name)) for name in ("aux.png", "..png", "-rf.png", "..."))
