"""JSON files too large to be held: read one element after another, with the byte where a file breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import ijson

from pipeline.sources.reading import SourceError, unreadable

_CHUNK: Final = 1 << 16
# Python's json writes NaN and Infinity, which are not JSON: they become an empty list of the same length, so that one
# bad box is reported instead of the file being unreadable. A list breaks no string that happens to hold the word.
_NOT_NUMBERS: Final = re.compile(rb"(?<=[\[,:\s])(-?Infinity|-?NaN)(?=\s*[,\]}])")
_LONGEST_TOKEN: Final = 16
DEEPEST: Final = 100
"""COCO needs six levels."""
_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
_NEITHER: Final = bytes(byte for byte in range(256) if byte not in b'"[]{}')


def _as_empty_list(found: re.Match[bytes]) -> bytes:
    return b"[]".ljust(len(found[0]))


class _TooDeepError(ValueError):
    """Nested so deep that the parser, which spells out the path to each value, would take all memory."""


class _Nesting:
    """Follows how deep a JSON text is nested, chunk by chunk, at a small part of the cost of parsing it."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_in_string = False
        self._carried = b""

    def follow(self, chunk: bytes) -> None:
        """Raise _TooDeepError where the text opens more than DEEPEST lists and objects within each other."""
        for bracket in self._brackets(chunk):
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > DEEPEST:
                raise _TooDeepError

    def _brackets(self, chunk: bytes) -> bytes:
        """Those outside of strings."""
        text = self._carried + chunk
        if b"\\" in text:
            text = _ESCAPED.sub(b"", text)
        # A backslash at the end waits for what it escapes.
        self._carried = b"\\" if text.endswith(b"\\") else b""
        quotes_and_brackets = text.translate(None, _NEITHER)
        parts = quotes_and_brackets.split(b'"')
        outside = b"".join(parts[int(self._is_in_string) :: 2])
        self._is_in_string ^= len(parts) % 2 == 0
        return outside


class _NumbersOnly:
    """A binary file whose NaN and Infinity are turned into empty lists while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._carried = b""
        self.skipped = 3 if file.read(3) == b"\xef\xbb\xbf" else 0
        """Bytes of a mark of the byte order, which is not part of the JSON."""
        file.seek(self.skipped)
        self._nesting = _Nesting()

    def read(self, size: int = _CHUNK) -> bytes:
        if size == 0:
            return b""
        # More than is carried on, or nothing would be given out, which says that the file is at its end.
        fresh = self._file.read(max(size, _LONGEST_TOKEN * 2))
        is_last = len(fresh) < _LONGEST_TOKEN * 2
        self._nesting.follow(fresh)
        text = self._carried + fresh
        mended = _NOT_NUMBERS.sub(_as_empty_list, text) if b"N" in text or b"I" in text else text
        # A token may be cut by the end of this chunk: its beginning waits for the next one.
        keep = 0 if is_last else _LONGEST_TOKEN
        self._carried = mended[len(mended) - keep :] if keep else b""
        return mended[: len(mended) - keep] if keep else mended


def stream_json(file: Path, prefix: str) -> Iterator[Any]:
    """The elements below a prefix of ijson's, such as ``images.item``; numbers are int or float.

    Raises
    ------
    SourceError
        If the file is not JSON or ends too early, with the 0-based byte; or it is nested too deep.
    """
    with _faults_of(file), file.open("rb") as opened:
        yield from ijson.items(cast(Any, _NumbersOnly(opened)), prefix, use_float=True)


Event = tuple[str, Any]


def stream_events(file: Path) -> Iterator[Event]:
    """The whole file as ijson's basic events, for what must not be built in memory; raises as :func:`stream_json`."""
    with _faults_of(file), file.open("rb") as opened:
        yield from ijson.basic_parse(cast(Any, _NumbersOnly(opened)), use_float=True)


@contextmanager
def _faults_of(file: Path) -> Iterator[None]:
    """Turn the parser's errors into sentences about the file."""
    try:
        yield
    except _TooDeepError as error:
        what = f"lists and objects lie more than {DEEPEST} deep within each other, as in no COCO file"
        raise SourceError(file, what, "Fetch or write the file again.") from error
    except OSError as error:
        raise unreadable(file, error) from error
    except (ijson.JSONError, UnicodeDecodeError, OverflowError) as error:
        raise SourceError(file, _broken(file, error), "Fetch or write the file again.") from error


def _broken(file: Path, error: Exception) -> str:
    if not file.stat().st_size:
        return "this file is empty"
    what = "a number is too large" if "overflow" in str(error) else "this is not whole JSON: it breaks"
    return f"{what} at byte {_broken_at(file):,}"


def _broken_at(file: Path) -> int:
    """The 0-based byte at which the file stops being JSON; its length if it ends too early."""
    whole = _parsed_bytes(file, whole_chunks=1 << 62, step=_CHUNK)
    return _parsed_bytes(file, whole_chunks=whole, step=1)


def _parsed_bytes(file: Path, whole_chunks: int, step: int) -> int:
    """How many bytes the parser takes: in one piece those up to ``whole_chunks``, then ``step`` at a time."""
    with file.open("rb") as opened:
        source = _NumbersOnly(opened)
        parser = ijson.basic_parse_coro(_Nowhere(), use_float=True)
        taken = source.skipped
        while chunk := source.read():
            stride = len(chunk) if taken + len(chunk) <= whole_chunks else step
            for start in range(0, len(chunk), stride):
                try:
                    parser.send(chunk[start : start + stride])
                except (ijson.JSONError, UnicodeDecodeError, OverflowError):
                    return taken
                taken += len(chunk[start : start + stride])
    return taken


class _Nowhere:
    """Takes parse events and forgets them: only the position of a failure is wanted."""

    def send(self, event: object) -> None: ...
