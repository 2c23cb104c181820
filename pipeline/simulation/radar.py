"""How a side-looking radar sees the canvas: the ground laid over, speckle and point targets through one processor.

Each look is a complex image: circular Gaussian noise scaled by the ground's power, passed through the point-spread
function, plus the point targets' own responses. The looks' powers are averaged. So speckle is K-distributed and
correlated, a strong target interferes with the clutter around it, and its side lobes run along range and azimuth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.clutter import POINT_AMPLITUDES, mean_powers, texture
from pipeline.simulation.focusing import Complex, PointResponse
from pipeline.simulation.geometry import facing, laid_over, layover_mask, lit, walls
from pipeline.simulation.ground import SURFACES, Canvas, Ground, Mask
from pipeline.simulation.noise import Field, circular
from pipeline.simulation.truth import Sensing


@dataclass(frozen=True, eq=False)
class Returns:
    """What the canvas returns before any speckle, and where it lays over and shades."""

    clutter: NDArray[np.float32]
    """Mean power by polarisation, shape (bands, rows, cols), without the radar's own noise"""
    points: Complex
    """Complex amplitude of the point targets in VV, after the processor, shape (rows, cols)"""
    coherence: Field
    """Between HH and VV"""
    layover: Mask
    shadow: Mask


def returns(canvas: Canvas, sensing: Sensing, rng: np.random.Generator) -> Returns:
    """What the radar gets back from the canvas, on average."""
    share, shadow = lit(canvas)
    relative = texture(canvas, sensing, rng) * canvas.gain * facing(canvas) * share
    upright = walls(canvas, share > 0.5, rng)
    bands = []
    for polarisation in sensing.polarisations:
        ground = mean_powers(sensing, polarisation)[canvas.classes] * relative
        bands.append(laid_over(canvas, ground) + upright * np.float32(abs(POINT_AMPLITUDES[polarisation]) ** 2))
    phases = np.exp(2j * np.pi * rng.random(len(canvas.scatterers)))
    places = [
        (point.row, point.col, complex(math.sqrt(point.power) * phase))
        for point, phase in zip(canvas.scatterers, phases, strict=True)
    ]
    return Returns(
        clutter=np.stack(bands),
        points=response_of(sensing).points(canvas.shape, places, 10 ** (sensing.noise_floor_db / 10) / 10),
        coherence=np.array([SURFACES[ground].coherence for ground in Ground], np.float32)[canvas.classes],
        layover=layover_mask(canvas),
        shadow=shadow,
    )


def response_of(sensing: Sensing) -> PointResponse:
    """The processor's point response."""
    return PointResponse(sensing.weighting, sensing.resolution_px, sensing.look_azimuth_deg)


def detect(seen: Returns, sensing: Sensing, rng: np.random.Generator) -> NDArray[np.float32]:
    """Linear power (sigma nought) by polarisation, float32, shape (bands, rows, cols), positive everywhere."""
    power = np.zeros_like(seen.clutter)
    for weight in look_weights(sensing.looks):
        for band, image in enumerate(_one_look(seen, sensing, rng)):
            power[band] += np.float32(weight) * (np.square(image.real) + np.square(image.imag))
    # Exact zeros would be taken for missing data; they are as good as impossible, but not quite.
    return np.maximum(power, np.float32(1e-9), out=power)


def _one_look(seen: Returns, sensing: Sensing, rng: np.random.Generator) -> Iterator[Complex]:
    """A complex image for each polarisation."""
    shape, response = seen.points.shape, response_of(sensing)
    noise_power, like = np.float32(10 ** (sensing.noise_floor_db / 10)), circular(rng, shape)
    is_single = len(sensing.polarisations) == 1
    cross = None if is_single else circular(rng, shape)
    for polarisation, clutter in zip(sensing.polarisations, seen.clutter, strict=True):
        if is_single:
            # Clutter and noise are both circular Gaussian: one draw has the power of both.
            field = like * np.sqrt(clutter + noise_power)
        else:
            speckle = _speckle(polarisation, like, cross, seen.coherence, rng)
            field = speckle * np.sqrt(clutter) + circular(rng, shape) * np.sqrt(noise_power)
        if sensing.is_speckle_correlated:
            field = response.blur(field)
        yield field + np.complex64(POINT_AMPLITUDES[polarisation]) * seen.points


def _speckle(
    polarisation: str, like: Complex, cross: Complex | None, coherence: Field, rng: np.random.Generator
) -> Complex:
    """HV and VH are one measurement (reciprocity); HH and VV share as much as their coherence says."""
    if polarisation in ("HV", "VH") and cross is not None:
        return cross
    if polarisation == "VV":
        return like
    other: Complex = coherence * like + np.sqrt(1 - np.square(coherence)) * circular(rng, like.shape)
    return other


def look_weights(looks: float) -> list[float]:
    """Weights of independent looks that add up to 1 and whose squares add up to ``1 / looks``: equal ones for a whole
    number of looks, else one look more with a smaller weight."""
    whole = int(looks)
    rest = looks - whole
    if rest < 1e-9:
        return [1 / whole] * whole
    # With n equal weights a and one b = 1 − n·a: n·a² + b² = 1/L, of whose solutions the larger a leaves 0 < b < a.
    n = whole
    a = (n + math.sqrt(n * n - n * (n + 1) * (1 - 1 / looks))) / (n * (n + 1))
    return [a] * n + [1 - n * a]
