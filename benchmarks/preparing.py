"""Real-sized scenes to finished assets: what beside the filter costs time, does a second worker help, is memory flat?

    python -m benchmarks.preparing [--scenes 200] [--side 1024] [--json] [--large] [--folder DIR]

Makes scenes of 1024² float32 (seeded: one-look speckle over simulated ground, as intensity) and prepares each as an
import does, without the database: its file is hashed, a child process reads, filters, stretches, encodes and describes
it, and the images are moved into an asset store, on disk. Once with one worker, once with two.

- **Processor time.** All that the parent and the children use for a scene, from the kernel's books, starting them left
  out. Of it filter and stretch (looks, refined Lee, percentiles, grey levels) are measured by calling just these on the
  same scenes in a process of their own, before and after, on the same machine. Everything else is the difference:
  reading, hashing, encoding, overviews, DEFLATE, figures, writing, `fsync`. It may cost twice as much.
- **Speed-up.** Wall-clock time of one worker over that of two; at least 1.8. On a machine with fewer than two idle
  processors it cannot be reached, so the load before is printed with it, and the processor time of both: where a
  scene costs the same with two workers, what is missing was taken by others.
- **Memory.** The highest resident size of the parent and its children together; under 1 GB, and in the second half of
  the scenes not more than 5 % above the first, however many there are.

``--large`` instead prepares one scene of 25,000² float32, and the processed image of it as `python -m pipeline
preprocess` does; each must stay under 2 GB. It needs 8 GB of disk and some minutes. Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.assets import AssetStore
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.preparing import Preparation, Prepared, in_order
from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.prepared import PreprocessRequest, SceneRequest
from pipeline.records import Scene

MOST_RATIO = 2.0
LEAST_SPEED_UP = 1.8
MOST_BYTES = 1_000_000_000
MOST_GROWTH = 1.05
MOST_LARGE_BYTES = 2_000_000_000
LARGE_SIDE = 25_000
SPLIT_SCENES = 40
STRIP_ROWS = 1000


@dataclass(frozen=True)
class Pass:
    """All scenes, once."""

    workers: int
    wall_s: float
    cpu_s: float
    """Of the parent and its children."""
    resident_bytes: tuple[int, ...]
    """Of the parent and its children together, after each scene."""
    peak_bytes: int
    """Their highest sizes, added."""


@dataclass
class Verdict:
    """What was measured, and which goals were missed."""

    figures: dict[str, Any] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def hold(self, name: str, value: float, goal: str, is_met: bool) -> None:
        self.figures[name] = round(value, 3)
        if not is_met:
            self.missed.append(f"{name}: {value:.3g}, to be {goal}")


def main() -> int:
    """Measure, and say whether the goals are met."""
    arguments = _arguments()
    verdict = Verdict({"processors": len(os.sched_getaffinity(0)), "load_before": round(os.getloadavg()[0], 1)})
    with tempfile.TemporaryDirectory(prefix="trihedral-bench-", dir=arguments.folder) as temporary:
        folder = Path(temporary)
        if arguments.large:
            measure_large(folder, arguments.large_side, verdict)
        else:
            measure(folder, arguments.scenes, arguments.side, verdict)
    if arguments.json:
        print(json.dumps({**verdict.figures, "missed": verdict.missed}))
    else:
        for name, value in verdict.figures.items():
            print(f"{name:32} {value}")
        print(*(f"MISSED  {missed}" for missed in verdict.missed), sep="\n")
    return 1 if verdict.missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--large", action="store_true", help="one scene of 25,000² instead")
    parser.add_argument("--large-side", type=int, default=LARGE_SIDE, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="on whose disk to work; the temporary folder otherwise")
    return parser.parse_args()


def measure(folder: Path, count: int, side: int, verdict: Verdict) -> None:
    """One worker, then two, over the same scenes."""
    paths = in_own_process(make_scenes, folder / "source", count, side)
    before = in_own_process(filter_and_stretch_s, paths[:SPLIT_SCENES])
    one = prepare_all(paths, folder / "one", 1)
    after = in_own_process(filter_and_stretch_s, paths[:SPLIT_SCENES])
    two = prepare_all(paths, folder / "two", 2)
    filtering_s = (before + after) / 2
    other_s = one.cpu_s / count - filtering_s
    verdict.figures |= {
        "scenes": count,
        "side_px": side,
        "cpu_ms_a_scene": round(1e3 * one.cpu_s / count, 1),
        "cpu_ms_a_scene_two_workers": round(1e3 * two.cpu_s / count, 1),
        "filter_and_stretch_ms": round(1e3 * filtering_s, 1),
        "everything_else_ms": round(1e3 * other_s, 1),
        "scenes_a_second_one_worker": round(count / one.wall_s, 1),
        "scenes_a_second_two_workers": round(count / two.wall_s, 1),
    }
    ratio, speed_up = other_s / filtering_s, one.wall_s / two.wall_s
    verdict.hold("else_over_filter_and_stretch", ratio, f"at most {MOST_RATIO:g}", ratio <= MOST_RATIO)
    verdict.hold("speed_up_of_two_workers", speed_up, f"at least {LEAST_SPEED_UP:g}", speed_up >= LEAST_SPEED_UP)
    for each in (one, two):
        name = f"peak_mb_{each.workers}_worker{'s' * (each.workers > 1)}"
        verdict.hold(name, each.peak_bytes / 1e6, "under 1000 MB", each.peak_bytes < MOST_BYTES)
        middle = len(each.resident_bytes) // 2
        growth = max(each.resident_bytes[middle:]) / max(each.resident_bytes[:middle] or each.resident_bytes)
        verdict.hold(f"growth_{each.workers}", growth, f"at most {MOST_GROWTH:g}", growth <= MOST_GROWTH)


def prepare_all(paths: Sequence[Path], folder: Path, workers: int) -> Pass:
    """As an import does, but for the database; the decoders are started and warmed by a scene each before."""
    store = AssetStore(folder)
    resident = []
    with Decoders(workers) as decoders:
        options = ImportOptions("bench", "folder", folder, quantity="intensity")
        preparation = Preparation(store, decoders, options, has_assets=False)

        def prepare(path: Path) -> None:
            outcome = preparation.outcome(Scene(path.name, path), None)
            assert isinstance(outcome, Prepared), outcome

        list(in_order(prepare, [paths[0]] * 2 * workers, threads=workers, ahead=2 * workers))
        started, used = time.perf_counter(), _cpu_s()
        for _ in in_order(prepare, paths, threads=workers, ahead=2 * workers):
            resident.append(sum(_memory(process, "VmRSS") for process in _family()))
        wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - used
        peak = sum(_memory(process, "VmHWM") for process in _family())
    shutil.rmtree(folder)
    return Pass(workers, wall_s, cpu_s, tuple(resident), peak)


def measure_large(folder: Path, side: int, verdict: Verdict) -> None:
    """One scene, cut into chips; and the same file as one processed image."""
    source = in_own_process(make_large, folder / "large.tif", side)
    verdict.figures |= {"side_px": side, "source_mb": round(source.stat().st_size / 1e6)}
    store = AssetStore(folder / "assets")

    def chips(worker: SceneWorker) -> None:
        with store.staging() as staging:
            scenes = worker.prepare(SceneRequest(source, staging, quantity="intensity"))
            store.put_many([(path, "image/tiff") for one in scenes for path in (one.sar, one.processed)], move=True)
            verdict.figures["chips"] = len(scenes)

    def whole(worker: SceneWorker) -> None:
        worker.preprocess(PreprocessRequest(source, folder / "p.tif", folder / "d.tif", quantity="intensity"))

    uses: dict[str, Callable[[SceneWorker], None]] = {"chips_stored": chips, "preprocess": whole}
    for name, use in uses.items():
        with SceneWorker() as worker:
            started = time.perf_counter()
            use(worker)
            verdict.figures[f"{name}_s"] = round(time.perf_counter() - started, 1)
            peak = sum(_memory(process, "VmHWM") for process in _family())
        verdict.hold(f"{name}_peak_mb", peak / 1e6, "under 2000 MB", peak < MOST_LARGE_BYTES)


def in_own_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """So that what it imports and allocates counts for nobody else."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def make_scenes(folder: Path, count: int, side: int) -> list[Path]:
    """Write speckle of one look over fields, water and bright blocks; each scene from a seed of its own."""
    folder.mkdir()
    paths = [folder / f"{number:05}.tif" for number in range(count)]
    for number, path in enumerate(paths):
        _write(path, side, (_rows(number, 0, side, side) for _ in range(1)))
    return paths


def make_large(path: Path, side: int) -> Path:
    """Write one image of many strips."""
    _write(path, side, (_rows(top, top, min(STRIP_ROWS, side - top), side) for top in range(0, side, STRIP_ROWS)))
    return path


def _rows(seed: int, top: int, rows: int, cols: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Power: a smooth ground with darker water and bright blocks, times speckle."""
    rng = np.random.default_rng(seed)
    y, x = np.ogrid[top : top + rows, 0:cols]
    ground = 0.05 * np.exp(0.8 * np.sin(x / 97 + seed) + 0.8 * np.cos(y / 61))
    ground[(np.sin(x / 311 + seed) + np.cos(y / 277)) > 1.2] *= 0.05
    ground[((x // 23 + y // 19) % 29 == 0) & (np.sin(x / 150) > 0)] *= 30
    speckle = rng.standard_exponential((rows, cols), dtype=np.float32)
    return (ground * speckle).astype(np.float32)


def _write(path: Path, side: int, strips: Iterator[np.ndarray[Any, np.dtype[np.float32]]]) -> None:
    import warnings

    import rasterio
    from rasterio.windows import Window

    warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "width": side, "height": side, "BIGTIFF": "IF_SAFER"}
    with rasterio.open(path, "w", **profile) as dataset:
        top = 0
        for strip in strips:
            dataset.write(strip, 1, window=Window(0, top, side, len(strip)))
            top += len(strip)


def filter_and_stretch_s(paths: Sequence[Path]) -> float:
    """Processor time of a scene's filter and stretch alone, without reading and writing."""
    from pipeline.imaging.quantity import linear
    from pipeline.imaging.reading import read_raster
    from pipeline.imaging.refined_lee import refined_lee
    from pipeline.imaging.speckle import estimate_looks
    from pipeline.imaging.stretch import apply_stretch, find_stretch

    used = 0.0
    for number, path in enumerate([paths[0], *paths]):
        raster = read_raster(path)
        values = linear(raster.values, raster.valid, "intensity")
        started = time.process_time()
        despeckled = refined_lee(values, estimate_looks(values).looks)
        apply_stretch(despeckled, raster.valid, find_stretch(despeckled, raster.valid, is_amplitude=False))
        # The first scene is done twice: once for loading the kernels.
        used += time.process_time() - started if number else 0.0
    return used / len(paths)


def _family() -> list[int]:
    """This process, and its children."""
    tasks = Path("/proc/self/task").iterdir()
    return [os.getpid(), *(int(child) for task in tasks for child in (task / "children").read_text().split())]


def _cpu_s() -> float:
    """User and system time of this process and its living children."""
    ticks = 0
    for process in _family():
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(process: int, name: str) -> int:
    """In bytes, as the kernel's books have it: VmRSS now, VmHWM at the highest."""
    status = Path(f"/proc/{process}/status").read_text()
    found = next((line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:")), "0")
    return int(found) * 1024


if __name__ == "__main__":
    sys.exit(main())
