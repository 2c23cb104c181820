"""The images that models are shown: processed, or as the sensor gave them. Needs rasterio: for commands only."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image as Pixels

from app.assets import AssetStore
from app.evaluation.queries.items import Image
from app.intake.workflow.pictures import QUALITY, picture_of, picture_size
from pipeline.drafting.drafting import Picture

Shown = Literal["processed", "raw"]
SHOWN: Final[tuple[Shown, ...]] = ("processed", "raw")
_DB_STEP: Final = 0.01
"""Of a decibel, in which images of 16 bit are stored."""


def picture_for(store: AssetStore, image: Image, shown: Shown) -> Picture:
    """The picture of a scene as JPEG.

    ``processed`` has been despeckled and stretched, as the paper feeds a model. ``raw`` is the image as it was given:
    one of 8 bit as it is; measured values as amplitude, linear from the smallest to the largest.

    Raises
    ------
    MissingAssetError
        If the store does not have it.
    """
    if shown == "processed" or image.sar is None:
        return picture_of(store, image.processed)
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        path = store.fetch(image.sar, Path(folder))
        with rasterio.open(path) as source:
            if source.dtypes[0] == "uint8":
                return picture_of(store, image.sar)
            values, step = source.read(1, masked=True), _DB_STEP if source.dtypes[0] == "int16" else 1.0
    return _encoded(_linear(values, image.unit, step))


def _linear(values: Any, unit: str, step: float) -> NDArray[np.uint8]:
    """Amplitude from 0 to 255; black where there is no data."""
    valid = ~np.ma.getmaskarray(values) & np.isfinite(values.filled(0))
    told = values.filled(0).astype(np.float64)
    amplitude = told if unit == "dn" else 10 ** (told * step / 20)
    if not valid.any():
        return np.zeros(valid.shape, np.uint8)
    low, high = float(amplitude[valid].min()), float(amplitude[valid].max())
    scaled = np.where(valid, (amplitude - low) / ((high - low) or 1.0), 0.0)
    return np.round(255 * scaled).astype(np.uint8)


def _encoded(pixels: NDArray[np.uint8]) -> Picture:
    rows, cols = pixels.shape
    size = picture_size(rows, cols)
    image = Pixels.fromarray(pixels)
    if size != (rows, cols):
        image = image.resize((size[1], size[0]), Pixels.Resampling.BOX)
    encoded = BytesIO()
    image.save(encoded, "JPEG", quality=QUALITY)
    return Picture(encoded.getvalue(), size, max(1.0, rows / size[0]))
