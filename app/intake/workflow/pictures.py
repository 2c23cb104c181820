"""A scene's images as pictures that a model is shown. Needs rasterio: for jobs and commands only."""

from __future__ import annotations

import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

import rasterio
from PIL import Image
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning

from app.assets import AssetStore
from pipeline.drafting.drafting import Picture

LONGEST_SIDE_PX: Final = 1536
"""Models scale larger pictures down themselves; what is sent is paid for."""
QUALITY: Final = 92
"""Of the JPEG; what is lost lies far below speckle."""
_AHEAD: Final = 8
"""Scenes whose pictures are made while others are asked about."""

# Assets carry no coordinates on purpose. Not around each reading, since what is ignored is shared by all threads.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

Wanted = TypeVar("Wanted")
Made = TypeVar("Made")


def picture_size(rows: int, cols: int) -> tuple[int, int]:
    """(rows, cols) of the picture of a scene of this size."""
    reduction = _reduction(rows, cols)
    return max(1, round(rows / reduction)), max(1, round(cols / reduction))


def picture_of(store: AssetStore, sha256: str) -> Picture:
    """The asset as a JPEG of at most :data:`LONGEST_SIDE_PX` along a side: in colour where it has three bands.

    Raises
    ------
    MissingAssetError
        If the store does not have it.
    """
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        picture = _encoded(store.fetch(sha256, Path(folder)))
    # Here, where threads do it in advance, instead of when it is sent.
    _ = picture.data_url
    return picture


def in_advance(wanted: Iterable[Wanted], make: Callable[[Wanted], Made], threads: int = 2) -> Iterator[Made]:
    """``make(each)`` in the order of ``wanted``, a few of them ahead, so that making and waiting overlap."""
    with ThreadPoolExecutor(threads, thread_name_prefix="pictures") as pool:
        under_way: deque[Future[Made]] = deque()
        try:
            for each in wanted:
                under_way.append(pool.submit(make, each))
                if len(under_way) > _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _reduction(rows: int, cols: int) -> float:
    return max(1.0, max(rows, cols) / LONGEST_SIDE_PX)


def _encoded(path: Path) -> Picture:
    with rasterio.open(path) as source:
        size = picture_size(*source.shape)
        bands = (1, 2, 3) if source.count >= 3 else (1,)
        pixels = source.read(bands, out_shape=(len(bands), *size), resampling=Resampling.average)
        reduction = _reduction(*source.shape)
    planes = [Image.fromarray(plane) for plane in pixels]
    encoded = BytesIO()
    (Image.merge("RGB", planes) if len(planes) == 3 else planes[0]).save(encoded, "JPEG", quality=QUALITY)
    return Picture(encoded.getvalue(), size, reduction)
