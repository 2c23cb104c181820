"""By how much two images of edges are apart: over the whole image, and block by block.

Edges have shape (scales, rows, cols); the scales' agreements are added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from pipeline.imaging.edge_direction import Edges

PEAK_PX: Final = 4
"""Nearer to the peak than this is the same peak."""
LEAST_BLOCK_PX: Final = 64
MOST_BLOCKS: Final = 8
"""Along a side of the image."""
DRAWN_BLOCKS: Final = 8
"""Along the shorter side."""
_DRAWS: Final = 200
LEAST_ENERGY: Final = 0.25
"""Of the mean of the image, that a block's edges have in both images to be compared."""
MOST_RIVAL: Final = 0.85
"""Height of the best other offset, as a share of the peak's, up to which a block's peak is distinct."""

Offset = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Peak:
    """The offset at which two images of edges agree best."""

    offset: Offset
    """(row, col) by which the second is to be moved."""
    height: float
    """Above the mean agreement, in standard deviations of the agreement at other offsets."""
    rival: float
    """Height of the best offset that is another."""


@dataclass(frozen=True, slots=True)
class BlockOffsets:
    """Blocks that have edges in both images, and what each found."""

    centres: NDArray[np.float64]
    """(n, 2): row, col"""
    offsets: NDArray[np.float64]
    """(n, 2): row, col by which the second image is to be moved."""
    is_distinct: NDArray[np.bool_]
    """(n,): whether no other offset agrees nearly as well."""


def wide_peak(first: Edges, second: Edges, reach_px: int, around: tuple[int, int] = (0, 0)) -> Peak:
    """The best offset of the whole images, up to ``reach_px`` rows and cols from ``around``."""
    shape = [
        fft.next_fast_len(size + reach_px + abs(middle)) for size, middle in zip(first.shape[1:], around, strict=True)
    ]
    product = fft.fft2(first, shape) * np.conj(fft.fft2(second, shape))
    agreement = fft.ifft2(product.sum(axis=0)).real
    rows, cols = (np.arange(middle - reach_px, middle + reach_px + 1) for middle in around)
    # A negative offset lies at the end of the period.
    row, col, height, rival = _peaks(agreement[np.ix_(rows, cols)][None])
    return Peak((float(rows[0] + row[0]), float(cols[0] + col[0])), float(height[0]), float(rival[0]))


def block_offsets(first: Edges, second: Edges, around: tuple[int, int], reach_px: int, side: int) -> BlockOffsets:
    """The offset of each block of ``side`` pixels, looked for up to ``reach_px`` from ``around``."""
    corners = [(top, left) for top in _starts(first.shape[1], side) for left in _starts(first.shape[2], side)]
    template = np.stack([first[:, top : top + side, left : left + side] for top, left in corners])
    searched = np.stack([_window(second, corner, side, around, reach_px) for corner in corners])
    energetic = _energy(template) > LEAST_ENERGY * _energy(first)
    energetic &= _energy(searched) > LEAST_ENERGY * _energy(second)
    centres = np.array(corners)[energetic] + side / 2
    if not energetic.any():
        return BlockOffsets(centres, np.empty((0, 2)), np.empty(0, np.bool_))
    rows, cols, heights, rivals = _peaks(_agreements(template[energetic], searched[energetic], reach_px))
    found = np.stack([rows, cols], axis=1) - reach_px + np.array(around)
    return BlockOffsets(centres, found, rivals < MOST_RIVAL * heights)


def steadiness(first: Edges, second: Edges, peak: Peak, reach_px: int, within_px: float) -> float:
    """How surely the peak is where it is: the share of random draws of blocks whose common peak is the same.

    The image is cut into :data:`DRAWN_BLOCKS` × as many blocks, from which 200 times as many are drawn with repetition.
    A peak that rests on one long edge, which fits along all its length, or on one object, moves from draw to draw.
    """
    around = round(peak.offset[0]), round(peak.offset[1])
    side = min(first.shape[1:]) // DRAWN_BLOCKS
    corners = [(top, left) for top in _tiles(first.shape[1], side) for left in _tiles(first.shape[2], side)]
    template = np.stack([first[:, top : top + side, left : left + side] for top, left in corners])
    searched = np.stack([_window(second, corner, side, around, reach_px) for corner in corners])
    agreements = _agreements(template, searched, reach_px).reshape(len(corners), -1)
    # The same draws each time, so that a scene is described alike at each import.
    draws = np.random.default_rng(0).multinomial(len(corners), np.full(len(corners), 1 / len(corners)), _DRAWS)
    best = np.stack(np.divmod((draws.astype(np.float32) @ agreements).argmax(axis=1), 2 * reach_px + 1), axis=1)
    away = best - reach_px + np.array(around) - np.array(peak.offset)
    return float(np.mean(np.hypot(away[:, 0], away[:, 1]) <= within_px))


def _tiles(size: int, side: int) -> range:
    return range(0, size - side + 1, side)


def _starts(size: int, side: int) -> range:
    step = max(side // 2, -(-(size - side) // (MOST_BLOCKS - 1)))
    return range(0, size - side + 1, step)


def _window(edges: Edges, corner: tuple[int, int], side: int, around: tuple[int, int], reach_px: int) -> Edges:
    """The part of the second image in which a block is looked for; 0 outside the image."""
    size = side + 2 * reach_px
    # What is to be moved by d to lie on the block lies d before it.
    top, left = corner[0] - around[0] - reach_px, corner[1] - around[1] - reach_px
    scales, rows, cols = edges.shape
    window = np.zeros((scales, size, size), np.complex64)
    inside = (slice(max(top, 0), max(min(top + size, rows), 0)), slice(max(left, 0), max(min(left + size, cols), 0)))
    part = edges[:, *inside]
    first_row, first_col = max(-top, 0), max(-left, 0)
    window[:, first_row : first_row + part.shape[1], first_col : first_col + part.shape[2]] = part
    return window


def _agreements(template: Edges, searched: Edges, reach_px: int) -> NDArray[np.float32]:
    length = fft.next_fast_len(searched.shape[-1])
    product = np.conj(fft.fft2(template, (length, length))) * fft.fft2(searched, (length, length))
    surfaces = fft.ifft2(product.sum(axis=1)).real[:, : 2 * reach_px + 1, : 2 * reach_px + 1]
    return np.ascontiguousarray(surfaces[:, ::-1, ::-1])


def _energy(edges: Edges) -> NDArray[np.float32]:
    """Mean square length of an image, or of each of many."""
    return np.asarray(np.mean(edges.real**2 + edges.imag**2, axis=(-3, -2, -1)))


def _peaks(agreement: NDArray[np.float32]) -> tuple[NDArray[np.float64], ...]:
    """(n,) each: row and col of the peak to a fraction of a pixel, its height, and that of its best rival."""
    count, rows, cols = agreement.shape
    flat = agreement.reshape(count, -1)
    row, col = np.divmod(flat.argmax(axis=1), cols)
    far = np.hypot(np.arange(rows)[:, None] - row[:, None, None], np.arange(cols) - col[:, None, None]) > PEAK_PX
    others = np.where(far, agreement, np.nan)
    mean = np.nanmean(others, axis=(1, 2))
    spread = np.maximum(np.nanstd(others, axis=(1, 2)), 1e-12)
    height = (flat.max(axis=1) - mean) / spread
    rival = (np.nanmax(others, axis=(1, 2)) - mean) / spread
    index = np.arange(count)
    row_part = _vertex(*(agreement[index, np.clip(row + step, 0, rows - 1), col] for step in (-1, 0, 1)))
    col_part = _vertex(*(agreement[index, row, np.clip(col + step, 0, cols - 1)] for step in (-1, 0, 1)))
    return row + row_part, col + col_part, height, rival


def _vertex(before: NDArray[np.float32], at: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where the parabola through three neighbours has its top, from the middle one; at most half a pixel off."""
    bend = np.asarray(before - 2 * at + after, np.float64)
    part = np.divide(0.5 * (before - after), bend, out=np.zeros_like(bend), where=bend < -1e-12)
    return np.asarray(np.clip(part, -0.5, 0.5))
