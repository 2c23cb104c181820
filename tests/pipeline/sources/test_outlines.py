"""Run lengths and polygons against masks made here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.sources.outlines import run_bounds, unpack_runs

masks = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))


def mask_of(rows: int, cols: int, seed: int, share: float) -> NDArray[np.bool_]:
    return np.asarray(np.random.default_rng(seed).random((rows, cols)) < share)


def runs_of(mask: NDArray[np.bool_]) -> list[int]:
    """Column-major, beginning with background."""
    flat = mask.ravel(order="F").astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat])))
    return np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()


def pack(runs: list[int]) -> str:
    """As COCO's mask interface packs them."""
    letters = []
    for at, run in enumerate(runs):
        number = run - runs[at - 2] if at > 2 else run
        while True:
            bits = number & 0x1F
            number >>= 5
            more = number != -1 if bits & 0x10 else number != 0
            letters.append(chr(48 + (bits | 0x20 if more else bits)))
            if not more:
                break
    return "".join(letters)


@given(masks)
def test_packed_runs_come_back_as_they_were(made: tuple[int, int, int, float]) -> None:
    runs = runs_of(mask_of(*made))
    assert unpack_runs(pack(runs)) == runs


@given(st.lists(st.integers(0, 2**31), max_size=40))
def test_long_runs_come_back_too(runs: list[int]) -> None:
    assert unpack_runs(pack(runs)) == runs


@given(masks)
def test_the_box_of_runs_is_that_of_the_mask(made: tuple[int, int, int, float]) -> None:
    mask = mask_of(*made)
    if not mask.any():
        with pytest.raises(ValueError, match="no pixel"):
            run_bounds(runs_of(mask), mask.shape)
        return
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    expected = (cols[0], rows[0], cols[-1] - cols[0] + 1, rows[-1] - rows[0] + 1)
    assert run_bounds(runs_of(mask), mask.shape) == expected


def test_known_strings_unpack_to_their_runs() -> None:
    assert unpack_runs("13") == [1, 3]
    assert unpack_runs("") == []
    assert unpack_runs("o0") == [31]
    assert unpack_runs("Y1O") == [41, -1]
    assert unpack_runs("e75S10000000ST1") == [245, 5, 35, 5, 35, 5, 35, 5, 35, 5, 1190], "as pycocotools packs it"


@pytest.mark.parametrize("packed", ["\x7f", "1o", " ", "é", "o" * 20])
def test_a_string_that_is_no_packing_is_refused(packed: str) -> None:
    with pytest.raises(ValueError, match="run lengths"):
        unpack_runs(packed)


@pytest.mark.parametrize("runs", [[3], [5, 5], [-1, 10], [0, 9, 1]])
def test_runs_that_do_not_fill_the_mask_are_refused(runs: list[int]) -> None:
    with pytest.raises(ValueError, match=r"add up|negative"):
        run_bounds(runs, (3, 3))
