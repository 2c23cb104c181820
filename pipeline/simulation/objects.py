"""The objects that are boxed: ships, aircraft, cars, tanks, bridges, harbour piers, buildings.

Each function paints one object (footprint, height, colour, point targets) and boxes it. Places are (row, col) in
pixels, sizes metres.
"""

from __future__ import annotations

import numpy as np

from pipeline.simulation.ground import Canvas, Colour, Ground, Mask, Pose, Window
from pipeline.simulation.noise import Field

_HULLS: tuple[Colour, ...] = ((120, 62, 52), (58, 68, 84), (92, 94, 96), (70, 92, 82), (150, 150, 148))
_CARS: tuple[Colour, ...] = ((225, 225, 225), (40, 42, 46), (150, 152, 156), (150, 44, 40), (52, 76, 128))
_ROOFS: tuple[Colour, ...] = ((168, 104, 82), (150, 92, 76), (128, 124, 120), (176, 168, 158), (108, 104, 106))
_CONTAINERS: tuple[Colour, ...] = ((168, 74, 58), (62, 92, 130), (190, 178, 150), (84, 122, 92), (120, 120, 124))


def _pick(canvas: Canvas, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(canvas.rng.integers(len(colours)))]


def _hull(window: Window, length_m: float, beam_m: float) -> Mask:
    bow = np.clip((length_m / 2 - window.u) / (0.24 * length_m), 0, 1) ** 0.6
    stern = np.clip((window.u + length_m / 2) / (0.05 * length_m), 0, 1) ** 0.4
    mask: Mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < beam_m / 2 * bow * stern)
    return mask


def hull_mask(canvas: Canvas, pose: Pose, length_m: float, margin_m: float = 0.0) -> tuple[Window, Mask]:
    """The footprint of a ship of this length (the beam follows from it), wider by a margin."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, length_m / 2 + margin_m)
    return window, _hull(window, length_m + 2 * margin_m, beam_of(length_m) + 2 * margin_m)


def beam_of(length_m: float) -> float:
    """Beam of a ship; small boats are wider for their length."""
    return max(3.2, length_m / (4.6 + length_m / 80))


def ship(canvas: Canvas, pose: Pose, length_m: float) -> None:
    """A ship: a bright outline with a cluster of corner returns where the superstructure stands."""
    rng, beam_m = canvas.rng, beam_of(length_m)
    window, mask = hull_mask(canvas, pose, length_m)
    height_m = min(4.5, 1.0 + length_m / 40)
    canvas.paint(window, mask, Ground.METAL, colour=_pick(canvas, _HULLS), height_m=height_m, gain=0.3, wall=1.1)
    bridge_at = -length_m * (0.34 if rng.random() < 0.75 else -0.3)
    deck = mask & (np.abs(window.u - bridge_at) < max(2.0, length_m * 0.055)) & (np.abs(window.v) < beam_m * 0.4)
    canvas.tint(window, deck, (222, 222, 218))
    _cargo(canvas, window, mask, bridge_at, length_m)
    for _ in range(int(3 + length_m / 14)):
        u, v = rng.normal(bridge_at, length_m * 0.03), rng.normal(0, beam_m * 0.2)
        canvas.scatter(window, pose.heading_deg, pose.row, pose.col, u, v, float(rng.lognormal(1.9, 0.9)))
    _rails(canvas, window, pose, length_m, beam_m)
    canvas.add_box("ship", window, mask, height_m)


def _cargo(canvas: Canvas, window: Window, mask: Mask, bridge_at: float, length_m: float) -> None:
    if length_m < 60:
        return
    bays = np.floor((window.u + 500) / (length_m / 11)).astype(int)
    free = mask & (np.abs(window.u - bridge_at) > length_m * 0.08) & (window.u < length_m * 0.36)
    is_container = canvas.rng.random() < 0.5
    for bay in np.unique(bays[free]):
        inside = free & (bays == bay) & (np.abs((window.u + 500) % (length_m / 11) / (length_m / 11) - 0.5) < 0.38)
        canvas.tint(window, inside, _pick(canvas, _CONTAINERS) if is_container else (134, 128, 116))


def _rails(canvas: Canvas, window: Window, pose: Pose, length_m: float, beam_m: float) -> None:
    rng = canvas.rng
    for along in np.arange(-0.46, 0.4, max(5.0, length_m / 16) / length_m):
        if rng.random() < 0.6:
            side = (1 if rng.random() < 0.5 else -1) * beam_m * 0.36
            power = float(rng.lognormal(0.4, 0.9))
            canvas.scatter(window, pose.heading_deg, pose.row, pose.col, along * length_m, side, power)
    canvas.scatter(window, pose.heading_deg, pose.row, pose.col, length_m * 0.45, 0, float(rng.lognormal(0.8, 0.7)))


def boat_with_wake(canvas: Canvas, pose: Pose, length_m: float) -> None:
    """A boat under way that only the optical image caught: its hull and wake in colour, nothing for the radar."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, length_m * 9)
    behind = -window.u - length_m * 0.4
    arm = np.abs(np.abs(window.v) - behind * 0.16) < (0.5 + behind * 0.022)
    foam = (behind > 0) & (behind < length_m * 8) & (arm | (np.abs(window.v) < 1.0 + behind * 0.012))
    water = np.isin(canvas.classes[window.rows, window.cols], (Ground.SEA, Ground.RIVER))
    fading = np.clip(1 - behind / (length_m * 8), 0, 1)[..., None]
    base = canvas.colour[window.rows, window.cols]
    white = base + (np.array([206, 216, 214], np.float32) - base) * fading * 0.75
    canvas.colour[window.rows, window.cols] = np.where((foam & water)[..., None], white, base)
    canvas.tint(window, _hull(window, length_m, beam_of(length_m)), (236, 236, 232))


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
        power = mean * float(rng.lognormal(-0.2, 0.7))
        canvas.scatter(window, pose.heading_deg, pose.row, pose.col, along * half, across * half, power)
    canvas.add_box("aircraft", window, mask, 3.0)


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


def car(canvas: Canvas, pose: Pose) -> None:
    """A car: one or two bright pixels, boxed by its outline."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, 3.2)
    mask = (np.abs(window.u) <= 2.2) & (np.abs(window.v) <= 1.0)
    canvas.paint(window, mask, Ground.METAL, colour=_pick(canvas, _CARS), height_m=1.2, gain=0.25, wall=0.5)
    for u in (-1.0, 1.2):
        power = float(canvas.rng.lognormal(0.3, 0.6))
        canvas.scatter(window, pose.heading_deg, pose.row, pose.col, u, 0, power)
    canvas.add_box("car", window, mask)


def tank(canvas: Canvas, row: float, col: float, diameter_m: float, height_m: float) -> None:
    """A storage tank: arcs at its foot and at its rim on the side of the radar, a dark top, a round shadow."""
    window = canvas.window(row, col, 0, diameter_m / 2 + 1)
    distance = np.hypot(window.u, window.v)
    mask = distance < diameter_m / 2
    shade = 236 if canvas.rng.random() < 0.7 else 196
    canvas.paint(window, mask, Ground.METAL, colour=(shade, shade, shade - 4), height_m=height_m, gain=0.05, wall=0.3)
    canvas.tint(window, mask & (distance > diameter_m / 2 - 1.1), (shade - 38, shade - 38, shade - 40))
    canvas.tint(window, mask & (np.abs(window.v) < 0.6) & (window.u > 0), (170, 170, 168))
    _arc(canvas, window, row, col, diameter_m, 0.0, 6.0)
    _arc(canvas, window, row, col, diameter_m, height_m, 4.0)
    canvas.add_box("tank", window, mask, height_m)


def _arc(
    canvas: Canvas, window: Window, row: float, col: float, diameter_m: float, height_m: float, power: float
) -> None:
    """Returns along the half of a circle that faces the radar, strongest where it stands square to the beam."""
    down, right = (height_m * step for step in canvas.toward_radar)
    toward = np.rad2deg(np.arctan2(canvas.toward_radar[1], -canvas.toward_radar[0]))
    for off_deg in np.arange(-60, 61, 170 / diameter_m):
        bearing = np.deg2rad(toward + off_deg)
        at_u, at_v = np.cos(bearing) * diameter_m / 2, np.sin(bearing) * diameter_m / 2
        strength = power * float(np.cos(np.deg2rad(off_deg)) ** 4) * float(canvas.rng.lognormal(-0.2, 0.5))
        canvas.scatter(window, 0, row + down, col + right, at_u, at_v, strength)


def building(canvas: Canvas, pose: Pose, length_m: float, width_m: float, height_m: float) -> None:
    """A block with a flat or ridged roof; its walls shine where they face the radar squarely."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    off = abs((canvas.look_azimuth_deg - pose.heading_deg + 45) % 90 - 45)
    wall = 0.35 + 1.5 * float(np.exp(-((off / 13) ** 2)))
    top: float | Field = height_m
    if width_m < 16 and canvas.rng.random() < 0.7:
        top = (height_m + 0.45 * (width_m / 2 - np.abs(window.v))).astype(np.float32)
    gain = float(canvas.rng.lognormal(-0.1, 0.5))
    canvas.paint(window, mask, Ground.ROOF, colour=_roof(canvas), height_m=top, gain=gain, wall=wall)
    for _ in range(int(canvas.rng.poisson(length_m * width_m / 260))):
        u, v = canvas.rng.uniform(-0.45, 0.45, 2) * (length_m, width_m)
        down, right = (height_m * step for step in canvas.toward_radar)
        power = float(canvas.rng.lognormal(0.4, 1.0))
        canvas.scatter(window, pose.heading_deg, pose.row + down, pose.col + right, float(u), float(v), power)
    canvas.add_box("building", window, mask, height_m)


def _roof(canvas: Canvas) -> Colour:
    red, green, blue = _pick(canvas, _ROOFS)
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
            power = float(canvas.rng.lognormal(0.7, 0.7))
            canvas.scatter(window, pose.heading_deg, pose.row, pose.col, float(u), side * width_m * 0.46, power)
    canvas.add_box("bridge", window, mask, 3.6)


def pier(canvas: Canvas, pose: Pose, length_m: float, width_m: float) -> None:
    """A harbour pier: a concrete deck with bright edges, bollards and a crane or two; boxed as a harbor."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    canvas.paint(window, mask, Ground.BUILT_UP, colour=(164, 160, 152), height_m=1.8, gain=0.8, wall=0.9)
    for side in (-1, 1):
        for u in np.arange(-length_m / 2 + 4, length_m / 2, 7.0):
            if canvas.rng.random() < 0.75:
                power = float(canvas.rng.lognormal(-0.2, 0.8))
                canvas.scatter(window, pose.heading_deg, pose.row, pose.col, float(u), side * width_m * 0.47, power)
    for _ in range(int(length_m / 60)):
        u, v = float(canvas.rng.uniform(-0.4, 0.45)) * length_m, float(canvas.rng.choice([-1, 1])) * width_m * 0.3
        _crane(canvas, window, pose, u, v)
    canvas.add_box("harbor", window, mask, 1.8)


def _crane(canvas: Canvas, window: Window, pose: Pose, u: float, v: float) -> None:
    frame = (np.abs(window.u - u) < 3.2) & (np.abs(window.v - v) < 3.2)
    canvas.tint(window, frame & ((np.abs(window.u - u) > 2) | (np.abs(window.v - v) > 2)), (196, 158, 60))
    for _ in range(7):
        du, dv = canvas.rng.normal(0, 2.6, 2)
        power = float(canvas.rng.lognormal(2.6, 0.9))
        canvas.scatter(window, pose.heading_deg, pose.row, pose.col, u + float(du), v + float(dv), power)


def containers(canvas: Canvas, pose: Pose, tiers: int) -> None:
    """A stack of containers, four abreast; a bright block that is no object of its own."""
    for number in range(4):
        row, col = canvas.at(pose.row, pose.col, pose.heading_deg, 0, (number - 1.5) * 2.6)
        window = canvas.window(row, col, pose.heading_deg, 6.2)
        mask = (np.abs(window.u) < 6) & (np.abs(window.v) < 1.3)
        colour = _pick(canvas, _CONTAINERS)
        canvas.paint(window, mask, Ground.METAL, colour=colour, height_m=2.6 * tiers, gain=0.4, wall=1.2)
        canvas.scatter(window, pose.heading_deg, row, col, -6, 0, float(canvas.rng.lognormal(0.2, 0.8)))
