"""How fast the refined Lee filter is, beside OpenCV and polsartools, on one thread.

    python -m benchmarks.refined_lee [--sizes 1024 8192] [--rounds 5] [--json]

Filters speckle of one look, float32, with each in turn, several rounds, and takes the best time of each: what other
programs on the machine take away falls on all alike. Ends with 1 where the filter is not at least 12 times as fast as
OpenCV's filter2D route (windows by OpenCV, the rest by NumPy) and 100 times as fast as polsartools, or where OpenCV's
result is another one. The same route with OpenCV for every step is shown beside it. A peer that is not installed is
named, and left out.

Large images go through OpenCV in strips with a halo, as its many arrays would not fit otherwise. polsartools filters
blocks of 512², as it does by itself; its speed does not depend on the size of the image, and one block says it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np

from benchmarks.despeckling_peers import (
    POLSARTOOLS_BLOCK,
    Image,
    Peer,
    PeerMissingError,
    opencv_route,
    opencv_throughout,
    polsartools_filter,
)
from pipeline.imaging.refined_lee import HALO, refined_lee

TIMES_OPENCV = 12.0
TIMES_POLSARTOOLS = 100.0
OPENCV_STRIP_ROWS = 1024
RUNS_A_ROUND = 3
SAME_WITHIN = 1e-3
BORDER = 6
"""OpenCV mirrors the image where its blocks leave it; the filter does not."""


@dataclass
class Measured:
    """Speeds on one size, in million pixels a second; None where a peer is missing."""

    size: int
    filter: float = 0.0
    opencv: float | None = None
    opencv_throughout: float | None = None
    """Where not only the windows but every step is OpenCV's; for comparison, no ratio is promised."""
    polsartools: float | None = None
    copy: float = 0.0
    other_than_opencv: int | None = None
    """Pixels off the border that differ from OpenCV's by more than 1e-3."""
    ratios: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def main() -> int:
    options = _parser().parse_args()
    peers, missing = _find_peers()
    results = []
    for size in options.sizes:
        results.append(measure(size, options.rounds, peers))
        if not options.json:
            print(_sentence(results[-1]), flush=True)
    faults = [fault for result in results for fault in result.faults]
    if options.json:
        report = {"sizes": [asdict(result) for result in results], "missing": missing, "is_fast_enough": not faults}
        print(json.dumps(report, indent=2))
    else:
        print("\n".join([*missing, *faults] or ["all as fast as promised"]))
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 8192], help="rows and columns of the images")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    return parser


def _find_peers() -> tuple[dict[str, Peer], list[str]]:
    peers: dict[str, Peer] = {}
    missing = []
    for name, find in (
        ("opencv", opencv_route),
        ("opencv_throughout", opencv_throughout),
        ("polsartools", polsartools_filter),
    ):
        try:
            peers[name] = find()
        except PeerMissingError as error:
            missing.append(f"not measured: {error}")
    return peers, missing


def measure(size: int, rounds: int, peers: dict[str, Peer]) -> Measured:
    """Run all in turn on one image of speckle, shape (size, size)."""
    image = _speckle(size)
    block = image[:POLSARTOOLS_BLOCK, :POLSARTOOLS_BLOCK]
    target = np.empty_like(image)
    found = Measured(size)
    if "opencv" in peers:
        found.other_than_opencv = _count_others(image[:1024, :1024], peers["opencv"])
    # First of all once, to compile.
    refined_lee(image[:64, :64], 1.0)
    for _ in range(rounds):
        for _ in range(RUNS_A_ROUND):
            found.filter = max(found.filter, _speed(lambda: refined_lee(image, 1.0), image.size))
        found.copy = max(found.copy, _speed(lambda: np.copyto(target, image), image.size))
        for name in ("opencv", "opencv_throughout"):
            if name in peers:
                speed = _speed(partial(_in_strips, peers[name], image), image.size)
                setattr(found, name, max(getattr(found, name) or 0.0, speed))
        if "polsartools" in peers:
            found.polsartools = max(found.polsartools or 0.0, _speed(lambda: peers["polsartools"](block), block.size))
    _judge(found)
    return found


def _speckle(size: int) -> Image:
    """Speckle of one look on ground of two levels, in rows at a time: float64 of 8192² would be half a gigabyte."""
    random = np.random.default_rng(0)
    image = np.empty((size, size), dtype=np.float32)
    for first in range(0, size, 256):
        rows = image[first : first + 256]
        rows[:] = random.standard_exponential(rows.shape, dtype=np.float32)
        rows[:, (np.arange(size) // 100) % 2 == 1] *= 5
    return image


def _speed(run: Callable[[], object], pixels: int) -> float:
    started = time.perf_counter()
    run()
    return pixels / (time.perf_counter() - started) / 1e6


def _in_strips(peer: Peer, image: Image) -> Image:
    rows = len(image)
    if rows <= OPENCV_STRIP_ROWS:
        return peer(image)
    result = np.empty_like(image)
    for first in range(0, rows, OPENCV_STRIP_ROWS):
        above = min(first, HALO)
        strip = peer(image[first - above : first + OPENCV_STRIP_ROWS + HALO])
        result[first : first + OPENCV_STRIP_ROWS] = strip[above : above + OPENCV_STRIP_ROWS]
    return result


def _count_others(image: Image, opencv: Peer) -> int:
    inside = np.s_[BORDER:-BORDER, BORDER:-BORDER]
    ours, theirs = refined_lee(image, 1.0)[inside], opencv(image)[inside]
    return int((~np.isclose(theirs, ours, rtol=SAME_WITHIN, atol=0)).sum())


def _judge(found: Measured) -> None:
    for name, speed, least in (
        ("opencv", found.opencv, TIMES_OPENCV),
        ("polsartools", found.polsartools, TIMES_POLSARTOOLS),
    ):
        if speed is not None:
            ratio = found.filter / speed
            found.ratios[name] = round(ratio, 1)
            if ratio < least:
                found.faults.append(f"{found.size}²: {ratio:.1f} times as fast as {name}, not {least:g} times")
    # Of gradients that differ by float32's last digit OpenCV may take the other: a few pixels in a million.
    if (found.other_than_opencv or 0) > 20:
        found.faults.append(f"{found.size}²: {found.other_than_opencv} pixels are not as by OpenCV")


def _sentence(found: Measured) -> str:
    parts = [f"{found.size}²  filter {found.filter:.0f} MPix/s"]
    if found.opencv is not None:
        parts.append(f"OpenCV filter2D {found.opencv:.1f} (× {found.ratios['opencv']})")
    if found.opencv_throughout is not None:
        times = found.filter / found.opencv_throughout
        parts.append(f"OpenCV throughout {found.opencv_throughout:.1f} (× {times:.1f})")
    if found.polsartools is not None:
        parts.append(f"polsartools {found.polsartools:.2f} (× {found.ratios['polsartools']})")
    parts.append(f"copying memory {found.copy:.0f}")
    if found.other_than_opencv is not None:
        parts.append(f"{found.other_than_opencv} pixels other than OpenCV's")
    return " · ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
