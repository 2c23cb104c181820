"""OpenEarthMap-SAR, also the first track of DFC2025: Umbra SAR beside aerial images, and a map of eight land covers.

SAR and optical were taken at other times, so that what moves differs. The SAR is 8 bit without calibration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.records import Scene, SceneMetadata
from pipeline.sources.coco import split_of
from pipeline.sources.image_files import child_folder, folders_named, images_below, shown_name
from pipeline.sources.options import SourceOptions
from pipeline.sources.partners import Partners, note_missing_folder
from pipeline.sources.reading import SourceAbout, SourceError, SourceReading, require_folder

LAYOUT: Final = "the extracted folder with train/sar_images/ in it, or one of those above sar_images"
ABOUT: Final = SourceAbout(
    "OpenEarthMap-SAR",
    "SAR images: CC BY 4.0, © Umbra Lab, Inc.; optical images: of the national agencies they are from",
    "J. Xia et al., “OpenEarthMap-SAR: A Benchmark Synthetic Aperture Radar Dataset for Global High-Resolution Land"
    " Cover Mapping”, 2025, arXiv:2501.10891",
)
LAND_COVER: Final[Mapping[int, str]] = {
    1: "bareland",
    2: "rangeland",
    3: "developed space",
    4: "road",
    5: "tree",
    6: "water",
    7: "agriculture land",
    8: "building",
}
"""As published; 0 is unlabelled and no class."""
_AREA: Final = re.compile(r"(?:Train|Val|Test)Area_\d+")
_PLACE: Final = re.compile(r"([A-Za-z][\w\-.' ]*)_\d+")


def read_openearthmap_sar(options: SourceOptions) -> SourceReading:
    """Read the splits that are there, each with what it has of ``rgb_images/`` and ``labels/``.

    Raises
    ------
    SourceError
        If there is no folder ``sar_images`` with images.
    """
    root = require_folder(options.path, LAYOUT)
    reading = SourceReading(about=ABOUT)
    parts = [_part(folder, root, reading) for folder in _sar_folders(root)]
    reading.expected = sum(len(part.partners.sar) for part in parts)
    if not reading.expected:
        raise SourceError(root, "there is no SAR image in its folders sar_images", f"Give {LAYOUT}.")
    reading.scenes = (scene for part in parts for scene in _scenes(part, reading))
    return reading


@dataclass(frozen=True, slots=True)
class _Part:
    """The images of one split."""

    partners: Partners
    split: str | None
    land_cover: Mapping[str, Path] | None
    """By stem of the SAR image; None where there are no labels at all."""


def _sar_folders(root: Path) -> list[Path]:
    found = folders_named(root, "sar_images")
    if root in found:
        raise SourceError(root, "this is the folder sar_images itself", "Give the folder above it.")
    if not found:
        raise SourceError(root, "there is no folder sar_images in it", f"Give {LAYOUT}.")
    return found


def _part(sar_folder: Path, root: Path, reading: SourceReading) -> _Part:
    folder = sar_folder.parent
    sar = images_below(sar_folder, reading, shown_below=root, others=False)
    optical = _beside(folder, "rgb_images", root, reading)
    if optical is None:
        note_missing_folder(folder, "rgb_images", sar, "an optical partner", root, reading)
    land_cover = _beside(folder, "labels", root, reading)
    if land_cover is None:
        note_missing_folder(folder, "labels", sar, "land cover", root, reading)
    partners = Partners(root, sar, optical)
    partners.report(reading)
    for stem, file in (land_cover or {}).items():
        if stem not in sar:
            reading.refuse(shown_name(file, root), "labels without a SAR image of the same name")
    return _Part(partners, split_of(Path(folder.name)), land_cover)


def _beside(folder: Path, name: str, root: Path, reading: SourceReading) -> dict[str, Path] | None:
    found = child_folder(folder, name)
    return None if found is None else images_below(found, reading, shown_below=root, others=False)


def _scenes(part: _Part, reading: SourceReading) -> Iterator[Scene]:
    for stem, file in part.partners.sar.items():
        name = shown_name(file, part.partners.root)
        land_cover = None if part.land_cover is None else part.land_cover.get(stem)
        if part.land_cover is not None and land_cover is None:
            reading.note(name, "it has no land cover: labels has no image of its name")
        yield Scene(
            name=name,
            sar_path=file,
            optical_path=part.partners.of(stem),
            published_split=part.split,
            metadata=_metadata(PurePosixPath(stem).name),
            quantity="dn",
            land_cover_path=land_cover,
            land_cover_classes=LAND_COVER if land_cover is not None else {},
        )


def _metadata(name: str) -> SceneMetadata:
    return SceneMetadata(sensor="Umbra", band="X", geometry="ground", place=_place(name), licence=ABOUT.licence)


def _place(name: str) -> str | None:
    """``France_Alpes-Maritimes_Nice_3``, as some copies name their images, as France, Alpes-Maritimes, Nice."""
    found = None if _AREA.fullmatch(name) else _PLACE.fullmatch(name)
    return found[1].replace("_", ", ") if found else None
