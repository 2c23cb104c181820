"""What speckle of L looks is, and how many looks an image has (NumPy only)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 16
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
    blocks = _usable_blocks(values, valid, saturation)
    if len(blocks) == 0:
        return _untrusted(1.0, 0, "no block of 16×16 pixels is whole and free of zeros, so one look was assumed")
    means = blocks.mean(axis=(1, 2))
    relative = blocks.var(axis=(1, 2), ddof=1) / means**2
    low, middle, high = np.quantile(relative, [0.25, 0.5, 0.75])
    flattest = blocks[relative <= low]
    spread = float((high - low) / middle) if middle > 0 else 0.0
    correlation = _neighbour_correlation(flattest)
    looks = looks_of_variance(float(low), amplitude=amplitude)
    warning = _doubt(looks, spread, correlation, len(blocks), float(low), amplitude)
    return LooksEstimate(looks, spread, correlation, len(blocks), warning is None, warning)


def _untrusted(looks: float, blocks: int, warning: str) -> LooksEstimate:
    return LooksEstimate(looks, 0.0, 0.0, blocks, False, warning)


def _usable_blocks(
    values: NDArray[Any], valid: NDArray[np.bool_] | None, saturation: float | None
) -> NDArray[np.float64]:
    """The blocks that may be used, in float64, shape (blocks, 16, 16)."""
    has_data = np.isfinite(values) if valid is None else np.isfinite(values) & valid
    is_extreme = values == 0 if saturation is None else (values == 0) | (values >= saturation)
    few_extremes = _in_blocks(is_extreme).mean(axis=(1, 2)) <= 0.01
    whole = _in_blocks(has_data).all(axis=(1, 2))
    chosen: NDArray[np.float64] = _in_blocks(values)[few_extremes & whole].astype(np.float64)
    has_signal: NDArray[np.bool_] = chosen.mean(axis=(1, 2)) > 0
    return chosen if has_signal.all() else chosen.compress(has_signal, axis=0)


def _in_blocks(values: NDArray[Any]) -> NDArray[Any]:
    """Shape (rows, cols) as (blocks, 16, 16); what is left over at the right and below is left out."""
    rows, cols = (side // BLOCK for side in values.shape)
    cut = values[: rows * BLOCK, : cols * BLOCK].reshape(rows, BLOCK, cols, BLOCK)
    return cut.swapaxes(1, 2).reshape(-1, BLOCK, BLOCK)


def _neighbour_correlation(blocks: NDArray[np.float64]) -> float:
    """Correlation of each pixel with the next along both axes, over all blocks, against each block's mean."""
    centred = blocks - blocks.mean(axis=(1, 2), keepdims=True)
    # Blocks of bright ground would outweigh the others.
    scale = blocks.std(axis=(1, 2), keepdims=True)
    centred = np.divide(centred, scale, out=np.zeros_like(centred), where=scale > 0)
    if not centred.any():
        return 0.0
    along_rows = (centred[:, :, 1:] * centred[:, :, :-1]).mean()
    along_cols = (centred[:, 1:, :] * centred[:, :-1, :]).mean()
    return float((along_rows + along_cols) / 2)


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
