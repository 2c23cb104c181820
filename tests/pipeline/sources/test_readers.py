"""All readers through the one way to call them, and what they have in common."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipeline.sources.options import OPTION_NAMES, SourceOptions
from pipeline.sources.readers import READERS, read_source
from pipeline.sources.reading import SourceError

PUBLISHED = ("spacenet6", "dfc2023", "openearthmap-sar", "sardet-100k")


def test_the_readers_are_those_of_the_command() -> None:
    assert tuple(READERS) == (*PUBLISHED, "coco", "voc", "yolo", "paired")
    assert all(reader.takes <= set(OPTION_NAMES) for reader in READERS.values())


def test_a_source_that_is_none_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"spacenet: there is no such source\. Sources are spacenet6, dfc2023"):
        read_source("spacenet", SourceOptions(tmp_path))


@pytest.mark.parametrize("name", READERS)
def test_an_option_that_a_reader_does_not_follow_is_refused(tmp_path: Path, name: str) -> None:
    given = {"optical": tmp_path, "boxes": tmp_path, "images": tmp_path, "labelled": ("ship",), "pair": "a:b"}
    for option in set(OPTION_NAMES) - READERS[name].takes:
        with pytest.raises(SourceError, match=rf"source {name}: it does not follow --{option}\. It takes "):
            read_source(name, SourceOptions(tmp_path, **{option: given[option]}))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", READERS)
def test_what_is_no_folder_says_what_to_give(tmp_path: Path, name: str) -> None:
    for file in ("set.zip", "set.tar.gz", "set.json", "set.tif"):
        (tmp_path / file).touch()
    told = {"set.zip": "Unpack it", "set.tar.gz": "Unpack it", "set.json": "is a file", "set.tif": "is a file"}
    for file, sentence in (told | {"gone": "no such folder"}).items():
        with pytest.raises(SourceError, match=sentence):
            read_source(name, SourceOptions(tmp_path / file))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"Give .*(folder|\.json)"):
        read_source(name, SourceOptions(tmp_path / "empty"))


@pytest.mark.parametrize("name", READERS)
def test_an_archive_in_the_folder_is_named_where_nothing_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "set.zip").touch()
    with pytest.raises(SourceError, match=r"\. set\.zip is an archive: unpack it\. Give "):
        read_source(name, SourceOptions(tmp_path))


@pytest.mark.parametrize(
    ("name", "folder", "scenes", "pairs", "boxes", "splits"),
    [
        ("spacenet6", "spacenet6", 1, 1, {}, {"train": 1}),
        ("dfc2023", "dfc2023", 4, 4, {}, {"train": 4}),
        ("openearthmap-sar", "openearthmap_sar", 9, 9, {}, {"train": 9}),
        ("sardet-100k", "sardet100k", 33, 0, {"ship": 38, "aircraft": 26}, {"train": 19, "val": 8, "test": 6}),
        ("paired", "paired", 1, 1, {}, {"none": 1}),
        ("paired", "quadpol", 2, 0, {}, {"none": 2}),
    ],
)
def test_the_figures_of_the_real_sets_are_exact(
    shared_data: Path, name: str, folder: str, scenes: int, pairs: int, boxes: dict[str, int], splits: dict[str, int]
) -> None:
    reading = read_source(name, SourceOptions(shared_data / folder))
    found = list(reading)
    assert (len(found), sum(scene.optical_path is not None for scene in found)) == (scenes, pairs)
    assert Counter(box.category for scene in found for box in scene.boxes) == boxes
    assert Counter(scene.published_split or "none" for scene in found) == splits
    assert (reading.refusals, reading.expected) == ([], scenes)
    assert (reading.about is not None) == (name in PUBLISHED)


def test_names_are_the_same_each_time_and_unlike_each_other(shared_data: Path) -> None:
    for name in PUBLISHED[1:]:
        folder = name.replace("-100k", "100k").replace("-", "_")
        options = SourceOptions(shared_data / folder)
        first, second = ([scene.name for scene in read_source(name, options)] for _ in range(2))
        assert first == second
        assert len(set(first)) == len(first)
        assert all((shared_data / folder / each).is_file() for each in first)
