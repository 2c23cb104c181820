"""Pairs in a real browser: drawn where they belong, and decided on with and without scripts."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest
import rasterio
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine, from_origin
from rasterio.warp import transform
from sqlalchemy import text

from app.accounts.workflow import add_person, log_in
from app.assets import AssetStore
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.intake.imports import import_dataset
from app.intake.workflow.options import ImportOptions
from app.web.guard import SESSION_COOKIE
from tests.browser.conftest import MadeDatabase, Sitting
from tests.browser.made_scenes import DATASET
from tests.conftest import url_of

SIDE = 256
MARK = (slice(96, 136), slice(130, 170))
"""Rows and cols of what is bright in both images: more than the percent that the display's limits cut off."""
ABOVE_PX = 120
OFFSET = (9.0, -14.0)
"""(row, col) by which the optical image of ``moved.tif`` must be moved."""


def sar_image() -> NDArray[np.float32]:
    image = np.random.default_rng(1).normal(-20, 1, (SIDE, SIDE)).astype(np.float32)
    image[MARK] = 5
    return image


def write(path: Path, image: NDArray[np.generic], **profile: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    bands = image.reshape(-1, *image.shape[-2:])
    shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": bands.dtype}
    with warnings.catch_warnings():
        # That a file has no coordinates is what is wanted of it.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="GTiff", **shape, **profile) as file:
            file.write(bands)


def on_the_ground(grid: Affine) -> tuple[NDArray[np.uint8], Affine]:
    """The optical image of the same ground in another projection, with other pixels, white where the mark is."""
    rows, cols = 700, 900
    (west, east), (north, south) = transform(
        "EPSG:32631", "EPSG:4326", [grid.c - 40, grid.c + 2 * SIDE + 40], [grid.f + 40, grid.f - 2 * SIDE - 40]
    )
    own = Affine((east - west) / cols, 0, west, 0, (south - north) / rows, north)
    across, down = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    lon, lat = own * (across.ravel(), down.ravel())
    x, y = transform("EPSG:4326", "EPSG:32631", lon, lat)
    col, row = (~grid) * (np.array(x), np.array(y))
    is_mark = (row >= MARK[0].start) & (row < MARK[0].stop) & (col >= MARK[1].start) & (col < MARK[1].stop)
    image = np.where(is_mark, 255, 20).astype(np.uint8).reshape(rows, cols)
    return np.stack([image] * 3), own


@pytest.fixture(scope="module")
def made_database(
    made_database: MadeDatabase, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> MadeDatabase:
    """With scenes that have a bright mark in both images besides: ``geo.tif`` and ``moved.tif``."""
    folder = tmp_path_factory.mktemp("marks")
    grid = from_origin(500_000, 5_750_000, 2, 2)
    optical, own = on_the_ground(grid)
    write(folder / "sar/geo.tif", sar_image(), crs="EPSG:32631", transform=grid)
    write(folder / "optical/geo.tif", optical, crs="EPSG:4326", transform=own)
    moved = np.full((3, SIDE, SIDE), 20, np.uint8)
    down, right = map(int, OFFSET)
    moved[:, MARK[0].start - down : MARK[0].stop - down, MARK[1].start - right : MARK[1].stop - right] = 255
    write(folder / "sar/moved.tif", sar_image())
    write(folder / "optical/moved.tif", moved)
    name = f"{made_database.name}_marks"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {made_database.name}")
    engine = make_engine(url_of(server_url, name))
    sessions, store = make_sessionmaker(engine), AssetStore(made_database.assets)
    import_dataset(sessions, store, ImportOptions(name="marks", source="paired", path=folder))
    measured = {"state": "shifted", "offset_px": OFFSET, "spread_px": 0.4, "blocks": 9, "agreeing": 8, "note": ""}
    with transaction(sessions) as session:
        session.execute(
            text("update scene set pair_state = 'shifted', registration = cast(:found as jsonb) where name like :name"),
            {"found": json.dumps(measured), "name": "%moved.tif"},
        )
    engine.dispose()
    return replace(made_database, name=name)


@pytest.fixture
def marked(sessions: SessionMaker) -> dict[str, int]:
    """The ids of the scenes with the mark, by file name."""
    query = "select scene.name, scene_id from scene join dataset using (dataset_id) where dataset.name = 'marks'"
    with sessions() as session:
        return {Path(row[0]).name: row[1] for row in session.execute(text(query))}


@pytest.fixture
def page(browser: Browser, site: str, sessions: SessionMaker) -> Iterator[Page]:
    """An admin's page; it fails the test if it complained about anything."""
    with transaction(sessions) as session:
        added = add_person(session, "ada@example.org", "Ada", None, ["admin"])
        token = log_in(session, added.email, added.password or "")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site}])
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    yield page
    context.close()
    assert faults == []


def mark_on_screen(page: Page, panel: str) -> tuple[float, float] | None:
    """Where the middle of what is bright lies in the panel, in pixels of the screen; None where nothing is."""
    box = page.locator(f'[data-panel="{panel}"]').bounding_box()
    assert box is not None
    # Without the panel's title above and its scale below.
    clip = {"x": box["x"], "y": box["y"] + ABOVE_PX, "width": box["width"], "height": box["height"] - 2 * ABOVE_PX}
    with rasterio.MemoryFile(page.screenshot(clip=clip)) as file, file.open() as image:
        rows, cols = np.nonzero(image.read(1) > 200)
    return (float(rows.mean()), float(cols.mean())) if len(rows) > 100 else None


def show(page: Page, site: str, scene_id: int) -> dict[str, tuple[float, float]]:
    """Open the page of the scene without boxes and overlays; where both panels show the mark."""
    page.goto(f"{site}/datasets/marks/scenes/{scene_id}")
    places: dict[str, tuple[float, float] | None] = {}
    for _ in range(60):
        page.wait_for_timeout(250)
        places = {panel: mark_on_screen(page, panel) for panel in ("sar", "optical")}
        if all(places.values()):
            break
    return {panel: place for panel, place in places.items() if place is not None}


def test_georeferenced_pairs_put_the_same_ground_under_the_same_screen_pixel(
    page: Page, site: str, marked: dict[str, int]
) -> None:
    places = show(page, site, marked["geo.tif"])
    assert places["sar"] == pytest.approx(places["optical"], abs=1.0)


def test_a_shifted_optical_image_is_drawn_where_it_belongs_and_read_there(
    page: Page, site: str, marked: dict[str, int], sessions: SessionMaker
) -> None:
    scene_id = marked["moved.tif"]
    apart = show(page, site, scene_id)
    scale = (apart["sar"][0] - apart["optical"][0]) / OFFSET[0]
    assert scale > 1
    assert apart["sar"][1] - apart["optical"][1] == pytest.approx(OFFSET[1] * scale, abs=1.0)
    page.get_by_role("button", name="moved by the measured offset").click()
    page.wait_for_url("**/scenes/*")
    together = show(page, site, scene_id)
    assert together["sar"] == pytest.approx(together["optical"], abs=1.0)
    # Just inside the mark's upper left corner, the readout finds it in both images.
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    middle = (box["y"] + ABOVE_PX + together["sar"][0], box["x"] + together["sar"][1])
    height, width = (MARK[axis].stop - MARK[axis].start for axis in (0, 1))
    page.mouse.move(middle[1] - (width / 2 - 2) * scale, middle[0] - (height / 2 - 2) * scale)
    expect(page.locator('[data-slot="sar-value"]')).to_contain_text("5.0")
    expect(page.locator('[data-slot="optical-value"]')).to_have_text("RGB 255 255 255")
    page.mouse.move(middle[1] - (width / 2 + 2) * scale, middle[0] - (height / 2 + 2) * scale)
    expect(page.locator('[data-slot="optical-value"]')).to_have_text("RGB 20 20 20")
    with sessions() as session:
        assert session.execute(text("select decision from pair_decision")).scalars().all() == ["use_shifted"]


def test_a_key_decides_and_leads_to_the_next_scene(
    page: Page, site: str, sessions: SessionMaker, marked: dict[str, int]
) -> None:
    with transaction(sessions) as session:
        session.execute(text("update scene set pair_state = 'unknown' where optical_sha256 is not null"))
    first, second = sorted(marked.values())
    page.goto(f"{site}/datasets/marks/pairs?state=unknown")
    page.get_by_role("link", name="geo.tif").click()
    page.locator('[data-panel="sar"] canvas').first.wait_for()
    page.keyboard.press("v")
    expect(page.locator(".panels")).to_have_attribute("data-mode", "swipe")
    page.keyboard.press("s")
    page.wait_for_url(f"**/scenes/{second}")
    page.go_back()
    page.goto(f"{site}/datasets/marks/scenes/{first}")
    expect(page.locator(".panels")).to_have_attribute("data-mode", "sar")
    expect(page.locator('[data-panel="sar"] .tag')).to_contain_text("set aside by an admin")
    with sessions() as session:
        rows = session.execute(text("select scene_id, decision from pair_decision")).all()
    assert [tuple(row) for row in rows] == [(first, "without_optical")]


def test_policy_and_bulk_decisions_work_without_javascript(
    browser: Browser, page: Page, site: str, sessions: SessionMaker, marked: dict[str, int]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(10_000)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{site}/datasets/marks/pairs?state=shifted")
    plain.get_by_role("checkbox", name="hold back shifted").check()
    plain.get_by_role("button", name="Save policy").click()
    expect(plain.get_by_role("checkbox", name="hold back shifted")).to_be_checked()
    plain.get_by_role("link", name="shifted", exact=True).click()
    expect(plain.get_by_text("held back", exact=True)).to_be_visible()
    plain.get_by_label("All that are shifted:").select_option("use_shifted")
    plain.get_by_role("button", name="Decide on all").click()
    plain.get_by_role("button", name="Decide on 1").click()
    expect(plain.get_by_role("cell", name="moved by the measured offset")).to_be_visible()
    plain.get_by_role("link", name="moved.tif").click()
    plain.get_by_role("button", name="Hold back").click()
    with sessions() as session:
        rows = session.execute(text("select decision from pair_decision order by pair_decision_id"))
        assert list(rows.scalars()) == ["use_shifted", "hold"]
    context.close()


def test_a_reviewer_is_told_where_the_optical_image_is_not_to_be_trusted(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        session.execute(text("update scene set pair_state = 'unknown' where optical_sha256 is not null"))
    sitting.open(f"/review?dataset={DATASET}")
    if sitting.page.locator('[data-slot="scene"]').inner_text() != "a.tif":
        sitting.press("h")
    expect(sitting.page.locator('[data-panel="optical"] .tag__notice')).to_contain_text("check before you trust it")
    assert sitting.faults == []
