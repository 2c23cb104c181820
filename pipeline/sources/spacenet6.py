"""SpaceNet 6: airborne SAR of Capella Space over Rotterdam, with WorldView-2 partners and building footprints.

The tiles are georeferenced and are never turned. What is stated of the sensors, resolution, polarisations and licence
is from the data set's own pages and paper; that bands 1 to 4 are HH, HV, VH and VV is assumed from the order in which
they are named there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pipeline.records import Scene, SceneMetadata
from pipeline.sources.building_footprints import Footprints, read_footprints
from pipeline.sources.image_files import child_folder, folders_named, images_below, shown_name
from pipeline.sources.image_header import ImageHeader, read_header
from pipeline.sources.options import SourceOptions
from pipeline.sources.partners import Partners, note_missing_folder
from pipeline.sources.reading import SourceAbout, SourceError, SourceReading, leaves, require_folder, unreadable

LAYOUT: Final = (
    "the extracted folder that holds train/AOI_11_Rotterdam/SAR-Intensity/, at any level above SAR-Intensity"
)
ABOUT: Final = SourceAbout(
    "SpaceNet 6: Multi-Sensor All-Weather Mapping",
    "CC BY-SA 4.0",
    "J. Shermeyer et al., “SpaceNet 6: Multi-Sensor All Weather Mapping Dataset”, CVPR Workshops 2020,"
    " doi:10.1109/CVPRW50498.2020.00106",
)
POLARISATIONS: Final = ("HH", "HV", "VH", "VV")
OPTICAL_PRODUCTS: Final = ("PS-RGB", "PS-RGBNIR", "RGBNIR", "PAN")
"""In the order in which a partner is looked for: the first folder that is there holds."""
_SAR: Final = "SAR-Intensity"
_BUILDINGS: Final = "geojson_buildings"
_ORIENTATIONS: Final = "SAR_orientations.txt"
_STRIP: Final = re.compile(r"_(\d{14})_(\d{14})_tile_\d+$")
_LARGEST_ORIENTATIONS: Final = 1 << 20

LookSide = Literal["north", "south"]


def read_spacenet6(options: SourceOptions) -> SourceReading:
    """Read the tiles of SpaceNet 6; ``--band`` may be HH, HV, VH or VV.

    Raises
    ------
    SourceError
        If there is no ``SAR-Intensity`` folder with tiles, or the band is none of the four.
    """
    root = require_folder(options.path, LAYOUT)
    band = _band(options.band)
    reading = SourceReading(about=ABOUT)
    areas = [_area(folder, root, reading) for folder in _sar_folders(root)]
    reading.expected = sum(len(area.partners.sar) for area in areas)
    if not reading.expected:
        raise SourceError(root, "there is no SAR tile in SAR-Intensity", f"Give {LAYOUT}.")
    if options.band is None:
        what = f"--band names none of {', '.join(POLARISATIONS)}: {POLARISATIONS[band - 1]} is taken"
        reading.note(shown_name(areas[0].folder / _SAR, root), what)
    reading.scenes = (scene for area in areas for scene in _scenes(area, band, reading))
    return reading


@dataclass(frozen=True, slots=True)
class _Area:
    """One folder of products."""

    folder: Path
    partners: Partners
    buildings: Path | None
    look_sides: dict[str, LookSide]
    """By strip: the two times of its name."""


def _band(wanted: int | str | None) -> int:
    if wanted is None:
        return 1
    if isinstance(wanted, str) and wanted.upper() in POLARISATIONS:
        return POLARISATIONS.index(wanted.upper()) + 1
    if isinstance(wanted, int) and 1 <= wanted <= len(POLARISATIONS):
        return wanted
    raise SourceError("--band", f"SpaceNet 6 has no band {wanted!r}", f"Give {', '.join(POLARISATIONS)}, or 1 to 4.")


def _sar_folders(root: Path) -> list[Path]:
    found = folders_named(root, _SAR)
    if root in found:
        raise SourceError(root, "this is the SAR-Intensity folder itself", "Give the folder above it.")
    if not found:
        raise SourceError(root, "there is no SAR-Intensity folder in it", f"Give {LAYOUT}.")
    return found


def _area(sar_folder: Path, root: Path, reading: SourceReading) -> _Area:
    folder = sar_folder.parent
    sar = images_below(sar_folder, reading, shown_below=root, others=False)
    product, optical = _optical(folder, root, reading)
    if optical is None:
        note_missing_folder(folder, OPTICAL_PRODUCTS[0], sar, "an optical partner", root, reading)
    partners = Partners(root, sar, optical, lambda stem: stem.replace(_SAR, product))
    partners.report(reading)
    buildings = child_folder(folder, _BUILDINGS)
    if buildings is None:
        note_missing_folder(folder, _BUILDINGS, sar, "object boxes", root, reading)
    return _Area(folder, partners, buildings, _look_sides(folder, root, reading))


def _optical(folder: Path, root: Path, reading: SourceReading) -> tuple[str, dict[str, Path] | None]:
    for product in OPTICAL_PRODUCTS:
        found = child_folder(folder, product)
        images = None if found is None else images_below(found, reading, shown_below=root, others=False)
        if images:
            if product != OPTICAL_PRODUCTS[0]:
                reading.note(
                    shown_name(found or folder, root), f"taken as optical, since {OPTICAL_PRODUCTS[0]} is missing"
                )
            return product, images
    return OPTICAL_PRODUCTS[0], None


def _look_sides(folder: Path, root: Path, reading: SourceReading) -> dict[str, LookSide]:
    """``SAR_orientations.txt``: lines ``START_END 0`` (imaged from the north) or ``1`` (from the south)."""
    places = [folder / "SummaryData", folder, folder.parent, root]
    file = next((place / _ORIENTATIONS for place in places if (place / _ORIENTATIONS).is_file()), None)
    if file is None or file.stat().st_size > _LARGEST_ORIENTATIONS:
        return {}
    sides: dict[str, LookSide] = {}
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise unreadable(file, error) from error
    for number, line in enumerate(lines, 1):
        words = line.replace(",", " ").split()
        if len(words) == 2 and words[1] in ("0", "1"):
            sides[words[0]] = "north" if words[1] == "0" else "south"
        elif words:
            reading.refuse(shown_name(file, root), f"line {number} is not a strip and 0 or 1: {line!r}")
    return sides


def _scenes(area: _Area, band: int, reading: SourceReading) -> Iterator[Scene]:
    for stem, file in area.partners.sar.items():
        name = shown_name(file, area.partners.root)
        header = read_header(file)
        boxes, labelled = _buildings(area, stem, file, header, reading)
        optical = area.partners.of(stem)
        yield Scene(
            name=name,
            sar_path=file,
            optical_path=optical,
            size=None if header is None else header.size,
            boxes=boxes,
            published_split=_split(file),
            metadata=_metadata(stem, band, area, labelled, has_optical=optical is not None),
            band=band,
            quantity="db",
        )


def _split(file: Path) -> str | None:
    words = {*file.stem.lower().split("_"), *(part.lower() for part in file.parts[-5:-1])}
    if "train" in words:
        return "train"
    return "test" if words & {"test", "test_public"} else None


def _metadata(stem: str, band: int, area: _Area, labelled: tuple[str, ...], *, has_optical: bool) -> SceneMetadata:
    times = _STRIP.search(stem)
    chosen = POLARISATIONS[band - 1]
    return SceneMetadata(
        sensor="Capella Space airborne SAR",
        optical_sensor="WorldView-2" if has_optical else None,
        band="X",
        polarisations=(chosen, *(other for other in POLARISATIONS if other != chosen)),
        resolution_m=(0.5, 0.5),
        geometry="ground",
        look_side=area.look_sides.get(f"{times[1]}_{times[2]}") if times else None,
        sar_acquired_at=_moment(times[1]) if times else None,
        place="Rotterdam",
        licence=ABOUT.licence,
        labelled=labelled,
    )


def _moment(digits: str) -> str:
    """``20190804111224`` as 2019-08-04T11:12:24, of no stated zone."""
    date, time = digits[:8], digits[8:]
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}"


def _buildings(area: _Area, stem: str, tile: Path, header: ImageHeader | None, reading: SourceReading) -> Footprints:
    if area.buildings is None:
        return (), ()
    file = area.buildings / (stem.replace(_SAR, "Buildings") + ".geojson")
    if not file.is_file() or leaves(area.folder, file):
        shown = shown_name(tile, area.partners.root)
        reading.note(shown, f"it has no object boxes: {_BUILDINGS} has no file for it")
        return (), ()
    return read_footprints(file, shown_name(file, area.partners.root), header, reading)
