"""How often each number occurs in an image of integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled


def occurrences(stored: NDArray[Any], valid: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers that occur where ``valid``, ascending, and how often.

    Parameters
    ----------
    stored : uint8, uint16 or int16, any shape
    valid : bool, of the same shape
    """
    lowest = int(np.iinfo(stored.dtype).min)
    counts = np.zeros(1 << 8 * stored.dtype.itemsize, np.int64)
    flat = np.ascontiguousarray(stored).reshape(-1)
    _count(flat, np.ascontiguousarray(valid).reshape(-1), lowest, counts)
    (places,) = np.nonzero(counts)
    return places + lowest, counts[places]


@compiled
def _count(numbers: Any, valid: Any, lowest: Any, counts: Any) -> Any:
    for place in range(numbers.size):
        counts[np.int64(numbers[place]) - lowest] += np.int64(valid[place])
