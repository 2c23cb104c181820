"""Counting, measuring, moving, palettes and limits: what a reviewer does in the image, on scenes of known sitting."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
import rasterio
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from sqlalchemy import text

from app.accounts.workflow import add_person, log_in
from app.assets import AssetStore
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.intake.imports import import_dataset
from app.intake.queries.drafts import SceneDraft, add_drafter, add_drafts
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.screening import screen_dataset
from pipeline.records import Drafter
from tests.browser.conftest import MadeDatabase, Sitting
from tests.browser.made_scenes import EMAIL, PASSWORD, Given, as_draft
from tests.conftest import url_of

DATASET = "dots"
ROWS, COLS = 240, 320
DOTS = ((60, 80), (60, 240), (180, 160))
"""(row, col) of the upper left pixel of dots of 4 × 4 pixels in the SAR image."""
OFF = (6, -4)
"""(down, right) by which they lie elsewhere in the optical image."""
QUESTION = Given("question", "How many tanks are visible in the image?", "There are 2 tanks.", "counting")


def write_sources(folder: Path) -> Path:
    """Two scenes of bright dots on a dark ground, one of them without place or optical partner."""
    sar = np.full((ROWS, COLS), -22, np.float32)
    sar += np.arange(COLS, dtype=np.float32) * 0.01
    colours = np.full((3, ROWS, COLS), 30, np.uint8)
    for row, col in DOTS:
        sar[row : row + 4, col : col + 4] = 3
        colours[:, row + OFF[0] : row + OFF[0] + 4, col + OFF[1] : col + OFF[1] + 4] = 255
    for part in ("sar", "optical"):
        (folder / part).mkdir(parents=True)
    grid = rasterio.Affine(2, 0, 500_000, 0, -2, 5_750_000)
    place = {"crs": "EPSG:32631", "transform": grid}
    shape = {"driver": "GTiff", "height": ROWS, "width": COLS}
    for name, where in (("p.tif", place), ("q.tif", {})):
        with rasterio.open(folder / "sar" / name, "w", **shape, **where, count=1, dtype="float32") as file:
            file.write(sar, 1)
            file.set_band_description(1, "VV")
    with rasterio.open(folder / "optical/p.tif", "w", **shape, **place, count=3, dtype="uint8") as file:
        file.write(colours)
    return folder


@pytest.fixture(scope="module")
def made_database(server_url: str, template_database: str) -> Iterator[MadeDatabase]:
    """In place of the scenes of other tests: the dots, to be copied for each test."""
    name = f"dots_{os.getpid()}"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template_database}")
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        root = Path(folder)
        engine = make_engine(url_of(server_url, name))
        token = add_dots(make_sessionmaker(engine), AssetStore(root / "assets"), write_sources(root / "source"))
        engine.dispose()
        yield MadeDatabase(name, root / "assets", token)


def add_dots(sessions: SessionMaker, store: AssetStore, source: Path) -> str:
    """Import, draft, screen; VH of the first scene is its processed image. The token of a reviewer's session."""
    import_dataset(sessions, store, ImportOptions(name=DATASET, source="paired", path=source))
    drafter = Drafter(name="captions", version="2", model="gpt-4o", prompt_version="3", parameters={})
    with transaction(sessions) as session:
        scenes = session.execute(text("select scene_id, dataset_id from scene")).all()
        run_id = session.execute(
            text("insert into run (dataset_id, kind, state) values (:id, 'draft', 'done') returning run_id"),
            {"id": scenes[0].dataset_id},
        ).scalar_one()
        given = (QUESTION, Given("concise_caption", "Tanks stand apart."))
        drafts = [SceneDraft(scene.scene_id, as_draft(each)) for scene in scenes for each in given]
        add_drafts(session, run_id, drafter, add_drafter(session, drafter), drafts)
        session.execute(
            text("""
insert into polarisation (scene_id, polarisation, sar_sha256, unit, scale, limits_low, limits_high, histogram)
select scene_id, 'VH', processed_sha256, 'dn', 1, 0, 255, '{"low": 0, "high": 256, "counts": [5, 0, 0, 5]}'
from scene where name like '%p.tif'""")
        )
        add_person(session, EMAIL, "Mori", PASSWORD, ["reviewer"])
    screen_dataset(sessions, DATASET)
    with transaction(sessions) as session:
        return log_in(session, EMAIL, PASSWORD)


def open_dots(sitting: Sitting) -> Page:
    sitting.open(f"/review?dataset={DATASET}")
    expect(sitting.page.locator('[data-slot="scene"]')).to_have_text("p.tif")
    sitting.wait_for_images()
    return sitting.page


def picture(page: Page, panel: str) -> NDArray[np.uint8]:
    """What the panel shows, RGB, without what lies over it."""
    page.evaluate(
        "document.querySelectorAll('.tag, .scale, .arrows').forEach(each => { each.style.visibility = 'hidden'; })"
    )
    with rasterio.MemoryFile(page.locator(f'[data-panel="{panel}"] .panel__map').screenshot()) as file:
        return np.asarray(file.open().read()[:3])


def centres(shown: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """(x, y) of bright dots on the screen, from left to right; those that touch the edge are no whole sitting."""
    bright = shown.min(axis=0) > 140
    bright[:, :2] = bright[:, -2:] = False
    found, rest = [], bright.copy()
    while rest.any():
        row, col = (int(place[0]) for place in np.nonzero(rest))
        reach = 110
        window = (slice(max(0, row - 2), row + reach), slice(max(0, col - reach // 2), col + reach // 2))
        rows, cols = np.nonzero(rest[window])
        found.append((window[1].start + cols.mean(), window[0].start + rows.mean()))
        rest[window] = False
    return sorted(found)


def place_of(page: Page, row: float, col: float) -> tuple[float, float]:
    """Where a place of the scene is on the page, while the whole scene is fitted into the SAR panel."""
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    scale = min((box["width"] - 12) / COLS, (box["height"] - 12) / ROWS)
    left, top = box["x"] + (box["width"] - COLS * scale) / 2, box["y"] + (box["height"] - ROWS * scale) / 2
    return left + col * scale, top + row * scale


def test_one_place_of_the_ground_lies_under_one_screen_pixel_in_both_panels(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = open_dots(sitting)
    # From the lowest value to the highest: between percentiles the ground would be as bright as the sitting.
    sitting.press("b", ",", "m")
    sitting.press(*["ArrowUp"] * 2, "Shift+ArrowUp", *["ArrowRight"] * 8)
    expect(page.locator('[data-slot="tool-hint"]')).to_contain_text("6.0 px up, 4.0 px right")
    sitting.press("Enter")
    notice = "was moved by a reviewer: 6.0 px up, 4.0 px right"
    expect(page.locator('[data-panel="optical"] .tag')).to_contain_text(notice)
    expect(page.locator('[data-slot="tool-hint"]')).to_be_hidden()
    with sessions() as session:
        assert session.execute(text("select down_px, right_px from pair_nudge")).all() == [(-6, 4)]

    def compare(least: int) -> None:
        page.mouse.move(5, 5)
        page.wait_for_timeout(250)
        sar, optical = centres(picture(page, "sar")), centres(picture(page, "optical"))
        assert len(sar) == len(optical) >= least
        assert np.abs(np.subtract(sar, optical)).max() < 0.75, (sar, optical)

    compare(3)
    sitting.press("p")
    compare(3)
    x, y = place_of(page, DOTS[0][0] + 2, DOTS[0][1] + 2)
    for _ in range(3):
        page.mouse.move(x, y)
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(300)
        compare(1)
    page.reload()
    sitting.wait_for_images()
    expect(page.locator('[data-panel="optical"] .tag')).to_contain_text(notice)
    compare(1)
    # The other modes lay the same panels over each other.
    sitting.press("v", "v", "Space")
    sides = [page.locator(f'[data-panel="{name}"]').bounding_box() for name in ("sar", "optical")]
    assert sides[0] == sides[1]
    compare(0)
    sitting.press("m", "Backspace", "Enter")
    expect(page.locator('[data-panel="optical"] .tag')).not_to_contain_text("moved by a reviewer")
    assert sitting.faults == []


def test_what_is_counted_by_clicks_becomes_the_answer_and_stays_as_evidence(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = open_dots(sitting)
    sitting.press("j", "c")
    for row, col in (*DOTS, (120, 120), (30, 30)):
        page.mouse.click(*place_of(page, row + 2, col + 2))
    hint = page.locator('[data-slot="tool-hint"]')
    expect(hint).to_contain_text("5 counted")
    page.mouse.click(*place_of(page, 122, 122))
    sitting.press("Backspace")
    expect(hint).to_contain_text("3 counted")
    page.mouse.move(5, 5)
    page.wait_for_timeout(250)
    for panel in ("sar", "optical"):
        red, green, blue = picture(page, panel).astype(int)
        assert ((red - green > 60) & (blue - green > 30)).sum() > 40, f"no marks in {panel}"
    sitting.press("Shift+C")
    expect(page.locator(".focused ins")).to_have_text("3")
    sitting.wait_until_saved()
    page.reload()
    sitting.wait_for_images()
    expect(page.locator(".tool [data-slot=tally]")).to_have_text("3")
    sitting.press("Enter", "k")
    expect(page.locator(".tool [data-slot=tally]")).to_have_text("")
    sitting.press("Shift+C")
    expect(page.locator(".focused .hint")).to_contain_text("Only the answer to a counting question")
    sitting.press("j", "Shift+C")
    expect(page.locator(".focused .hint")).to_contain_text("already says 3")
    sitting.press("k", "a", "Enter")
    expect(page.locator('[data-slot="done"]')).to_contain_text("1 /")
    with sessions() as session:
        origin, answer, marks, view = session.execute(
            text("select origin, revised_answer, marks, view from draft_verdict where verdict = 'revise'")
        ).one()
    assert (origin, answer) == ("tally", "There are 3 tanks.")
    assert np.abs(np.array(marks) - [(col + 2, row + 2) for row, col in DOTS]).max() < 1.5
    assert view["both_loaded"]
    assert view["window"] == [0, 0, COLS, ROWS]
    assert sitting.faults == []


def test_looks_change_without_a_request_and_come_back(sitting: Sitting, sessions: SessionMaker) -> None:
    page = open_dots(sitting)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    grey = picture(page, "sar")
    sitting.press("y", "y", ",", ",", "]", "i")
    page.wait_for_timeout(250)
    coloured = picture(page, "sar")
    assert (np.abs(coloured[0].astype(int) - coloured[2]) > 40).mean() > 0.1
    assert np.abs(grey[0].astype(int) - grey[2]).max() < 90
    sitting.press(".")
    expect(page.locator("#display-menu")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-palette="cividis"]')).to_have_attribute("aria-checked", "true")
    expect(page.locator("#display-menu select")).to_have_value("0.5-99.5")
    page.keyboard.press("Escape")
    expect(page.locator("#display-menu")).not_to_be_visible()
    # The other polarisation has its own values, unit and limits; what is in sight stays.
    sitting.press("+", "+", "o")
    expect(page.locator('[data-panel="sar"] .tag')).to_contain_text("VH")
    page.mouse.move(*[value + 3 for value in place_of(page, ROWS / 2, COLS / 2)])
    expect(page.locator('[data-slot="sar-value"]')).to_have_text(re.compile(r"^SAR \d+ dn$"))
    sitting.press("o")
    expect(page.locator('[data-slot="sar-value"]')).to_have_text(re.compile(r"dB"))
    sitting.press("d")
    centre = place_of(page, ROWS / 2, COLS / 2)
    page.mouse.click(*centre)
    page.mouse.move(centre[0] + 40, centre[1])
    expect(page.locator('[data-slot="tool-hint"] b')).to_have_text(re.compile(r"^\d+(\.\d+)? m$"))
    sitting.press("Escape")
    expect(page.locator('[data-slot="tool-hint"]')).to_be_hidden()
    assert [url for url in requests if "progress" not in url and "assets" not in url] == []
    assert len([url for url in requests if "assets" in url]) <= 1  # the other polarisation, once
    sitting.press(";")
    zoom = page.evaluate("JSON.parse(sessionStorage['trihedral.sight']).place.resolution")
    sitting.press("Escape", "a", "a", "Enter")
    expect(page.locator('[data-slot="scene"]')).to_have_text("q.tif")
    sitting.wait_for_images()
    kept = page.evaluate("JSON.parse(sessionStorage['trihedral.sight'])")
    assert (kept["scene"], kept["place"]["resolution"]) == (f"{DATASET}/sar/q.tif", zoom)
    page.reload()
    sitting.wait_for_images()
    expect(page.locator('.tool[data-key="invert"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-palette="cividis"]')).to_have_attribute("aria-checked", "true")
    expect(page.locator("#display-menu select")).to_have_value("0.5-99.5")
    expect(page.locator('.tool[data-key="keep_zoom"]')).to_have_attribute("aria-pressed", "true")
    with sessions() as session:
        kept = session.execute(text("select settings from viewer_setting")).scalar_one()
    assert kept == {"palette": "cividis", "share": "0.5-99.5", "brightness": 1.1, "is_inverted": True}
    for width in (1024, 1440):
        page.set_viewport_size({"width": width, "height": 768})
        tools = page.locator(".tools")
        assert tools.evaluate("tools => tools.scrollWidth <= tools.clientWidth && tools.offsetHeight < 44")
    assert sitting.faults == []
