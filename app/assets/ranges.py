"""Byte ranges of RFC 9110, one at a time: what COG readers ask for."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


class RangeError(ValueError):
    """No byte of the range is in the file."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The half-open range that a ``Range`` header asks for, of a file of ``size`` bytes.

    None stands for the whole file: no header, or one that is malformed or names several ranges, which RFC 9110 allows
    a server to ignore.

    Raises
    ------
    RangeError
        If the range is well formed and not one byte of it exists.
    """
    found = _ONE_RANGE.fullmatch(header or "")
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return _from_end(int(last), size)
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeError(f"the file has {size} bytes")
    return start, end


def _from_end(count: int, size: int) -> tuple[int, int]:
    if count == 0 or size == 0:
        raise RangeError(f"the file has {size} bytes")
    return max(0, size - count), size
