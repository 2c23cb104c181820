"""What makes vectors of texts and images: extractors, each under a name that every result carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
TextVectors = Callable[[Sequence[str]], Vectors]
"""Texts to an array of shape (texts, numbers)."""
ImageVectors = Callable[[Iterable[NDArray[np.uint8]]], Vectors]
"""Images, each of shape (rows, cols) or (rows, cols, 3), to an array of shape (images, numbers)."""

BATCH = 32


class ExtractorError(RuntimeError):
    """An extractor that cannot be used here: what is missing, and what to do."""


@dataclass(frozen=True, slots=True)
class Extractor:
    """A way to make vectors. Figures of different extractors do not compare."""

    name: str
    kind: Literal["text", "image"]
    about: str
    open_texts: Callable[[], TextVectors] | None = None
    open_images: Callable[[Path | None], ImageVectors] | None = None
    """Gets the local file of weights, for extractors that need one."""


def missing(error: ImportError) -> ExtractorError:
    """The error where an optional package is not installed."""
    return ExtractorError(f"{error.name} is not installed; install trihedral with its extra: trihedral[similarity]")


def rgb(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image with three bands; one band is repeated."""
    return np.stack([image] * 3, axis=-1) if image.ndim == 2 else image[..., :3]
