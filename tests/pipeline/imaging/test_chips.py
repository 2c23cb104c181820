from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace

import pytest

from pipeline.imaging.chips import boxes_in_chip, chip_windows
from pipeline.imaging.prepared import Chips, ChipWindow
from pipeline.records import ObjectBox
from tests.conftest import REPOSITORY


def box(x_min, y_min, width, height, category="ship", box_id="1"):
    return ObjectBox(box_id, category, x_min, y_min, width, height)


WINDOW = ChipWindow(row=100, col=200, rows=50, cols=60, parent_rows=1000, parent_cols=1000)


def test_a_scene_up_to_the_limit_stays_whole():
    assert chip_windows(4096, 4096, Chips()) == ()
    assert chip_windows(1, 4096 * 4096, Chips()) == ()
    assert chip_windows(4096, 4097, Chips()) != ()


@pytest.mark.parametrize(("rows", "cols"), [(4097, 4097), (25000, 25000), (5000, 4321), (1000, 20000), (30, 700000)])
def test_chips_cover_the_scene_and_overlap(rows, cols):
    chips = Chips()
    windows = chip_windows(rows, cols, chips)
    for length, starts, side in (
        (rows, sorted({window.row for window in windows}), windows[0].rows),
        (cols, sorted({window.col for window in windows}), windows[0].cols),
    ):
        assert side == min(length, chips.side_px)
        assert starts[0] == 0
        assert starts[-1] + side == length
        overlaps = [first + side - second for first, second in itertools.pairwise(starts)]
        assert all(chips.overlap_px <= overlap < chips.side_px for overlap in overlaps)
        assert max(overlaps, default=0) - min(overlaps, default=0) <= 1
    assert len({window.name for window in windows}) == len(windows)
    assert len({(window.row, window.col) for window in windows}) == len(windows)


def test_chips_that_cannot_overlap_by_so_much_are_refused():
    with pytest.raises(ValueError, match="cannot overlap by 64"):
        chip_windows(5000, 5000, Chips(side_px=64, overlap_px=64))


def test_a_box_inside_is_moved_to_the_chip():
    kept, unboxed = boxes_in_chip([box(210, 110, 20, 10)], WINDOW)
    assert kept == (box(10, 10, 20, 10),)
    assert not kept[0].is_cut
    assert unboxed == ()


def test_a_box_with_half_of_its_area_inside_is_clipped_and_marked():
    kept, unboxed = boxes_in_chip([box(190, 110, 20, 10)], WINDOW)
    assert kept == (replace(box(0, 10, 10, 10), is_cut=True),)
    assert unboxed == ()


def test_a_box_with_less_inside_is_left_out_and_its_category_told():
    kept, unboxed = boxes_in_chip([box(189, 110, 20, 10), box(230, 145, 9, 11, "tank"), box(0, 0, 9, 9, "car")], WINDOW)
    assert kept == ()
    assert unboxed == ("ship", "tank")


def test_a_box_that_only_touches_the_edge_is_not_in_the_chip():
    assert boxes_in_chip([box(190, 110, 10, 10), box(260, 110, 5, 5), box(210, 150, 5, 5)], WINDOW) == ((), ())


def test_a_box_that_was_cut_before_stays_marked():
    (kept,), _ = boxes_in_chip([replace(box(210, 110, 20, 10), is_cut=True)], WINDOW)
    assert kept.is_cut


def test_a_box_larger_than_the_chip_is_left_out():
    assert boxes_in_chip([box(0, 0, 1000, 1000, "harbor")], WINDOW) == ((), ("harbor",))


def test_every_box_of_the_overlap_s_size_is_whole_in_some_chip():
    windows = chip_windows(5000, 6000, Chips())
    for x in range(0, 6000 - 256, 97):
        found = [boxes_in_chip([box(x, 3000, 256, 256)], window)[0] for window in windows]
        assert any(kept and not kept[0].is_cut for kept in found)


def test_cutting_needs_nothing_heavy():
    script = "import sys, pipeline.imaging.chips; print({'numpy', 'rasterio', 'numba'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
