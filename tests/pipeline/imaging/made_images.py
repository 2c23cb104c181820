"""Small images for the tests of imaging, written as other people's software writes them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning

UTM = {"crs": "EPSG:32631", "transform": rasterio.Affine(0.5, 0, 590000, 0, -0.5, 5750000)}


def write_image(path: Path, values, **profile) -> Path:
    """Shape (rows, cols) or (bands, rows, cols); the driver by the file's suffix, else by ``driver``."""
    values = np.asarray(values)
    bands = values if values.ndim == 3 else values[None]
    driver = {".png": "PNG", ".jpg": "JPEG", ".bmp": "BMP"}.get(path.suffix, "GTiff")
    descriptions = profile.pop("descriptions", None)
    profile = {"driver": driver, "count": len(bands), "dtype": bands.dtype} | profile
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", height=bands.shape[1], width=bands.shape[2], **profile) as dataset:
            dataset.write(bands)
            if descriptions:
                dataset.descriptions = descriptions
    return path


def read_image(path: Path):
    """All bands as stored, and the dataset's profile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.read(), dataset.profile


def speckle(rows=64, cols=80, looks=1.0, seed=0):
    """Flat ground of mean 1 as power, float32."""
    return np.random.default_rng(seed).gamma(looks, 1 / looks, (rows, cols)).astype(np.float32)


def grey(rows=64, cols=80, seed=0):
    """Smooth 8-bit structure, which JPEG keeps nearly."""
    y, x = np.mgrid[0:rows, 0:cols]
    return (120 + 60 * np.sin(x / 9 + seed) + 50 * np.cos(y / 7)).astype(np.uint8)
