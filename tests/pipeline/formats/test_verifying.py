"""A folder is checked without a database; whatever was changed is named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.formats import differing
from pipeline.formats.entries import json_line, sealed
from pipeline.formats.hashed_file import FileRow
from pipeline.formats.manifest import identity_of
from pipeline.formats.source import EntryOrderError
from pipeline.formats.verifying import verify_folder
from pipeline.formats.writing import write_release
from tests.pipeline.formats.releases import ListedRelease, make_texts


def write(folder: Path) -> str:
    folder.mkdir()
    return write_release(folder, "sarlang", ListedRelease()).identity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "release")
    return tmp_path / "release"


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_was_written_is_intact(folder: Path, tmp_path: Path) -> None:
    report = verify_folder(folder)
    assert report.is_intact
    assert (report.release, report.texts, report.images, report.files) == ("bench@1", 10, 2, 9)
    assert report.identity == write(tmp_path / "again")


def test_a_release_from_before_it_was_told_how_a_text_was_verified_keeps_its_bytes(folder: Path) -> None:
    total = hashlib.sha256()
    for name in files_of(folder):
        total.update(name.encode() + b"\0" + (folder / name).read_bytes())
    assert total.hexdigest() == "3621eab3e320874b4fb9aad9a6daa96ee73222a9ab6481344d28eb7de84cadd5"
    assert json.loads((folder / "manifest.json").read_bytes())["writer"] == "trihedral-sarlang-1"


def test_one_changed_byte_anywhere_is_found_and_its_file_named(folder: Path) -> None:
    for name in files_of(folder):
        stored = (folder / name).read_bytes()
        for place in sorted({0, 1, len(stored) // 3, len(stored) // 2, len(stored) - 1}):
            (folder / name).write_bytes(stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :])
            report = verify_folder(folder)
            assert {fault.file for fault in report.faults} == {name}, (name, place)
        (folder / name).write_bytes(stored)
    assert verify_folder(folder).is_intact


def test_each_changed_text_is_named_by_its_id(folder: Path) -> None:
    for name in [name for name in files_of(folder) if name.startswith("Text/") or name == "texts.jsonl"]:
        stored = (folder / name).read_bytes()
        for text, entry in make_texts():
            words = (entry.get("question") or entry["caption"]).encode()
            is_here = words in stored
            (folder / name).write_bytes(stored.replace(words, words.swapcase()))
            assert {fault.text for fault in verify_folder(folder).faults} == ({text} if is_here else set())
        (folder / name).write_bytes(stored)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "SARimages" / "a.tif").unlink(), "SARimages/a.tif: is missing"),
        (lambda folder: (folder / "more.txt").write_text(""), "more.txt: is not part of the release"),
        (lambda folder: (folder / "SARimages" / "x").symlink_to("/etc"), "SARimages/x: is not part of the release"),
        (lambda folder: (folder / "manifest.json").unlink(), "it is not an exported release"),
        (lambda folder: (folder / "manifest.json").write_text("[" * 100_000), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff"), "cannot be read"),
        (lambda folder: shutil.rmtree(folder / "Text"), "Text/VQA/SARVQA2_test.json: is missing"),
        (lambda folder: (folder / "SARimages" / "a.tif").write_bytes(b""), "other pixels than scene 'a.png'"),
    ],
)
def test_what_is_missing_or_too_much_is_named(folder: Path, change: Callable[[Path], object], says: str) -> None:
    change(folder)
    assert any(says in str(fault) for fault in verify_folder(folder).faults)


def test_an_image_swapped_for_a_link_to_the_same_bytes_is_a_fault(folder: Path, tmp_path: Path) -> None:
    (folder / "SARimages" / "a.tif").rename(tmp_path / "elsewhere")
    (folder / "SARimages" / "a.tif").symlink_to(tmp_path / "elsewhere")
    assert [fault.what for fault in verify_folder(folder).faults] == ["is a link, not a file"]


def test_a_manifest_that_leads_out_of_the_folder_is_not_followed(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content["files"].append({"path": "../../etc/passwd", "sha256": "0" * 64, "bytes": 1})
    content["files"].sort(key=lambda row: row["path"])
    del content["sha256"]
    text = json.dumps(sealed(content), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text)
    assert [fault.what for fault in verify_folder(folder).faults] == [
        "leads out of the folder, so it was not looked at"
    ]


def forge(folder: Path, **changes: Any) -> None:
    """A manifest that is whole by its own hash."""
    content = json.loads((folder / "manifest.json").read_bytes())
    del content["sha256"]
    content.update(changes)
    text = json.dumps(sealed(content), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text)


@pytest.mark.parametrize(
    "changes", [{"release": "x\nbench@1: intact"}, {"release": {}}, {"texts": "2"}, {"images": None}]
)
def test_a_forged_manifest_cannot_put_words_into_the_report(folder: Path, changes: dict[str, Any]) -> None:
    forge(folder, **changes)
    report = verify_folder(folder)
    assert not report.is_intact
    assert report.release == ""


def test_names_that_are_no_names_are_one_short_line_of_the_report(folder: Path) -> None:
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    strange = [{"path": path, "sha256": "0" * 64, "bytes": 1} for path in ("x" * 5000, "a\nbench@1: intact", "a\0")]
    forge(folder, files=sorted([*files, *strange], key=lambda row: row["path"].encode()))
    told = [str(fault) for fault in verify_folder(folder).faults]
    assert len(told) == 3
    assert all(line.isprintable() and len(line) < 400 for line in told)


def test_a_manifest_that_is_a_pipe_or_lists_a_file_twice_is_not_read(folder: Path) -> None:
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    forge(folder, files=[*files, files[-1]])
    assert not verify_folder(folder).is_intact
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    assert "it is no file" in verify_folder(folder).faults[0].what


def test_a_line_without_end_takes_no_more_memory_than_one_of_a_release(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differing, "LONGEST_LINE", 1 << 16)
    with (folder / "texts.jsonl").open("r+b") as file:
        file.truncate(10 << 20)
    faults = verify_folder(folder).faults
    assert [fault.file for fault in faults] == ["texts.jsonl"]
    assert "longer than any of a release" in faults[0].what


def test_a_side_file_of_nonsense_under_a_forged_manifest_ends_in_faults(folder: Path) -> None:
    (folder / "texts.jsonl").write_text("[1]\nnull\n")
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    for row in files:
        if row["path"] == "texts.jsonl":
            row["sha256"] = hashlib.sha256((folder / "texts.jsonl").read_bytes()).hexdigest()
    forge(folder, files=files, identity=identity_of([FileRow(**row) for row in files]))
    changed = next(row["path"] for row in files if row["path"].startswith("Text/"))
    (folder / changed).write_text("changed")
    assert [fault.file for fault in verify_folder(folder).faults] == [changed]


def test_changing_a_text_everywhere_changes_the_identity(folder: Path) -> None:
    """Who rewrites text, side file and manifest gets another identity than the published one."""
    before = verify_folder(folder).identity
    lines = (folder / "texts.jsonl").read_text().splitlines()
    line = json.loads(lines[0])
    line.pop("sha256")
    lines[0] = json_line(sealed({**line, "support": "sar_with_optical"}))
    (folder / "texts.jsonl").write_text("\n".join(lines) + "\n")
    rows = [
        FileRow(name, hashlib.sha256((folder / name).read_bytes()).hexdigest(), 0)
        for name in files_of(folder)
        if name != "manifest.json"
    ]
    assert identity_of(rows) != before


def test_the_identity_does_not_depend_on_the_order_in_which_files_are_listed() -> None:
    rows = [FileRow(f"SARimages/{number}.tif", f"{number:064x}", 1) for number in range(7)]
    assert identity_of(rows) == identity_of(rows[::-1])
    assert identity_of(rows) != identity_of(rows[:-1])
    assert identity_of([*rows, FileRow("STATISTICS.md", "0" * 64, 1)]) == identity_of(rows)


@pytest.mark.parametrize("fault", ["order", "id"])
def test_texts_out_of_order_or_with_a_foreign_id_are_not_written(tmp_path: Path, fault: str) -> None:
    texts = make_texts()[::-1] if fault == "order" else [("0" * 64, make_texts()[0][1])]
    with pytest.raises(EntryOrderError):
        write_release(tmp_path, "sarlang", ListedRelease(texts_=texts))
