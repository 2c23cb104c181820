from __future__ import annotations

import numpy as np
import pytest

from benchmarks.despeckling_peers import (
    Peer,
    PeerMissingError,
    opencv_route,
    opencv_throughout,
    polsartools_filter,
)
from benchmarks.refined_lee import Measured, _judge, measure


def installed(find) -> Peer:
    try:
        return find()
    except PeerMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("route", [opencv_route, opencv_throughout])
def test_opencv_routes_give_the_same_image_as_the_filter(route):
    found = measure(300, 1, {"opencv": installed(route)})
    assert found.other_than_opencv <= 2
    assert found.filter > 0
    assert found.opencv > 0


def test_polsartools_filters_the_image_that_it_is_given():
    despeckle = installed(polsartools_filter)
    image = np.random.default_rng(0).gamma(1, 1, (80, 90)).astype(np.float32)
    result = despeckle(image)
    assert result.shape == image.shape
    assert result.var() < 0.5 * image.var()
    assert result.mean() == pytest.approx(image.mean(), rel=0.3)


def test_a_ratio_below_what_is_promised_is_a_fault():
    slow = Measured(64, filter=100.0, opencv=9.0, polsartools=0.9)
    _judge(slow)
    assert slow.ratios == {"opencv": 11.1, "polsartools": 111.1}
    assert [fault.startswith("64²: 11.1 times as fast as opencv") for fault in slow.faults] == [True]
    alone = Measured(64, filter=100.0)
    _judge(alone)
    assert alone.faults == []
