"""The kinds of scenes: what lies where, from the ground up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from pipeline.simulation.fleet import (
    aircraft_row,
    cars_on_road,
    city_blocks,
    hamlet,
    hedges,
    is_inside,
    parked_cars,
    passing_boat,
    piers,
    ships,
)
from pipeline.simulation.ground import Canvas, Ground, Pose
from pipeline.simulation.objects import bridge, building, tank
from pipeline.simulation.terrain import blob, coast, fields, forest, river, road, scattered, slab, trees, water, whole
from pipeline.simulation.vessels import containers


def harbour(canvas: Canvas) -> None:
    """Quays with piers, moored ships and cranes; sheds and a road on land; ships in the basin."""
    rng, centre = canvas.rng, _centre(canvas)
    seaward = float(rng.choice([200.0, 160.0, 250.0, 110.0])) + float(rng.uniform(-8, 8))
    quay_m = float(rng.uniform(-0.22, -0.12)) * min(canvas.size_m)
    window = canvas.frame(*centre, seaward)
    canvas.paint(window, np.ones(canvas.shape, bool), Ground.BUILT_UP, gain=0.5, colour=(150, 146, 138))
    water(canvas, (window.u - quay_m + 0 * window.v).astype(np.float32), Ground.SEA)
    quay = (window.u < quay_m) & (window.u > quay_m - 5)
    canvas.paint(window, quay, Ground.BUILT_UP, colour=(172, 168, 160), height_m=1.8, wall=1.0)
    piers(canvas, int(rng.integers(2, 4)), seaward, float(rng.uniform(110, 150)), quay_m)
    row, col = canvas.at(*centre, seaward, quay_m - 26, 0)
    road(canvas, row, col, seaward + 90, 9)
    _stacks(canvas, seaward, quay_m - 13)
    _sheds(canvas, seaward, quay_m - 38)
    cars_on_road(canvas, row, col, seaward + 90, 10)
    ships(canvas, int(rng.integers(1, 5)), (16, 70), lambda: seaward + float(rng.normal(90, 40)))


def _stacks(canvas: Canvas, seaward_deg: float, at_m: float) -> None:
    """Containers stacked along the quay: small bright blocks in rows; nobody boxes them."""
    rng, centre, reach = canvas.rng, _centre(canvas), min(canvas.size_m) / 2
    for v in np.arange(-reach, reach, 13.0):
        if rng.random() < 0.45:
            row, col = canvas.at(*centre, seaward_deg, at_m, float(v))
            containers(canvas, Pose(row, col, seaward_deg + 90), int(rng.integers(1, 4)))


def _sheds(canvas: Canvas, seaward_deg: float, front_m: float) -> None:
    rng, centre = canvas.rng, _centre(canvas)
    reach = float(np.hypot(*canvas.size_m)) / 2
    u = front_m - 16
    while u > -reach:
        v = -reach
        while v < reach:
            length, depth = float(rng.uniform(34, 80)), float(rng.uniform(20, 28))
            row, col = canvas.at(*centre, seaward_deg, u, v)
            pose = Pose(row, col, seaward_deg + 90)
            if is_inside(canvas, pose, length * 0.35) and rng.random() < 0.75:
                building(canvas, pose, length, depth, float(rng.uniform(7, 12)))
            v += length + 14
        u -= 44


def anchorage(canvas: Canvas) -> None:
    """Open water with ships at anchor, a wooded shore on one side, sometimes a passing boat."""
    rng = canvas.rng
    shore_deg = float(rng.uniform(0, 360))
    depth = coast(canvas, shore_deg, 0.33 * min(canvas.size_m), 13.0)
    water(canvas, depth, Ground.SEA)
    forest(canvas, (depth < -14) & (blob(canvas, *_centre(canvas), 0.62 * min(canvas.size_m), 0.35) | (depth < -46)))
    wind = float(rng.uniform(0, 360))
    ships(canvas, int(rng.integers(4, 8)), (28, 130), lambda: wind + float(rng.normal(0, 9)))
    trees(canvas, scattered(canvas, 60))
    if rng.random() < 0.8:
        passing_boat(canvas)


def tank_farm(canvas: Canvas) -> None:
    """Storage tanks in rows within bunds, a few sheds, a road with cars."""
    rng, centre = canvas.rng, _centre(canvas)
    heading = float(rng.uniform(-20, 20))
    fields(canvas, heading)
    pose = Pose(*centre, heading)
    slab(canvas, pose, 0.78 * canvas.size_m[0], 0.62 * canvas.size_m[1], Ground.SOIL, (158, 150, 136))
    rows, cols, diameter = int(rng.integers(3, 5)), int(rng.integers(2, 4)), float(rng.uniform(25, 33))
    for i in range(rows):
        for j in range(cols):
            _bunded_tank(canvas, pose, ((i - (rows - 1) / 2) * 68, (j - (cols - 1) / 2) * 68), diameter)
    row, col = canvas.at(*centre, heading, 0, 0.40 * canvas.size_m[1])
    road(canvas, row, col, heading, 8)
    cars_on_road(canvas, row, col, heading, 7)
    for u in (-80.0, -20.0, 60.0):
        at_row, at_col = canvas.at(*centre, heading, u, -0.38 * canvas.size_m[1])
        building(canvas, Pose(at_row, at_col, heading), float(rng.uniform(24, 44)), float(rng.uniform(14, 20)), 8.0)
    trees(canvas, scattered(canvas, 70))


def _bunded_tank(canvas: Canvas, farm: Pose, at_m: tuple[float, float], diameter_m: float) -> None:
    rng = canvas.rng
    row, col = canvas.at(farm.row, farm.col, farm.heading_deg, *at_m)
    slab(canvas, Pose(row, col, farm.heading_deg), 58, 58, Ground.MEADOW, (132, 132, 96))
    slab(canvas, Pose(row, col, farm.heading_deg), 53, 53, Ground.SOIL, (166, 156, 140))
    if rng.random() < 0.88:
        tank(canvas, row, col, diameter_m * float(rng.uniform(0.75, 1.15)), float(rng.uniform(9, 14)))


def city(canvas: Canvas) -> None:
    """Blocks of houses along streets, with parks, trees and cars."""
    canvas.paint(whole(canvas), np.ones(canvas.shape, bool), Ground.BUILT_UP)
    heading = canvas.look_azimuth_deg + float(canvas.rng.choice([4.0, 12.0, 34.0]))
    city_blocks(canvas, heading, np.ones(canvas.shape, bool), float(canvas.rng.uniform(11, 17)))


def river_bridge(canvas: Canvas) -> None:
    """A river with one or two road bridges, barges, meadows and woods along it, houses on one bank."""
    rng = canvas.rng
    heading, width = float(rng.uniform(-35, 35)), float(rng.uniform(80, 115))
    fields(canvas, heading, 120, 230)
    depth = river(canvas, *_centre(canvas), heading, width, 26)
    water(canvas, depth, Ground.RIVER)
    forest(canvas, (depth < -16) & (depth > -200) & blob(canvas, *_somewhere(canvas, 0.12, 0.4), 80, 0.5))
    spots = [float(rng.uniform(-0.1, 0.1))] if rng.random() < 0.6 else [-0.25, 0.24]
    for share in spots:
        _crossing(canvas, heading, share * canvas.size_m[0], width)
    ships(
        canvas,
        int(rng.integers(1, 4)),
        (34, 80),
        lambda: heading + 180 * int(rng.integers(2)) + float(rng.normal(0, 5)),
    )
    row, col = canvas.at(*_centre(canvas), heading, -40, -0.40 * canvas.size_m[1])
    hamlet(canvas, row, col, heading, 5)
    trees(canvas, scattered(canvas, 110))
    if rng.random() < 0.5:
        passing_boat(canvas, 8.0)


def _crossing(canvas: Canvas, heading_deg: float, along_m: float, width_m: float) -> None:
    window = canvas.frame(*canvas.at(*_centre(canvas), heading_deg, along_m, 0), heading_deg + 90)
    wet = np.isin(canvas.classes, (Ground.SEA, Ground.RIVER)) & (np.abs(window.v) < 8)
    if not wet.any():
        return
    row, col = canvas.at(*_centre(canvas), heading_deg, along_m, 0)
    road(canvas, row, col, heading_deg + 90, 11)
    near, far = float(window.u[wet].min()) - 9, float(window.u[wet].max()) + 9
    middle = canvas.at(row, col, heading_deg + 90, (near + far) / 2, 0)
    bridge(canvas, Pose(*middle, heading_deg + 90), far - near, 13)
    cars_on_road(canvas, row, col, heading_deg + 90, 6)


def airfield(canvas: Canvas) -> None:
    """Runway and taxiway, an apron with parked aircraft before a terminal, grass between."""
    rng, centre = canvas.rng, _centre(canvas)
    heading = float(rng.uniform(-40, 40))
    side = min(canvas.size_m)
    canvas.paint(whole(canvas), np.ones(canvas.shape, bool), Ground.MEADOW, gain=0.7, colour=(122, 130, 82))
    row, col = canvas.at(*centre, heading, 0, 0.34 * side)
    _runway(canvas, Pose(row, col, heading), 42)
    row, col = canvas.at(*centre, heading, 0, 0.13 * side)
    slab(canvas, Pose(row, col, heading), 5000, 18, Ground.ASPHALT, (120, 120, 118))
    for share in (-0.3, 0.28):
        row, col = canvas.at(*centre, heading, share * side, 0.22 * side)
        slab(canvas, Pose(row, col, heading + 90), 0.24 * side, 16, Ground.ASPHALT, (120, 120, 118))
    apron = Pose(*canvas.at(*centre, heading, 0, -0.08 * side), heading)
    slab(canvas, apron, 0.84 * side, 0.40 * side, Ground.ASPHALT, (138, 137, 133))
    _terminal(canvas, apron, side)
    span = float(rng.uniform(30, 38))
    for offset, facing in ((-0.09, 90), (0.07, 270)):
        first = canvas.at(apron.row, apron.col, heading, -0.36 * side, offset * side)
        count = int(0.72 * side / (span * 1.4))
        aircraft_row(canvas, Pose(*first, heading + facing), heading, span * 1.4, count, span)
    trees(canvas, scattered(canvas, 26))


def _runway(canvas: Canvas, pose: Pose, width_m: float) -> None:
    slab(canvas, pose, 5000, width_m, Ground.ASPHALT, (104, 104, 106))
    window = canvas.frame(pose.row, pose.col, pose.heading_deg)
    deck = np.abs(window.v) < width_m / 2
    lines = deck & (
        (np.abs(np.abs(window.v) - width_m / 2 + 2) < 0.6) | ((np.abs(window.v) < 0.6) & (window.u % 50 < 30))
    )
    canvas.tint(window, lines, (222, 222, 218))
    for side in (-1, 1):
        for u in np.arange(-400, 400, 55.0):
            canvas.scatter(pose, float(u), side * (width_m / 2 + 2), 0.8)


def _terminal(canvas: Canvas, apron: Pose, side_m: float) -> None:
    for u, length, width in ((0.0, 0.44, 26.0), (-0.33, 0.15, 34.0), (0.33, 0.15, 34.0)):
        place = canvas.at(apron.row, apron.col, apron.heading_deg, u * side_m, -0.27 * side_m)
        building(canvas, Pose(*place, apron.heading_deg), length * side_m, width, 11.0)
    lot = Pose(*canvas.at(apron.row, apron.col, apron.heading_deg, 0, -0.36 * side_m), apron.heading_deg)
    slab(canvas, lot, 0.4 * side_m, 26, Ground.ASPHALT, (116, 116, 116))
    parked_cars(canvas, lot, 0.4 * side_m, 24, 0.35)


def farmland(canvas: Canvas) -> None:
    """Parcels of crops, a farm, a wood, a road with a few cars."""
    rng = canvas.rng
    heading = float(rng.uniform(-45, 45))
    fields(canvas, heading)
    forest(canvas, blob(canvas, *_somewhere(canvas, 0.1, 0.9), 62, 0.35))
    row, col = canvas.at(*_centre(canvas), heading, 0, float(rng.uniform(-60, 60)))
    road(canvas, row, col, heading, 8)
    hedges(canvas, 9)
    hamlet(canvas, row - 60, col + 80, heading, int(rng.integers(3, 7)))
    cars_on_road(canvas, row, col, heading, 5, 2.0)


def woodland(canvas: Canvas) -> None:
    """Closed forest with clearings, a lake and a track."""
    rng = canvas.rng
    everywhere = np.ones(canvas.shape, bool)
    clearing = blob(canvas, *_somewhere(canvas, 0.2, 0.8), 70, 0.4)
    clearing |= blob(canvas, *_somewhere(canvas, 0.1, 0.9), 48, 0.4)
    lake = blob(canvas, *_somewhere(canvas, 0.3, 0.7), 75, 0.2)
    forest(canvas, everywhere & ~clearing)
    shore = np.where(lake, 6.0, -20.0).astype(np.float32)
    water(canvas, shore, Ground.RIVER)
    road(canvas, *_somewhere(canvas, 0.3, 0.7), float(rng.uniform(0, 180)), 6)
    trees(canvas, scattered(canvas, 50))


def delta(canvas: Canvas) -> None:
    """Braided channels between meadows and reed, small craft, mud banks."""
    rng = canvas.rng
    fields(canvas, float(rng.uniform(-20, 20)), 70, 150)
    canvas.paint(whole(canvas), canvas.classes == Ground.SOIL, Ground.MEADOW)
    heading = float(rng.uniform(150, 210))
    for share, width in ((-0.28, 38), (0.05, 88), (0.32, 26)):
        row, col = canvas.at(*_centre(canvas), heading, 0, share * canvas.size_m[1])
        depth = river(canvas, row, col, heading + float(rng.normal(0, 9)), width, 24)
        water(canvas, depth, Ground.RIVER)
    dry = canvas.classes != Ground.RIVER
    forest(canvas, dry & blob(canvas, *_somewhere(canvas, 0.2, 0.8), 75, 0.6))
    ships(canvas, int(rng.integers(2, 5)), (16, 48), lambda: heading + float(rng.normal(0, 14)))
    trees(canvas, scattered(canvas, 160))
    if rng.random() < 0.6:
        passing_boat(canvas, 7.0)


def _somewhere(canvas: Canvas, low: float, high: float) -> tuple[float, float]:
    """A random place, (row, col), between two shares of the canvas."""
    row, col = canvas.rng.uniform(low, high, 2) * canvas.shape
    return float(row), float(col)


def _centre(canvas: Canvas) -> tuple[float, float]:
    return canvas.shape[0] / 2, canvas.shape[1] / 2


LANDSCAPES: Final[Mapping[str, Callable[[Canvas], None]]] = {
    "harbour": harbour,
    "anchorage": anchorage,
    "tank_farm": tank_farm,
    "city": city,
    "river_bridge": river_bridge,
    "airfield": airfield,
    "farmland": farmland,
    "woodland": woodland,
    "delta": delta,
}
