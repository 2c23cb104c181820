from __future__ import annotations

import zlib

import numpy as np
import pytest

from pipeline.imaging.deflating import BLOCK_BYTES, Deflater

RNG = np.random.default_rng(0)


def runs(*lengths):
    """Runs of zeros of these lengths, each between words of noise."""
    return np.concatenate([np.r_[RNG.integers(1, 256, 8), np.zeros(length)] for length in lengths]).astype(np.uint8)


def growing(count):
    """Bytes whose frequencies grow like Fibonacci's numbers, for which Huffman's codes grow longest."""
    frequencies = [1, 1]
    while sum(frequencies) < count:
        frequencies.append(frequencies[-1] + frequencies[-2])
    content = np.repeat(np.arange(1, len(frequencies) + 1), frequencies)[-count:]
    return RNG.permutation(content).astype(np.uint8)


CONTENTS = {
    "one word": np.arange(8, dtype=np.uint8),
    "zeros": np.zeros(131072, np.uint8),
    "one value": np.full(65536, 7, np.uint8),
    "two values": RNG.integers(3, 5, 4096).astype(np.uint8),
    "noise": RNG.integers(0, 256, 131072).astype(np.uint8),
    "speckle": np.round(RNG.normal(0, 9, 131072)).astype(np.int8).view(np.uint8),
    "noise, then zeros": np.r_[RNG.integers(0, 256, BLOCK_BYTES), np.zeros(BLOCK_BYTES)].astype(np.uint8),
    "a block and a word": RNG.integers(0, 30, BLOCK_BYTES + 8).astype(np.uint8),
    "runs of every length": runs(*range(8, 800, 8)),
    "the longest codes": growing(BLOCK_BYTES),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_every_reader_of_zlib_gets_back_what_was_compressed(content):
    assert zlib.decompress(Deflater(1 << 18).compress(content)) == content.tobytes()


def test_random_mixtures_come_back():
    deflater = Deflater(1 << 18)
    for _ in range(150):
        size = 8 * int(RNG.integers(1, 9000))
        spread = RNG.choice([1, 3, 20, 256])
        content = RNG.integers(0, spread, size) * (RNG.random(size // 8).repeat(8) < RNG.random())
        content = content.astype(np.uint8)
        assert zlib.decompress(deflater.compress(content)) == content.tobytes()


def test_speckle_comes_out_as_small_as_from_zlib():
    content = CONTENTS["speckle"]
    assert len(Deflater(content.size).compress(content)) <= 1.005 * len(zlib.compress(content, 6))


def test_what_cannot_be_compressed_hardly_grows():
    content = CONTENTS["noise"]
    assert len(Deflater(content.size).compress(content)) <= content.size + 64


def test_even_areas_take_next_to_nothing():
    assert len(Deflater(131072).compress(CONTENTS["zeros"])) < 500


@pytest.mark.parametrize("size", [0, 9])
def test_other_lengths_are_refused(size):
    with pytest.raises(ValueError, match="multiple of 8"):
        Deflater(64).compress(np.zeros(size, np.uint8))
