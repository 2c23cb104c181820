"""Which band of an image is meant: by number, by description, or by polarisation."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import Opened

POLARISATIONS: Final = ("HH", "HV", "VH", "VV", "RH", "RV", "LH", "LV")
_TAGS: Final = ("polarisation", "polarization", "polarimetric_interp", "pol")
_JPEG_TOLERANCE: Final = 2
"""Levels by which the bands of a grey image may differ after JPEG has rounded its colours."""
_ROWS_AT_ONCE: Final = 1024


def band_names(dataset: Any) -> tuple[str | None, ...]:
    """What each band is called: its description, else the polarisation that its tags state."""
    return tuple(
        description or _tagged(dataset.tags(number)) for number, description in enumerate(dataset.descriptions, 1)
    )


def is_polarisation(name: str | None) -> bool:
    """Whether a band's name is, or holds, that of a polarisation."""
    return polarisation_in(name) is not None


def band_number(image: Opened, band: int | str | None) -> int:
    """The number, from 1, of the band that is meant; the first if none is named.

    Raises ImageError, naming the bands there are, if there is no such band or a polarisation fits several.
    """
    count = image.dataset.count
    if band is None:
        return 1
    if isinstance(band, str) and band.strip().isdecimal():
        band = int(band)
    if isinstance(band, int):
        if not 1 <= band <= count:
            raise ImageError(image.path, f"has no band {band}; it has {count}")
        return band
    names = band_names(image.dataset)
    wanted = band.strip().casefold()
    fitting = [number for number, name in enumerate(names, 1) if name and name.casefold() == wanted]
    fitting = fitting or [number for number, name in enumerate(names, 1) if polarisation_in(name) == wanted.upper()]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(name for name in names if name) or "no descriptions"
    trouble = f"has several bands {band!r}" if fitting else f"has no band {band!r}"
    raise ImageError(image.path, f"{trouble} (it has {known}); give the band's number, 1 to {count}")


def choose_silently(image: Opened) -> list[str]:
    """What to note where no band was named; false colour is refused."""
    dataset = image.dataset
    names = band_names(dataset)
    colours = [kind for kind in dataset.colorinterp if kind != ColorInterp.alpha]
    if dataset.count == 1 or (len(colours) == 1 and not any(map(is_polarisation, names))):
        return []
    if len(colours) == 3 and set(dataset.dtypes) == {"uint8"} and not any(map(is_polarisation, names)):
        if not _is_grey(image):
            reason = (
                "is a colour image: its three bands differ, so it is no single polarisation; "
                "name the band to take with --band"
            )
            raise ImageError(image.path, reason)
        return ["three equal bands were taken as one grey band"]
    named = f" ({names[0]})" if names[0] else ""
    return [f"band 1{named} of {dataset.count} was taken, since none was named"]


def _tagged(tags: dict[str, str]) -> str | None:
    found = {key.casefold(): value for key, value in tags.items()}
    return next((found[tag].strip() for tag in _TAGS if is_polarisation(found.get(tag))), None)


def polarisation_in(name: str | None) -> str | None:
    """The polarisation that a name holds: ``Sigma0_VV_db`` holds VV; ``HH+HV`` holds none, as it is two."""
    found = {word for word in re.split(r"[^A-Z]+", (name or "").upper()) if word in POLARISATIONS}
    return found.pop() if len(found) == 1 else None


def _is_grey(image: Opened) -> bool:
    tolerance = _JPEG_TOLERANCE if image.dataset.driver == "JPEG" else 0
    rows, cols = image.dataset.shape
    with image.damage_reported():
        for first in range(0, rows, _ROWS_AT_ONCE):
            window = Window(0, first, cols, min(_ROWS_AT_ONCE, rows - first))
            bands = image.dataset.read([1, 2, 3], window=window).astype(np.int16)
            if int(np.abs(bands[1:] - bands[0]).max()) > tolerance:
                return False
    return True
