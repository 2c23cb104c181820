"""The review page for everybody: by axe-core, at 200 % zoom, on a small screen, without motion, dark and light."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.conftest import REPOSITORY

AXE = REPOSITORY / "node_modules/axe-core/axe.min.js"
MOVING = """() => {
    const all = [...document.querySelectorAll('*')];
    const changes = all.map(one => parseFloat(getComputedStyle(one).transitionDuration));
    return changes.filter(seconds => seconds > 0.01).length
        + document.getAnimations().filter(one => one.playState === 'running').length;
}"""
SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def axe_faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    run = "axe.run().then(told => told.violations.map(one => one.id + ': ' + one.nodes[0].html))"
    found: list[str] = page.evaluate(run)
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_state_of_the_page_has_a_fault_that_axe_finds(sitting: Sitting, sessions: SessionMaker, theme: str) -> None:
    page = sitting.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": 1024, "height": 768})
    sitting.open()
    sitting.press("j", "1", "f")
    expect(page.locator(".edit .diff del")).to_have_count(1)
    sitting.press("g")
    states = {"guidelines and a proposal": axe_faults(page)}
    for name, key in (("keys", "?"), ("note", "w"), ("why unusable", "n")):
        sitting.press(key)
        page.locator("dialog[open]").wait_for()
        states[name] = axe_faults(page)
        sitting.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate(MOVING) == 0
    with sessions() as session, session.begin():
        session.execute(text("update session set expires_at = now() - interval '1 second'"))
    sitting.press("u")
    page.get_by_role("button", name="Log in").click()
    states["log-in"] = axe_faults(page)
    assert {name: faults for name, faults in states.items() if faults} == {}


def test_all_is_within_reach_on_small_screens_and_at_200_percent(sitting: Sitting) -> None:
    page = sitting.page
    for width, height in ((1024, 768), (720, 450)):
        page.set_viewport_size({"width": width, "height": height})
        sitting.open()
        assert page.evaluate(SIDEWAYS) <= 0
        # By keyboard alone, all that is acted on comes into view.
        sitting.press("g", "e")
        expect(page.locator("textarea[data-edit=text]")).to_be_in_viewport()
        sitting.press("Escape", "Escape")
        expect(page.get_by_role("complementary", name="Guidelines")).to_be_hidden()
        for key in ("j", "j", "j"):
            sitting.press(key)
            expect(page.locator(".focused__kind")).to_be_in_viewport()
            expect(page.locator('[data-slot="submit"]')).to_be_in_viewport()
        sitting.press("?")
        row = page.locator('[data-action="farther"]')
        row.focus()
        expect(row).to_be_in_viewport()
        assert page.evaluate("document.querySelector('dialog[open]').scrollWidth <= innerWidth")
        sitting.press("Escape")
    assert sitting.faults == []
