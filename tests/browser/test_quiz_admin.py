"""An admin composes, freezes and opens a quiz and hands out links, in one session of a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.workflow import add_person
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.workflow.freezing import run_freezing
from app.quiz.workflow.inviting import invite
from app.quiz.workflow.quizzes import get_quiz
from pipeline.imaging.tiff import write_cog
from tests.app.quiz.composed import make_release, scene
from tests.app.quiz.test_inviting import add_participant
from tests.browser.conftest import MadeDatabase
from tests.browser.made_scenes import PASSWORD
from tests.browser.test_admin_pages import log_in
from tests.conftest import REPOSITORY


@pytest.fixture
def page(
    browser: Browser, site: str, sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path
) -> Iterator[Page]:
    """An admin's page, with a release to ask of; it fails the test if it complained about anything."""
    write_cog(tmp_path / "a.tif", [np.full((64, 48), 90, np.uint8)])
    with transaction(sessions) as session:
        scenes = [scene(number, image=(tmp_path / "a.tif").read_bytes()) for number in range(8)]
        make_release(session, AssetStore(made_database.assets), scenes)
        email = add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"]).email
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(10_000)
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and "409" not in said.text and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    log_in(page, site, email, PASSWORD)
    yield page
    context.close()
    assert faults == []


def check(page: Page, found: dict[str, object]) -> None:
    """Look for what axe finds, in both themes, and for a page that is wider than its window."""
    axe = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text()
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.evaluate(axe)
        faults = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
        if faults or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[f"{page.url} {theme}"] = faults or "is wider than the window"


def test_a_quiz_is_composed_frozen_and_opened_and_links_are_shown_once(
    page: Page, site: str, sessions: SessionMaker, made_database: MadeDatabase
) -> None:
    found: dict[str, object] = {}
    page.goto(f"{site}/quizzes")
    check(page, found)
    page.get_by_role("link", name="New quiz").click()
    page.get_by_label("Name").fill("pilot")
    page.get_by_role("button", name="Compose").click()
    expect(page.get_by_role("alert")).to_contain_text("33 questions were asked for, practice among them, and 24 are")
    check(page, found)
    page.get_by_label("Questions", exact=True).fill("6")
    page.get_by_label("For practice").fill("1")
    page.get_by_role("button", name="Compose").click()
    page.wait_for_url("**/quizzes/pilot")
    before = page.locator("#question-1 .questions__text").inner_text()
    page.get_by_role("button", name="Swap question 1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/quizzes/pilot#question-1")
    assert page.locator("#question-1 .questions__text").inner_text() != before
    page.get_by_label("Feedback after practice question 1").fill("It is bright, since it is metal.")
    page.get_by_role("button", name="Save feedback 1").click()
    page.wait_for_url("**/quizzes/pilot#practice-1")
    expect(page.get_by_text("Swapped since")).to_be_visible()
    check(page, found)
    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_role("status")).to_contain_text("0 of 7 images are copied")
    check(page, found)
    with transaction(sessions) as session:
        quiz = get_quiz(session, "pilot")
    run_freezing(sessions, AssetStore(made_database.assets), quiz.quiz_id)
    # The page looks by itself, and has the buttons of its new state.
    page.get_by_role("button", name="Open").click()
    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("Links").fill("2")
    page.get_by_role("button", name="Make links", exact=True).click()
    expect(page.locator("#made-links")).to_have_text(re.compile(r"^\S+/quiz/join/\S{43}\n\S+/quiz/join/\S{43}$"))
    check(page, found)
    with page.expect_download() as download:
        page.get_by_role("button", name="Make links as CSV").click()
    assert download.value.suggested_filename == "pilot-invitations.csv"
    with transaction(sessions) as session:
        pseudonym = add_participant(session, get_quiz(session, "pilot"), invite(session, quiz, "expert", "command")[0])
    page.get_by_role("link", name="Participants").click()
    check(page, found)
    page.get_by_label("Pseudonym").fill(pseudonym)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("erased")
    check(page, found)
    page.goto(f"{site}/quizzes/pilot/close")
    page.get_by_role("button", name="Close the quiz").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("closed")
    assert found == {}
