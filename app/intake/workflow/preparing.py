"""From a scene as its source describes it to files in the store: hashed first, decoded in child processes."""

from __future__ import annotations

import errno
import os
import queue
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.assets import Asset, AssetStore, AssetStoreError
from app.assets.store import sha256_of
from app.intake.queries.scenes import KnownScene
from app.intake.workflow.fitting import fitted, misfit
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.storable import LONGEST_NAME, first_unstorable, texts_in
from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import PreparedScene, SceneRequest, Speckle
from pipeline.records import Refusal, Scene, digest

Taken = TypeVar("Taken")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class PreparedAssets:
    """A scene that can be stored: its images are in the store already."""

    scene: Scene
    source_sha256: str
    original: Mapping[str, Any]
    prepared: PreparedScene
    sar: Asset
    processed: Asset
    optical: Asset | None
    refusals: tuple[Refusal, ...] = ()
    """What of the scene was left out: boxes, its optical image."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The dataset has the scene, from the same files."""

    name: str
    is_restored: bool = False
    """Its images were missing in the store and were put back."""


Outcome = PreparedAssets | Unchanged | Refusal


class Preparation:
    """A pool of decoders; a scene in, an outcome out, never an exception for what is wrong with a scene."""

    def __init__(self, store: AssetStore | None, options: ImportOptions, processes: int) -> None:
        """Without a store (in a dry run) nothing is kept."""
        self._store = store
        self._options = options
        self._workers: queue.LifoQueue[SceneWorker] = queue.LifoQueue()
        for _ in range(processes):
            self._workers.put(SceneWorker())

    @classmethod
    @contextmanager
    def of(cls, store: AssetStore | None, options: ImportOptions, processes: int) -> Iterator[Preparation]:
        """A preparation whose child processes end with the block."""
        preparation = cls(store, options, processes)
        try:
            yield preparation
        finally:
            for _ in range(processes):
                preparation._workers.get().close()

    def outcome(self, scene: Scene, known: KnownScene | None) -> Outcome:
        """What becomes of the scene. Safe from several threads, each of which waits for a free child.

        Raises
        ------
        AssetStoreError
            If the store cannot be written: that is no fault of the scene.
        """
        reason = first_unstorable(_texts_of(scene), LONGEST_NAME)
        if reason is not None:
            return Refusal(scene.name, reason)
        try:
            original = _original(scene)
        except OSError as error:
            return Refusal(scene.name, f"cannot be read: {error.strerror or error}")
        source_sha256 = _source_sha256(scene, original, self._options)
        if known is not None and known.source_sha256 != source_sha256:
            return Refusal(scene.name, _CHANGED)
        if known is not None and (self._store is None or all(map(self._store.exists, known.assets))):
            return Unchanged(scene.name)
        found = self._prepared(scene, source_sha256, original)
        return found if known is None or isinstance(found, Refusal) else _restored(found, known)

    def _prepared(self, scene: Scene, source_sha256: str, original: Mapping[str, Any]) -> PreparedAssets | Refusal:
        with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
            try:
                prepared = self._decode(self._request(scene, Path(folder)))
            except ImageError as error:
                return _refused(scene, error)
            reason = misfit(scene, prepared.rows, prepared.cols)
            if reason is not None:
                return Refusal(scene.name, reason)
            sar = self._put(prepared.sar)
            processed = sar if prepared.processed == prepared.sar else self._put(prepared.processed)
            optical = None if prepared.optical is None else self._put(prepared.optical)
        scene, refusals = fitted(scene, prepared.rows, prepared.cols)
        if scene.optical_path is not None and optical is None:
            refusals += (Refusal(scene.name, f"taken without its optical image: {prepared.optical_note}"),)
        return PreparedAssets(scene, source_sha256, original, prepared, sar, processed, optical, refusals)

    def _request(self, scene: Scene, folder: Path) -> SceneRequest:
        options = self._options
        return SceneRequest(
            sar_path=scene.sar_path.absolute(),
            folder=folder,
            optical_path=None if scene.optical_path is None else scene.optical_path.absolute(),
            band=options.band,
            quantity=options.quantity,
            unit=options.unit,
            speckle=Speckle(looks=options.looks),
        )

    def _decode(self, request: SceneRequest) -> PreparedScene:
        worker = self._workers.get()
        try:
            (prepared,) = worker.prepare(request)
            return prepared
        finally:
            self._workers.put(worker)

    def _put(self, path: Path) -> Asset:
        if self._store is None:
            return Asset(sha256_of(path), "image/tiff", path.stat().st_size)
        return self._store.put(path, "image/tiff")


_CHANGED = (
    "this dataset has a scene of this name from other files, boxes, metadata or options; a scene never changes:"
    " import it under another dataset name"
)


def _texts_of(scene: Scene) -> Iterator[str]:
    yield scene.name
    for box in scene.boxes:
        yield box.box_id
        yield box.category
    yield from texts_in(scene.metadata.as_json())


def _original(scene: Scene) -> dict[str, Any]:
    """Names and content of the files as they came."""
    files = {"sar": scene.sar_path, "optical": scene.optical_path}
    return {role: {"name": path.name, "sha256": sha256_of(path)} for role, path in files.items() if path is not None}


def _source_sha256(scene: Scene, original: Mapping[str, Any], options: ImportOptions) -> str:
    boxes = [[box.box_id, box.category, box.x_min, box.y_min, box.width, box.height] for box in scene.boxes]
    hashes = [original.get(role, {}).get("sha256") for role in ("sar", "optical")]
    return digest([hashes, boxes, scene.published_split, scene.metadata.as_json(), options.imaging()])


def _refused(scene: Scene, error: ImageError) -> Refusal:
    if os.strerror(errno.ENOSPC) in error.reason:
        # Not the scene's fault; refusing it would leave it out of a dataset for good on a full disk.
        raise AssetStoreError(
            f"there is no space left in {_fullest_folder()}, where images are decoded; free some and start again:"
            " nothing done before is lost"
        ) from error
    return Refusal(scene.name, error.reason)


def _fullest_folder() -> str:
    """Of those that a decoder writes to: its images, and the compiled kernels."""
    folders = [tempfile.gettempdir(), os.environ.get("NUMBA_CACHE_DIR", tempfile.gettempdir())]
    return min(
        (folder for folder in folders if Path(folder).is_dir()), key=lambda folder: shutil.disk_usage(folder).free
    )


def _restored(found: PreparedAssets, known: KnownScene) -> Outcome:
    made = {asset.sha256 for asset in (found.sar, found.processed, found.optical) if asset is not None}
    if made != set(known.assets):
        return Refusal(
            found.scene.name,
            "its stored images are missing, and this version makes others from the same files; restore the asset"
            " store from a backup",
        )
    return Unchanged(found.scene.name, is_restored=True)


def in_order(work: Callable[[Given], Taken], given: Iterable[Given], *, threads: int, ahead: int) -> Iterator[Taken]:
    """The results of ``work`` in the order of ``given``, of which at most ``ahead`` are taken in advance."""
    executor = ThreadPoolExecutor(threads, thread_name_prefix="prepare")
    waiting: deque[Future[Taken]] = deque()
    try:
        for one in given:
            waiting.append(executor.submit(work, one))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
