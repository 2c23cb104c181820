from __future__ import annotations

import numpy as np
import pytest

from pipeline.imaging.greys import Limits, NumberCounts
from tests.pipeline.imaging.made_images import speckle


def test_limits_over_strips_are_the_percentiles_of_the_whole():
    values = (speckle(300, 200) * 900).astype(np.uint16)
    valid = values % 7 != 0
    counts = NumberCounts()
    for first in range(0, 300, 64):
        counts.add(values[first : first + 64], valid[first : first + 64])
    limits = counts.limits()
    assert (limits.low, limits.high) == pytest.approx(tuple(np.percentile(values[valid], [1, 99])))


def test_greys_are_linear_and_zero_is_no_data_only_where_there_are_holes():
    values = np.array([[0, 10, 35, 60, 99]], dtype=np.uint16)
    valid = np.array([[False, True, True, True, True]])
    assert Limits(10, 60).greys(values, valid, has_holes=True).tolist() == [[0, 1, 128, 255, 255]]
    assert Limits(10, 60).greys(values, valid, has_holes=False).tolist() == [[0, 0, 128, 255, 255]]
    assert Limits(5, 5).greys(values, valid, has_holes=True).tolist() == [[0, 128, 128, 128, 128]]
