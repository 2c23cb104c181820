"""Which ids have been met, in little memory: a bit each for the whole numbers that files count up with."""

from __future__ import annotations

from typing import Final

_LARGEST_BIT: Final = 1 << 27
"""16 MiB of bits; larger ids, and those that are texts, cost what a set costs."""


class SeenIds:
    """A set of ids that are whole numbers or texts; ``7`` and ``"7"`` are the same id."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._others: set[int | str] = set()

    def add(self, key: int | str) -> bool:
        """Remember an id; whether it is new."""
        if isinstance(key, str) and key.isdecimal() and key == str(int(key[:20])):
            key = int(key)
        if not isinstance(key, int) or not 0 <= key < _LARGEST_BIT:
            is_new = key not in self._others
            self._others.add(key)
            return is_new
        at, bit = divmod(key, 8)
        if at >= len(self._bits):
            # In steps, since growing by one byte an id would copy the whole again and again.
            self._bits.extend(bytes(max(at + 1 - len(self._bits), len(self._bits), 1024)))
        is_new = not self._bits[at] >> bit & 1
        self._bits[at] |= 1 << bit
        return is_new
