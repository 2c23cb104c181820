"""Small sources on disk: paired folders of GeoTIFFs, COCO folders of PNGs, and files that no reader should trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio import shutil as raster_shutil
from rasterio.transform import from_origin

SIZE = 96


def make_sar(path: Path, seed: int = 0, *, crs: str | None = None, size: int = SIZE, east: float = 0.0) -> Path:
    """Speckled power over two kinds of ground, float32, written in dB with a corner of NaN."""
    rng = np.random.default_rng(seed)
    ground = np.where(np.arange(size) < size // 2 + seed % 7, 0.02, 0.2)[None, :] * np.ones((size, 1))
    decibel = (10 * np.log10(ground * rng.gamma(4, 0.25, (size, size)))).astype(np.float32)
    decibel[:5, :5] = np.nan
    place: dict[str, Any] = {}
    if crs is not None:
        place = {"crs": crs, "transform": from_origin(500_000 + east, 4_000_000, 10, 10)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", driver="GTiff", height=size, width=size, count=1, dtype="float32", **place) as file:
        file.write(decibel, 1)
        file.set_band_description(1, "VV")
    return path


def make_picture(path: Path, seed: int = 0, *, colours: int = 1, size: tuple[int, int] = (SIZE, SIZE)) -> Path:
    """8 bit noise, grey or in colour, in the format that the ending says."""
    rng = np.random.default_rng(seed)
    drivers = {".png": "PNG", ".jpg": "JPEG", ".bmp": "BMP", ".tif": "GTiff"}
    path.parent.mkdir(parents=True, exist_ok=True)
    values = rng.integers(0, 255, (colours, *size), dtype=np.uint8)
    profile = {"driver": "GTiff", "height": size[0], "width": size[1], "count": colours, "dtype": "uint8"}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(values)
        with memory.open() as file:
            raster_shutil.copy(file, path, driver=drivers[path.suffix])
    return path


def make_paired(folder: Path, count: int = 3, *, crs: str | None = None) -> Path:
    """``sar/scene-N.tif`` with ``optical/scene-N.tif``, and a box file that the first two are in."""
    for number in range(count):
        make_sar(folder / "sar" / f"scene-{number}.tif", number, crs=crs, east=number * 50_000.0)
        make_picture(folder / "optical" / f"scene-{number}.tif", number, colours=3)
    boxes = [
        {"id": 1, "image_id": 0, "category_id": 1, "bbox": [10, 10, 12, 8]},
        {"id": 2, "image_id": 0, "category_id": 1, "bbox": [15, 60, 12, 8]},
        {"id": 3, "image_id": 1, "category_id": 2, "bbox": [50, 50, 20, 20]},
    ]
    images = [{"id": n, "file_name": f"scene-{n}.tif", "height": SIZE, "width": SIZE} for n in range(min(count, 2))]
    write_coco(folder / "boxes.json", images, [box for box in boxes if box["image_id"] < count])
    return folder


def make_coco(folder: Path, count: int = 4) -> Path:
    """``Annotations/{train,val}.json`` and ``JPEGImages/`` with PNG, JPEG and BMP, one box an image."""
    endings = (".png", ".jpg", ".bmp")
    for split, offset in (("train", 0), ("val", count)):
        names = [f"{n:07}{endings[n % 3]}" for n in range(offset, offset + count)]
        for number, name in enumerate(names, offset):
            make_picture(folder / "JPEGImages" / split / name, number)
        images = [{"id": n, "file_name": name, "height": SIZE, "width": SIZE} for n, name in enumerate(names, offset)]
        boxes = [
            {"id": n + 1, "image_id": n, "category_id": 1, "bbox": [5, 6, 20, 10]}
            for n in range(offset, offset + count)
        ]
        write_coco(folder / "Annotations" / f"{split}.json", images, boxes)
    return folder


def write_coco(path: Path, images: list[dict[str, Any]], boxes: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    categories = [{"id": 1, "name": "ship"}, {"id": 2, "name": "tank"}]
    path.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))


def add_hostile_files(folder: Path) -> list[str]:
    """Files in ``folder`` that must each be refused with a reason; their names."""
    whole = make_sar(folder / "whole.tif", 1).read_bytes()
    (folder / "whole.tif").unlink()
    contents = {
        "truncated.tif": whole[: len(whole) // 3],
        "empty.tif": b"",
        "page.tif": b"<!doctype html><title>404</title><p>Not found",
        "text.png": b"not a picture",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    _write_zeros(folder / "huge.tif")
    _write_complex(folder / "complex.tif")
    return [*contents, "huge.tif", "complex.tif"]


def _write_zeros(path: Path) -> None:
    """A few kB that open as 436 million zeros."""
    shape = {"height": 16705, "width": 26102, "count": 1, "dtype": "uint8", "sparse_ok": True, "tiled": True}
    with rasterio.open(path, "w", driver="GTiff", compress="deflate", **shape):
        pass


def _write_complex(path: Path) -> None:
    with rasterio.open(path, "w", driver="GTiff", height=8, width=8, count=1, dtype="complex64") as file:
        file.write(np.ones((8, 8), np.complex64), 1)
