"""Simulated scenes with exact truth: one by one, and the 24 of the demo."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox, SceneMetadata
from pipeline.simulation.ground import Canvas, Ground
from pipeline.simulation.landscapes import LANDSCAPES
from pipeline.simulation.optics import photograph
from pipeline.simulation.places import PLACES, Affine, Place, scene_transform
from pipeline.simulation.radar import backscatter
from pipeline.vocabulary import SARDET_CATEGORIES

KINDS: Final = tuple(LANDSCAPES)
MOST_BUILDINGS: Final = 30
"""Beyond this nobody counts them: buildings are then neither boxed nor labelled, only counted in the truth."""

DEMO_PLAN: Final[Mapping[str, tuple[str, ...]]] = {
    "nordhaven": ("harbour", "city", "harbour", "anchorage", "tank_farm", "harbour", "city", "anchorage"),
    "weitfeld": ("airfield", "farmland", "airfield", "woodland", "airfield", "tank_farm", "farmland", "airfield"),
    "chandra": ("river_bridge", "delta", "river_bridge", "anchorage", "delta", "river_bridge", "farmland", "delta"),
}


@dataclass(frozen=True)
class SceneTruth:
    """What the simulated ground holds, known without looking at any image."""

    counts: Mapping[str, int]
    """Objects by category, buildings included."""
    positions: Mapping[str, tuple[tuple[float, float], ...]]
    """(x, y) of the objects' boxes' centres, in pixels, by category."""
    ground_shares: Mapping[str, float]
    """Share of the pixels by ground class; they add up to 1."""
    differences: tuple[str, ...]
    """What only the optical image shows, because it was taken at another time."""


@dataclass(frozen=True, eq=False)
class SimulatedScene:
    """One scene: both images, boxes, metadata, ground and truth. Arrays are (rows, cols), the optical one (…, 3)."""

    name: str
    kind: str
    place: Place
    power: NDArray[np.float32]
    """SAR, linear power"""
    optical: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    """Values of :class:`pipeline.simulation.ground.Ground`"""
    boxes: tuple[ObjectBox, ...]
    metadata: SceneMetadata
    crs: str
    transform: Affine
    truth: SceneTruth


def simulate_scene(
    seed: int, place: str, kind: str, rows: int = 512, cols: int = 512, looks: float = 4
) -> SimulatedScene:
    """Simulate one scene; the same arguments give the same arrays.

    Parameters
    ----------
    seed : decides everything random, and which ground cell of the place it is (modulo 64)
    place : one of :data:`PLACES`
    kind : one of :data:`KINDS`
    rows, cols : of the images; at least 128
    looks : of the speckle

    Raises
    ------
    ValueError
        If place or kind is unknown, the scene is smaller than 128 pixels, or ``looks`` is not positive.
    """
    if place not in PLACES or kind not in LANDSCAPES:
        raise ValueError(f"no scene {kind!r} in {place!r}; kinds are {', '.join(KINDS)}; places {', '.join(PLACES)}")
    if min(rows, cols) < 128 or not looks > 0:
        raise ValueError(
            f"a scene has at least 128 × 128 pixels and more than 0 looks, not {rows} × {cols} and {looks}"
        )
    site = PLACES[place]
    canvas = _blank(seed, site, kind, (rows, cols))
    LANDSCAPES[kind](canvas)
    optical = photograph(canvas, site.sun_azimuth_deg)
    power = backscatter(canvas, looks)
    boxes, labelled = _boxed(canvas)
    return SimulatedScene(
        name=f"{place}_{kind}_{seed:04d}",
        kind=kind,
        place=site,
        power=power,
        optical=optical,
        classes=canvas.classes,
        boxes=boxes,
        metadata=_metadata(site, labelled),
        crs=site.crs,
        transform=scene_transform(site, seed, (rows, cols)),
        truth=_truth(canvas),
    )


def simulate_demo(seed: int = 0) -> list[SimulatedScene]:
    """The demo's 24 scenes of 512 × 512 pixels: eight in each of three places, all on ground of their own."""
    return [
        simulate_scene(seed * 64 + number, place, kind)
        for place, kinds in DEMO_PLAN.items()
        for number, kind in enumerate(kinds)
    ]


def _blank(seed: int, site: Place, kind: str, shape: tuple[int, int]) -> Canvas:
    look = math.radians(site.look_azimuth_deg)
    shift = 1 / math.tan(math.radians(site.incidence_deg)) / site.spacing_m
    rng = np.random.default_rng([seed, *PLACES[site.name].name.encode(), *kind.encode()])
    toward = (math.cos(look) * shift, -math.sin(look) * shift)
    return Canvas(shape, site.spacing_m, toward, site.look_azimuth_deg, rng)


def _boxed(canvas: Canvas) -> tuple[tuple[ObjectBox, ...], tuple[str, ...]]:
    """The boxes and the categories for which they are all objects."""
    if sum(box.category == "building" for box in canvas.boxes) <= MOST_BUILDINGS:
        return tuple(canvas.boxes), (*SARDET_CATEGORIES, "building")
    return tuple(box for box in canvas.boxes if box.category != "building"), SARDET_CATEGORIES


def _metadata(site: Place, labelled: tuple[str, ...]) -> SceneMetadata:
    return SceneMetadata(
        sensor="Trihedral simulator",
        optical_sensor="Trihedral simulator, camera",
        band="X",
        polarisations=("VV",),
        pixel_spacing_m=(site.spacing_m, site.spacing_m),
        resolution_m=(round(1.25 * site.spacing_m, 3), round(1.25 * site.spacing_m, 3)),
        geometry="ground",
        look_azimuth_deg=site.look_azimuth_deg,
        incidence_deg=site.incidence_deg,
        sar_acquired_at=site.sar_acquired_at,
        optical_acquired_at=site.optical_acquired_at,
        place=site.title,
        licence="CC0-1.0",
        labelled=labelled,
    )


def _truth(canvas: Canvas) -> SceneTruth:
    categories = sorted({box.category for box in canvas.boxes})
    shares = np.bincount(canvas.classes.reshape(-1), minlength=len(Ground)) / canvas.classes.size
    return SceneTruth(
        counts=dict(Counter(box.category for box in canvas.boxes)),
        positions={name: tuple(box.centre for box in canvas.boxes if box.category == name) for name in categories},
        ground_shares={ground.name.lower(): float(shares[ground]) for ground in Ground},
        differences=tuple(canvas.differences),
    )
