"""CSV cells that no spreadsheet takes for a formula, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠", "|", "%")


def cell(text: str) -> str:
    """``text`` with an apostrophe before it where its start could begin a formula (white space aside)."""
    return f"'{text}" if text.lstrip().startswith(_STARTS) or text.startswith(_STARTS) else text


def text_of_cell(written: str) -> str:
    """The inverse of :func:`cell`."""
    return written[1:] if written.startswith("'") else written


def row(texts: Sequence[str]) -> bytes:
    """One row of a CSV file in UTF-8 (RFC 4180: its end is CR LF, so that a CR in a text is quoted too)."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([cell(text) for text in texts])
    return written.getvalue().encode()
