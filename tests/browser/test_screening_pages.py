"""The rules of a dataset in a real browser: with and without JavaScript, and for people who cannot see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.workflow import add_person
from app.db import SessionMaker, transaction
from tests.browser.conftest import Sitting
from tests.browser.made_scenes import DATASET, PASSWORD
from tests.conftest import REPOSITORY

SCREENING = f"/datasets/{DATASET}/screening"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str, sessions: SessionMaker) -> Iterator[Page]:
    """An admin's page."""
    with transaction(sessions) as session:
        add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"])
    context = browser.new_context(viewport={"width": 1024, "height": 768}, java_script_enabled=request.param)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{site}/login")
    page.locator("#email").fill("ada@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(site + SCREENING)
    yield page
    context.close()


def test_a_rule_is_looked_at_judged_and_switched_off(page: Page, site: str) -> None:
    page.get_by_text("Examples of hue").click()
    expect(page.get_by_text("A green river bank with ball fields.")).to_be_visible()
    page.get_by_role("link", name="findings of hue").click()
    expect(page.locator("mark.found").first).to_have_text("green")
    page.goto(site + SCREENING)
    page.get_by_label("Setting of colour, hue").select_option("colour.hue=off")
    page.get_by_role("button", name="Save and screen again").click()
    page.wait_for_url("**/runs/*")
    page.goto(site + SCREENING)
    expect(page.get_by_label("Setting of colour, hue")).to_have_value("colour.hue=off")
    expect(page.get_by_text("1 rule is set otherwise")).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_have_no_fault_that_axe_finds(page: Page, site: str, theme: str) -> None:
    axe = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text()
    page.emulate_media(color_scheme=theme)
    for path in (SCREENING, f"{SCREENING}/colour.hue", f"{SCREENING}/count.wrong"):
        page.goto(site + path)
        page.evaluate("for (const examples of document.querySelectorAll('details')) examples.open = true")
        page.evaluate(axe)
        faults = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
        assert faults == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_findings_of_all_severities_are_told_apart_by_line_and_words(sitting: Sitting) -> None:
    sitting.open()
    sitting.page.locator(".draft-row", has_text="green quay").click()
    found = sitting.page.locator(".finding")
    expect(found.first).to_have_attribute("data-severity", "error")
    expect(found.first).to_contain_text("colour")
    severities = found.evaluate_all("all => all.map(one => one.dataset.severity)")
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    line = "all => all.map(one => getComputedStyle(one).textDecorationStyle)"
    assert sitting.page.locator('mark[data-severity="error"]').evaluate_all(line) == ["wavy"]
    assert set(sitting.page.locator('mark[data-severity="warning"]').evaluate_all(line)) == {"dashed"}


@pytest.mark.parametrize("page", [True], indirect=True)
def test_beside_long_texts_the_names_of_scenes_stay_whole(page: Page, site: str) -> None:
    page.goto(f"{site}{SCREENING}/colour.hue")
    page.locator("tbody p bdi").first.evaluate("text => text.append(' A quay beside a river.'.repeat(40))")
    page.locator("tbody .is-name bdi").first.evaluate("name => name.textContent = 'TrainArea_001.tif'")
    lines = page.locator("tbody .is-name a").first.evaluate("name => name.getClientRects().length")
    assert lines == 1
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_foot_keeps_its_height_whatever_its_button_says(sitting: Sitting) -> None:
    sitting.page.set_viewport_size({"width": 1024, "height": 768})
    sitting.open()
    foot, button = sitting.page.locator(".side__foot"), sitting.page.locator('[data-slot="submit"]')
    before = foot.bounding_box()
    sitting.press("e")
    expect(button).to_have_text("Confirm wording")
    assert foot.bounding_box() == before
    assert foot.evaluate("foot => foot.scrollWidth <= foot.clientWidth")


def test_the_button_that_saves_is_in_reach_from_the_first_rule(page: Page) -> None:
    expect(page.get_by_label("Setting of category, absent")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Save and screen again")).to_be_in_viewport()
