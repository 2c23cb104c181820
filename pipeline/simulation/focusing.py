"""The point-spread function of a SAR processor: what one strong scatterer becomes, and why speckle is correlated.

A processor keeps a rectangle of the spectrum, weighted along range and along azimuth to lower the side lobes. All
weightings here are sums of cosines, so that the response has a closed form: ``sinc(Bx) + Σ aₘ (sinc(Bx − m) +
sinc(Bx + m))`` for the spectrum ``1 + 2 Σ aₘ cos(2πmf/B)``, ``|f| ≤ B/2``, with the bandwidth B in cycles a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipeline.simulation.noise import Field

Complex = NDArray[np.complex64]


def hamming_terms(alpha: float) -> tuple[float, ...]:
    """Of the generalised Hamming window ``alpha + (1 − alpha) cos``."""
    return ((1 - alpha) / (2 * alpha),)


def taylor_terms(side_lobe_db: float, equal_lobes: int) -> tuple[float, ...]:
    """Of Taylor's window; W. G. Carrara, R. S. Goodman, R. M. Majewski, "Spotlight Synthetic Aperture Radar" (1995),
    appendix D."""
    a = math.acosh(10 ** (abs(side_lobe_db) / 20)) / math.pi
    widening = equal_lobes**2 / (a**2 + (equal_lobes - 0.5) ** 2)
    terms = []
    for m in range(1, equal_lobes):
        above = math.prod(1 - m**2 / (widening * (a**2 + (i - 0.5) ** 2)) for i in range(1, equal_lobes))
        below = math.prod(1 - m**2 / j**2 for j in range(1, equal_lobes) if j != m)
        terms.append((-1) ** (m + 1) / 2 * above / below)
    return tuple(terms)


WEIGHTINGS: Final[Mapping[str, tuple[float, ...]]] = {
    "uniform": (),
    "hamming": hamming_terms(0.75),
    "taylor": taylor_terms(-35, 5),
}
"""Terms of the cosine sum by name: none (side lobes of −13 dB), Hamming's with 0.75 as common products have it, and
Taylor's of −35 dB."""

_TABLE_STEP: Final = 1 / 64
_PHASES: Final = 8
_REACHES: Final = (8, 16, 32, 64, 128)


@dataclass(frozen=True)
class PointResponse:
    """The response of a weighting whose main lobe is ``resolution_px`` wide (3 dB), along the axes of a look
    direction."""

    weighting: str
    resolution_px: float
    look_azimuth_deg: float

    @cached_property
    def bandwidth(self) -> float:
        """Cycles a pixel, at most 1."""
        width = _main_lobe(WEIGHTINGS[self.weighting])
        if self.resolution_px < width:
            raise ValueError(
                f"a {self.weighting} weighting resolves at best {width:.3f} pixels, not {self.resolution_px}"
            )
        return width / self.resolution_px

    def along(self, distance_px: NDArray[np.floating]) -> NDArray[np.float64]:
        """Amplitude at a distance along one axis; 1 at 0."""
        return _response(WEIGHTINGS[self.weighting], np.asarray(distance_px, float) * self.bandwidth)

    @cached_property
    def side_lobe_db(self) -> float:
        """The highest side lobe in power, against the main lobe."""
        x = np.arange(0, 12 / self.bandwidth, 0.005)
        amplitude = np.abs(self.along(x))
        first_null = int(np.argmax(np.diff(amplitude) > 0))
        return round(20 * math.log10(float(amplitude[first_null:].max())), 2)

    @cached_property
    def speckle_correlation(self) -> float:
        """Of the intensity of fully developed speckle, one pixel apart along an axis."""
        f = np.linspace(-self.bandwidth / 2, self.bandwidth / 2, 2001)
        power = self._weight(f) ** 2
        return round(float((power * np.cos(2 * np.pi * f)).sum() / power.sum()) ** 2, 4)

    def _weight(self, frequency: NDArray[np.floating]) -> NDArray[np.floating]:
        weight = np.ones_like(frequency)
        for m, term in enumerate(WEIGHTINGS[self.weighting], 1):
            weight += 2 * term * np.cos(2 * np.pi * m / self.bandwidth * frequency)
        return np.where(np.abs(frequency) <= self.bandwidth / 2, weight, 0).astype(frequency.dtype)

    def spectrum(self, shape: tuple[int, int]) -> Field:
        """What the processor keeps of the spectrum of an image, with a mean square of 1, so that flat ground keeps its
        power; float32, shape (rows, cols), the frequencies in the order of an FFT."""
        return _spectrum(self, shape)

    def blur(self, field: Complex) -> Complex:
        """A complex image as the processor passes it. The borders meet, which for speckle does not matter."""
        spectrum = scipy.fft.fft2(field, overwrite_x=True)
        spectrum *= self.spectrum(field.shape)
        blurred: Complex = scipy.fft.ifft2(spectrum, overwrite_x=True)
        return blurred

    def points(
        self, shape: tuple[int, int], places: Sequence[tuple[float, float, complex]], faintest: float
    ) -> Complex:
        """The image of point scatterers (row, col, complex amplitude at the peak), side lobes and all, down to a power
        of about ``faintest``; complex64 of ``shape``."""
        image = np.zeros(shape, np.complex64)
        rows, cols = shape
        for row, col, amplitude in places:
            # Lobes fall as 1/x: at this distance those along the axes have sunk under the faintest power.
            wanted = 0.12 * abs(amplitude) / math.sqrt(faintest)
            half = next((reach for reach in _REACHES if reach >= wanted), _REACHES[-1])
            down, right = (math.floor((at - 0.5) * _PHASES + 0.5) for at in (row, col))
            patch = _patch(self, half, down % _PHASES, right % _PHASES)
            top, left = down // _PHASES - half, right // _PHASES - half
            first_row, last_row = max(0, top), min(rows, top + 2 * half + 1)
            first_col, last_col = max(0, left), min(cols, left + 2 * half + 1)
            if first_row < last_row and first_col < last_col:
                cut = patch[first_row - top : last_row - top, first_col - left : last_col - left]
                image[first_row:last_row, first_col:last_col] += np.complex64(amplitude) * cut
        return image


def _response(terms: tuple[float, ...], x: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.sinc(x)
    for m, term in enumerate(terms, 1):
        total += term * (np.sinc(x - m) + np.sinc(x + m))
    return total


@lru_cache
def _main_lobe(terms: tuple[float, ...]) -> float:
    """3 dB width at a bandwidth of 1, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _response(terms, np.array([middle]))[0] > math.sqrt(0.5) else (low, middle)
    return 2 * low


@lru_cache(maxsize=4)
def _spectrum(response: PointResponse, shape: tuple[int, int]) -> Field:
    look = math.radians(response.look_azimuth_deg)
    down = scipy.fft.fftfreq(shape[0]).astype(np.float32)[:, None]
    right = scipy.fft.fftfreq(shape[1]).astype(np.float32)[None, :]
    in_range = right * np.float32(math.sin(look)) - down * np.float32(math.cos(look))
    in_azimuth = right * np.float32(math.cos(look)) + down * np.float32(math.sin(look))
    kept = (response._weight(in_range) * response._weight(in_azimuth)).astype(np.float32)
    kept /= np.sqrt(np.mean(np.square(kept), dtype=np.float64)).astype(np.float32)
    return kept


@lru_cache(maxsize=4)
def _table(response: PointResponse) -> NDArray[np.float64]:
    return response.along(np.arange(0, 1.5 * _REACHES[-1], _TABLE_STEP))


@lru_cache(maxsize=512)
def _patch(response: PointResponse, half: int, down: int, right: int) -> Field:
    """The response around a point that lies (down, right) eighths of a pixel after the middle of the patch."""
    look, table = math.radians(response.look_azimuth_deg), _table(response)
    rows = np.arange(-half, half + 1)[:, None] - down / _PHASES
    cols = np.arange(-half, half + 1)[None, :] - right / _PHASES
    in_range = np.abs(cols * math.sin(look) - rows * math.cos(look))
    in_azimuth = np.abs(cols * math.cos(look) + rows * math.sin(look))
    known = np.arange(table.size) * _TABLE_STEP
    product = np.interp(in_range, known, table) * np.interp(in_azimuth, known, table)
    return product.astype(np.float32)
