"""A reviewer's keys, timed in a real browser: from a key to its verdict on screen, from a submit to the next packet.

    python -m benchmarks.review_keys [--packets 20] [--pace-ms 250] [--headed]

Packets with planted mistakes (a colour, a vague word, a wrong count, a thing that radar does not show) are reviewed by
keyboard alone in headless Chromium, against the application over a real database. Four times are told, each as median
and 95th percentile, from the moment that the browser heard of the key:

* key to verdict: on screen, and written into the browser's journal, so that a killed tab has it;
* key to acknowledged: the server has answered a request that was sent after the key, so that what it did is stored;
* submit to next: the next packet's texts are on screen;
* handling: the page's own work for a key, without the wait for the browser's next frame.

Ends with 1 where a verdict in the database is not the one that was given, or one is missing. Chromium draws without a
graphics card here, on the same processors that it is measured on: with one, frames come sooner.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import uvicorn
from playwright.sync_api import Page, sync_playwright
from rasterio.transform import from_origin
from sqlalchemy import text

from app.accounts.workflow import add_person, log_in
from app.assets import AssetStore
from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.intake.imports import import_dataset
from app.intake.queries.drafts import SceneDraft, add_drafter, add_drafts
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.screening import screen_dataset
from app.main import create_app
from app.settings import Settings
from app.web.guard import SESSION_COOKIE
from pipeline.records import Draft, Drafter

PIXELS = 512
PASSWORD = "correct horse battery"
FLAGS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WATCH = Path(__file__).with_suffix(".js").read_text()
FRAMES_BESIDE_S = 1.5
"""A packet is looked at before its first key; meanwhile its images are drawn."""


@dataclass(frozen=True)
class Planted:
    """A draft, and the keys with which a reviewer judges it."""

    draft: Draft
    keys: tuple[str, ...]
    verdict: str


def _caption(kind: str, words: str) -> Draft:
    return Draft(kind=kind, question_type=None, text=words, answer=None, box_ids=())  # type: ignore[arg-type]


def _question(words: str, answer: str) -> Draft:
    return Draft(kind="question", question_type="general", text=words, answer=answer, box_ids=())


PLANTED: Sequence[Planted] = (
    Planted(_caption("concise_caption", "A river crosses the scene from left to right."), ("a",), "accept"),
    Planted(_caption("concise_caption", "A green field lies beside the river."), ("1", "f", "Enter"), "revise"),
    Planted(_caption("complex_caption", "White lines divide the car park."), ("5", "x"), "reject"),
    Planted(_question("How many bridges cross the river?", "Several"), ("4", "2", "x"), "reject"),
    Planted(_question("What lies at the upper edge of the image?", "A road"), ("u",), "unsure"),
    Planted(_question("Which side of the river is built up?", "The left side"), ("a",), "accept"),
)


def write_pairs(folder: Path, count: int) -> None:
    """So many SAR images with speckle, each with an optical partner, as a user has them."""
    rng = np.random.default_rng(0)
    shape = {"driver": "GTiff", "height": PIXELS, "width": PIXELS, "crs": "EPSG:32631"}
    for part in ("sar", "optical"):
        (folder / part).mkdir(parents=True)
    for number in range(count):
        grid = from_origin(500_000 + 10_000 * number, 5_750_000, 2, 2)
        ground = np.linspace(0.01, 0.5, PIXELS, dtype=np.float32)[None, :] * np.ones((PIXELS, 1), np.float32)
        sar = (10 * np.log10(ground * rng.exponential(1, (PIXELS, PIXELS)))).astype(np.float32)
        colours = np.clip(ground * 400 + rng.normal(0, 10, (3, PIXELS, PIXELS)), 0, 255).astype(np.uint8)
        name = f"scene_{number:03}.tif"
        with rasterio.open(folder / "sar" / name, "w", **shape, count=1, dtype="float32", transform=grid) as file:
            file.write(sar, 1)
        with rasterio.open(folder / "optical" / name, "w", **shape, count=3, dtype="uint8", transform=grid) as file:
            file.write(colours)


def add_work(sessions: SessionMaker, store: AssetStore, folder: Path, packets: int) -> str:
    """Import, draft, screen and seal; a reviewer, whose session's token is returned."""
    write_pairs(folder, packets)
    import_dataset(sessions, store, ImportOptions(name="timed", source="paired", path=folder))
    drafter = Drafter(name="captions", version="1", model="gpt-4o", prompt_version="3", parameters={})
    with transaction(sessions) as session:
        scenes = session.execute(text("select scene_id, dataset_id from scene order by scene_id")).all()
        add_run = "insert into run (dataset_id, kind, state) values (:id, 'draft', 'done') returning run_id"
        run_id = session.execute(text(add_run), {"id": scenes[0].dataset_id}).scalar_one()
        drafts = [SceneDraft(scene.scene_id, planted.draft) for scene in scenes for planted in PLANTED]
        add_drafts(session, run_id, drafter, add_drafter(session, drafter), drafts)
        add_person(session, "mori@example.org", "Mori", PASSWORD, ["reviewer"])
    screen_dataset(sessions, "timed")
    with transaction(sessions) as session:
        return log_in(session, "mori@example.org", PASSWORD)


@contextmanager
def served(database_url: str, folder: Path) -> Iterator[str]:
    """The address of the running application."""
    given = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(folder / "data"), "TRIHEDRAL_SECRET": "s" * 43}
    settings = Settings.from_environment({**given, "TRIHEDRAL_ASSETS_URL": str(folder / "assets")})
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def review(page: Page, packets: int, pace_ms: int) -> None:
    """Judge all texts by keyboard, as they come; each packet ends with Enter."""
    for _ in range(packets):
        page.locator(".focused").wait_for()
        time.sleep(FRAMES_BESIDE_S)
        for _ in PLANTED:
            words = page.locator(".focused__text").inner_text()
            keys = next(planted.keys for planted in PLANTED if planted.draft.text[-12:] in words)
            for key in keys:
                page.keyboard.press(key)
                page.wait_for_timeout(pace_ms)
        page.keyboard.press("Enter")
        page.wait_for_timeout(pace_ms)
    page.locator('[data-slot="save"][data-state="saved"]').wait_for()
    page.locator(".empty").wait_for()


def acknowledged_ms(keys: Sequence[Mapping[str, float]], saves: Sequence[Mapping[str, float]]) -> list[float]:
    """From each key to the first answer that says what it did is stored: to a request that left after it was heard."""
    later = [[save["answered"] for save in saves if save["sent"] >= key["heard"]] for key in keys]
    return [min(answers) - key["pressed"] for key, answers in zip(keys, later, strict=True) if answers]


def told(name: str, times_ms: Sequence[float], target_ms: float | None = None) -> str:
    middle, high = np.percentile(times_ms, (50, 95)) if times_ms else (np.nan, np.nan)
    aim = "" if target_ms is None else f"   (p95 is to be under {target_ms:g} ms)"
    return f"{name:<22} n {len(times_ms):4}   p50 {middle:7.1f} ms   p95 {high:7.1f} ms{aim}"


def faults(sessions: SessionMaker, packets: int) -> list[str]:
    """Verdicts in the database that are missing, or others than were given."""
    wanted = {planted.draft.text: planted.verdict for planted in PLANTED}
    with sessions() as session:
        given = session.execute(
            text("select d.text, v.verdict from draft_verdict v join draft d using (draft_id)")
        ).all()
    wrong = [f"{row.text}: {row.verdict}" for row in given if wanted[row.text] != row.verdict]
    missing = packets * len(PLANTED) - len(given)
    return wrong + ([f"{missing} verdicts are missing"] if missing else [])


def measure(site: str, token: str, given: argparse.Namespace) -> dict[str, list[float]]:
    found = os.environ.get("TRIHEDRAL_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS), headless=not given.headed)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site}])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(f"{site}/review?dataset=timed")
        review(page, given.packets, given.pace_ms)
        seen = page.evaluate("measured")
        browser.close()
    keys = [key for key in seen["keys"] if not key["isSubmit"]]
    unkept = [key["key"] for key in keys if not key["kept"]]
    if unkept:
        print(f"not in the journal when it was handled: {len(unkept)} keys")
    return {
        "painted": [key["painted"] for key in keys],
        "handled": [key["handled"] for key in keys],
        "acknowledged": acknowledged_ms(keys, seen["saves"]),
        "next": seen["nexts"],
    }


def run(database_url: str, folder: Path, given: argparse.Namespace) -> list[str]:
    engine = make_engine(database_url)
    sessions = make_sessionmaker(engine)
    token = add_work(sessions, AssetStore(folder / "assets"), folder / "source", given.packets)
    with served(database_url, folder) as site:
        times = measure(site, token, given)
    print(told("key to verdict", times["painted"], 50))
    print(told("handling", times["handled"]))
    print(told("key to acknowledged", times["acknowledged"], 50))
    print(told("submit to next", times["next"], 100))
    wrong = faults(sessions, given.packets)
    engine.dispose()
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=20)
    parser.add_argument("--pace-ms", type=int, default=250, help="between two keys")
    parser.add_argument("--headed", action="store_true", help="with a window, where there is a screen")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name:
        folder = Path(name)
        # Root's server runs as another account, which must get to its data.
        folder.chmod(0o755)
        with embedded.use(folder / "data") as server:
            migrate.upgrade(server.url)
            wrong = run(server.url, folder, given)
    for fault in wrong[:20]:
        print(f"FAULT {fault}")
    print("no verdict was lost" if not wrong else "verdicts were lost")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
