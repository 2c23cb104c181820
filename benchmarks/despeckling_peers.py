"""The filters that the refined Lee is measured against, each run as its own authors would run it.

A peer is a callable from a float32 image, shape (rows, cols), linear power of one look, to its filtered image.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Peer = Callable[[Image], Image]

_Y, _X = np.mgrid[-3:4, -3:4]
_HALVES = (
    (_X >= 0, _X <= 0),
    (_Y >= 0, _Y <= 0),
    (_X + _Y >= 0, _X + _Y <= 0),
    (_Y >= _X, _Y <= _X),
)
"""By edge direction the two half windows; the first is taken where its block is as near to the centre, or nearer."""
POLSARTOOLS_BLOCK = 512
"""Rows and columns that polsartools itself hands to its filter at a time."""


class PeerMissingError(Exception):
    """A library to compare with is not installed; the message says how to install it."""


def opencv_route() -> Peer:
    """Lee (1981) by ``cv2.filter2D``, as it is done in Python: OpenCV sums the windows, NumPy does the rest.

    Sixteen calls, eight half windows × (x, x²), and ``cv2.boxFilter`` for the blocks; all in float32, in place where
    that saves memory. One thread.
    """
    cv2, kernels = _opencv()

    def despeckle(x: Image) -> Image:
        squared = x * x
        mean, variance = np.empty_like(x), np.empty_like(x)
        for halves, masks in zip(kernels, _choices(cv2, x), strict=True):
            for kernel, is_taken in zip(halves, masks, strict=True):
                np.copyto(mean, cv2.filter2D(x, cv2.CV_32F, kernel), where=is_taken)
                np.copyto(variance, cv2.filter2D(squared, cv2.CV_32F, kernel), where=is_taken)
        mean_squared = mean * mean
        variance -= mean_squared
        variance *= np.float32(28 / 27)
        ground = np.maximum(variance - mean_squared, np.float32(0))
        # One look: c is 1, and the share of the pixel is q / v with q = (v - m² c) / (1 + c).
        share = np.divide(ground, variance, out=np.zeros_like(x), where=variance > 0)
        share *= np.float32(0.5)
        share *= x - mean
        mean += share
        return mean

    return despeckle


def _choices(cv2: Any, x: Image) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """For each edge direction where it is taken with its first side, and where with its second."""
    nw, n, ne, we, ce, ea, sw, s, se = _blocks(cv2, x)
    gradients = [
        np.abs((ne + ea + se) - (nw + we + sw)),
        np.abs((nw + n + ne) - (sw + s + se)),
        np.abs((nw + n + we) - (se + s + ea)),
        np.abs((ne + n + ea) - (sw + s + we)),
    ]
    largest, direction = gradients[0], np.zeros(x.shape, np.uint8)
    for number, gradient in enumerate(gradients[1:], 1):
        is_larger = gradient > largest
        np.copyto(largest, gradient, where=is_larger)
        direction[is_larger] = number
    choices = []
    for number, (first, second) in enumerate(((ea, we), (s, n), (se, nw), (sw, ne))):
        is_taken = direction == number
        is_first = np.abs(first - ce) <= np.abs(second - ce)
        choices.append((is_taken & is_first, is_taken & ~is_first))
    return choices


def opencv_throughout() -> Peer:
    """As :func:`opencv_route`, with OpenCV for every step around the windows too, by someone who knows it well."""
    cv2, kernels = _opencv()

    def despeckle(x: Image) -> Image:
        squared = cv2.multiply(x, x)
        mean, mean_of_squares = np.empty_like(x), np.empty_like(x)
        for halves, masks in zip(kernels, _masks_of_sides(cv2, x), strict=True):
            for kernel, mask in zip(halves, masks, strict=True):
                cv2.copyTo(cv2.filter2D(x, cv2.CV_32F, kernel), mask, mean)
                cv2.copyTo(cv2.filter2D(squared, cv2.CV_32F, kernel), mask, mean_of_squares)
        mean_squared = cv2.multiply(mean, mean)
        variance = cv2.subtract(mean_of_squares, mean_squared)
        cv2.multiply(variance, 28 / 27, variance)
        ground = np.maximum(cv2.subtract(variance, mean_squared), 0)
        share = cv2.divide(ground, variance, scale=0.5)
        result: Image = cv2.add(mean, cv2.multiply(share, cv2.subtract(x, mean)))
        return result

    return despeckle


def _opencv() -> tuple[Any, list[list[Image]]]:
    """The module, on one thread, and the kernels of the half windows."""
    try:
        import cv2
    except ImportError as error:
        raise PeerMissingError("OpenCV is not installed: pip install opencv-python-headless") from error
    cv2.setNumThreads(1)
    return cv2, [[half.astype(np.float32) / 28 for half in halves] for halves in _HALVES]


def _blocks(cv2: Any, x: Image) -> tuple[Image, ...]:
    """The nine 3×3 means of each pixel's window, from north west to south east."""
    rows, cols = x.shape
    blocks = cv2.copyMakeBorder(cv2.boxFilter(x, cv2.CV_32F, (3, 3)), 2, 2, 2, 2, cv2.BORDER_REFLECT_101)
    return tuple(blocks[y : y + rows, x : x + cols] for y in (0, 2, 4) for x in (0, 2, 4))


def _masks_of_sides(cv2: Any, x: Image) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """For each edge direction where it is taken, and of its two sides which; 255 or 0."""
    nw, n, ne, we, ce, ea, sw, s, se = _blocks(cv2, x)
    across, down = cv2.subtract(ea, we), cv2.subtract(s, n)
    falls, rises = cv2.subtract(se, nw), cv2.subtract(sw, ne)
    opposite, along = cv2.subtract(falls, rises), cv2.add(falls, rises)
    both, difference = cv2.add(across, down), cv2.subtract(across, down)
    gradients = [
        np.abs(cv2.add(across, opposite)),
        np.abs(cv2.add(down, along)),
        np.abs(cv2.add(both, falls)),
        np.abs(cv2.subtract(difference, rises)),
    ]
    masks = []
    free = np.full(x.shape, 255, np.uint8)
    for number, (first, second) in enumerate(((ea, we), (s, n), (se, nw), (sw, ne))):
        is_taken = free
        for other in gradients[number + 1 :]:
            is_taken = cv2.bitwise_and(is_taken, cv2.compare(gradients[number], other, cv2.CMP_GE))
        free = cv2.subtract(free, is_taken)
        is_first = cv2.compare(cv2.absdiff(first, ce), cv2.absdiff(second, ce), cv2.CMP_LE)
        side = cv2.bitwise_and(is_taken, is_first)
        masks.append((side, cv2.subtract(is_taken, side)))
    return masks


def polsartools_filter() -> Peer:
    """polsartools' compiled refined Lee with its 7×7 window, called as its own ``filter_refined_lee`` calls it.

    It takes no single band: the image is the first plane of a dual-polarised matrix whose others are zero, so that the
    span, which chooses the window, is the image.
    """
    extension = _polsartools_extension()

    def despeckle(x: Image) -> Image:
        padded = np.pad(x, ((3, 4), (3, 4)))
        nothing = np.zeros_like(padded)
        planes = extension.process_chunk_rfleecpp([padded, nothing, nothing, nothing], 7)
        return np.asarray(planes[0], dtype=np.float32)[3:-4, 3:-4]

    return despeckle


def _polsartools_extension() -> ModuleType:
    """The compiled module alone: the package itself imports GDAL's bindings, which the filter does not need."""
    for folder in sys.path:
        for path in sorted(Path(folder or ".").glob("polsartools/rflee*")):
            specification = importlib.util.spec_from_file_location("rflee", path)
            if path.suffix in (".so", ".pyd") and specification is not None and specification.loader is not None:
                module = importlib.util.module_from_spec(specification)
                specification.loader.exec_module(module)
                return module
    raise PeerMissingError("polsartools is not installed: pip install --no-deps polsartools")
