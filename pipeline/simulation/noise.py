"""Seeded noise: correlated textures, and the speckle of L looks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Field = NDArray[np.float32]


def fractal(rng: np.random.Generator, shape: tuple[int, int], slope: float = 1.6) -> Field:
    """Noise whose amplitude falls with frequency as ``1 / f ** slope``: clouds, soil moisture, coast lines.

    Returns float32 of ``shape`` with mean 0 and standard deviation 1; opposite edges meet.
    """
    frequency = _frequency(shape)
    return _shaped(rng, shape, (frequency + 1 / max(shape)) ** np.float32(-slope))


def smooth(rng: np.random.Generator, shape: tuple[int, int], sigma_px: float) -> Field:
    """White noise after a Gaussian of ``sigma_px``; float32 with mean 0 and standard deviation 1."""
    frequency = _frequency(shape)
    return _shaped(rng, shape, np.exp(-2 * (np.float32(np.pi * sigma_px) * frequency) ** 2))


def waves(rng: np.random.Generator, shape: tuple[int, int], heading_deg: float, length_px: float) -> Field:
    """A sea: wave trains of about ``length_px`` that run along ``heading_deg`` (clockwise from north)."""
    fy, fx = _frequencies(shape)
    heading = np.deg2rad(heading_deg)
    along = fx * np.float32(np.sin(heading)) - fy * np.float32(np.cos(heading))
    across = fx * np.float32(np.cos(heading)) + fy * np.float32(np.sin(heading))
    wanted = np.float32(1 / length_px)
    train = np.exp(-(((np.abs(along) - wanted) / (wanted * 0.45)) ** 2) - (across / (wanted * 0.5)) ** 2)
    return _shaped(rng, shape, train.astype(np.float32))


def streaks(
    rng: np.random.Generator, shape: tuple[int, int], heading_deg: float, length_px: float, width_px: float
) -> Field:
    """Streaks that run along a heading (clockwise from north), Gaussian in their length and width."""
    fy, fx = _frequencies(shape)
    heading = np.deg2rad(heading_deg)
    along = fx * np.float32(np.sin(heading)) - fy * np.float32(np.cos(heading))
    across = fx * np.float32(np.cos(heading)) + fy * np.float32(np.sin(heading))
    spectrum = np.exp(
        -2 * ((np.float32(np.pi * length_px / 2) * along) ** 2 + (np.float32(np.pi * width_px / 2) * across) ** 2)
    )
    return _shaped(rng, shape, spectrum.astype(np.float32))


def circular(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.complex64]:
    """Complex Gaussian noise, independent from pixel to pixel, with a mean power of 1: one look of speckle."""
    drawn = rng.standard_normal((*shape, 2), np.float32)
    drawn *= np.float32(np.sqrt(0.5))
    return drawn.view(np.complex64)[..., 0]


def _shaped(rng: np.random.Generator, shape: tuple[int, int], spectrum: Field) -> Field:
    white = scipy.fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    white *= spectrum
    white[0, 0] = 0
    field: Field = scipy.fft.irfft2(white, s=shape)
    field /= max(float(field.std()), 1e-12)
    return field


@lru_cache(maxsize=4)
def _frequencies(shape: tuple[int, int]) -> tuple[Field, Field]:
    return (
        scipy.fft.fftfreq(shape[0]).astype(np.float32)[:, None],
        scipy.fft.rfftfreq(shape[1]).astype(np.float32)[None, :],
    )


@lru_cache(maxsize=4)
def _frequency(shape: tuple[int, int]) -> Field:
    fy, fx = _frequencies(shape)
    return np.hypot(fy, fx)
