"""How many drafts of a model are stored a second, beside what its own delay allows.

    python -m benchmarks.drafting [--scenes 600] [--kinds concise,complex] [--concurrency 32] [--delay 0.2] [--side 512]

A replay server in a process of its own answers each request after the delay. Scenes have optical images of real size;
every draft is one call that carries the scene's picture, stored in a real Postgres. The ceiling is concurrency / delay;
ends with 1 where less than 7/8 of it is stored.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from app.assets import Asset, AssetStore
from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.intake.queries import datasets, scenes
from app.intake.workflow.drafting import DraftingOptions, draft_scenes
from app.intake.workflow.options import Progress
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment
from pipeline.drafting.endpoints import Endpoint
from pipeline.records import Kind
from tests.app.intake.made_scenes import scene_row

DATASET = "drafting"
IMAGES = 100
"""Files that differ; scenes take them in turn, and each scene's picture is made anew."""
WANTED_SHARE = 7 / 8


def make_images(folder: Path, store: AssetStore, side: int, count: int = IMAGES) -> list[Asset]:
    """Optical images with structure at all scales, as tiled files like those that an import stores."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "height": side, "width": side, "count": 3, "dtype": "uint8", "tiled": True}
    files = []
    for number in range(count):
        rng = np.random.default_rng(number)
        pixels = np.zeros((3, side, side), np.float32)
        for cells, spread in ((4, 40), (16, 30), (64, 20), (side, 8)):
            block = side // cells
            pixels += rng.normal(0, spread, (3, cells, cells)).repeat(block, 1).repeat(block, 2)
        file = folder / f"{number}.tif"
        with rasterio.open(file, "w", **profile, blockxsize=256, blockysize=256, compress="deflate") as target:
            target.write((pixels + 110).clip(0, 255).astype(np.uint8))
        files.append((file, "image/tiff"))
    return store.put_many(files)


def make_scenes(sessions: SessionMaker, images: list[Asset], count: int) -> list[str]:
    """Scenes straight in the database. Their names."""
    with transaction(sessions) as session:
        dataset = datasets.add_dataset(session, DATASET, "paired", 0, 1)
        scenes.add_assets(session, images)
        rows = [
            scene_row(dataset.dataset_id, number, images[number % len(images)].sha256, (), True)
            for number in range(count)
        ]
        scenes.add_scenes(session, rows)
    return [row["name"] for row in rows]


def write_replies(folder: Path, names: list[str], kinds: tuple[Kind, ...], delay_s: float) -> Path:
    """A caption of its own for each scene and kind."""
    folder.mkdir()
    lines = (
        {"scene": name, "kind": kind, "delay_s": delay_s, "content": {"caption": f"A harbour with quay {number}."}}
        for number, name in enumerate(names)
        for kind in kinds
    )
    (folder / "replies.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@contextmanager
def replaying(folder: Path) -> Iterator[str]:
    """A replay server in a process of its own; its address."""
    command = [sys.executable, "-m", "pipeline.drafting.replay", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield str(process.stdout.readline().strip()) if process.stdout else ""
        finally:
            process.terminate()


def drafting(address: str, kinds: tuple[Kind, ...], concurrency: int = 32) -> DraftingOptions:
    endpoint = Endpoint(address, "replay", is_replay=True)
    drafter = EndpointDrafter(Assignment(kinds, endpoint=endpoint, concurrency=concurrency))
    return DraftingOptions(DATASET, "endpoint", drafter, drafter.purse, endpoint.address)


def measure(sessions: SessionMaker, store: AssetStore, options: DraftingOptions) -> tuple[float, float, int]:
    """(drafts a second all in all, drafts a second between the first and the last batch, drafts)."""
    seen: list[tuple[float, int]] = []

    def see(progress: Progress) -> None:
        seen.append((time.monotonic(), progress.counts["drafts"]))

    began, cpu = time.monotonic(), time.process_time()
    report = draft_scenes(sessions, store, options, on_progress=see)
    seconds = time.monotonic() - began
    drafts = report.counts["drafts"]
    (first_at, first), (last_at, last) = seen[0], seen[-1]
    print(f"{drafts} drafts in {seconds:.1f} s; {1000 * (time.process_time() - cpu) / drafts:.1f} ms of processor each")
    return drafts / seconds, (last - first) / (last_at - first_at), drafts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=600)
    parser.add_argument("--kinds", default="concise,complex", help="captions of a scene, which share its picture")
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--side", type=int, default=512)
    given = parser.parse_args()
    ceiling = given.concurrency / given.delay
    kinds: tuple[Any, ...] = tuple(f"{kind}_caption" for kind in given.kinds.split(","))
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name:
        folder = Path(name)
        # Root's server runs as another account, which must get to its data.
        folder.chmod(0o755)
        store = AssetStore(folder / "assets")
        with embedded.use(folder / "data") as server:
            migrate.upgrade(server.url)
            sessions = make_sessionmaker(make_engine(server.url))
            names = make_scenes(sessions, make_images(folder / "images", store, given.side), given.scenes)
            with replaying(write_replies(folder / "replies", names, kinds, given.delay)) as address:
                whole, steady, drafts = measure(sessions, store, drafting(address, kinds, given.concurrency))
    print(f"stored: {whole:.0f} drafts a second ({steady:.0f} once under way)")
    print(f"ceiling: {ceiling:.0f} a second ({given.concurrency} at once, {given.delay:g} s each)")
    sys.exit(drafts != given.scenes * len(kinds) or whole < WANTED_SHARE * ceiling)


if __name__ == "__main__":
    main()
