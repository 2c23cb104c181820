"""What a reader is asked for: one record for all of them, and a sentence where one of them cannot follow it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Where a source lies and what of it is wanted; what is not given is None or empty.

    Each reader takes ``path`` and ``band`` and says which others it takes.
    """

    path: Path
    """The source's folder."""
    optical: Path | None = None
    """Folder of the optical images, where not in ``path``."""
    boxes: Path | None = None
    """File of the object boxes, where not in ``path``."""
    images: Path | None = None
    """Folder of the SAR images, where not in ``path``."""
    labelled: tuple[str, ...] = ()
    """Categories annotated exhaustively in every scene. A scene of which a box had to be refused loses that box's
    category again, because "no such object" no longer follows from its boxes."""
    pair: str | None = None
    """``SAR:OPTICAL``: the part of a path that tells a SAR image, and what stands there for its partner."""
    band: int | str | None = None
    """The polarisation. Pixels are read later; a reader only needs it where each polarisation is a file of its own."""


ALWAYS_TAKEN: Final = frozenset({"path", "band"})
OPTION_NAMES: Final = tuple(field.name for field in fields(SourceOptions) if field.name not in ALWAYS_TAKEN)


def given(options: SourceOptions) -> tuple[str, ...]:
    """The names of the options that were given, without those that every reader takes."""
    return tuple(name for name in OPTION_NAMES if getattr(options, name) not in (None, ()))
