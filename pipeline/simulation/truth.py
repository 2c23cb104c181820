"""What is true of a simulated scene, known without looking at any image.

Places are (row, col) in pixels, (0, 0) the outer corner of the top left pixel; boxes are ``[x_min, y_min, width,
height]`` as everywhere. A place in the SAR image is where the ground lies: a return from above it appears nearer to the
radar, by ``height × layover_px_per_m``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

Seen = Literal["sar", "optical"]
BOTH: Final[tuple[Seen, ...]] = ("sar", "optical")
Change = Literal["none", "moved", "sar_only", "optical_only"]
Point = tuple[float, float]
"""(row, col)"""
Outline = tuple[Point, ...]
"""The corners of a convex region, in order."""
Box = tuple[float, float, float, float]
"""x_min, y_min, width, height"""


@dataclass(frozen=True, slots=True)
class ObjectTruth:
    """One object of the ground: what it is, how large, which way it points, and which image shows it where."""

    category: str
    heading_deg: float
    """Of its length, clockwise from north"""
    length_m: float
    width_m: float
    height_m: float
    footprint: Outline
    """Corners of the rectangle around it on the ground: where the radar saw it, else where the camera did"""
    sar_at: Point | None
    """Middle of the footprint at the time of the SAR image; None where it was not there"""
    optical_at: Point | None
    """Middle in the optical image, with the offset of the pair; None where it was not there"""
    object_id: str = ""
    box: Box | None = None
    """In the SAR image: around footprint and layover; None where the radar did not see it"""
    is_cut: bool = False
    """Whether a part of footprint or layover lies outside the SAR image"""
    layover: Outline = ()
    """What its returns may cover: the footprint swept towards the radar by height / tan(incidence)"""
    shadow: Outline = ()
    """What it hides: the footprint swept away from the radar by height × tan(incidence); its own ground included"""
    change: Change = "none"
    """Between the SAR and the optical image, whichever was first; what merely lies outside one of them is no change"""
    motion_m: float = 0.0
    """How far from its place in the SAR image the optical image shows it, on the ground"""

    @property
    def visible_in(self) -> tuple[Seen, ...]:
        places = {"sar": self.sar_at, "optical": self.optical_at}
        return tuple(seen for seen in BOTH if places[seen] is not None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"visible_in": list(self.visible_in)}


@dataclass(frozen=True, slots=True)
class Sensing:
    """How the two images were taken."""

    looks: float
    """Equivalent number of looks of the speckle"""
    incidence_deg: float
    look_azimuth_deg: float
    spacing_m: float
    resolution_px: float
    """3 dB width of the point-spread function, in range and azimuth"""
    weighting: str
    side_lobe_db: float
    """The highest side lobe against the main lobe, in power"""
    is_speckle_correlated: bool
    speckle_correlation: float
    """Of the intensity of flat ground a pixel apart, along range or azimuth; 0 where speckle is independent"""
    noise_floor_db: float
    polarisations: tuple[str, ...]
    sea_state: int
    wind_to_deg: float
    swell_to_deg: float
    swell_length_m: float
    layover_px_per_m: Point
    shadow_px_per_m: Point
    sar_acquired_at: str
    optical_acquired_at: str
    sun_azimuth_deg: float
    sun_elevation_deg: float
    roof_lean_px_per_m: Point
    """By which the optical image shows what stands a metre higher"""


@dataclass(frozen=True, slots=True)
class PairTruth:
    """How the optical image lies on the SAR image: ground at (row, col) of the SAR image is at
    ``centre + R(rotation) · ((row, col) − centre) + offset_px`` of the optical one."""

    offset_px: Point
    rotation_deg: float
    """Clockwise as seen on the screen"""

    @property
    def is_registered(self) -> bool:
        return self.offset_px == (0.0, 0.0) and self.rotation_deg == 0


@dataclass(frozen=True, slots=True)
class SceneTruth:
    """All that is true of one scene."""

    objects: tuple[ObjectTruth, ...]
    """All of which any part lies in one of the images; what only the camera saw included"""
    ground_shares: Mapping[str, float]
    """Share of the pixels by ground class, at the time of the SAR image; they add up to 1"""
    land_cover_shares: Mapping[str, float]
    """Share of the pixels by OpenEarthMap's class, the same ground"""
    sensing: Sensing
    pair: PairTruth

    @property
    def in_sar(self) -> tuple[ObjectTruth, ...]:
        return tuple(found for found in self.objects if found.box is not None)

    @property
    def counts(self) -> dict[str, int]:
        """Objects in the SAR image by category, buildings included."""
        return dict(sorted(Counter(found.category for found in self.in_sar).items()))

    @property
    def positions(self) -> dict[str, tuple[tuple[float, float], ...]]:
        """(x, y) of the boxes' centres by category."""
        return {
            category: tuple(
                (found.box[0] + found.box[2] / 2, found.box[1] + found.box[3] / 2)
                for found in self.in_sar
                if found.category == category and found.box is not None
            )
            for category in self.counts
        }

    @property
    def differences(self) -> tuple[str, ...]:
        """What the two dates show differently, in words; single cars are not told."""
        changed = (found for found in self.objects if found.change != "none" and found.category != "car")
        return tuple(_difference(found) for found in changed)

    def as_json(self) -> dict[str, Any]:
        return {
            "objects": [found.as_json() for found in self.objects],
            "counts": self.counts,
            "positions": self.positions,
            "ground_shares": dict(self.ground_shares),
            "land_cover_shares": dict(self.land_cover_shares),
            "sensing": asdict(self.sensing),
            "pair": asdict(self.pair),
            "differences": list(self.differences),
        }


def _difference(found: ObjectTruth) -> str:
    row, col = found.sar_at or found.optical_at or (0.0, 0.0)
    what = "boat" if found.category == "ship" and found.length_m < 15 else found.category
    place = f"a {what} at x {col:.0f}, y {row:.0f}"
    if found.change == "moved":
        return f"{place}: {found.motion_m:.0f} m away in the optical image"
    return f"{place}: in the {'SAR' if found.change == 'sar_only' else 'optical'} image only"


def swept(corners: Outline, along: Point) -> Outline:
    """The convex region that a convex region covers when it is moved along a vector."""
    return _hull([*corners, *((row + along[0], col + along[1]) for row, col in corners)])


def _hull(points: list[Point]) -> Outline:
    """Convex hull by Andrew's monotone chain."""
    ordered = sorted(set(points))
    return (*_chain(ordered), *_chain(ordered[::-1]))


def _chain(ordered: list[Point]) -> Outline:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return tuple(chain[:-1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def moved(found: ObjectTruth, down: float, right: float) -> ObjectTruth:
    """The same object on a grid whose origin lies so many pixels further up and left."""

    def place(point: Point | None) -> Point | None:
        return None if point is None else (point[0] + down, point[1] + right)

    def outline(corners: Outline) -> Outline:
        return tuple((row + down, col + right) for row, col in corners)

    box = None if found.box is None else (found.box[0] + right, found.box[1] + down, found.box[2], found.box[3])
    return replace(
        found,
        sar_at=place(found.sar_at),
        optical_at=place(found.optical_at),
        box=box,
        footprint=outline(found.footprint),
        layover=outline(found.layover),
        shadow=outline(found.shadow),
    )


def clipped(outline: Outline, rows: int, cols: int) -> Outline:
    """The part of a convex region inside an image (Sutherland and Hodgman, 1974); empty where none is."""
    for axis, limit, sign in ((0, 0, 1), (0, rows, -1), (1, 0, 1), (1, cols, -1)):
        outline = _beyond(outline, axis, float(limit), sign)
    return outline


def _beyond(outline: Outline, axis: int, limit: float, sign: int) -> Outline:
    """The part where ``sign × coordinate ≥ sign × limit``."""
    kept: list[Point] = []
    for before, point in zip((*outline[-1:], *outline[:-1]), outline, strict=True):
        was, now = sign * (before[axis] - limit), sign * (point[axis] - limit)
        if (was >= 0) != (now >= 0):
            share = was / (was - now)
            crossing = [before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])]
            crossing[axis] = limit
            kept.append((crossing[0], crossing[1]))
        if now >= 0:
            kept.append(point)
    return tuple(kept)
