"""Images through a torch model, batch by batch. torch is imported when a batch is made, never before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.extraction import BATCH, ImageVectors, Vectors, rgb


@dataclass(frozen=True, slots=True)
class Normalisation:
    """How an image becomes what a model was trained on: resized to a square, then less mean over std, of 0 to 1."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def pooled(features: Callable[[Any], Any], normalisation: Normalisation) -> ImageVectors:
    """Vectors from the features of a model, averaged over the image."""

    def vectors(images: Iterable[NDArray[np.uint8]]) -> Vectors:
        import torch

        made: list[Vectors] = []
        with torch.inference_mode():
            for batch in _batches(images):
                block = torch.from_numpy(np.stack([_prepared(image, normalisation) for image in batch]))
                made.append(features(block).mean(dim=(2, 3)).numpy())
        return np.concatenate(made) if made else np.zeros((0, 0), np.float32)

    return vectors


def _batches(images: Iterable[NDArray[np.uint8]]) -> Iterator[list[NDArray[np.uint8]]]:
    batch: list[NDArray[np.uint8]] = []
    for image in images:
        batch.append(image)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _prepared(image: NDArray[np.uint8], normalisation: Normalisation) -> NDArray[np.float32]:
    from PIL import Image

    square = Image.fromarray(rgb(image)).resize((normalisation.size,) * 2, Image.Resampling.BILINEAR)
    scaled = (np.asarray(square, np.float32) / 255 - np.array(normalisation.mean)) / np.array(normalisation.std)
    prepared: NDArray[np.float32] = scaled.astype(np.float32).transpose(2, 0, 1)
    return prepared
