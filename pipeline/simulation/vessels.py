"""What floats or moors: ships, boats with their wakes, and the piers, cranes and containers of a harbour.

Each function paints one object (footprint, height, colour, point targets) and keeps its truth. Places are (row, col)
in pixels, sizes metres.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.simulation.ground import Canvas, Colour, Ground, Mask, Pose, Window
from pipeline.simulation.noise import Field

_HULLS: Final[tuple[Colour, ...]] = ((120, 62, 52), (58, 68, 84), (92, 94, 96), (70, 92, 82), (150, 150, 148))
CONTAINER_COLOURS: Final[tuple[Colour, ...]] = (
    (168, 74, 58), (62, 92, 130), (190, 178, 150), (84, 122, 92), (120, 120, 124),
)  # fmt: skip


def pick(canvas: Canvas, colours: tuple[Colour, ...]) -> Colour:
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


def freeboard_of(length_m: float) -> float:
    """Height of a ship's deck over the water."""
    return min(4.5, 1.0 + length_m / 40)


def ship(canvas: Canvas, pose: Pose, length_m: float, moved_to: Pose | None = None) -> None:
    """A ship: a broken bright outline, a cluster of corner returns where the superstructure stands, a dark deck.

    Where ``moved_to`` is given the camera saw it there, under way and with its wake.
    """
    if moved_to is None:
        _paint_ship(canvas, pose, length_m)
    else:
        with canvas.seen_by("sar"):
            _paint_ship(canvas, pose, length_m)
        with canvas.seen_by("optical"):
            wake(canvas, moved_to, length_m)
            _paint_ship(canvas, moved_to, length_m)
    is_split, size = moved_to is not None, (length_m, beam_of(length_m), freeboard_of(length_m))
    with canvas.seen_by(*(("sar",) if is_split else canvas.watching)):
        canvas.add_object("ship", pose, size, hull_mask(canvas, pose, length_m), moved_to=moved_to)


def _paint_ship(canvas: Canvas, pose: Pose, length_m: float) -> None:
    rng, beam_m = canvas.rng, beam_of(length_m)
    window, mask = hull_mask(canvas, pose, length_m)
    height_m = freeboard_of(length_m)
    canvas.paint(window, mask, Ground.METAL, colour=pick(canvas, _HULLS), height_m=height_m, gain=0.22, wall=0.8)
    bridge_at = -length_m * (0.34 if rng.random() < 0.75 else -0.3)
    deck = mask & (np.abs(window.u - bridge_at) < max(2.0, length_m * 0.055)) & (np.abs(window.v) < beam_m * 0.4)
    canvas.tint(window, deck, (222, 222, 218))
    _cargo(canvas, window, mask, bridge_at, length_m)
    for _ in range(int(4 + length_m / 9)):
        u, v = rng.normal(bridge_at, length_m * 0.03), rng.normal(0, beam_m * 0.2)
        canvas.scatter(pose, float(u), float(v), float(rng.lognormal(2.3, 1.1)))
    _rails(canvas, pose, length_m, beam_m)


def _cargo(canvas: Canvas, window: Window, mask: Mask, bridge_at: float, length_m: float) -> None:
    if length_m < 60:
        return
    bays = np.floor((window.u + 500) / (length_m / 11)).astype(int)
    free = mask & (np.abs(window.u - bridge_at) > length_m * 0.08) & (window.u < length_m * 0.36)
    is_container = canvas.rng.random() < 0.5
    for bay in np.unique(bays[free]):
        inside = free & (bays == bay) & (np.abs((window.u + 500) % (length_m / 11) / (length_m / 11) - 0.5) < 0.38)
        canvas.tint(window, inside, pick(canvas, CONTAINER_COLOURS) if is_container else (134, 128, 116))


def _rails(canvas: Canvas, pose: Pose, length_m: float, beam_m: float) -> None:
    rng = canvas.rng
    for along in np.arange(-0.46, 0.42, max(3.0, length_m / 26) / length_m):
        for side in (-1, 1):
            if rng.random() < 0.6:
                power = float(rng.lognormal(0.9, 1.1))
                canvas.scatter(pose, float(along * length_m + rng.normal(0, 0.8)), side * beam_m * 0.38, power)
    for along in rng.uniform(-0.4, 0.4, int(length_m / 14)):
        canvas.scatter(
            pose, float(along * length_m), float(rng.normal(0, beam_m * 0.12)), float(rng.lognormal(1.4, 1.2))
        )
    canvas.scatter(pose, length_m * 0.45, 0, float(rng.lognormal(1.4, 0.8)))


def wake(canvas: Canvas, pose: Pose, length_m: float) -> None:
    """The wake of a ship under way, as the camera sees it: two arms at Kelvin's angle (narrowed, as on photographs
    where only the inner arms foam) and the turbulent strip between."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, length_m * 9)
    behind = -window.u - length_m * 0.4
    arm = np.abs(np.abs(window.v) - behind * 0.16) < (0.5 + behind * 0.022)
    foam = (behind > 0) & (behind < length_m * 8) & (arm | (np.abs(window.v) < 1.0 + behind * 0.012))
    water = np.isin(canvas.camera_classes[window.rows, window.cols], (Ground.SEA, Ground.RIVER))
    fading = np.clip(1 - behind / (length_m * 8), 0, 1)[..., None]
    base: Field = canvas.colour[window.rows, window.cols]
    white = base + (np.array([206, 216, 214], np.float32) - base) * fading * 0.75
    canvas.colour[window.rows, window.cols] = np.where((foam & water)[..., None], white, base)


def boat_with_wake(canvas: Canvas, pose: Pose, length_m: float) -> None:
    """A boat under way that only the camera caught: its hull and wake in colour, nothing for the radar."""
    with canvas.seen_by("optical"):
        wake(canvas, pose, length_m)
        window, mask = hull_mask(canvas, pose, length_m)
        canvas.tint(window, mask, (236, 236, 232))
        canvas.add_object("ship", pose, (length_m, beam_of(length_m), 1.0), (window, mask))


def pier(canvas: Canvas, pose: Pose, length_m: float, width_m: float) -> None:
    """A harbour pier: a concrete deck with bright edges, bollards and a crane or two; boxed as a harbor."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    canvas.paint(window, mask, Ground.BUILT_UP, colour=(164, 160, 152), height_m=1.8, gain=0.5, wall=0.9)
    for side in (-1, 1):
        for u in np.arange(-length_m / 2 + 4, length_m / 2, 5.0):
            if canvas.rng.random() < 0.75:
                canvas.scatter(pose, float(u), side * width_m * 0.47, float(canvas.rng.lognormal(0.2, 1.1)))
    for _ in range(int(length_m / 50)):
        u, v = float(canvas.rng.uniform(-0.4, 0.45)) * length_m, float(canvas.rng.choice([-1, 1])) * width_m * 0.3
        _crane(canvas, window, pose, u, v)
    canvas.add_object("harbor", pose, (length_m, width_m, 1.8), (window, mask))


def _crane(canvas: Canvas, window: Window, pose: Pose, u: float, v: float) -> None:
    frame = (np.abs(window.u - u) < 3.2) & (np.abs(window.v - v) < 3.2)
    canvas.tint(window, frame & ((np.abs(window.u - u) > 2) | (np.abs(window.v - v) > 2)), (196, 158, 60))
    for _ in range(9):
        du, dv = canvas.rng.normal(0, 2.6, 2)
        power, height_m = float(canvas.rng.lognormal(3.2, 1.1)), float(canvas.rng.uniform(0, 18))
        canvas.scatter(pose, u + float(du), v + float(dv), power, height_m)


def containers(canvas: Canvas, pose: Pose, tiers: int) -> None:
    """A stack of containers, four abreast; a bright block that is no object of its own."""
    for number in range(4):
        row, col = canvas.at(pose.row, pose.col, pose.heading_deg, 0, (number - 1.5) * 2.6)
        window = canvas.window(row, col, pose.heading_deg, 6.2)
        mask = (np.abs(window.u) < 6) & (np.abs(window.v) < 1.3)
        colour = pick(canvas, CONTAINER_COLOURS)
        canvas.paint(window, mask, Ground.METAL, colour=colour, height_m=2.6 * tiers, gain=0.3, wall=1.0)
        for u in (-6, 6):
            canvas.scatter(Pose(row, col, pose.heading_deg), u, 0, float(canvas.rng.lognormal(1.0, 1.1)))
