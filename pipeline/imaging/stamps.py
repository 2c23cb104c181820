"""What a processed file was made of, written into it: so that a run that broke off knows what is done.

The stamp comes into being together with the file, in one step, so it can be trusted after any crash.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any, BinaryIO, Final

from pipeline.imaging.prepared import PreprocessRequest
from pipeline.records import digest

IMAGE_DESCRIPTION: Final = 270
_VERSION: Final = 1
"""Of what is done to pixels; another one means that files of before are not up to date."""
_ASCII: Final = 2
_PREFIX: Final = "preprocessed, of "
_PIECE: Final = 1 << 20


def stamp_of(request: PreprocessRequest) -> str:
    """Names the content of the source and all options that change pixels.

    Raises OSError if the source cannot be read.
    """
    content = hashlib.sha256()
    with request.source.open("rb") as file:
        while piece := file.read(_PIECE):
            content.update(piece)
    speckle = request.speckle
    # How many threads there are changes nothing.
    options = [request.band, request.quantity, speckle.looks, speckle.weight, speckle.flat_test]
    return f"{_PREFIX}{digest([_VERSION, content.hexdigest(), options])}"


def tags_with(stamp: str | None, tags: dict[int, tuple[int, Any]]) -> dict[int, tuple[int, Any]]:
    """TIFF tags with the stamp among them."""
    return tags if stamp is None else {**tags, IMAGE_DESCRIPTION: (_ASCII, stamp.encode("ascii") + b"\0")}


def is_stamped(path: Path, stamp: str) -> bool:
    """Whether the file is one of ours and bears just this stamp."""
    try:
        with path.open("rb") as file:
            return _description_in(file) == stamp
    except (OSError, struct.error):
        return False


def _description_in(file: BinaryIO) -> str | None:
    """The image description of a little-endian TIFF or BigTIFF; None where there is none."""
    head = file.read(16)
    if head[:4] == b"II*\0":
        start, counts, entry, pointer, inline = struct.unpack_from("<I", head, 4)[0], "<H", "<HHII", "<I", 4
    elif head[:4] == b"II+\0":
        start, counts, entry, pointer, inline = struct.unpack_from("<Q", head, 8)[0], "<Q", "<HHQQ", "<Q", 8
    else:
        return None
    file.seek(start)
    (number,) = struct.unpack(counts, file.read(struct.calcsize(counts)))
    size = struct.calcsize(entry)
    entries = file.read(size * min(number, 100))
    for at in range(0, len(entries), size):
        tag, kind, length, _ = struct.unpack_from(entry, entries, at)
        if (tag, kind) == (IMAGE_DESCRIPTION, _ASCII) and inline < length < 1000:
            file.seek(struct.unpack_from(pointer, entries, at + size - inline)[0])
            return file.read(length - 1).decode("ascii", "replace")
    return None
