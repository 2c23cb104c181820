"""CSV cells that no spreadsheet takes for a formula, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠", "|", "%")
_PLAIN: Final = re.compile(r'[A-Za-z0-9][^",\r\n]*+').fullmatch
_QUOTED: Final = re.compile(r'[",\r\n]')


def cell(text: str) -> str:
    """``text`` with an apostrophe before it where its start could begin a formula (white space aside)."""
    return f"'{text}" if text.lstrip().startswith(_STARTS) or text.startswith(_STARTS) else text


def text_of_cell(written: str) -> str:
    """The inverse of :func:`cell`."""
    return written[1:] if written.startswith("'") else written


def row(texts: Sequence[str]) -> bytes:
    """One row of a CSV file in UTF-8 (RFC 4180: its end is CR LF, so that a CR in a text is quoted too)."""
    return line(texts).encode()


def line(texts: Sequence[str]) -> str:
    """As :func:`row`, before it is encoded."""
    if list(texts) == [""]:
        return '""\r\n'  # an empty line would be no row
    return ",".join([text if _PLAIN(text) else _written(cell(text)) for text in texts]) + "\r\n"


def _written(text: str) -> str:
    """In quotation marks where it has one, a comma or an end of a line."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text
