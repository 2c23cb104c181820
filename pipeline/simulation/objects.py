"""The objects of the land that are boxed: aircraft, cars, tanks, bridges, buildings.

Each function paints one object (footprint, height, colour, point targets) and keeps its truth. Places are (row, col)
in pixels, sizes metres.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.simulation.ground import Canvas, Colour, Ground, Mask, Pose, Window
from pipeline.simulation.noise import Field
from pipeline.simulation.vessels import pick

_CARS: Final[tuple[Colour, ...]] = ((225, 225, 225), (40, 42, 46), (150, 152, 156), (150, 44, 40), (52, 76, 128))
_ROOFS: Final[tuple[Colour, ...]] = (
    (168, 104, 82), (150, 92, 76), (128, 124, 120), (176, 168, 158), (108, 104, 106),
)  # fmt: skip
_STOREY_M: Final = 3.1


def aircraft(canvas: Canvas, pose: Pose, span_m: float) -> None:
    """An airliner: fuselage, swept wings, tail; bright where wing, engine and fuselage make corners."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, span_m * 0.62)
    mask = _airframe(window, span_m)
    canvas.paint(window, mask, Ground.METAL, colour=(226, 228, 230), height_m=3.0, gain=0.16, wall=0.35)
    rng, half = canvas.rng, span_m / 2
    spots = [
        (0.98, 0.0, 3.0),
        (-0.9, 0.0, 6.0),
        (-0.95, 0.3, 3.0),
        (-0.95, -0.3, 3.0),
        (0.1, 0.0, 5.0),
        (-0.25, 0.0, 3.0),
    ]
    spots += [(0.12, side * 0.33, 9.0) for side in (-1, 1)] + [(-0.32, side * 0.96, 2.0) for side in (-1, 1)]
    spots += [(along, 0.0, 2.0) for along in (0.75, 0.5, 0.3, -0.5, -0.7)]
    for along, across, mean in spots:
        power = mean * float(rng.lognormal(0.4, 0.9))
        canvas.scatter(pose, along * half + float(rng.normal(0, 0.4)), across * half, power)
    canvas.add_object("aircraft", pose, (span_m * 1.02, span_m, 3.0), (window, mask))


def _airframe(window: Window, span_m: float) -> Mask:
    half, u, v = span_m / 2, window.u, np.abs(window.v)
    nose = np.clip((half * 1.02 - u) / (half * 0.25), 0, 1) ** 0.5
    tail = np.clip((u + half * 1.02) / (half * 0.6), 0, 1) ** 0.7
    fuselage = (np.abs(u) < half * 1.02) & (v < 0.058 * span_m * nose * tail)
    leading = half * 0.30 - v * 0.55
    chord = half * (0.42 - 0.30 * v / half)
    wing = (v < half) & (u < leading) & (u > leading - chord)
    stabiliser = (v < half * 0.36) & (u < -half * 0.74 - v * 0.45) & (u > -half * 0.95 - v * 0.3)
    mask: Mask = fuselage | wing | stabiliser
    return mask


def car(canvas: Canvas, pose: Pose, moved_to: Pose | None = None) -> None:
    """A car: one or two bright pixels, boxed by its outline; the camera saw it at ``moved_to`` where that is given."""
    with canvas.seen_by(*(canvas.watching if moved_to is None else ("sar",))):
        footprint = _paint_car(canvas, pose)
        canvas.add_object("car", pose, (4.4, 2.0, 1.2), footprint, boxed_height_m=0, moved_to=moved_to)
    if moved_to is not None:
        with canvas.seen_by("optical"):
            _paint_car(canvas, moved_to)


def _paint_car(canvas: Canvas, pose: Pose) -> tuple[Window, Mask]:
    window = canvas.window(pose.row, pose.col, pose.heading_deg, 3.2)
    mask = (np.abs(window.u) <= 2.2) & (np.abs(window.v) <= 1.0)
    canvas.paint(window, mask, Ground.METAL, colour=pick(canvas, _CARS), height_m=1.2, gain=0.25, wall=0.5)
    for u in (-1.0, 1.2):
        canvas.scatter(pose, u, 0, float(canvas.rng.lognormal(0.8, 0.8)))
    return window, mask


def tank(canvas: Canvas, row: float, col: float, diameter_m: float, height_m: float) -> None:
    """A storage tank: arcs at its foot and at its rim on the side of the radar, a dark top, a round shadow."""
    window = canvas.window(row, col, 0, diameter_m / 2 + 1)
    distance = np.hypot(window.u, window.v)
    mask = distance < diameter_m / 2
    shade = 236 if canvas.rng.random() < 0.7 else 196
    canvas.paint(window, mask, Ground.METAL, colour=(shade, shade, shade - 4), height_m=height_m, gain=0.05, wall=0.3)
    canvas.tint(window, mask & (distance > diameter_m / 2 - 1.1), (shade - 38, shade - 38, shade - 40))
    canvas.tint(window, mask & (np.abs(window.v) < 0.6) & (window.u > 0), (170, 170, 168))
    _arc(canvas, row, col, diameter_m, 0.0, 12.0)
    _arc(canvas, row, col, diameter_m, height_m, 6.0)
    canvas.add_object("tank", Pose(row, col, 0), (diameter_m, diameter_m, height_m), (window, mask))


def _arc(canvas: Canvas, row: float, col: float, diameter_m: float, height_m: float, power: float) -> None:
    """Returns along the half of a circle that faces the radar, strongest where it stands square to the beam."""
    toward = np.rad2deg(np.arctan2(canvas.toward_radar[1], -canvas.toward_radar[0]))
    for off_deg in np.arange(-60, 61, 170 / diameter_m):
        bearing = np.deg2rad(toward + off_deg)
        at_u, at_v = np.cos(bearing) * diameter_m / 2, np.sin(bearing) * diameter_m / 2
        strength = power * float(np.cos(np.deg2rad(off_deg)) ** 4) * float(canvas.rng.lognormal(-0.2, 0.7))
        canvas.scatter(Pose(row, col, 0), float(at_u), float(at_v), strength, height_m)


def building(canvas: Canvas, pose: Pose, length_m: float, width_m: float, height_m: float) -> None:
    """A block with a flat or ridged roof: its facades towards the radar are laid over before it, with the returns of
    window bays by storey, and meet the ground in a line that is brightest where they face the radar squarely."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    top: float | Field = height_m
    if width_m < 16 and canvas.rng.random() < 0.7:
        top = (height_m + 0.45 * (width_m / 2 - np.abs(window.v))).astype(np.float32)
    gain = float(canvas.rng.lognormal(-0.2, 0.6))
    canvas.paint(
        window,
        mask,
        Ground.ROOF,
        colour=_roof(canvas),
        height_m=top,
        gain=gain,
        wall=_walls(canvas, window, pose, length_m, width_m),
    )
    for _ in range(int(canvas.rng.poisson(length_m * width_m / 180))):
        u, v = canvas.rng.uniform(-0.45, 0.45, 2) * (length_m, width_m)
        canvas.scatter(pose, float(u), float(v), float(canvas.rng.lognormal(0.6, 1.3)), height_m)
    for side, (span_m, depth_m) in enumerate(((width_m, length_m), (length_m, width_m)) * 2):
        _facade(canvas, Pose(pose.row, pose.col, pose.heading_deg + 90 * side), span_m, depth_m, height_m)
    canvas.add_object("building", pose, (length_m, width_m, height_m), (window, mask))


def _walls(canvas: Canvas, window: Window, pose: Pose, length_m: float, width_m: float) -> Field:
    """Strength of the wall nearest to each pixel: none for one that turns away from the radar or runs along the beam,
    most for one square to it."""
    toward = np.deg2rad(canvas.look_azimuth_deg + 180 - pose.heading_deg)
    is_end = length_m / 2 - np.abs(window.u) < width_m / 2 - np.abs(window.v)
    facing = np.where(is_end, np.sign(window.u) * np.cos(toward), np.sign(window.v) * np.sin(toward))
    off_deg = np.rad2deg(np.arccos(np.clip(facing, -1, 1)))
    strength = 0.3 * facing + 1.5 * np.exp(-((off_deg / 11) ** 2))
    return np.where(facing > 0.2, strength, 0).astype(np.float32)


def _facade(canvas: Canvas, pose: Pose, span_m: float, depth_m: float, height_m: float) -> None:
    """Window bays of the wall at the far end of a pose's ``u`` axis, if it faces the radar."""
    toward = np.deg2rad(canvas.look_azimuth_deg + 180 - pose.heading_deg)
    facing = float(np.cos(toward))
    if facing < 0.15:
        return
    off_deg = float(np.rad2deg(np.arccos(min(facing, 1.0))))
    mean = 0.25 + 5.0 * float(np.exp(-((off_deg / 16) ** 2)))
    bays = np.arange(-span_m / 2 + 1.6, span_m / 2 - 1, 3.4)
    for storey in range(int(height_m / _STOREY_M)):
        kept = canvas.rng.random(bays.size) < 0.55
        powers = mean * canvas.rng.lognormal(-0.6, 1.1, bays.size)
        for bay, power in zip(bays[kept], powers[kept], strict=True):
            canvas.scatter(pose, depth_m / 2, float(bay), float(power), (storey + 0.7) * _STOREY_M)


def _roof(canvas: Canvas) -> Colour:
    red, green, blue = pick(canvas, _ROOFS)
    light = float(canvas.rng.normal(0, 9))
    return red + light, green + light, blue + light


def bridge(canvas: Canvas, pose: Pose, length_m: float, width_m: float) -> None:
    """A road bridge: bright rails and their mirror images in the water, spans and lamps as points, a dark deck."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    canvas.paint(window, mask, Ground.ASPHALT, colour=(140, 138, 134), height_m=3.0, gain=4.0, wall=1.1)
    edge = mask & (np.abs(window.v) > width_m / 2 - 1.2)
    canvas.paint(window, edge, Ground.METAL, colour=(178, 176, 170), height_m=3.6, gain=1.1, wall=1.1)
    canvas.tint(window, mask & (np.abs(window.v) < 0.4) & (window.u % 9 < 5), (214, 214, 208))
    for u in np.arange(-length_m / 2, length_m / 2, 9.0):
        for side in (-1, 1):
            canvas.scatter(pose, float(u), side * width_m * 0.46, float(canvas.rng.lognormal(1.2, 0.9)))
    canvas.add_object("bridge", pose, (length_m, width_m, 3.6), (window, mask))
