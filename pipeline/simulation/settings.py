"""How a scene is to be simulated: one frozen record, checked once, so that what is wrong is said before any work."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, Literal

from pipeline.simulation.clutter import POINT_AMPLITUDES, SEA_STATES
from pipeline.simulation.focusing import WEIGHTINGS, PointResponse
from pipeline.simulation.landscapes import LANDSCAPES
from pipeline.simulation.places import PLACES

KINDS: Final = tuple(LANDSCAPES)
NoData = Literal["none", "wedge", "border"]
LEAST_SIDE: Final = 128
MOST_SIDE: Final = 8192
MOST_OFFSET_PX: Final = 512
MOST_TURNED_DEG: Final = 45
MOST_LOOKS: Final = 64


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """What a scene is to be; the defaults are the demo's. None leaves the choice to the seed or to the place."""

    place: str | None = None
    """One of :data:`PLACES`; None: by turns"""
    kind: str | None = None
    """One of :data:`KINDS`; None: by turns, among those of the place"""
    rows: int = 512
    cols: int = 512
    spacing_m: float | None = None
    look_azimuth_deg: float | None = None
    """Direction in which the radar looks, clockwise from north"""
    incidence_deg: float | None = None
    looks: float = 4.0
    is_speckle_correlated: bool = True
    """Whether speckle passes through the processor, as it does in nature; else it is independent from pixel to pixel,
    as filters assume"""
    weighting: str = "hamming"
    """Of the spectrum: uniform, hamming or taylor"""
    resolution_px: float = 1.3
    """3 dB width of a point target, in pixels"""
    polarisations: tuple[str, ...] = ("VV",)
    noise_floor_db: float = -26.0
    """Noise-equivalent sigma nought"""
    sea_state: int = 3
    """Douglas's number, 0 calm to 6 very rough"""
    swell_length_m: float = 42.0
    moving_share: float = 0.25
    """Share of the ships that the two dates show differently; above 0 the cars on roads are others, too"""
    pair_offset_px: tuple[float, float] = (0.0, 0.0)
    """(rows, cols) by which the optical image shows the ground further down and to the right than the SAR image"""
    random_offset_px: float = 0.0
    """Adds to it a random offset, each of rows and cols at most this many pixels either way"""
    pair_rotation_deg: float = 0.0
    """By which the optical image is turned about its middle, clockwise on the screen"""
    roof_lean_deg: float = 0.0
    """Off-nadir angle of the camera: what stands high is shown displaced by height × tan(angle)"""
    roof_lean_azimuth_deg: float = 90.0
    """Direction in which tops lean, clockwise from north"""
    no_data: NoData = "none"
    """Where the SAR image is NaN: nowhere, in a corner as at the edge of a strip, along a border on all sides"""

    def __post_init__(self) -> None:
        self._check_numbers()
        for is_right, sentence in (*_of_ground(self), *_of_radar(self), *_of_pair(self)):
            if not is_right:
                raise ValueError(sentence)
        # Raises where the weighting cannot resolve so finely.
        _ = PointResponse(self.weighting, self.resolution_px, 0).bandwidth

    def _check_numbers(self) -> None:
        for described in fields(self):
            value = getattr(self, described.name)
            for number in value if isinstance(value, tuple) else (value,):
                if isinstance(number, float) and not math.isfinite(number):
                    raise ValueError(f"{described.name} is not a finite number: {number}")

    @property
    def margin_px(self) -> int:
        """Pixels of ground around the SAR image that the optical image may show."""
        if not self.has_misfit:
            return 0
        offset = max(abs(part) for part in self.pair_offset_px) + self.random_offset_px
        turned = max(self.rows, self.cols) / 2 * abs(math.sin(math.radians(self.pair_rotation_deg)))
        return math.ceil(offset + turned) + 2

    @property
    def has_misfit(self) -> bool:
        return self.pair_offset_px != (0.0, 0.0) or self.random_offset_px > 0 or self.pair_rotation_deg != 0


Rules = tuple[tuple[bool, str], ...]
"""What has to hold, and the sentence where it does not."""


def _of_ground(chosen: SceneSettings) -> Rules:
    size, states = f"{chosen.rows} × {chosen.cols}", len(SEA_STATES) - 1
    return (
        (chosen.place is None or chosen.place in PLACES, f"no place {chosen.place!r}; places are {', '.join(PLACES)}"),
        (chosen.kind is None or chosen.kind in KINDS, f"no scene {chosen.kind!r}; kinds are {', '.join(KINDS)}"),
        (
            min(chosen.rows, chosen.cols) >= LEAST_SIDE,
            f"a scene has at least {LEAST_SIDE} × {LEAST_SIDE} pixels, not {size}",
        ),
        (
            max(chosen.rows, chosen.cols) <= MOST_SIDE,
            f"a scene has at most {MOST_SIDE} pixels a side, not {size}; larger ones are mosaics",
        ),
        (
            chosen.spacing_m is None or 0.1 <= chosen.spacing_m <= 20,
            f"spacing is 0.1 to 20 m, not {chosen.spacing_m}",
        ),
        (chosen.sea_state in range(states + 1), f"the sea's state is 0 to {states}, not {chosen.sea_state}"),
        (chosen.swell_length_m > 0, f"swell has a length above 0 m, not {chosen.swell_length_m}"),
    )


def _of_radar(chosen: SceneSettings) -> Rules:
    known, angle = ", ".join(POINT_AMPLITUDES), chosen.incidence_deg
    return (
        (1 <= chosen.looks <= MOST_LOOKS, f"a scene has 1 to {MOST_LOOKS} looks, not {chosen.looks}"),
        (angle is None or 15 <= angle <= 75, f"incidence is 15° to 75°, not {angle}"),
        (
            chosen.weighting in WEIGHTINGS,
            f"no weighting {chosen.weighting!r}; there are {', '.join(WEIGHTINGS)}",
        ),
        (
            bool(chosen.polarisations) and set(chosen.polarisations) <= set(POINT_AMPLITUDES),
            f"polarisations are one or more of {known}, not {chosen.polarisations}",
        ),
        (
            chosen.no_data in ("none", "wedge", "border"),
            f"no_data is none, wedge or border, not {chosen.no_data!r}",
        ),
    )


def _of_pair(chosen: SceneSettings) -> Rules:
    return (
        (0 <= chosen.moving_share <= 1, f"moving_share is a share from 0 to 1, not {chosen.moving_share}"),
        (0 <= chosen.roof_lean_deg <= 40, f"roofs lean by 0° to 40°, not {chosen.roof_lean_deg}"),
        (
            abs(chosen.pair_rotation_deg) <= MOST_TURNED_DEG,
            f"a pair is turned by at most {MOST_TURNED_DEG}°, not {chosen.pair_rotation_deg}°",
        ),
        (
            max(abs(part) for part in chosen.pair_offset_px) <= MOST_OFFSET_PX,
            f"a pair is offset by at most {MOST_OFFSET_PX} pixels, not {chosen.pair_offset_px}",
        ),
        (
            0 <= chosen.random_offset_px <= MOST_OFFSET_PX,
            f"a pair is offset at random by 0 to {MOST_OFFSET_PX} pixels, not {chosen.random_offset_px}",
        ),
    )
