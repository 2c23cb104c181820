"""Sources that are fetched before they are read: whole, resumed, changed meanwhile, and not there."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from app.assets.fetching import FetchError, fetch


@pytest.fixture
def bucket() -> str:
    """An address in fsspec's own store in memory, which lists and reads as a bucket does."""
    files = fsspec.filesystem("memory")
    root = f"/bucket-{uuid4().hex}"
    for name in ("sar/a.tif", "sar/b.tif", "optical/a.tif", "boxes.json"):
        files.pipe(f"{root}/{name}", name.encode())
    return f"memory:/{root}"


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_all_files_are_fetched_under_their_names(bucket: str, tmp_path: Path) -> None:
    folder = fetch(bucket, tmp_path)
    assert names(folder) == ["boxes.json", "optical/a.tif", "sar/a.tif", "sar/b.tif"]
    assert (folder / "sar" / "b.tif").read_bytes() == b"sar/b.tif"


def test_fetched_again_only_what_is_missing_or_changed_is_fetched(bucket: str, tmp_path: Path) -> None:
    folder = fetch(bucket, tmp_path)
    (folder / "boxes.json").unlink()
    (folder / "sar" / "a.tif").write_bytes(b"half")
    untouched = (folder / "sar" / "b.tif").stat().st_mtime_ns
    fsspec.filesystem("memory").pipe(f"{bucket.removeprefix('memory:/')}/optical/a.tif", b"another")
    assert fetch(bucket, tmp_path) == folder
    assert (folder / "boxes.json").read_bytes() == b"boxes.json"
    assert (folder / "sar" / "a.tif").read_bytes() == b"sar/a.tif"
    assert (folder / "optical" / "a.tif").read_bytes() == b"another"
    assert (folder / "sar" / "b.tif").stat().st_mtime_ns == untouched


def test_a_record_that_broke_off_in_the_middle_of_a_line_costs_one_file(bucket: str, tmp_path: Path) -> None:
    folder = fetch(bucket, tmp_path)
    record = next(tmp_path.glob("*.fetched"))
    record.write_text(record.read_text()[:-5])
    assert fetch(bucket, tmp_path) == folder
    assert len(names(folder)) == 4


def test_one_file_is_given_as_a_file(bucket: str, tmp_path: Path) -> None:
    assert fetch(f"{bucket}/boxes.json", tmp_path).read_bytes() == b"boxes.json"


def test_a_folder_of_one_file_is_given_as_a_folder(bucket: str, tmp_path: Path) -> None:
    assert names(fetch(f"{bucket}/optical", tmp_path)) == ["a.tif"]


def test_files_of_this_machine_may_be_named_as_addresses(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.tif").write_bytes(b"a")
    assert names(fetch((tmp_path / "in").as_uri(), tmp_path / "out")) == ["a.tif"]


@pytest.mark.parametrize(
    ("address", "sentence"), [("memory://nothing-here", "no files"), ("nonsense://x", "cannot be opened")]
)
def test_what_cannot_be_fetched_is_a_sentence(address: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=sentence):
        fetch(address, tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetch(bucket, tmp_path / "file" / "below")
