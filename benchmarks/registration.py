"""Planted offsets of pairs: are they found within a pixel, or called unknown? And what does the check cost?

    python -m benchmarks.registration [--scenes 2] [--data FOLDER]

Simulated scenes of all places and kinds, whose truth is known, and the real pairs under FOLDER (the sample data; left
out where there is none) are cut so that the optical image is off by a known amount of 0 to 20 px, whole and in
fractions, in all directions, without wrapping anything around. Prints a row a scene. Ends with 1 where an answer other
than "unknown" is more than 1 px wrong, where a registered pair is called off, or where the misregistered one is not.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.imaging.preparation import prepare_scene
from pipeline.imaging.prepared import Registration, SceneRequest
from pipeline.imaging.refined_lee import refined_lee
from pipeline.imaging.registration import check_registration
from pipeline.imaging.stretch import apply_stretch, find_stretch
from pipeline.simulation import KINDS, PLACES, SceneSettings, simulate_scene

MARGIN = 24
TOLERANCE_PX = 1.0
LENGTHS_PX = (0, 0.5, 1, 1.7, 2, 3.4, 5, 7.3, 10, 12.6, 16, 20)
TIMED_SIDE = 1024
REAL_PAIRS = (
    ("dfc2023/track1/train/sar", "dfc2023/track1/train/rgb", "", "", None),
    ("openearthmap_sar/train/sar_images", "openearthmap_sar/train/rgb_images", "", "", None),
    ("spacenet6/train/AOI_11_Rotterdam/SAR-Intensity", "spacenet6/train/AOI_11_Rotterdam/PS-RGB", "SAR-Intensity",
     "PS-RGB", "db"),
    ("paired/sar", "paired/optical", "", "", "db"),
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A SAR image and an optical one on its grid, shape (rows, cols) and (3, rows, cols); with where there is data."""

    name: str
    sar: NDArray[np.uint8]
    sar_valid: NDArray[np.bool_]
    optical: NDArray[np.uint8]
    optical_valid: NDArray[np.bool_]
    look_azimuth_deg: float | None = None

    def check(self) -> Registration:
        return check_registration(
            self.sar, self.sar_valid, self.optical, self.optical_valid, look_azimuth_deg=self.look_azimuth_deg
        )


@dataclass
class Row:
    """What came out for one scene."""

    name: str
    found: int = 0
    unknown: int = 0
    wrong: int = 0
    worst_px: float = 0.0

    def add(self, registration: Registration, planted: tuple[float, float]) -> None:
        if registration.state == "unknown" or registration.offset_px is None:
            self.unknown += 1
            return
        error = math.dist(registration.offset_px, planted)
        self.worst_px = max(self.worst_px, error)
        self.found += error <= TOLERANCE_PX
        self.wrong += error > TOLERANCE_PX


def simulated_pairs(seeds: int, side: int) -> Iterator[Pair]:
    """Scenes of all places and kinds, with speckle of 1 and 4 looks by turns."""
    for seed in range(seeds):
        for place in PLACES:
            for kind in KINDS:
                yield simulated_pair(seed, place, kind, side, (4.0, 1.0)[seed % 2])


def simulated_pair(seed: int, place: str, kind: str, side: int, looks: float) -> Pair:
    """A scene despeckled and stretched as an import does it."""
    settings = SceneSettings(place=place, kind=kind, rows=side, cols=side, looks=looks)
    scene = simulate_scene(seed, 0, settings)
    valid = np.isfinite(scene.power)
    filtered = refined_lee(scene.power, looks)
    image = apply_stretch(filtered, valid, find_stretch(filtered, valid, is_amplitude=False))
    optical = np.ascontiguousarray(np.moveaxis(scene.optical, -1, 0))
    return Pair(f"{scene.name} {seed}", image, valid, optical, np.ones_like(valid), scene.metadata.look_azimuth_deg)


def real_pairs(data: Path) -> Iterator[Pair]:
    """The registered pairs of the sample data."""
    for sar_folder, optical_folder, token, optical_token, quantity in REAL_PAIRS:
        for path in sorted((data / sar_folder).glob("[!.]*.tif")):
            yield prepared(path, data / optical_folder / path.name.replace(token, optical_token), quantity)


def prepared(sar: Path, optical: Path, quantity: str | None = None, band: int | None = None) -> Pair:
    """A pair of files as an import prepares it."""
    with tempfile.TemporaryDirectory() as folder:
        [scene] = prepare_scene(SceneRequest(sar, Path(folder), optical, quantity=quantity, band=band))
        with rasterio.open(scene.processed) as dataset:
            image, valid = dataset.read(1), dataset.read_masks(1) > 0
        with rasterio.open(scene.optical) as dataset:
            bands, optical_valid = dataset.read([1, 2, 3]), dataset.dataset_mask() > 0
    return Pair(sar.stem, image, valid, bands, optical_valid)


def planted(pair: Pair, offset: tuple[float, float]) -> Pair:
    """The pair's middle, with the optical image off so that it is to be moved by ``offset`` (row, col)."""
    whole = round(offset[0]), round(offset[1])
    rest = [there - near for there, near in zip(offset, whole, strict=True)]
    optical, optical_valid = pair.optical, pair.optical_valid
    if any(rest):
        # Content is taken from where it is to go back to.
        optical = np.stack([ndimage.shift(band, (-rest[0], -rest[1]), order=1, mode="nearest") for band in optical])
    rows, cols = pair.sar.shape
    middle = np.s_[MARGIN : rows - MARGIN, MARGIN : cols - MARGIN]
    moved = np.s_[MARGIN + whole[0] : rows - MARGIN + whole[0], MARGIN + whole[1] : cols - MARGIN + whole[1]]
    return Pair(
        pair.name,
        pair.sar[middle],
        pair.sar_valid[middle],
        optical[(slice(None), *moved)],
        optical_valid[moved],
        pair.look_azimuth_deg,
    )


def offsets(seed: int) -> list[tuple[float, float]]:
    """One of each length: along rows, along cols, and in between, both ways."""
    angles = np.random.default_rng(seed).permutation(len(LENGTHS_PX)) * 2 * np.pi / len(LENGTHS_PX)
    pairs = zip(LENGTHS_PX, angles.tolist(), strict=True)
    return [(round(length * math.sin(angle), 2), round(length * math.cos(angle), 2)) for length, angle in pairs]


def measure(pairs: Iterator[Pair]) -> list[Row]:
    """A row a pair, printed as it comes."""
    rows = []
    for number, pair in enumerate(pairs):
        row = Row(pair.name)
        for offset in offsets(number):
            row.add(planted(pair, offset).check(), offset)
        print(f"{row.name[:48]:48s} found {row.found:3d}  unknown {row.unknown:3d}  wrong {row.wrong:3d}  "
              f"worst {row.worst_px:5.2f} px", flush=True)  # fmt: skip
        rows.append(row)
    return rows


def summary(title: str, rows: list[Row]) -> int:
    """Prints the totals; returns how many answers were wrong."""
    found, unknown, wrong = (sum(getattr(row, name) for row in rows) for name in ("found", "unknown", "wrong"))
    answers = max(1, found + unknown + wrong)
    print(f"{title}: {found} found within {TOLERANCE_PX:.0f} px, {unknown} unknown ({unknown / answers:.0%}), "
          f"{wrong} wrong\n")  # fmt: skip
    return wrong


def called_wrongly(data: Path) -> int:
    """The pairs as they are: how many registered ones are called off, or misregistered ones are not."""
    faults = 0
    for pair in real_pairs(data):
        registration = pair.check()
        print(f"{pair.name[:48]:48s} {registration.state:14s} {registration.note}")
        faults += registration.state in ("shifted", "misregistered")
    odd = prepared(data / "odd/misregistered_sar.png", data / "odd/misregistered_optical.png")
    registration = odd.check()
    print(f"{odd.name:48s} {registration.state:14s} {registration.note}\n")
    return faults + (registration.state in ("registered", "unknown"))


def cost() -> None:
    """CPU seconds of one check."""
    pair = simulated_pair(0, "weitfeld", "tank_farm", TIMED_SIDE, 4.0)
    pair.check()
    started = time.process_time()
    for _ in range(3):
        pair.check()
    print(f"{TIMED_SIDE}² px: {(time.process_time() - started) / 3:.2f} s of CPU a check\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=2, help="seeds a place and kind")
    parser.add_argument("--side", type=int, default=560, help="of the simulated scenes, margins included")
    parser.add_argument("--data", type=Path, default=os.environ.get("TRIHEDRAL_SHARED_DATA"))
    arguments = parser.parse_args()
    cost()
    wrong = summary("simulated", measure(simulated_pairs(arguments.scenes, arguments.side)))
    if arguments.data is None or not Path(arguments.data).is_dir():
        print("no real pairs: give --data")
        return int(wrong > 0)
    wrong += summary("real", measure(real_pairs(Path(arguments.data))))
    return int(wrong + called_wrongly(Path(arguments.data)) > 0)


if __name__ == "__main__":
    sys.exit(main())
