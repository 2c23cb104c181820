"""How long does the similarity of as many images as SARLANG-1M has take, over all their seven thousand million pairs?

    python -m benchmarks.similarity [--vectors 118331] [--numbers 384] [--json]

Made-up vectors (seeded, float32) with a direction in common. By the processor time of this process, so that a busy
machine does not count.

- **Closed form.** `similarity_of` on all vectors. At most 6 s of processor time for 118,331 × 384.
- **Floor.** The product of the transposed array with itself in float32, block by block, in the same run. Every closed
  form must do that much.
- **Check.** The first 2,000 vectors in closed form and pair by pair must agree to 1e-9.

Ends with 1 where the closed form is slower, or does not agree.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from pipeline.scoring.similarity import BLOCK, similarity_by_pairs, similarity_of

MOST_S = 6.0
CHECKED = 2_000


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=118_331)
    parser.add_argument("--numbers", type=int, default=384)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    random = np.random.default_rng(1)
    vectors = random.standard_normal((chosen.vectors, chosen.numbers), np.float32) + np.float32(0.5)
    started = time.process_time()
    found = similarity_of(vectors)
    closed_s = time.process_time() - started
    floor_s = floor(vectors)
    few, pairs = similarity_of(vectors[:CHECKED]), similarity_by_pairs(vectors[:CHECKED])
    apart = max(abs((few.mean or 0) - (pairs.mean or 0)), abs((few.variance or 0) - (pairs.variance or 0)))
    figures = {"vectors": len(vectors), "pairs": found.pairs, "closed_s": closed_s, "floor_s": floor_s, "apart": apart}
    told = f"{closed_s:.2f} s of processor time, {closed_s / floor_s:.1f} × the floor of {floor_s:.2f} s"
    print(json.dumps(figures) if chosen.json else f"{found.pairs:,} pairs: {told}; pair by pair {apart:.1e} apart")
    is_quick = closed_s <= MOST_S or len(vectors) * chosen.numbers > 118_331 * 384
    return 0 if is_quick and apart <= 1e-9 else 1


def floor(vectors: np.ndarray) -> float:
    """Seconds for the sums of products alone."""
    started = time.process_time()
    outer = np.zeros((vectors.shape[1],) * 2)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        outer += block.T @ block
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
