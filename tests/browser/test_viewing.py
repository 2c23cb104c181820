"""The images: what is read under the cursor is what the file has, and looking harms nobody."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from pipeline.imaging.tiff import write_cog
from tests.browser.conftest import MadeDatabase, Sitting
from tests.browser.made_scenes import COLS, NO_DATA, ROWS

AXE = "node_modules/axe-core/axe.min.js"
LOOKS = [("dark", 1440, 900), ("light", 1024, 768)]


def stored_pixels(sessions: SessionMaker, assets: MadeDatabase, scene: str, column: str) -> Any:
    import rasterio

    with sessions() as session:
        sha256 = session.execute(
            text(f"select {column} from scene where name like :scene"), {"scene": f"%{scene}"}
        ).scalar_one()
    with AssetStore(assets.assets).open(sha256) as file, rasterio.open(file) as image:
        return image.read()


def open_scene(sitting: Sitting, name: str) -> None:
    sitting.open()
    if sitting.page.locator('[data-slot="scene"]').inner_text() != name:
        sitting.press("h")
        expect(sitting.page.locator('[data-slot="scene"]')).to_have_text(name)
    sitting.wait_for_images()


def point_at(page: Page, share_x: float, share_y: float) -> tuple[float, float]:
    """Move the mouse over the SAR panel; gives the pixel coordinate that the page reads there."""
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * share_x, box["y"] + box["height"] * share_y)
    shown = page.locator('[data-slot="xy"]')
    expect(shown).to_have_text(re.compile(r"x \d"))
    found = re.fullmatch(r"x (-?[\d.]+) y (-?[\d.]+)", shown.inner_text())
    assert found is not None
    return float(found[1]), float(found[2])


def value_of(shown: str) -> float:
    found = re.search(r"-?\d+\.\d+", shown)
    assert found is not None, shown
    return float(found[0])


def test_the_value_under_the_cursor_is_the_files(
    sitting: Sitting, sessions: SessionMaker, made_database: MadeDatabase
) -> None:
    open_scene(sitting, "a.tif")
    stored = stored_pixels(sessions, made_database, "a.tif", "sar_sha256")[0]
    optical = stored_pixels(sessions, made_database, "a.tif", "optical_sha256")
    page = sitting.page
    for share in ((0.5, 0.5), (0.31, 0.62), (0.63, 0.55)):
        point_at(page, *share)
        # The pixel is read a moment after the cursor has moved: look until place and values belong together.
        for _ in range(50):
            page.wait_for_timeout(100)
            x, y = map(float, re.findall(r"\d+\.\d+", page.locator('[data-slot="xy"]').inner_text()))
            # The coordinate is shown to a tenth, so near a pixel's edge either neighbour may be meant.
            cols, rows = ({int(value - 0.05), int(value + 0.05)} for value in (x, y))
            pixels = [(row, col) for row in rows for col in cols]
            shown = value_of(page.locator('[data-slot="sar-value"]').inner_text())
            colours = page.locator('[data-slot="optical-value"]').inner_text()
            is_sar = any(abs(stored[pixel] * 0.01 - shown) < 0.006 for pixel in pixels)
            if is_sar and any(colours == "RGB {} {} {}".format(*optical[:, row, col]) for row, col in pixels):
                break
        else:
            pytest.fail(f"at x {x} y {y} the page says {shown} and {colours}")
    assert sitting.faults == []


def test_no_data_is_said_and_coordinates_are_shown(sitting: Sitting) -> None:
    open_scene(sitting, "a.tif")
    page = sitting.page
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    scale = min((box["width"] - 12) / COLS, (box["height"] - 12) / ROWS)
    left, top = (box["width"] - COLS * scale) / 2, (box["height"] - ROWS * scale) / 2
    inside = (NO_DATA[1].stop / 2, NO_DATA[0].stop / 2)
    page.mouse.move(box["x"] + left + inside[0] * scale, box["y"] + top + inside[1] * scale)
    expect(page.locator('[data-slot="sar-value"]')).to_have_text("SAR no data")
    expect(page.locator('[data-slot="xy"]')).to_have_text(re.compile(r"^x (29\.9|30\.\d) y (19\.9|20\.\d)$"))
    # The file's corner is 500 000 m east in zone 31, its central meridian: 3° east.
    expect(page.locator('[data-slot="lonlat"]')).to_have_text(re.compile(r"^51\.9\d+° N 3\.000\d\d° E$"))
    expect(page.locator('[data-panel="sar"] .scale')).to_be_visible()
    expect(page.locator(".north")).to_be_visible()


def drawn_grey(page: Page) -> list[int]:
    """The mean grey of the middle of the SAR panel, as it is on the screen."""
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5
    png = page.screenshot(clip={"x": x, "y": y, "width": 8, "height": 8})
    import rasterio

    with rasterio.MemoryFile(png) as file, file.open() as image:
        return [int(channel.mean()) for channel in image.read()[:3]]


def test_limits_change_the_picture_without_a_request(sitting: Sitting) -> None:
    page = sitting.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    open_scene(sitting, "a.tif")
    expect(page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    asked = len(requests)
    before = drawn_grey(page)
    handle = page.locator(".hist__handle").nth(1)
    handle.focus()
    for _ in range(6):
        page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_timeout(300)
    brighter = drawn_grey(page)
    assert brighter[0] > before[0] + 20
    page.locator("body").press("i")
    page.wait_for_timeout(300)
    assert drawn_grey(page)[0] < before[0]
    page.locator("body").press("p")
    page.wait_for_timeout(300)
    # The images of the next packet may still be on their way.
    later = requests[asked:]
    assert [url for url in later if "/assets/" not in url or url in requests[:asked]] == []


def test_no_bright_seam_runs_along_what_has_no_data(sitting: Sitting) -> None:
    open_scene(sitting, "a.tif")
    page = sitting.page
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    scale = min((box["width"] - 12) / COLS, (box["height"] - 12) / ROWS)
    left, top = (box["width"] - COLS * scale) / 2, (box["height"] - ROWS * scale) / 2
    # Across the right edge of the pixels without data, where the values are the lowest of the scene.
    clip = {"x": box["x"] + left + 55 * scale, "y": box["y"] + top + 8 * scale, "width": 10 * scale, "height": 20}
    import rasterio

    # The picture is there once its middle is; on a busy machine it may still be fitted then.
    brightest = 255
    for _ in range(20):
        is_drawn = drawn_grey(page)[0] > 20
        with rasterio.MemoryFile(page.screenshot(clip=clip)) as file, file.open() as image:
            brightest = int(image.read(1).max())
        if is_drawn and brightest < 60:
            break
        page.wait_for_timeout(250)
    assert is_drawn
    assert brightest < 60


VALUES = """async ([content, pixels]) => {
    const page = document.querySelector('script[src*="js/review/page.js"]').src;
    const { Sampler } = await import(page.replace('review/page.js', 'viewer/readout.js'));
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const sampler = new Sampler({ blob: new Blob([bytes]) });
    return Promise.all(pixels.map(([row, col]) => sampler.at(row, col)));
}"""


def test_values_of_every_kind_are_read_from_the_file_itself(sitting: Sitting, tmp_path: Path) -> None:
    """Also where only an overview is shown: that one is made to differ everywhere."""
    open_scene(sitting, "a.tif")
    random = np.random.default_rng(7)
    pixels = [(0, 0), (299, 519), (255, 256), (256, 255), *random.integers((300, 520), size=(20, 2)).tolist()]
    for dtype, nodata in (("int16", -32768), ("uint8", None), ("uint16", 0), ("float32", float("nan"))):
        whole = (random.normal(100, 40, (300, 520))).astype(dtype)
        if nodata is not None:
            whole[255, 256] = nodata
        write_cog(tmp_path / "x.tif", [whole, np.zeros((150, 260), dtype)], nodata=nodata)
        content = base64.b64encode((tmp_path / "x.tif").read_bytes()).decode()
        found = sitting.page.evaluate(VALUES, [content, pixels])
        for (row, col), values in zip(pixels, found, strict=True):
            is_data = nodata is None or (row, col) != (255, 256)
            assert values == ([float(whole[row, col])] if is_data else None), (dtype, row, col)


def test_a_large_scene_streams_and_judges_without_an_image_that_is_gone(
    sitting: Sitting, sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path
) -> None:
    size = 2560
    random = np.random.default_rng(7)
    levels = [random.integers(-2400, 0, (size >> level, size >> level), np.int16) for level in range(5)]
    write_cog(tmp_path / "large.tif", levels, nodata=-32768, scale=0.01, unit="relative_db")
    stored = AssetStore(made_database.assets).put(tmp_path / "large.tif", "image/tiff").sha256
    with transaction(sessions) as session:
        add = text("insert into asset (sha256, media_type, bytes) values (:sha256, 'image/tiff', 1)")
        session.execute(add, [{"sha256": stored}, {"sha256": "e" * 64}])
        session.execute(
            text("""update scene set rows = :size, cols = :size, sar_sha256 = :stored, processed_sha256 = :stored,
                optical_sha256 = :gone where name like '%a.tif'"""),
            {"size": size, "stored": stored, "gone": "e" * 64},
        )
    got: dict[str, int] = {}
    page = sitting.page
    page.on("response", lambda told: "/assets/" in told.url and count(got, told.url, told.headers))
    open_scene(sitting, "a.tif")
    notice = page.locator('[data-slot="image-notice"]')
    expect(notice).to_have_text(re.compile("^Optical image: the store no longer has it. Texts can still be judged"))
    x, y = point_at(page, 0.5, 0.4)
    value = page.locator('[data-slot="sar-value"]')
    expect(value).to_have_text(re.compile(r"SAR -?\d"))
    near = [levels[0][int(y + down), int(x + right)] for down in (-0.1, 0, 0.1) for right in (-0.1, 0, 0.1)]
    assert any(abs(value_of(value.inner_text()) - each * 0.01) < 0.006 for each in near)
    assert 0 < got[stored] < 0.12 * (tmp_path / "large.tif").stat().st_size
    sitting.press("a")
    assert sitting.glyphs()[0] == "✓"


def count(got: dict[str, int], url: str, headers: dict[str, str]) -> None:
    sha256 = url.partition("/assets/")[2][:64]
    got[sha256] = got.get(sha256, 0) + int(headers.get("content-length", 0))


def test_a_pair_lies_as_both_images_come_out_larger(sitting: Sitting) -> None:
    open_scene(sitting, "a.tif")
    page = sitting.page
    panels = [page.locator(f'[data-panel="{name}"]') for name in ("sar", "optical")]
    for width, height, is_stacked in ((1100, 620, False), (1024, 1500, True), (1440, 900, False)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".panels.is-stacked")).to_have_count(int(is_stacked))
        sar, optical = (panel.bounding_box() for panel in panels)
        assert sar is not None
        assert optical is not None
        assert (optical["y"] > sar["y"]) == is_stacked
        assert (optical["x"] > sar["x"]) != is_stacked


def test_views_and_keys_of_the_image(sitting: Sitting) -> None:
    open_scene(sitting, "a.tif")
    panels = sitting.page.locator(".panels")
    seen = []
    for _ in range(4):
        seen.append(panels.get_attribute("data-mode"))
        sitting.press("v")
    assert seen == ["pair", "swipe", "blink", "sar"]
    sitting.press("v", "v")
    expect(sitting.page.locator('[data-panel="optical"]')).not_to_be_visible()
    sitting.press("Space")
    expect(sitting.page.locator('[data-panel="optical"]')).to_be_visible()
    sitting.press("r")
    expect(sitting.page.locator('[data-processed="true"]')).to_have_attribute("aria-pressed", "true")
    sitting.press("?")
    expect(sitting.page.locator("dialog[open]")).to_contain_text("Raw or processed")


def test_a_scene_without_an_optical_partner_has_the_whole_place(sitting: Sitting) -> None:
    open_scene(sitting, "b.tif")
    expect(sitting.page.locator(".panels")).to_have_attribute("data-mode", "sar")
    expect(sitting.page.locator('.seg [data-mode="pair"]')).to_be_disabled()
    sitting.press("v")
    expect(sitting.page.locator('[data-panel="optical"]')).not_to_be_visible()
    expect(sitting.page.locator('[data-panel="sar"] .scale')).to_be_hidden()
    expect(sitting.page.locator(".north")).to_be_hidden()
    assert sitting.faults == []


def test_a_box_and_the_text_that_speaks_of_it_light_each_other_up(sitting: Sitting) -> None:
    open_scene(sitting, "a.tif")
    page = sitting.page
    box = page.locator('[data-panel="sar"]').bounding_box()
    assert box is not None
    scale = min((box["width"] - 12) / COLS, (box["height"] - 12) / ROWS)
    x = box["x"] + (box["width"] - COLS * scale) / 2 + 190 * scale
    y = box["y"] + (box["height"] - ROWS * scale) / 2 + 130 * scale
    page.mouse.move(x, y)
    page.mouse.move(x + 1, y)
    expect(page.locator(".draft-row.is-hot")).to_contain_text("How many ships")
    page.mouse.click(x, y)
    expect(page.locator(".focused")).to_contain_text("How many ships")


def test_without_webgl_a_still_picture_with_the_boxes_is_shown(sitting: Sitting) -> None:
    sitting.page.add_init_script("""
        const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest);
        };
    """)
    sitting.open()
    expect(sitting.page.locator('[data-slot="image-notice"]')).to_contain_text("no WebGL")
    expect(sitting.page.locator('[data-panel="sar"] .still canvas')).to_be_visible()
    expect(sitting.page.locator('[data-panel="sar"] .still rect')).to_have_count(1)
    sitting.press("c")
    sitting.page.locator('[data-panel="sar"] .still').click()
    expect(sitting.page.locator('[data-panel="optical"] .still circle')).to_have_count(1)
    sitting.press("Escape", "a")
    assert sitting.glyphs()[0] == "✓"
    assert sitting.faults == []


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_nothing_keeps_anybody_out(
    sitting: Sitting, browser: Browser, made_database: MadeDatabase, theme: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, bypass_csp=True)
    context.add_cookies(sitting.context.cookies())
    page = context.new_page()
    page.goto(sitting.page.url if sitting.page.url.startswith("http") else f"{sitting.site}/review")
    page.locator(".focused").wait_for()
    for key in ("c", ".", "j", "e"):
        page.keyboard.press(key)
    expect(page.locator("#display-menu")).to_be_visible()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
