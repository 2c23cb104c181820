"""Numbers drawn from a seed and from what a scene is, whatever else is drafted with it and in what order."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.drafting.box_arrays import BoxArrays, Codes, Floats

Keys = NDArray[np.uint64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_TO_UNIT: Final = 2.0**-53


def scene_keys(arrays: BoxArrays, seed: int) -> Keys:
    """One number a scene, of its name, size and boxes and the seed: the same in every process and on every machine."""
    corners, keys = arrays.corners.astype("<f8"), []
    for scene, start in zip(arrays.scenes, arrays.first_box.tolist(), strict=True):
        told = hashlib.sha256(f"{seed}\n{scene.size[0]}×{scene.size[1]}\n{scene.name}\n".encode("utf-8", "replace"))
        told.update(corners[start : start + len(scene.boxes)].tobytes())
        keys.append(int.from_bytes(told.digest()[:8], "little"))
    return np.array(keys, dtype=np.uint64)


def draw(keys: Keys, *purpose: Codes | int) -> Floats:
    """A number from 0 up to 1 for each key; another one for another ``purpose``, which is whole numbers."""
    state = keys
    with np.errstate(over="ignore"):
        for part in purpose:
            state = _mixed(state ^ _mixed(np.asarray(part, dtype=np.int64).astype(np.uint64) + _GOLDEN))
    return (state >> np.uint64(11)).astype(np.float64) * _TO_UNIT


def _mixed(value: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which tells neighbouring numbers apart."""
    value = value + _GOLDEN
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))
