"""Whether a PNG or BMP is all there: GDAL fills what is missing of these with black, and says nothing.

Of a truncated TIFF or JPEG it does complain, the latter since it is told to take warnings for errors.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Final

_PNG_HEADER_BYTES: Final = 8
_PIECE: Final = 1 << 20


def is_complete(descriptor: int, driver: str) -> bool:
    """Whether the file ends where its own structure says, with checksums that fit; True for kinds not checked here."""
    if driver == "PNG":
        return _is_complete_png(descriptor)
    if driver == "BMP":
        return _is_complete_bmp(descriptor)
    return True


def _is_complete_png(descriptor: int) -> bool:
    """Follows the chunks, each (length, name, content, checksum of name and content), up to IEND."""
    at = _PNG_HEADER_BYTES
    while True:
        head = os.pread(descriptor, 8, at)
        if len(head) < 8:
            return False
        length, name = struct.unpack(">I4s", head)
        if name == b"IEND":
            return True
        checksum = os.pread(descriptor, 4, at + 8 + length)
        if len(checksum) < 4 or struct.unpack(">I", checksum)[0] != _checksum(descriptor, at + 4, length + 4):
            return False
        at += 12 + length


def _checksum(descriptor: int, start: int, length: int) -> int:
    value = 0
    while length > 0:
        piece = os.pread(descriptor, min(length, _PIECE), start)
        value = zlib.crc32(piece, value)
        start += len(piece)
        length -= len(piece) or length
    return value


def _is_complete_bmp(descriptor: int) -> bool:
    """Uncompressed pixels lie in rows padded to four bytes; of compressed ones the header states the size."""
    head = os.pread(descriptor, 38, 0)
    if len(head) < 38:
        return False
    (offset,) = struct.unpack_from("<I", head, 10)
    width, height = struct.unpack_from("<ii", head, 18)
    bits, compression, stated = struct.unpack_from("<HII", head, 28)
    size = stated if compression in (1, 2) else (abs(width) * bits + 31) // 32 * 4 * abs(height)
    return bool(os.fstat(descriptor).st_size >= offset + size)
