"""The asset store: content-addressed, atomic, closed to names that are not its own."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assets import AssetStore, AssetStoreError, MissingAssetError


def make_file(folder: Path, content: bytes = b"pixels") -> Path:
    path = folder / "image.tif"
    path.write_bytes(content)
    return path


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_stored_under_the_hash_of_its_content(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    asset = store.put(make_file(tmp_path), "image/tiff")
    assert asset.sha256 == hashlib.sha256(b"pixels").hexdigest()
    assert asset.bytes == 6
    assert store.exists(asset.sha256)
    assert store.read(asset.sha256) == b"pixels"
    assert store.read(asset.sha256, 2, 4) == b"xe"
    assert store.size(asset.sha256) == 6
    assert b"".join(store.chunks(asset.sha256, 1, 5)) == b"ixel"


def test_the_same_content_stored_by_many_at_once_is_one_whole_file(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    path = make_file(tmp_path, b"x" * 3_000_000)
    with ThreadPoolExecutor(8) as pool:
        assets = set(pool.map(lambda _: store.put(path, "image/tiff"), range(16)))
    assert len(assets) == 1
    assert [file.stat().st_size for file in files_below(tmp_path / "store")] == [3_000_000]


def test_a_changed_file_is_found_out(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    asset = store.put(make_file(tmp_path), "image/tiff")
    assert store.verify(asset.sha256)
    files_below(tmp_path / "store")[0].write_bytes(b"pixelz")
    assert not store.verify(asset.sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n", "%2e%2e/" + "a" * 57])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    store = AssetStore(tmp_path)
    with pytest.raises(MissingAssetError):
        store.read(name)
    with pytest.raises(MissingAssetError):
        store.size(name)


def test_what_is_missing_is_said_to_be_missing(tmp_path: Path) -> None:
    store = AssetStore(tmp_path)
    for read in (store.size, store.read, store.open, lambda sha256: store.fetch(sha256, tmp_path)):
        with pytest.raises(MissingAssetError, match="not in the asset store"):
            read("a" * 64)


def test_a_store_that_cannot_be_written_says_where_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(AssetStoreError, match="store"):
        AssetStore(tmp_path / "store").put(make_file(tmp_path), "image/tiff")


def test_an_unknown_kind_of_store_is_refused_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(AssetStoreError, match="nosuch://"):
        AssetStore("nosuch://bucket/prefix")


def test_a_store_that_is_no_folder_works_alike(tmp_path: Path) -> None:
    store = AssetStore("memory://trihedral-test")
    asset = store.put(make_file(tmp_path, b"in memory"), "image/tiff")
    assert store.read(asset.sha256, 3) == b"memory"
    assert store.fetch(asset.sha256, tmp_path).read_bytes() == b"in memory"
    with pytest.raises(MissingAssetError):
        store.read("b" * 64)
