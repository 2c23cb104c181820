"""What all formats have in common: found by presence, gone on with, the same bytes however they were made."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import pipeline
from pipeline.formats import helping, text_batches
from pipeline.formats.entries import text_id
from pipeline.formats.hashed_file import FileRow
from pipeline.formats.progress import Progress, hashed
from pipeline.formats.source import DamagedImageError, EntryOrderError, ImageOptions
from pipeline.formats.verifying import verify_folder
from pipeline.formats.writers import FORMATS, NoSuchFormatError, find_writer
from pipeline.formats.writing import write_release
from tests.pipeline.formats.releases import HEAD, PIXELS, ListedRelease, make_image, make_text

REPOSITORY = Path(__file__).parents[3]
PLAIN_LINES = """
from pipeline.formats.writer import ReleaseWriter

class PlainLinesWriter(ReleaseWriter):
    name, title, writes, version = "plain-lines", "Lines", "A line a text.", "lines-1"
    def paths(self, text): return ("lines.txt",)
    def piece(self, path, text, image, index): return text.words + "\\n"
"""
USE_PLAIN_LINES = """
import sys
from pathlib import Path
from pipeline.formats.verifying import verify_folder
from pipeline.formats.writing import write_release
from tests.pipeline.formats.releases import ListedRelease
out = Path(sys.argv[1])
write_release(out, "plain-lines", ListedRelease())
assert len((out / "lines.txt").read_text().splitlines()) == 10
assert verify_folder(out).is_intact
(out / "lines.txt").write_text((out / "lines.txt").read_text().replace("row 3", "row 4"))
assert [fault.text is not None for fault in verify_folder(out).faults] == [True]
"""


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def texts(count: int) -> list[tuple[str, dict[str, Any]]]:
    scenes = ("a.png", "b.png", "b.png")
    made = [make_text(scenes[number % 3], f"How many in row {number}?", "question") for number in range(count)]
    return sorted((text_id(entry), entry) for entry in made)


def test_a_file_put_into_the_folder_of_writers_is_a_format_and_can_be_verified(tmp_path: Path) -> None:
    source = Path(pipeline.__path__[0])
    shutil.copytree(source, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "pipeline" / "formats").mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "releases.py", tmp_path / "tests" / "pipeline" / "formats")
    (tmp_path / "pipeline" / "formats" / "writers" / "plain_lines.py").write_text(PLAIN_LINES)
    (tmp_path / "out").mkdir()
    subprocess.run([sys.executable, "-c", USE_PLAIN_LINES, tmp_path / "out"], check=True, cwd=tmp_path)


def test_each_format_says_what_it_is() -> None:
    assert {"sarlang", "jsonl", "coco-captions", "llava", "parquet", "croissant"} <= set(FORMATS)
    for name in FORMATS:
        writer = find_writer(name)
        assert writer.name == name
        assert writer.title
        assert writer.writes.endswith(".")
        assert writer.version.startswith(f"trihedral-{name}-")
    with pytest.raises(NoSuchFormatError, match=r"no format 'zip'; there is coco-captions, croissant"):
        find_writer("zip")


def test_who_lists_the_formats_loads_neither_arrow_nor_figures() -> None:
    code = "import sys; from pipeline.formats.writers import *; [find_writer(name) for name in FORMATS]"
    heavy = "assert not {'numpy', 'pyarrow', 'matplotlib', 'rasterio', 'numba'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{code}; import pipeline.formats.writing; {heavy}"], check=True)


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A helper is there from the first batch on, and there are many batches."""
    monkeypatch.setattr(helping, "HELPED_FROM", 0)
    monkeypatch.setattr(helping, "READY_WITHIN_S", 60.0)
    monkeypatch.setattr(helping, "_processors", lambda: 2)
    monkeypatch.setattr(text_batches, "BATCH_TEXTS", 10)


def test_a_helper_makes_no_difference_to_the_bytes(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    captions = [make_text("a.png", f"A port {number}.") for number in range(30)]
    release = ListedRelease(texts_=sorted([*texts(90), *((text_id(entry), entry) for entry in captions)]))
    for name in ("alone", "helped"):
        (tmp_path / name).mkdir()
    alone = write_release(tmp_path / "alone", "sarlang", release)
    request.getfixturevalue("helped")
    assert write_release(tmp_path / "helped", "sarlang", release) == alone
    assert digests(tmp_path / "alone") == digests(tmp_path / "helped")
    assert release.told == {"images": 2, "texts": 120}


@pytest.mark.usefixtures("helped")
def test_a_fault_that_the_helper_finds_is_told_here(tmp_path: Path) -> None:
    found = texts(20)
    found[-1] = ("f" * 64, found[-1][1])
    with pytest.raises(EntryOrderError, match="has the content of"):
        write_release(tmp_path, "jsonl", ListedRelease(texts_=found))


@dataclass
class DyingRelease(ListedRelease):
    """Its process is killed when the second image is opened."""

    def open_image(self, sha256: str) -> BinaryIO:
        if self.opened:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().open_image(sha256)


def write_and_die(folder: Path) -> None:
    write_release(folder, "jsonl", DyingRelease())


def test_a_killed_run_is_gone_on_with_and_no_finished_image_is_read_again(tmp_path: Path) -> None:
    killed = multiprocessing.get_context("spawn").Process(target=write_and_die, args=(tmp_path,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    (tmp_path / "images" / "b.tif").write_bytes(b"half")
    again = ListedRelease()
    write_release(tmp_path, "jsonl", again)
    assert again.opened == [hashlib.sha256(PIXELS["b.png"]).hexdigest()]
    assert verify_folder(tmp_path).is_intact
    assert not list(tmp_path.glob(".*"))


def test_what_is_left_of_another_task_or_from_before_a_restart_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(format: str) -> list[str]:
        progress = Progress(tmp_path, {"format": format})
        return [name for name in ("a", "b") if progress.row(name)]

    first = Progress(tmp_path, {"format": "jsonl"})
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"whole")
        if name != "c":
            first.add(FileRow(name, *hashed(tmp_path / name)))
    assert kept("jsonl") == ["a", "b"]
    assert not (tmp_path / "c").exists()
    (tmp_path / "b").write_bytes(b"other")  # as long as before: a page that never reached the disk
    monkeypatch.setattr("pipeline.formats.progress._boot", lambda: "another")
    assert kept("jsonl") == ["a"]
    assert kept("llava") == []
    assert [path.name for path in tmp_path.iterdir()] == [".progress.jsonl"]


def test_a_missing_image_is_told_with_its_scene(tmp_path: Path) -> None:
    with pytest.raises(DamagedImageError, match=r"the image of scene 'b.png' in dataset ports is missing"):
        write_release(tmp_path, "jsonl", ListedRelease(pixels={"a.png": PIXELS["a.png"]}))


def test_the_licence_of_a_dataset_counts_where_the_scene_has_none(tmp_path: Path) -> None:
    sources = [{"dataset": "ports", "licence": "MIT"}]
    head = replace(HEAD, counts={"left_out": {}, "verification": {}, "sources": sources})
    entries = [make_image("a.png", metadata={"licence": "CC0"}), make_image("b.png", metadata={"licence": None})]
    options = ImageOptions(omitted_licences=frozenset({"MIT"}))
    write_release(tmp_path, "jsonl", ListedRelease(head=head, entries=entries), options)
    lines = [json.loads(line) for line in (tmp_path / "images.jsonl").read_text().splitlines()]
    assert [line["licence"] for line in lines] == ["CC0", "MIT"]
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["a.tif"]
