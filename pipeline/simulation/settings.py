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
_MOST_LOOKS: Final = 64.0


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
        for is_right, sentence in (
            (self.place is None or self.place in PLACES, f"no place {self.place!r}; places are {', '.join(PLACES)}"),
            (self.kind is None or self.kind in KINDS, f"no scene {self.kind!r}; kinds are {', '.join(KINDS)}"),
            (
                min(self.rows, self.cols) >= LEAST_SIDE,
                f"a scene has at least {LEAST_SIDE} × {LEAST_SIDE} pixels, not {self.rows} × {self.cols}",
            ),
            (1 <= self.looks <= _MOST_LOOKS, f"a scene has 1 to {_MOST_LOOKS:.0f} looks, not {self.looks}"),
            (
                self.incidence_deg is None or 15 <= self.incidence_deg <= 75,
                f"incidence is 15° to 75°, not {self.incidence_deg}",
            ),
            (self.spacing_m is None or 0.1 <= self.spacing_m <= 20, f"spacing is 0.1 to 20 m, not {self.spacing_m}"),
            (self.weighting in WEIGHTINGS, f"no weighting {self.weighting!r}; there are {', '.join(WEIGHTINGS)}"),
            (
                bool(self.polarisations) and set(self.polarisations) <= set(POINT_AMPLITUDES),
                f"polarisations are one or more of {', '.join(POINT_AMPLITUDES)}, not {self.polarisations}",
            ),
            (
                self.sea_state in range(len(SEA_STATES)),
                f"the sea's state is 0 to {len(SEA_STATES) - 1}, not {self.sea_state}",
            ),
            (0 <= self.moving_share <= 1, f"moving_share is a share from 0 to 1, not {self.moving_share}"),
            (0 <= self.roof_lean_deg <= 40, f"roofs lean by 0° to 40°, not {self.roof_lean_deg}"),
            (self.no_data in ("none", "wedge", "border"), f"no_data is none, wedge or border, not {self.no_data!r}"),
        ):
            if not is_right:
                raise ValueError(sentence)
        self._check_numbers()
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
