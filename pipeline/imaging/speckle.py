"""What speckle of L looks is, and how many looks an image has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.speckle_kernel import BLOCK, measure_blocks

_PIXELS: Final = BLOCK * BLOCK
_MOST_LOOKS: Final = 1000.0
_MOST_BLOCKS: Final = 65536
"""More are not fitted: they say nothing new."""
_FEWEST_BLOCKS: Final = 32
_FEWEST_FLAT_BLOCKS: Final = 10
_SMALLEST_FLAT_SHARE: Final = 0.05
_STRONGEST_CORRELATION: Final = 0.5
_DENSEST_ABOVE: Final = 1.5
"""Of flat ground .45; texture all over, whose least varied blocks are taken for flat, has 1.5 to 4."""

# The flat blocks' logarithms of relative variance are all but normal. They are fitted from three deviations below to
# half a deviation above their middle: what lies higher may be texture.
_BELOW: Final = -3.0
_ABOVE: Final = 0.5
_JUST_ABOVE: Final = 4.0
_SHARE_WITHIN: Final = 0.690113
_MEAN_WITHIN: Final = -0.503734
"""Of the standard normal between the first two: its share and mean."""


@dataclass(frozen=True, slots=True)
class LooksEstimate:
    """An estimated equivalent number of looks, and what speaks for or against it."""

    looks: float
    spread: float
    """Interquartile range of the blocks' relative variances over their median; of pure speckle about 0.15."""
    flat_share: float
    """How many of the blocks are as pure speckle of these looks would be, from 0 to 1."""
    correlation: float
    """Mean correlation of neighbouring pixels in the flattest blocks; of independent speckle about 0."""
    blocks: int
    """Blocks of 16×16 pixels that were used."""
    is_trustworthy: bool
    warning: str | None


def speckle_variance(looks: float, *, amplitude: bool = False) -> float:
    """Variance over squared mean of speckle of ``looks`` looks: c of Lee (1981).

    ``1 / L`` for power; ``Γ(L) Γ(L + 1) / Γ(L + ½)² - 1`` for amplitude (.27324 at L = 1, .0643 at 4).
    Raises ValueError where ``looks`` is not a positive, finite number.
    """
    if not (looks > 0 and math.isfinite(looks)):
        raise ValueError(f"the number of looks is {looks}, but must be positive")
    if not amplitude:
        return 1.0 / looks
    return math.expm1(math.lgamma(looks) + math.lgamma(looks + 1) - 2 * math.lgamma(looks + 0.5))


def looks_of_variance(variance: float, *, amplitude: bool = False) -> float:
    """The inverse of :func:`speckle_variance`, within 1 to 1000 looks: one look is the least an image can have."""
    if variance >= speckle_variance(1.0, amplitude=amplitude):
        return 1.0
    if variance <= speckle_variance(_MOST_LOOKS, amplitude=amplitude):
        return _MOST_LOOKS
    if not amplitude:
        return 1.0 / variance
    low, high = 1.0, _MOST_LOOKS
    for _ in range(60):
        middle = math.sqrt(low * high)
        is_too_few = speckle_variance(middle, amplitude=True) > variance
        low, high = (middle, high) if is_too_few else (low, middle)
    return low


def estimate_looks(
    values: NDArray[Any],
    valid: NDArray[np.bool_] | None = None,
    *,
    amplitude: bool = False,
    saturation: float | None = None,
) -> LooksEstimate:
    """Estimate the equivalent number of looks from the flattest parts of an image.

    Variance over squared mean is taken of non-overlapping blocks of 16×16 pixels. Blocks of flat ground gather around
    that of the speckle, as closely as 256 pixels tell it, while texture and edges only add; so the place of the lower
    half of that gathering is sought. Left out are blocks with a pixel without data, or with over 1 % zero or saturated
    pixels.

    Parameters
    ----------
    values : real numbers, shape (rows, cols)
        Linear power, or linear amplitude with ``amplitude=True``. NaN and ±inf are without data.
    valid : bool, shape (rows, cols), optional
        False marks further pixels without data.
    saturation : float, optional
        Values from here on are saturated (65535 for full uint16).
    """
    return LooksSurvey(amplitude=amplitude, saturation=saturation).add(values, valid).estimate()


class LooksSurvey:
    """The blocks of an image that is seen strip by strip; the estimate of the whole comes out.

    Memory is 16 bytes a block of 16×16 pixels.
    """

    def __init__(self, *, amplitude: bool = False, saturation: float | None = None) -> None:
        """See :func:`estimate_looks`."""
        self._amplitude = amplitude
        self._saturation = math.inf if saturation is None else saturation
        self._relative: list[NDArray[np.float64]] = []
        self._correlations: list[NDArray[np.float64]] = []

    def add(self, values: NDArray[Any], valid: NDArray[np.bool_] | None = None) -> Self:
        """Take the next strip, shape (rows, cols); all but the last have a multiple of 16 rows."""
        relative, correlations = np.empty((2, *(side // BLOCK for side in values.shape)))
        given = np.asarray(values if valid is None else np.where(valid, values, np.nan), dtype=np.float32)
        measure_blocks(np.ascontiguousarray(given), np.float32(self._saturation), relative, correlations)
        is_usable = ~np.isnan(relative)
        self._relative.append(relative[is_usable])
        self._correlations.append(correlations[is_usable])
        return self

    def estimate(self) -> LooksEstimate:
        """As :func:`estimate_looks` of the whole image."""
        relative = np.concatenate(self._relative or [np.empty(0)])
        if relative.size == 0:
            reason = "no block of 16×16 pixels is whole and free of zeros, so one look was assumed; state the looks"
            return LooksEstimate(1.0, 0.0, 0.0, 0.0, 0, False, reason)
        low, middle, high = (float(quantile) for quantile in np.quantile(relative, [0.25, 0.5, 0.75]))
        spread = (high - low) / middle if middle > 0 else 0.0
        correlation = float(np.concatenate(self._correlations)[relative <= low].mean())
        flat = _find_flat(relative[:: -(-relative.size // _MOST_BLOCKS)], correlation, self._amplitude)
        looks = looks_of_variance(flat.variance, amplitude=self._amplitude)
        warning = _doubt(looks, flat, correlation, relative.size, self._amplitude)
        return LooksEstimate(looks, spread, flat.share, correlation, relative.size, warning is None, warning)


@dataclass(frozen=True, slots=True)
class _Flat:
    """The blocks that seem to be flat."""

    variance: float
    """Relative, as :func:`speckle_variance`."""
    share: float
    """Of all blocks."""
    above: float
    """How many blocks vary a little more than them, for each that was fitted."""


def _find_flat(relative: NDArray[np.float64], correlation: float, amplitude: bool) -> _Flat:
    """Where the logarithms of flat blocks gather, by a normal distribution of known width, cut off above."""
    varied = relative[relative > 0]
    if varied.size < relative.size / 2:
        return _Flat(0.0, 1.0, 0.0)
    logarithms = np.log(varied)
    # From below, so that the flat blocks are found though they be few.
    place = float(np.quantile(logarithms, 0.08))
    for _ in range(50):
        deviation = _deviation_of_logarithm(math.exp(place), correlation, amplitude)
        is_within = (logarithms > place + _BELOW * deviation) & (logarithms < place + _ABOVE * deviation)
        if not is_within.any():
            break
        before, place = place, float(logarithms[is_within].mean()) - _MEAN_WITHIN * deviation
        if abs(place - before) < 1e-5:
            break
    fitted = max(1, int(is_within.sum()))
    is_above = (logarithms >= place + _ABOVE * deviation) & (logarithms < place + _JUST_ABOVE * deviation)
    # The mean of a quantity whose logarithm is normal.
    variance = math.exp(place + deviation**2 / 2)
    return _Flat(variance, min(1.0, fitted / _SHARE_WITHIN / relative.size), float(is_above.sum()) / fitted)


def _deviation_of_logarithm(variance: float, correlation: float, amplitude: bool) -> float:
    """How far the relative variance of 256 pixels of speckle strays, from the moments of the gamma distribution."""
    looks = looks_of_variance(variance, amplitude=amplitude)
    power = 0.5 if amplitude else 1.0
    raw = [
        math.exp(math.lgamma(looks + power * order) - math.lgamma(looks) - power * order * math.log(looks))
        for order in range(5)
    ]
    mean = raw[1]
    second = raw[2] / mean**2 - 1
    third = raw[3] / mean**3 - 3 * raw[2] / mean**2 + 2
    fourth = raw[4] / mean**4 - 4 * raw[3] / mean**3 + 6 * raw[2] / mean**2 - 3
    strays = (fourth - second**2 + 4 * second**3 - 4 * second * third) / second**2
    # Correlated pixels are fewer than they seem, along both axes.
    squared = min(max(correlation, 0.0), 0.9) ** 2
    return math.sqrt(max(strays, 1.0) / _PIXELS) * (1 + squared) / (1 - squared)


def _doubt(looks: float, flat: _Flat, correlation: float, blocks: int, amplitude: bool) -> str | None:
    """Why an estimate is not to be trusted and what to do, or None."""
    if blocks < _FEWEST_BLOCKS:
        return f"only {blocks} blocks of 16×16 pixels could be used, too few to tell; state the looks with --looks"
    if looks >= _MOST_LOOKS:
        return (
            "there is hardly any speckle: the image seems to be filtered already, or simulated; use it "
            "as it is, or state the looks with --looks"
        )
    if flat.variance > 1.25 * speckle_variance(1.0, amplitude=amplitude):
        return (
            "even the flattest parts vary more than speckle of one look; "
            "look whether the scale (amplitude, intensity, dB) is right, and state it and the looks"
        )
    if correlation > _STRONGEST_CORRELATION:
        return (
            f"neighbouring pixels are correlated ({correlation:.2f}): the image is oversampled or filtered, so speckle "
            "will be left; state fewer looks to smooth more, or use the image at its true resolution"
        )
    is_few = flat.share < _SMALLEST_FLAT_SHARE or flat.share * blocks < _FEWEST_FLAT_BLOCKS
    if is_few or flat.above > _DENSEST_ABOVE:
        return (
            f"hardly any ground is flat: {flat.share:.0%} of the blocks vary as speckle of {looks:.1f} looks would, "
            "and no clear gap parts them from texture, so there may be more looks; state them with --looks"
        )
    return None
