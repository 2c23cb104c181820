"""An admin reads the results of a quiz, and an undecided answer is decided by keyboard, in one real browser session."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.workflow import add_person
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.quizzes import QuizOptions
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.quizzes import close_quiz
from tests.app.quiz.answered import opened, right, take, wrong
from tests.browser.conftest import MadeDatabase
from tests.browser.made_scenes import PASSWORD
from tests.browser.test_admin_pages import log_in
from tests.browser.test_quiz_admin import check

ARMS = ("sar", "sar_metadata")


@pytest.fixture
def page(browser: Browser, site: str, sessions: SessionMaker, made_database: MadeDatabase) -> Iterator[Page]:
    """An admin's page, and a quiz that is open and was taken by two groups; it fails on any complaint."""
    rng = np.random.default_rng(2)

    def like(share: float) -> object:
        def answering(question: QuestionRow) -> str:
            if question.truth == "ship" and share > 0.7:
                return "cargo ship"
            return right(question) if rng.random() < share else wrong(question)

        return answering

    with transaction(sessions) as session:
        quiz = opened(
            session, AssetStore(made_database.assets), options=QuizOptions(arms=ARMS), rules=QuizRules(questions=18)
        )
        for number in range(22):
            group = ("expert", "expert", 0.8) if number < 11 else ("layperson", "layperson", 0.4)
            take(session, quiz, like(group[2]), of=group[0], kind=group[1], seconds=8 + 3 * number,
                 arms=ARMS[:: (-1) ** number])  # type: ignore[arg-type]  # fmt: skip
        email = add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"]).email
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(10_000)
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    log_in(page, site, email, PASSWORD)
    yield page
    context.close()
    assert faults == []


def test_results_wait_for_the_end_and_a_decision_changes_them(page: Page, site: str, sessions: SessionMaker) -> None:
    found: dict[str, object] = {}
    page.goto(f"{site}/quizzes/pilot")
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_role("heading", name="Results are shown once the quiz is closed")).to_be_visible()
    check(page, found)
    page.get_by_role("link", name="Look nevertheless").click()
    expect(page.get_by_text("You look early.")).to_be_visible()
    with transaction(sessions) as session:
        close_quiz(session, "pilot")
    page.goto(f"{site}/quizzes/pilot/results")
    check(page, found)
    before = page.get_by_role("row", name="expert 11 people").first.inner_text()
    page.get_by_label("A difference of so many points").fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="12 points")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Checklist").click()
    assert "1.1 Number of people.** 22: 11 expert, 11 layperson" in Path(downloaded.value.path()).read_text()
    page.get_by_role("link", name="disputed answers").click()
    expect(page.get_by_role("row", name="cargo ship").first).to_be_visible()
    check(page, found)
    rights = page.get_by_role("button", name=re.compile("^Right"))
    for left in reversed(range(rights.count())):
        rights.first.focus()
        page.keyboard.press("Enter")
        expect(rights).to_have_count(left)
    expect(page.get_by_role("heading", name="Nothing is left to decide")).to_be_visible()
    page.get_by_role("link", name="Results").click()
    assert page.get_by_role("row", name="expert 11 people").first.inner_text() != before
    expect(page.get_by_text("by a person")).to_be_visible()
    if os.environ.get("H11_SHOTS"):
        for width, theme in ((1440, "light"), (1024, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=f"/tmp/h11_{width}.png", full_page=True)
        page.goto(f"{site}/quizzes/pilot/disputes?standing=all")
        page.screenshot(path="/tmp/h11_disputes.png")
    assert found == {}
