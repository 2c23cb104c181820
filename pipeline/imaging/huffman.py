"""Huffman codes of limited length, in the canonical form of DEFLATE."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pipeline.imaging.compiled import compiled

LONGEST_CODE: Final = 15


@compiled
def codes_of(lengths: Any) -> Any:
    """Canonical codes of these lengths (RFC 1951, 3.2.2), first bit lowest."""
    codes = np.zeros(lengths.size, np.uint64)
    code = 0
    for bits in range(1, LONGEST_CODE + 1):
        for symbol in range(lengths.size):
            if lengths[symbol] == bits:
                turned = 0
                for bit in range(bits):
                    turned |= (code >> bit & 1) << (bits - 1 - bit)
                codes[symbol] = turned
                code += 1
        code <<= 1
    return codes


@compiled
def code_lengths(counts: Any, longest: Any) -> Any:
    """Lengths of a Huffman code for symbols so frequent; 0 of those that do not occur."""
    lengths = np.zeros(counts.size, np.int64)
    used = np.flatnonzero(counts)
    if used.size == 1:
        lengths[used[0]] = 1
        return lengths
    weights = counts.copy()
    while True:
        # Symbol and weight in one number, so that equal weights have one order.
        ordered = np.sort(weights[used] * 512 + used)
        depths = _depths(ordered >> 9)
        if depths.max() <= longest:
            break
        # A code that is too long comes from weights too unequal; halving evens them out at next to no cost.
        weights[used] = weights[used] // 2 + 1
    for rank in range(used.size):
        lengths[ordered[rank] & 511] = depths[rank]
    return lengths


@compiled
def _depths(weights: Any) -> Any:
    """Depth of each leaf of the Huffman tree over ascending weights (at least two), by two queues."""
    leaves = weights.size
    total = np.zeros(2 * leaves - 1, np.int64)
    total[:leaves] = weights
    parent = np.zeros(2 * leaves - 1, np.int64)
    leaf, inner = 0, leaves
    for node in range(leaves, 2 * leaves - 1):
        for _ in range(2):
            if leaf < leaves and (inner >= node or total[leaf] <= total[inner]):
                chosen, leaf = leaf, leaf + 1
            else:
                chosen, inner = inner, inner + 1
            total[node] += total[chosen]
            parent[chosen] = node
    depths = np.zeros(2 * leaves - 1, np.int64)
    for node in range(2 * leaves - 3, -1, -1):
        depths[node] = depths[parent[node]] + 1
    return depths[:leaves]
