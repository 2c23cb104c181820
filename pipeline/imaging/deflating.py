"""DEFLATE for what tiles of radar images are: noise, of which dictionary coders look in vain for repetitions.

Each block is coded by one Huffman code of its bytes, and runs of zero bytes (the predictor turns every even area into
them) as repetitions at distance 1. Speckle comes out as small as from zlib at its best, in a tenth of the time; and
the bytes depend on the pixels alone, not on the version of a library or the processor's instructions.

Source: P. Deutsch, "DEFLATE Compressed Data Format Specification", RFC 1951; the frame is that of RFC 1950.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled
from pipeline.imaging.huffman import LONGEST_CODE, code_lengths, codes_of

BLOCK_BYTES: Final = 1 << 16
"""Bytes that share a Huffman code: fewer follow the content better, more save the code's own 80 bytes."""
_STORED_BYTES: Final = 1 << 15
_LITERALS: Final = 286
_END: Final = 256
_HEADER: Final = 0x0178
"""The first two bytes of a zlib stream (RFC 1950): DEFLATE with a window of 32 KiB, made by a fast method."""
_LONGEST_LENGTH_CODE: Final = 7
_LONGEST_RUN: Final = 258
_ORDER: Final = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])
"""In which the lengths of the codes for code lengths are written (RFC 1951, 3.2.7)."""


def _run_symbols() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each run length 0..258: its symbol, its extra bits, and how many (RFC 1951, 3.2.5)."""
    symbols, extra, bits = (np.zeros(_LONGEST_RUN + 1, np.int64) for _ in range(3))
    length, symbol = 3, 257
    while length < _LONGEST_RUN:
        count = max(0, (symbol - 261) // 4)
        for number in range(1 << count):
            if length + number <= _LONGEST_RUN:
                symbols[length + number], extra[length + number], bits[length + number] = symbol, number, count
        length, symbol = length + (1 << count), symbol + 1
    symbols[_LONGEST_RUN], extra[_LONGEST_RUN], bits[_LONGEST_RUN] = 285, 0, 0
    return symbols, extra, bits


_RUN_SYMBOL, _RUN_EXTRA, _RUN_BITS = _run_symbols()


class Deflater:
    """Compresses byte arrays one after the other, in memory of its own. For use by one thread at a time."""

    def __init__(self, largest_bytes: int) -> None:
        # A block never grows by more than its stored form's header; words beyond the end are written ahead.
        self._words = np.zeros(largest_bytes // 8 + largest_bytes // _STORED_BYTES * 2 + 64, np.uint64)

    def compress(self, content: NDArray[np.uint8]) -> memoryview:
        """``content``, shape (positive multiple of 8,), as a zlib stream, which the next call overwrites.

        Raises
        ------
        ValueError
            If its length is none.
        """
        if content.size % 8 or not content.size:
            raise ValueError(f"{content.size} bytes are no positive multiple of 8")
        length = _deflate(content, content.view(np.uint64), self._words)
        stream = self._words.view(np.uint8)[: length + 4].data
        stream[length:] = zlib.adler32(content.data).to_bytes(4, "big")
        return stream


@compiled(forceinline=True)
def _put(out: Any, at: Any, buffer: Any, filled: Any, code: Any, bits: Any) -> Any:
    """Append ``bits`` bits, at most 62; returns the new place, the bits not yet placed, and how many they are."""
    wide = np.uint64(code)
    buffer |= wide << np.uint64(filled)
    # Written whether or not it is full, and then moved on by 0 or 1: cheaper than a branch that is foreseen by nobody.
    out[at] = buffer
    total = filled + bits
    # In two steps, since a shift by all 64 bits is none.
    buffer = (wide >> np.uint64(1)) >> np.uint64(63 - filled) if total >= 64 else buffer
    return at + (total >> 6), buffer, total & 63


@compiled
def _deflate(content: Any, words8: Any, out: Any) -> Any:
    """The zlib stream of ``content``, also given as 64-bit words, into ``out`` (uint64), but for its checksum.

    Returns its bytes.
    """
    at, buffer, filled = 0, np.uint64(_HEADER), 16
    counts = np.zeros((4, _LITERALS), np.int64)
    for start in range(0, content.size, BLOCK_BYTES):
        end = min(start + BLOCK_BYTES, content.size)
        _count(words8, start, end, counts)
        lengths = code_lengths(counts.sum(axis=0), LONGEST_CODE)
        packed, packed_lengths = _packed_lengths(lengths)
        cost = _cost(counts.sum(axis=0), lengths, packed, packed_lengths)
        is_last = 1 if end == content.size else 0
        if cost >= (end - start + 16) * 8:
            at, buffer, filled = _store(content, start, end, is_last, out, at, buffer, filled)
            continue
        at, buffer, filled = _put(out, at, buffer, filled, is_last | 2 << 1, 3)
        at, buffer, filled = _put_lengths(packed, packed_lengths, out, at, buffer, filled)
        at, buffer, filled = _encode(words8, start, end, lengths, out, at, buffer, filled)
    out[at] = buffer
    return at * 8 + (filled + 7) // 8


@compiled
def _count(words8: Any, start: Any, end: Any, counts: Any) -> Any:
    """How often each symbol will be used. Four tables, since one would be waited for when bytes repeat."""
    counts[:] = 0
    counts[0, _END] = 1
    position = start
    while position < end:
        word = words8[position >> 3]
        if word != 0:
            for lane in range(8):
                counts[lane & 3, word >> np.uint64(8 * lane) & np.uint64(0xFF)] += 1
            position += 8
            continue
        run = _zeros_from(words8, position, end)
        position += run
        counts[0, 0] += 1
        repeated = run - 1
        counts[0, _RUN_SYMBOL[_LONGEST_RUN]] += repeated // _LONGEST_RUN
        rest = repeated % _LONGEST_RUN
        if rest >= 3:
            counts[0, _RUN_SYMBOL[rest]] += 1
        else:
            counts[0, 0] += rest


@compiled(forceinline=True)
def _zeros_from(words8: Any, position: Any, end: Any) -> Any:
    """Length in bytes of the run of zero words at ``position``."""
    last = position
    while last < end and words8[last >> 3] == 0:
        last += 8
    return last - position


@compiled
def _encode(words8: Any, start: Any, end: Any, lengths: Any, out: Any, at: Any, buffer: Any, filled: Any) -> Any:
    codes = codes_of(lengths)
    # Code and length in one number, so that each byte needs one look-up.
    table = codes[:256] << np.uint64(8) | lengths[:256].astype(np.uint64)
    position = start
    while position < end:
        word = words8[position >> 3]
        if word != 0:
            for half in range(0, 64, 32):
                four, bits = _four(word >> np.uint64(half), table)
                at, buffer, filled = _put(out, at, buffer, filled, four, bits)
            position += 8
            continue
        run = _zeros_from(words8, position, end)
        position += run
        at, buffer, filled = _put(out, at, buffer, filled, codes[0], lengths[0])
        left = run - 1
        while left >= 3:
            length = min(left, _LONGEST_RUN)
            symbol = _RUN_SYMBOL[length]
            at, buffer, filled = _put(out, at, buffer, filled, codes[symbol], lengths[symbol])
            # After the extra bits the distance, whose only code is one 0 bit.
            at, buffer, filled = _put(out, at, buffer, filled, _RUN_EXTRA[length], _RUN_BITS[length] + 1)
            left -= length
        for _ in range(left):
            at, buffer, filled = _put(out, at, buffer, filled, codes[0], lengths[0])
    return _put(out, at, buffer, filled, codes[_END], lengths[_END])


@compiled(forceinline=True)
def _four(word: Any, table: Any) -> Any:
    """The codes of the four lowest bytes of a word, as one of at most 60 bits; and how many they are."""
    a, b = table[word & np.uint64(0xFF)], table[word >> np.uint64(8) & np.uint64(0xFF)]
    c, d = table[word >> np.uint64(16) & np.uint64(0xFF)], table[word >> np.uint64(24) & np.uint64(0xFF)]
    bits_a, bits_c = a & np.uint64(0xFF), c & np.uint64(0xFF)
    low = a >> np.uint64(8) | (b >> np.uint64(8)) << bits_a
    high = c >> np.uint64(8) | (d >> np.uint64(8)) << bits_c
    bits_low = bits_a + (b & np.uint64(0xFF))
    return low | high << bits_low, np.int64(bits_low + bits_c + (d & np.uint64(0xFF)))


@compiled
def _store(content: Any, start: Any, end: Any, is_last: Any, out: Any, at: Any, buffer: Any, filled: Any) -> Any:
    """As it is, in blocks whose length 16 bits hold: head, up to the next whole byte; length, and that inverted."""
    for first in range(start, end, _STORED_BYTES):
        size = min(_STORED_BYTES, end - first)
        at, buffer, filled = _put(out, at, buffer, filled, is_last if first + size == end else 0, 3)
        at, buffer, filled = _put(out, at, buffer, filled, 0, -filled % 8)
        at, buffer, filled = _put(out, at, buffer, filled, size, 16)
        at, buffer, filled = _put(out, at, buffer, filled, size ^ 0xFFFF, 16)
        for position in range(first, first + size):
            at, buffer, filled = _put(out, at, buffer, filled, content[position], 8)
    return at, buffer, filled


@compiled
def _cost(counts: Any, lengths: Any, packed: Any, packed_lengths: Any) -> Any:
    """Bits of a block, the description of its code included."""
    bits = 3 + 14 + 19 * 3 + 1
    for symbol in range(_LITERALS):
        bits += counts[symbol] * lengths[symbol]
        if symbol > _END:
            # Extra bits by the symbol, and one bit of distance.
            bits += counts[symbol] * (1 + (0 if symbol == _LITERALS - 1 else max(0, (symbol - 261) // 4)))
    for number in range(packed.shape[0]):
        bits += packed_lengths[packed[number, 0]] + packed[number, 2]
    return bits


@compiled
def _packed_lengths(lengths: Any) -> Any:
    """The code lengths with their runs shortened (RFC 1951, 3.2.7): rows of (symbol, extra bits, how many).

    And the lengths of the code for these symbols. One distance code, of one bit, follows the literals'.
    """
    whole = np.append(lengths, 1)
    packed = np.zeros((whole.size, 3), np.int64)
    counts = np.zeros(19, np.int64)
    used, position = 0, 0
    while position < whole.size:
        value = whole[position]
        run = 1
        while position + run < whole.size and whole[position + run] == value and run < 138:
            run += 1
        if value == 0 and run >= 11:
            symbol, extra, bits = 18, run - 11, 7
        elif value == 0 and run >= 3:
            symbol, extra, bits = 17, run - 3, 3
        elif value != 0 and run >= 4:
            # Once as it is, then up to six times "as before".
            packed[used, 0] = value
            counts[value] += 1
            used += 1
            run = min(run, 7)
            symbol, extra, bits = 16, run - 4, 2
        else:
            run = 1
            symbol, extra, bits = value, 0, 0
        packed[used] = symbol, extra, bits
        counts[symbol] += 1
        used += 1
        position += run
    return packed[:used], code_lengths(counts, _LONGEST_LENGTH_CODE)


@compiled
def _put_lengths(packed: Any, packed_lengths: Any, out: Any, at: Any, buffer: Any, filled: Any) -> Any:
    at, buffer, filled = _put(out, at, buffer, filled, _LITERALS - 257, 5)
    at, buffer, filled = _put(out, at, buffer, filled, 0, 5)
    at, buffer, filled = _put(out, at, buffer, filled, 19 - 4, 4)
    for symbol in _ORDER:
        at, buffer, filled = _put(out, at, buffer, filled, packed_lengths[symbol], 3)
    codes = codes_of(packed_lengths)
    for number in range(packed.shape[0]):
        symbol = packed[number, 0]
        at, buffer, filled = _put(out, at, buffer, filled, codes[symbol], packed_lengths[symbol])
        at, buffer, filled = _put(out, at, buffer, filled, packed[number, 1], packed[number, 2])
    return at, buffer, filled
