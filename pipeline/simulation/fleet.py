"""Placing objects where they belong: ships on free water, cars on streets, rows of buildings, aircraft on stands."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import scipy.ndimage

from pipeline.simulation.ground import Canvas, Ground, Mask, Pose, Window
from pipeline.simulation.objects import aircraft, building, car
from pipeline.simulation.terrain import scattered, trees, whole
from pipeline.simulation.vessels import boat_with_wake, hull_mask, pier, ship

WATER = (Ground.SEA, Ground.RIVER)


def ships(canvas: Canvas, count: int, lengths_m: tuple[float, float], heading: Callable[[], float]) -> int:
    """Put up to ``count`` ships of random lengths on free water; gives how many found room.

    A share of them (``canvas.moving_share``) is not the same at both dates: gone, come, or further along its way.
    """
    placed = 0
    for _ in range(count * 14):
        if placed == count:
            break
        length_m = float(np.exp(canvas.rng.uniform(*np.log(lengths_m))))
        pose = _random_pose(canvas, length_m, heading())
        if is_free_water(canvas, pose, length_m, 9.0):
            _ship_of_two_dates(canvas, pose, length_m)
            placed += 1
    return placed


def _ship_of_two_dates(canvas: Canvas, pose: Pose, length_m: float) -> None:
    is_moving, fate = canvas.rng.random() < canvas.moving_share, canvas.rng.random()
    way_m = length_m * float(canvas.rng.uniform(1.5, 4))
    later = Pose(*canvas.at(pose.row, pose.col, pose.heading_deg, way_m, 0), pose.heading_deg)
    if not is_moving:
        ship(canvas, pose, length_m)
    elif fate < 0.5 and is_inside(canvas, later, length_m) and is_free_water(canvas, later, length_m, 9.0):
        ship(canvas, pose, length_m, later)
    elif fate < 0.75:
        with canvas.seen_by("sar"):
            ship(canvas, pose, length_m)
    else:
        with canvas.seen_by("optical"):
            ship(canvas, pose, length_m)


def passing_boat(canvas: Canvas, length_m: float = 11.0) -> bool:
    """A boat with its wake in the optical image only; False where no water is wide enough."""
    for _ in range(60):
        pose = _random_pose(canvas, length_m * 3, float(canvas.rng.uniform(0, 360)))
        middle_of_wake = Pose(*canvas.at(pose.row, pose.col, pose.heading_deg, -3.5 * length_m, 0), pose.heading_deg)
        if is_free_water(canvas, middle_of_wake, length_m * 9, 6.0):
            boat_with_wake(canvas, pose, length_m)
            return True
    return False


def _random_pose(canvas: Canvas, length_m: float, heading_deg: float) -> Pose:
    margin = min(length_m / 2 / canvas.spacing_m + 8, min(canvas.shape) / 2 - 1)
    row, col = canvas.rng.uniform(margin, np.array(canvas.shape) - margin)
    return Pose(float(row), float(col), heading_deg)


def is_free_water(canvas: Canvas, pose: Pose, length_m: float, margin_m: float) -> bool:
    """Whether a ship of this length would float here, clear of everything by a margin."""
    window, mask = hull_mask(canvas, pose, length_m, margin_m)
    return bool(mask.any()) and canvas.is_on(window, mask, *WATER)


def is_inside(canvas: Canvas, pose: Pose, reach_m: float) -> bool:
    """Whether everything within a distance of a place is on the canvas."""
    reach = reach_m / canvas.spacing_m
    return all(reach <= at <= size - reach for at, size in zip((pose.row, pose.col), canvas.shape, strict=True))


def piers(canvas: Canvas, count: int, seaward_deg: float, length_m: float, at_m: float) -> None:
    """Piers side by side from a quay out to sea, most with ships moored alongside."""
    centre = (canvas.shape[0] / 2, canvas.shape[1] / 2)
    step = min(canvas.size_m) * 0.86 / count
    for number in range(count):
        along = (number - (count - 1) / 2) * step + float(canvas.rng.uniform(-0.08, 0.08)) * step
        reach, width_m = length_m * float(canvas.rng.uniform(0.75, 1.1)), float(canvas.rng.uniform(15, 24))
        row, col = canvas.at(*centre, seaward_deg, at_m + reach / 2, along)
        pier(canvas, Pose(row, col, seaward_deg), reach, width_m)
        for side in (-1, 1):
            _moor(canvas, Pose(row, col, seaward_deg), reach, side * width_m / 2)


def _moor(canvas: Canvas, quay: Pose, length_m: float, side_m: float) -> None:
    if canvas.rng.random() < 0.35:
        return
    ship_m = float(canvas.rng.uniform(0.45, 0.8)) * length_m
    gap = side_m + np.sign(side_m) * (ship_m / (4.6 + ship_m / 80) / 2 + 2.5)
    row, col = canvas.at(quay.row, quay.col, quay.heading_deg, float(canvas.rng.uniform(-0.08, 0.12)) * length_m, gap)
    pose = Pose(row, col, quay.heading_deg + 180 * int(canvas.rng.integers(2)))
    if is_free_water(canvas, pose, ship_m, 1.0) and is_inside(canvas, pose, ship_m / 2):
        ship(canvas, pose, ship_m)


def cars_on_road(canvas: Canvas, row: float, col: float, heading_deg: float, count: int, lane_m: float = 2.4) -> None:
    """Cars on both lanes of a road through a point, wherever the road really is; where things move they drive, so
    that the two dates show other cars."""
    reach = min(canvas.size_m) / 2
    for u in canvas.rng.uniform(-reach, reach, count):
        side = int(canvas.rng.choice([-1, 1]))
        pose = Pose(*canvas.at(row, col, heading_deg, float(u), side * lane_m), heading_deg)
        if canvas.moving_share == 0:
            _car_if_free(canvas, pose)
            continue
        with canvas.seen_by("sar" if canvas.rng.random() < 0.6 else "optical"):
            _car_if_free(canvas, pose)


def parked_cars(canvas: Canvas, lot: Pose, length_m: float, width_m: float, share: float) -> None:
    """Rows of cars on a paved lot."""
    for v in np.arange(-width_m / 2 + 4, width_m / 2 - 3, 7.5):
        for u in np.arange(-length_m / 2 + 2, length_m / 2 - 1, 3.6):
            if canvas.rng.random() < share:
                row, col = canvas.at(lot.row, lot.col, lot.heading_deg, float(u), float(v))
                _car_if_free(canvas, Pose(row, col, lot.heading_deg + 90))


def _car_if_free(canvas: Canvas, pose: Pose) -> None:
    if is_inside(canvas, pose, 5):
        window = canvas.window(pose.row, pose.col, pose.heading_deg, 3.2)
        mask = (np.abs(window.u) <= 2.6) & (np.abs(window.v) <= 1.3)
        if canvas.is_on(window, mask, Ground.ASPHALT):
            car(canvas, pose)


def aircraft_row(canvas: Canvas, first: Pose, along_deg: float, step_m: float, count: int, span_m: float) -> None:
    """Aircraft side by side on a stand, some places empty."""
    for number in range(count):
        row, col = canvas.at(first.row, first.col, along_deg, number * step_m, 0)
        pose = Pose(row, col, first.heading_deg + float(canvas.rng.normal(0, 2)))
        if canvas.rng.random() < 0.82 and is_inside(canvas, pose, span_m * 0.6):
            aircraft(canvas, pose, span_m * float(canvas.rng.choice([0.82, 1.0, 1.0, 1.12])))


def city_blocks(canvas: Canvas, heading_deg: float, ground: Mask, tall_m: float) -> None:
    """Streets in a grid over the masked ground, with rows of buildings, courts, parks and cars at the kerb."""
    rng, centre = canvas.rng, (canvas.shape[0] / 2, canvas.shape[1] / 2)
    window = canvas.frame(*centre, heading_deg)
    canvas.paint(whole(canvas), ground, Ground.BUILT_UP)
    cuts_u, cuts_v = (_street_lines(rng, float(np.hypot(*canvas.size_m)) / 2, step) for step in (88.0, 58.0))
    near_u, near_v = (_distance_to(cuts, axis) for cuts, axis in ((cuts_u, window.u), (cuts_v, window.v)))
    canvas.paint(window, ground & ((near_u < 6) | (near_v < 5)), Ground.ASPHALT, colour=(122, 121, 120))
    inner = scipy.ndimage.binary_erosion(ground, iterations=int(14 / canvas.spacing_m), border_value=1)
    for u0, u1 in itertools.pairwise(cuts_u):
        for v0, v1 in itertools.pairwise(cuts_v):
            row, col = canvas.at(*centre, heading_deg, (u0 + u1) / 2, (v0 + v1) / 2)
            if _has(inner, row, col):
                _block(canvas, Pose(row, col, heading_deg), u1 - u0 - 14, v1 - v0 - 12, inner, tall_m)
    for v in cuts_v:
        row, col = canvas.at(*centre, heading_deg, 0, float(v))
        cars_on_road(canvas, row, col, heading_deg, 9, 3.2)


def _street_lines(rng: np.random.Generator, reach: float, step: float) -> list[float]:
    lines, at = [], -reach + float(rng.uniform(0, step))
    while at < reach:
        lines.append(at)
        at += step * float(rng.uniform(0.75, 1.3))
    return lines


def _distance_to(lines: list[float], axis: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Mask:
    known = np.array(lines, np.float32)
    right = np.clip(np.searchsorted(known, axis), 1, len(known) - 1)
    distance: Mask = np.minimum(np.abs(axis - known[right - 1]), np.abs(axis - known[right]))
    return distance


def _has(mask: Mask, row: float, col: float, reach_px: float = 60) -> bool:
    """Whether the mask holds a place; just outside the canvas its nearest pixel decides, so that a city has no end."""
    at_row, at_col = (min(max(int(at), 0), size - 1) for at, size in zip((row, col), mask.shape, strict=True))
    return bool(mask[at_row, at_col]) and abs(at_row - row) <= reach_px and abs(at_col - col) <= reach_px


def _block(canvas: Canvas, pose: Pose, length_m: float, width_m: float, inner: Mask, tall_m: float) -> None:
    rng = canvas.rng
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    mask &= inner[window.rows, window.cols]
    if rng.random() < 0.13:
        _park(canvas, window, mask)
        return
    height_m = float(rng.uniform(0.55, 1.0)) * tall_m
    for side in (-1, 1):
        at = -length_m / 2
        while at < length_m / 2 - 12:
            house = float(rng.uniform(13, 34))
            house = min(house, length_m / 2 - at)
            row, col = canvas.at(pose.row, pose.col, pose.heading_deg, at + house / 2, side * (width_m / 2 - 7))
            if _has(inner, row, col) and rng.random() < 0.92:
                building(
                    canvas, Pose(row, col, pose.heading_deg), house - 1, 13, height_m * float(rng.uniform(0.8, 1.15))
                )
            at += house + (0 if rng.random() < 0.6 else 4)
    court = mask & (canvas.classes[window.rows, window.cols] == Ground.BUILT_UP) & (np.abs(window.v) < width_m / 2 - 14)
    canvas.paint(window, court, Ground.MEADOW, colour=(118, 122, 84))
    spots = rng.uniform(-0.42, 0.42, (6, 2)) * (length_m, max(width_m - 28, 2))
    trees(
        canvas, np.array([canvas.at(pose.row, pose.col, pose.heading_deg, float(u), float(v)) for u, v in spots]), 2.6
    )


def _park(canvas: Canvas, window: Window, mask: Mask) -> None:
    canvas.paint(window, mask, Ground.MEADOW)
    rows, cols = np.nonzero(mask)
    if rows.size:
        chosen = canvas.rng.integers(rows.size, size=26)
        trees(
            canvas, np.column_stack([rows[chosen] + window.rows.start, cols[chosen] + window.cols.start]).astype(float)
        )


def hamlet(canvas: Canvas, row: float, col: float, heading_deg: float, count: int) -> None:
    """A few farm buildings with trees around a yard."""
    for _ in range(count * 5):
        if sum(found.category == "building" for found in canvas.objects) >= count:
            break
        u, v = canvas.rng.normal(0, 34, 2)
        at_row, at_col = canvas.at(row, col, heading_deg, float(u), float(v))
        pose = Pose(at_row, at_col, heading_deg + 90 * int(canvas.rng.integers(2)))
        window = canvas.window(at_row, at_col, heading_deg, 19)
        mask = np.hypot(window.u, window.v) < 19
        if is_inside(canvas, pose, 24) and canvas.is_on(window, mask, Ground.MEADOW, Ground.CROPS, Ground.SOIL):
            building(canvas, pose, float(canvas.rng.uniform(14, 30)), float(canvas.rng.uniform(9, 14)), 6.0)
    trees(canvas, np.array([row, col]) + canvas.rng.normal(0, 55 / canvas.spacing_m, (24, 2)))


def hedges(canvas: Canvas, count: int) -> None:
    """Lines of trees along field margins, and single ones."""
    for row, col in scattered(canvas, count):
        heading, length = float(canvas.rng.uniform(0, 180)), float(canvas.rng.uniform(30, 120))
        steps = np.arange(-length / 2, length / 2, 7.5)
        trees(canvas, np.array([canvas.at(float(row), float(col), heading, float(u), 0.0) for u in steps]))
