"""From a scene as its source describes it to files in the store: hashed first, decoded in child processes."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from app.assets import Asset, AssetStore
from app.assets.store import sha256_of
from app.intake.queries.planning import KnownScene
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.fitting import chipped, fitted, misfit
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.outages import OUTAGES, full_disk
from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import PreparedScene, SceneRequest, Speckle
from pipeline.imaging.storage import trouble_told_apart
from pipeline.records import Refusal, Scene, digest

log = logging.getLogger(__name__)

Taken = TypeVar("Taken")
Given = TypeVar("Given")

TIFF: Final = "image/tiff"
MEDIA_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".bmp": "image/bmp"}
"""Of originals by their ending; all others are TIFF."""


@dataclass(frozen=True, slots=True)
class PreparedAssets:
    """A scene, or one chip of it, that can be stored: its images are in the store already."""

    scene: Scene
    source_sha256: str
    original: Mapping[str, Any]
    prepared: PreparedScene
    sar: Asset
    processed: Asset
    optical: Asset | None
    further: tuple[Asset, ...] = ()
    """Of the file's other polarisations, in the order of ``prepared.further``."""
    originals: tuple[Asset, ...] = ()
    """Of the files as they came, where the store keeps them too."""

    @property
    def images(self) -> frozenset[str]:
        """SHA-256 of the images by which the texts are judged."""
        return frozenset(asset.sha256 for asset in (self.sar, self.processed, self.optical) if asset is not None)

    @property
    def assets(self) -> tuple[Asset, ...]:
        own = (self.sar, self.processed, self.optical, *self.further, *self.originals)
        return tuple(asset for asset in own if asset is not None)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of a scene of the source: itself, or its chips; and what of it was left out."""

    parts: tuple[PreparedAssets, ...]
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The dataset has the scene, from the same files."""

    name: str
    is_restored: bool = False
    """Its images were missing in the store and were put back."""


Outcome = Prepared | Unchanged | Refusal


@dataclass(frozen=True, slots=True)
class Preparation:
    """How the scenes of one import are prepared. A scene in, an outcome out."""

    store: AssetStore
    decoders: Decoders
    options: ImportOptions
    has_assets: bool
    """Whether the store has had anything in it: if it is empty, its disk has gone."""

    def outcome(self, scene: Scene, known: KnownScene | None) -> Outcome:
        """What becomes of the scene. Safe from several threads, each of which waits for a free decoder.

        Raises
        ------
        OutageError, StorageError, AssetStoreError
            If the source or the store cannot be reached: that is no fault of the scene.
        """
        try:
            return self._outcome(scene, known)
        except OUTAGES:
            raise
        except ImageError as error:
            # Decoders write into a folder of the store: if that has gone, the image is not at fault.
            self.store.require(has_assets=self.has_assets)
            outage = full_disk(error)
            if outage is not None:
                raise outage from error
            return Refusal(scene.name, error.reason)
        except Exception as error:  # whatever it is, it must not cost the other scenes
            log.exception("a scene could not be prepared")
            return Refusal(scene.name, f"could not be prepared ({type(error).__name__}: {error})")

    def _outcome(self, scene: Scene, known: KnownScene | None) -> Outcome:
        hashes = _hashes(scene)
        source_sha256 = _source_sha256(scene, hashes, self.options)
        if known is not None and known.source_sha256 != source_sha256:
            return Refusal(scene.name, _CHANGED)
        if known is not None and all(map(self.store.exists, sorted(known.assets))):
            return Unchanged(scene.name)
        # What is to be put back may have been stored with all its polarisations.
        only_band = self.options.only_band and known is None
        found = self._prepared(scene, source_sha256, hashes, only_band=only_band)
        return found if known is None or isinstance(found, Refusal) else _restored(scene, found, known)

    def _prepared(
        self, scene: Scene, source_sha256: str, hashes: Mapping[str, str], *, only_band: bool
    ) -> Prepared | Refusal:
        originals, kept = self._originals(scene, hashes)
        with self.store.staging() as folder:
            prepared = self.decoders.prepare(self._request(scene, folder, only_band=only_band))
            rows, cols = _whole_size(prepared[0])
            reason = misfit(scene, rows, cols)
            if reason is not None:
                return Refusal(scene.name, reason)
            whole, refusals = fitted(scene, rows, cols)
            stored = self._stored(prepared)
            parts = tuple(
                PreparedAssets(
                    scene=whole if one.chip is None else chipped(whole, one.chip),
                    source_sha256=source_sha256,
                    original=originals,
                    prepared=one,
                    sar=stored[one.sar],
                    processed=stored[one.processed],
                    optical=None if one.optical is None else stored[one.optical],
                    further=tuple(stored[each.sar] for each in one.further),
                    originals=kept,
                )
                for one in prepared
            )
        if scene.optical_path is not None and all(part.optical is None for part in parts):
            refusals += (Refusal(scene.name, f"taken without its optical image: {prepared[0].optical_note}"),)
        return Prepared(parts, refusals)

    def _request(self, scene: Scene, folder: Path, *, only_band: bool) -> SceneRequest:
        options = self.options
        # What is read comes first in a source's list: a band that the user chose may be another one.
        is_sources = scene.band is not None or options.band in (None, 1)
        return SceneRequest(
            sar_path=scene.sar_path,
            folder=folder,
            optical_path=scene.optical_path,
            # The reader has seen the user's choice and knows in which file and band it is.
            band=options.band if scene.band is None else scene.band,
            quantity=options.quantity or scene.quantity,
            unit=options.unit,
            speckle=Speckle(looks=options.looks),
            look_azimuth_deg=scene.metadata.look_azimuth_deg,
            chips=options.chips(),
            land_cover_path=scene.land_cover_path,
            land_cover_classes=scene.land_cover_classes,
            polarisations=scene.metadata.polarisations if is_sources else (),
            only_band=only_band,
        )

    def _originals(self, scene: Scene, hashes: Mapping[str, str]) -> tuple[dict[str, Any], tuple[Asset, ...]]:
        """What is stored of the files as they came: their content, and where they lie or that the store has them."""
        files = _files_of(scene)
        named: dict[str, Any] = {role: {"name": path.name, "sha256": hashes[role]} for role, path in files.items()}
        if self.options.originals == "copy":
            copied = [(path, MEDIA_TYPES.get(path.suffix.lower(), TIFF)) for path in files.values()]
            return named, tuple(self.store.put_many(copied))
        return {role: {**named[role], "path": str(path)} for role, path in files.items()}, ()

    def _stored(self, prepared: Sequence[PreparedScene]) -> dict[Path, Asset]:
        """All images of the scene, or of all its chips, moved into the store at once."""
        further = [each.sar for one in prepared for each in one.further]
        images = [path for one in prepared for path in (one.sar, one.processed, one.optical) if path is not None]
        images += further
        files = list(dict.fromkeys(images))
        return dict(zip(files, self.store.put_many([(path, TIFF) for path in files], move=True), strict=True))


_CHANGED = (
    "this dataset has a scene of this name from other files, boxes, metadata or options; a scene never changes:"
    " import it under another dataset name"
)


def _files_of(scene: Scene) -> dict[str, Path]:
    files = {"sar": scene.sar_path, "optical": scene.optical_path, "land_cover": scene.land_cover_path}
    return {role: path for role, path in files.items() if path is not None}


def _hashes(scene: Scene) -> dict[str, str]:
    """SHA-256 of each of the scene's files, by role.

    Raises
    ------
    StorageError
        If the place where they lie fails, or has gone.
    ImageError
        If one of them cannot be read.
    """
    hashes = {}
    for role, path in _files_of(scene).items():
        with trouble_told_apart(path):
            hashes[role] = sha256_of(path)
    return hashes


def _source_sha256(scene: Scene, hashes: Mapping[str, str], options: ImportOptions) -> str:
    """Of all that a stored scene follows from."""
    boxes = [[box.box_id, box.category, box.x_min, box.y_min, box.width, box.height] for box in scene.boxes]
    metadata = scene.metadata.as_json()
    if metadata.get("look_side") is None:
        # Not known when the first scenes were named.
        metadata.pop("look_side", None)
    found = [[hashes.get("sar"), hashes.get("optical")], boxes, scene.published_split, metadata, options.imaging()]
    # What came later counts only where it is used, so that scenes of before keep their names.
    later = {
        "band": scene.band,
        "quantity": scene.quantity,
        "land_cover": hashes.get("land_cover"),
        "classes": {str(number): name for number, name in scene.land_cover_classes.items()},
        "cut": [box.box_id for box in scene.boxes if box.is_cut],
    }
    used = {name: value for name, value in later.items() if value}
    return digest([*found, used] if used else found)


def _whole_size(prepared: PreparedScene) -> tuple[int, int]:
    window = prepared.chip
    return (prepared.rows, prepared.cols) if window is None else (window.parent_rows, window.parent_cols)


def _restored(scene: Scene, found: Prepared, known: KnownScene) -> Outcome:
    own = frozenset().union(*(part.images for part in found.parts))
    further = frozenset(asset.sha256 for part in found.parts for asset in part.further)
    if not own <= known.assets <= own | further:
        return Refusal(
            scene.name,
            "its stored images are missing, and this version makes others from the same files; restore the asset"
            " store from a backup",
        )
    return Unchanged(scene.name, is_restored=True)


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
