"""Vectors in a NumPy file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.similarity import SimilarityError


def read_vectors(path: Path) -> NDArray[Any]:
    """The array of an ``.npy`` file, as a memory map.

    Raises
    ------
    SimilarityError
        If the file is none, is cut off, or holds Python objects, which may run code when they are read.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(6) != b"\x93NUMPY":
            raise SimilarityError("this is no NumPy array file; write one with numpy.save")
    try:
        vectors: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, SyntaxError, TypeError, OverflowError, MemoryError) as error:
        raise SimilarityError(f"the array cannot be read ({error}); write it with numpy.save as numbers") from error
    return vectors
