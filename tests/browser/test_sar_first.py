"""Packets that are judged from the SAR image first, by keyboard: a verdict on each text shows the optical one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import text

from app.db import SessionMaker, transaction
from tests.browser.conftest import Sitting
from tests.browser.test_reviewing import VERDICTS, rows
from tests.conftest import REPOSITORY

SAR_VERDICTS = """
select v.verdict, v.revised_text, v.flags from sar_verdict v join packet_draft m using (packet_id, draft_id)
order by m.position
"""
DECIDE = "insert into pair_decision (scene_id, decision, decided_by) select scene_id, '{}', 'x' from scene"


@pytest.fixture
def sitting(sitting: Sitting, sessions: SessionMaker) -> Iterator[Sitting]:
    """A reviewer before packets that are judged from the SAR image first, as if sealed so; the pair comes first."""
    with transaction(sessions) as session:
        session.execute(text("alter table packet disable trigger packet_append_only"))
        session.execute(text("update packet set sar_first = true"))
        session.execute(text("alter table packet enable trigger packet_append_only"))
        session.execute(
            text("update slot set sort_key = case when s.optical_sha256 is null then 2 else 1 end"
                 " from packet p join scene s using (scene_id) where p.packet_id = slot.packet_id")
        )  # fmt: skip
    yield sitting
    assert sitting.faults == []


def cover(page: Page) -> Locator:
    return page.locator(".sar-first")


def notice(page: Page) -> Locator:
    return page.locator('[data-topic="sar_first"]')


def optical_of(sessions: SessionMaker) -> str:
    return str(rows(sessions, "select optical_sha256 from scene where optical_sha256 is not null")[0]["optical_sha256"])


def test_verdicts_without_the_optical_image_bring_it_and_then_the_review_is_sent(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = sitting.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sitting.open()
    expect(cover(page)).to_contain_text("Judge from the SAR image first")
    expect(page.locator('[data-panel="optical"]')).to_be_visible()
    for mode, is_possible in (("pair", True), ("swipe", False), ("blink", False), ("sar", True)):
        expect(page.locator(f'[data-mode="{mode}"][type=button]')).to_be_enabled(enabled=is_possible)
    sitting.press("v")
    expect(cover(page)).to_be_hidden()
    sitting.press("v")
    expect(cover(page)).to_be_visible()
    sitting.wait_for_images()
    page.evaluate((REPOSITORY / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate("axe.run('.panels').then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))") == []
    # What was said can be undone until the image is shown.
    sitting.press("x", "z", "a", "a", "e", "End")
    page.keyboard.type(" ?")
    sitting.press("Enter", "Escape", "5", "x")
    expect(page.locator('[data-slot="submit"]')).to_have_text("Show optical image")
    assert not any(optical_of(sessions) in url for url in asked)
    # A second Enter in the same breath shows the image once and sends nothing.
    sitting.press("+", "Enter", "Enter")
    expect(notice(page)).to_contain_text("Now with the optical image.")
    expect(cover(page)).to_be_hidden()
    expect(page.locator('[data-slot="submit"]')).to_have_text("Submit and next")
    expect(page.locator('[data-mode="swipe"][type=button]')).to_be_enabled()
    page.wait_for_function("sha => performance.getEntriesByType('resource').some(e => e.name.includes(sha))",
                           arg=optical_of(sessions))  # fmt: skip
    assert rows(sessions, "select 1 from review") == []
    sitting.press("z")
    expect(page.locator(".hint--warning")).to_have_text("There is nothing to undo.")
    sitting.press("x")
    page.wait_for_timeout(800)
    sitting.press("Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    said = rows(sessions, SAR_VERDICTS)
    assert [row["verdict"] for row in said] == ["accept", "accept", "revise", "reject"]
    assert said[2]["revised_text"].endswith(" ?")
    assert said[3]["flags"] == ["not_visible_in_sar"]
    assert [row["verdict"] for row in rows(sessions, VERDICTS)] == ["reject", "accept", "revise", "reject"]
    panels = [row["panel"] for row in rows(
        sessions, "select v.view ->> 'panel' as panel from draft_verdict v join packet_draft m using (draft_id)"
        " order by m.position")]  # fmt: skip
    assert panels == ["pair", "sar", "sar", "sar"]
    # The next packet has no optical image: nothing is hidden, and no notice is left.
    expect(cover(page)).to_be_hidden()
    expect(notice(page)).to_have_count(0)


def test_without_a_network_the_verdicts_wait_and_a_reload_keeps_what_was_shown(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = sitting.page
    sitting.open()
    sitting.press("a", "a")
    sitting.wait_until_saved()
    page.reload()
    page.locator(".focused").wait_for()
    expect(page.locator('[data-slot="judged"]')).to_have_text("2 of 4 judged")
    expect(cover(page)).to_be_visible()
    sitting.press("a", "u")
    sitting.context.set_offline(True)
    sitting.press("Enter")
    expect(cover(page)).to_contain_text("comes with the server's answer")
    expect(page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    sitting.faults.clear()
    sitting.context.set_offline(False)
    expect(notice(page)).to_contain_text("Now with the optical image.")
    sitting.wait_until_saved()
    page.reload()
    page.locator(".focused").wait_for()
    expect(page.locator('[data-slot="judged"]')).to_have_text("4 of 4 judged")
    expect(cover(page)).to_be_hidden()
    sitting.press("Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    assert [row["verdict"] for row in rows(sessions, SAR_VERDICTS)] == ["accept", "accept", "accept", "unsure"]
    sitting.faults.clear()


def test_what_was_said_first_in_another_browser_stays(
    sitting: Sitting, browser: Browser, sessions: SessionMaker
) -> None:
    sitting.open()
    context = browser.new_context()
    context.add_cookies(sitting.context.cookies())  # type: ignore[arg-type]
    other = Sitting(context, context.new_page(), sitting.site)
    other.open()
    other.press("x", "x", "x", "x", "Enter")
    expect(notice(other.page)).to_contain_text("Now with the optical image.")
    other.wait_until_saved()
    # The first verdict is sent at once, and meets what the other browser saved.
    sitting.press("a")
    expect(sitting.page.locator("dialog[open]")).to_contain_text("worked on in two places")
    sitting.press("1", "a", "a", "a", "Enter")
    expect(notice(sitting.page)).to_contain_text("those verdicts stay as the first")
    expect(cover(sitting.page)).to_be_hidden()
    assert [row["verdict"] for row in rows(sessions, SAR_VERDICTS)] == ["reject"] * 4
    context.close()
    sitting.faults.clear()


def test_an_image_that_an_admin_sets_aside_or_takes_up_meanwhile_costs_no_verdict(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = sitting.page
    sitting.open()
    with transaction(sessions) as session:
        session.execute(text(DECIDE.format("without_optical")))
    sitting.press("a", "a", "a", "a", "Enter")
    expect(notice(page)).to_contain_text("An admin set it aside meanwhile")
    expect(cover(page)).to_be_hidden()
    # Taken up again before the review arrives: whoever made it never had the image.
    with transaction(sessions) as session:
        session.execute(text(DECIDE.format("use")))
    page.wait_for_timeout(800)
    sitting.press("Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    assert [row["verdict"] for row in rows(sessions, SAR_VERDICTS)] == ["accept"] * 4
    assert [row["verdict"] for row in rows(sessions, VERDICTS)] == ["accept"] * 4
    sitting.faults.clear()
