"""The lists of a JSON file, one element after another: a file's objects take ten times the memory of its text."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Sequence
from typing import Any, Final

_SPACE: Final = re.compile(r"[ \t\n\r]*")


class ListMissingError(ValueError):
    """The file is no object that has a list of this name."""


class JsonLists:
    """The lists that an object, the whole of a JSON text, has under some keys; each can be read again and again.

    Raises
    ------
    ValueError, RecursionError
        If the text is not JSON, or nested too deep.
    ListMissingError
        If one of the lists is missing.
    """

    def __init__(self, content: bytes, keys: Sequence[str]) -> None:
        self._text = content.decode("utf-8-sig")
        self._decoder = json.JSONDecoder()
        self._starts: dict[str, int] = {}
        start = self._skip(0)
        if self._at(start) == "{":
            self._find_members(start)
        else:
            self._decoder.decode(self._text)
        for key in keys:
            if self._at(self._starts.get(key, len(self._text))) != "[":
                raise ListMissingError(f'it has no list "{key}"')

    def __getitem__(self, key: str) -> Generator[Any, None, int]:
        """The elements of the list, decoded as they are asked for."""
        return self._elements(self._starts[key])

    def _find_members(self, start: int) -> None:
        """Where the value of each key begins, after a look through the whole text."""
        position = self._skip(start + 1)
        while self._at(position) != "}":
            self._expect(position, '"')
            key, after = self._decoder.raw_decode(self._text, position)
            self._expect(self._skip(after), ":")
            self._starts[key] = self._skip(self._skip(after) + 1)
            position = self._skip(self._after(self._starts[key]))
            if self._at(position) != "}":
                self._expect(position, ",")
                position = self._skip(position + 1)
                self._expect(position, '"')
        self._expect(self._skip(position + 1), "")

    def _after(self, start: int) -> int:
        """The place behind the value that begins at ``start``; of a list no more than one element is built."""
        if self._at(start) != "[":
            return self._decoder.raw_decode(self._text, start)[1]
        elements = self._elements(start)
        while True:
            try:
                next(elements)
            except StopIteration as end:
                return int(end.value)

    def _elements(self, start: int) -> Generator[Any, None, int]:
        """Each element of the list that begins at ``start``; returns the place behind it."""
        position = self._skip(start + 1)
        while self._at(position) != "]":
            element, after = self._decoder.raw_decode(self._text, position)
            yield element
            position = self._skip(after)
            if self._at(position) != "]":
                self._expect(position, ",")
                position = self._skip(position + 1)
                if self._at(position) == "]":
                    raise json.JSONDecodeError("Expecting value", self._text, position)
        return position + 1

    def _at(self, position: int) -> str:
        return self._text[position : position + 1]

    def _skip(self, position: int) -> int:
        """The place of the first letter from here that is no white space."""
        found = _SPACE.match(self._text, position)
        return position if found is None else found.end()

    def _expect(self, position: int, letter: str) -> None:
        if self._at(position) != letter:
            wanted = f"Expecting {letter!r}" if letter else "Extra data"
            raise json.JSONDecodeError(wanted, self._text, position)
