"""The asset store: content-addressed, atomic, closed to names that are not its own."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assets import AssetStore, AssetStoreError, MissingAssetError
from app.assets.folder import MARKER


def make_file(folder: Path, content: bytes = b"pixels") -> Path:
    path = folder / "image.tif"
    path.write_bytes(content)
    return path


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != MARKER]


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


def test_many_are_moved_from_staging_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    with store.staging() as folder:
        assert folder.is_relative_to(tmp_path / "store")
        paths = [folder / name for name in "abc"]
        for path in paths:
            path.write_bytes(path.name.encode() * 1000)
        numbers = [path.stat().st_ino for path in paths]
        assets = store.put_many([(path, "image/tiff") for path in paths], move=True)
        assert [path.exists() for path in paths] == [False, False, False]
    assert [store.fetch(asset.sha256, tmp_path).stat().st_ino for asset in assets] == numbers
    assert [store.read(asset.sha256, 0, 1) for asset in assets] == [b"a", b"b", b"c"]
    assert len(files_below(tmp_path / "store")) == 3
    assert not folder.exists()


def test_what_the_store_has_already_is_not_written_again_and_the_same_twice_is_one(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    first = store.put(make_file(tmp_path), "image/tiff")
    place = store.fetch(first.sha256, tmp_path)
    number = place.stat().st_ino
    with store.staging() as folder:
        twice = [(make_file(folder), "image/tiff"), (make_file(folder), "image/tiff")]
        assert store.put_many(twice, move=True) == [first, first]
    assert place.stat().st_ino == number


def test_files_from_another_place_are_copied_and_kept(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    asset = AssetStore("memory://trihedral-moved").put(path, "image/tiff", move=True)
    assert path.exists()
    assert AssetStore("memory://trihedral-moved").read(asset.sha256) == b"pixels"
    with AssetStore("memory://trihedral-moved").staging() as folder:
        assert list(folder.iterdir()) == []


def test_a_failure_while_staging_leaves_nothing(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    with pytest.raises(FileNotFoundError), store.staging() as folder:
        make_file(folder).rename(folder / "nowhere" / "b")
    assert files_below(tmp_path / "store") == []


def test_what_a_killed_process_left_is_swept_out_after_a_day_and_never_served(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    with store.staging() as folder:
        staging = folder.parent
    for name, age_s in (("old", 25 * 3600), ("young", 23 * 3600)):
        (staging / name).mkdir()
        make_file(staging / name)
        os.utime(staging / name, (time.time() - age_s,) * 2)
    assert not store.exists(hashlib.sha256(b"pixels").hexdigest())
    with AssetStore(tmp_path / "store").staging():
        assert sorted(path.name for path in staging.iterdir() if len(path.name) < 32) == ["young"]


def pull(root: Path, way: str) -> None:
    """As a network disk goes away: with its mount point, leaving that empty, or for another one."""
    root.rename(root.with_name("pulled"))
    if way != "with its folder":
        root.mkdir()
    if way == "for another store":
        AssetStore(root).put(make_file(root.parent, b"other"), "image/tiff")


@pytest.mark.parametrize("way", ["with its folder", "leaving it empty", "for another store"])
def test_a_store_that_goes_away_says_so_takes_nothing_and_goes_on_when_it_is_back(tmp_path: Path, way: str) -> None:
    root = tmp_path / "store"
    store = AssetStore(root)
    asset = store.put(make_file(tmp_path), "image/tiff")
    store.require()
    pull(root, way)
    before = files_below(tmp_path)
    for use in (
        lambda: store.put(make_file(tmp_path), "image/tiff"),
        lambda: store.exists(asset.sha256),
        lambda: store.read(asset.sha256),
        lambda: store.fetch(asset.sha256, tmp_path),
        lambda: store.staging().__enter__(),
        store.require,
    ):
        with pytest.raises(AssetStoreError, match=f"{root} is gone.*mounted"):
            use()
    assert files_below(tmp_path) == before
    assert root.exists() == (way != "with its folder")
    assert way == "for another store" or not root.exists() or list(root.iterdir()) == []
    if root.exists():
        root.rename(tmp_path / "put aside")
    (tmp_path / "pulled").rename(root)
    store.require()
    assert store.put(make_file(tmp_path, b"more"), "image/tiff").bytes == 4
    assert store.read(asset.sha256) == b"pixels"


def test_a_store_that_goes_away_while_a_scene_is_prepared_takes_no_half_of_it(tmp_path: Path) -> None:
    root = tmp_path / "store"
    store = AssetStore(root)

    def store_while_it_goes() -> None:
        with store.staging() as folder:
            path = make_file(folder)
            pull(root, "leaving it empty")
            store.put(path, "image/tiff", move=True)

    with pytest.raises(AssetStoreError, match="nothing done before is lost"):
        store_while_it_goes()
    assert list(root.iterdir()) == []


def test_a_missing_or_empty_folder_is_no_store_where_images_were_stored(tmp_path: Path) -> None:
    root = tmp_path / "store"
    AssetStore(root).require()
    for _ in range(2):
        with pytest.raises(AssetStoreError, match="although the database has images"):
            AssetStore(root).require(has_assets=True)
        root.mkdir(exist_ok=True)
    AssetStore(root).put(make_file(tmp_path), "image/tiff")
    AssetStore(root).require(has_assets=True)


def test_a_store_from_before_there_were_markers_is_taken_and_marked(tmp_path: Path) -> None:
    root = tmp_path / "store"
    asset = AssetStore(root).put(make_file(tmp_path), "image/tiff")
    (root / MARKER).unlink()
    old = AssetStore(root)
    old.require(has_assets=True)
    assert old.read(asset.sha256) == b"pixels"
    old.put(make_file(tmp_path, b"more"), "image/tiff")
    assert len((root / MARKER).read_text().strip()) == 32


def test_many_processes_that_begin_a_store_at_once_agree_on_its_marker(tmp_path: Path) -> None:
    stores = [AssetStore(tmp_path / "store") for _ in range(16)]
    path = make_file(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda store: store.put(path, "image/tiff"), stores))
    for store in stores:
        store.require(has_assets=True)
    assert [path.name for path in (tmp_path / "store").iterdir() if path.is_file()] == [MARKER]
