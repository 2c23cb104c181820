"""Decibels in steps of 0.01 dB as int16, in one pass over linear values.

With the logarithm of :mod:`pipeline.imaging.logarithm` rather than a library's: processors and versions differ in the
last digit of theirs, and at the edge of a step that would be another file.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled
from pipeline.imaging.logarithm import log2_of_bits

STEP_DB: Final = 0.01
NODATA: Final = -32768
MOST_DB: Final = 327.0
"""Of either sign: what int16 holds in these steps."""
_STEPS_PER_OCTAVE: Final = 1000 * math.log10(2)


def hundredths(
    values: NDArray[np.float32], valid: NDArray[np.bool_], least: float, *, is_amplitude: bool
) -> NDArray[np.int16]:
    """``floor(100 · dB + ½)`` of linear values, :data:`NODATA` where they are not valid.

    Parameters
    ----------
    values : float32, shape (rows, cols)
        Linear power or amplitude, of at most :data:`MOST_DB`; what is not valid may be anything.
    valid : bool, shape (rows, cols)
    least : float
        What smaller values are raised to: positive, and no subnormal float32.
    """
    result = np.empty(values.shape, np.int16)
    flat = np.ascontiguousarray(values).reshape(-1)
    raised = np.float32(least).view(np.int32)
    per_octave = _STEPS_PER_OCTAVE * (2 if is_amplitude else 1)
    _of_linear(flat.view(np.int32), np.ascontiguousarray(valid).reshape(-1), raised, per_octave, result.reshape(-1))
    return result


def hundredths_of_db(values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.int16]:
    """``floor(100 · dB + ½)`` of values in dB, :data:`NODATA` where they are not valid; shape (rows, cols)."""
    result = np.empty(values.shape, np.int16)
    flat = np.ascontiguousarray(values).reshape(-1)
    _of_db(flat, np.ascontiguousarray(valid).reshape(-1), result.reshape(-1))
    return result


@compiled
def _of_linear(bits: Any, valid: Any, least: Any, per_octave: Any, result: Any) -> Any:
    for place in range(bits.size):
        steps = per_octave * log2_of_bits(max(bits[place], least))
        rounded = np.int16(np.int32(math.floor(steps + 0.5)))
        result[place] = rounded if valid[place] else np.int16(NODATA)


@compiled
def _of_db(values: Any, valid: Any, result: Any) -> Any:
    for place in range(values.size):
        value = np.float64(values[place]) if valid[place] else 0.0
        rounded = np.int16(np.int32(math.floor(value * 100.0 + 0.5)))
        result[place] = rounded if valid[place] else np.int16(NODATA)
