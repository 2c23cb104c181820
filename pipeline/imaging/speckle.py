"""What speckle of L looks is, and how many looks an image has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled

BLOCK: Final = 16
_MOST_EXTREMES: Final = 2
"""Zero or saturated pixels of a block's 256: 1 %."""
_MOST_LOOKS: Final = 1000.0
_FEWEST_BLOCKS: Final = 16
_WIDEST_SPREAD: Final = 1.0
_STRONGEST_CORRELATION: Final = 0.4


@dataclass(frozen=True, slots=True)
class LooksEstimate:
    """An estimated equivalent number of looks, and what speaks for or against it."""

    looks: float
    spread: float
    """Interquartile range of the blocks' relative variances over their median; of pure speckle about 0.2."""
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

    The 25th percentile of variance over squared mean, over non-overlapping blocks of 16×16 pixels, is taken for that
    of the speckle. Left out are blocks with a pixel without data, or with over 1 % zero or saturated pixels.

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
        rows, cols = (side // BLOCK for side in values.shape)
        relative, correlation = np.full((2, rows, cols), np.nan)
        given = np.ascontiguousarray(values if valid is None else np.where(valid, values, np.nan))
        _survey_blocks(given, self._saturation, relative, correlation)
        is_usable = ~np.isnan(relative)
        self._relative.append(relative[is_usable])
        self._correlations.append(correlation[is_usable])
        return self

    def estimate(self) -> LooksEstimate:
        """As :func:`estimate_looks` of the whole image."""
        relative = np.concatenate(self._relative or [np.empty(0)])
        if relative.size == 0:
            return _untrusted(1.0, 0, "no block of 16×16 pixels is whole and free of zeros, so one look was assumed")
        low, middle, high = (float(quantile) for quantile in np.quantile(relative, [0.25, 0.5, 0.75]))
        spread = (high - low) / middle if middle > 0 else 0.0
        correlation = float(np.concatenate(self._correlations)[relative <= low].mean())
        looks = looks_of_variance(low, amplitude=self._amplitude)
        warning = _doubt(looks, spread, correlation, relative.size, low, self._amplitude)
        return LooksEstimate(looks, spread, correlation, relative.size, warning is None, warning)


@compiled
def _survey_blocks(values, saturation, relative, correlation):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Variance over squared mean of each block that may be used, and the correlation of neighbours within it."""
    rows, cols = relative.shape
    block = np.empty((BLOCK, BLOCK), np.float64)
    for row in range(rows):
        for col in range(cols):
            total, extremes = 0.0, 0
            for i in range(BLOCK):
                for j in range(BLOCK):
                    value = np.float64(values[row * BLOCK + i, col * BLOCK + j])
                    block[i, j] = value
                    total += value
                    extremes += (value == 0) | (value >= saturation)
            # NaN and infinity make the total so; a sum compares false then.
            if not 0 < total < np.inf or extremes > _MOST_EXTREMES:
                continue
            block -= total / block.size
            squares, across, down = 0.0, 0.0, 0.0
            for i in range(BLOCK):
                for j in range(BLOCK):
                    squares += block[i, j] * block[i, j]
                    across += block[i, j] * block[i, j - 1] if j else 0.0
                    down += block[i, j] * block[i - 1, j] if i else 0.0
            mean = total / block.size
            relative[row, col] = squares / (block.size - 1) / (mean * mean)
            # Against the block's own variance, else blocks of bright ground would outweigh the others.
            pairs = BLOCK * (BLOCK - 1) * (squares / block.size)
            correlation[row, col] = (across + down) / 2 / pairs if squares > 0 else 0.0


def _untrusted(looks: float, blocks: int, warning: str) -> LooksEstimate:
    return LooksEstimate(looks, 0.0, 0.0, blocks, False, warning)


def _doubt(
    looks: float, spread: float, correlation: float, blocks: int, variance: float, amplitude: bool
) -> str | None:
    """Why an estimate is not to be trusted, or None."""
    if blocks < _FEWEST_BLOCKS:
        return f"only {blocks} blocks of 16×16 pixels could be used; state the looks with --looks"
    if looks >= _MOST_LOOKS:
        return "there is hardly any speckle: the image seems to be filtered already, or simulated"
    if variance > 1.25 * speckle_variance(1.0, amplitude=amplitude):
        return "even the flattest parts vary more than speckle of one look; state the scale and the looks"
    if correlation > _STRONGEST_CORRELATION:
        return (
            f"neighbouring pixels are correlated ({correlation:.2f}): the image is oversampled or filtered, "
            "so speckle will be left"
        )
    if spread > _WIDEST_SPREAD:
        return f"the blocks differ much (spread {spread:.2f}): hardly any ground is flat; state the looks with --looks"
    return None
