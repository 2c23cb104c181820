"""Taking a quiz in a real browser: by keyboard on a phone, through a lost connection; and trying to learn more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from tests.app.quiz.opened import invitation, let_pass, open_quiz
from tests.browser.conftest import MadeDatabase
from tests.conftest import REPOSITORY


class People:
    """Browsers of people who take a quiz; what any of their pages complains about is in ``faults``."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(self, width: int = 360, height: int = 740, **options: Any) -> Page:
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        expected = ("ERR_INTERNET_DISCONNECTED", "404")
        page.on("console", lambda said: said.type == "error" and self._note(said.text, expected))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
        return page

    def _note(self, said: str, expected: tuple[str, ...]) -> None:
        if not any(each in said for each in expected):
            self.faults.append(said)


@pytest.fixture
def people(browser: Browser) -> Iterator[People]:
    people = People(browser)
    yield people
    for context in people.contexts:
        context.close()
    assert people.faults == []


def check(page: Page, found: dict[str, object]) -> None:
    """Look for what axe finds, in both themes, and for a page that is wider than its window."""
    axe = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text()
    name = page.title()
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.evaluate(axe)
        faults = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if faults or is_wide:
            found[f"{name} {theme}"] = [*faults, "is wider than the window"] if is_wide else faults


def press(page: Page, name: str) -> None:
    """By keyboard alone."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def test_on_a_phone_by_keyboard_and_through_a_lost_connection(
    people: People, site: str, sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path
) -> None:
    store = AssetStore(made_database.assets)
    quiz = open_quiz(sessions, store, tmp_path, questions=3, arms=("both",), asks=("Age",), shows_classes=True)
    found: dict[str, object] = {}
    page = people.open()
    page.goto(site + invitation(sessions, quiz))
    check(page, found)
    page.get_by_label("I have read this").press("Space")
    press(page, "Begin")
    expect(page.get_by_role("heading", name="How radar sees")).to_be_visible()
    check(page, found)
    own_link = page.locator(".quiz__link").inner_text()
    press(page, "Show the first practice question")
    page.get_by_label("Your answer").fill("perhaps")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Verified answer")).to_be_visible()
    check(page, found)
    press(page, "Show the first question")
    expect(page.get_by_text("Question 1 of 3")).to_be_visible()

    frames = page.locator("[data-picture]")
    expect(frames).to_have_count(2)
    frames.first.press("+")
    frames.first.press("ArrowRight")
    for sheet in page.locator(".picture__sheet").all():
        expect(sheet).to_have_attribute("style", "transform: scale(1.5) translate(-23.3333%, -16.6667%); --zoom: 1.5;")
    page.get_by_role("slider", name="Contrast").press("ArrowRight")
    expect(page.locator(".picture__sheet canvas")).to_have_count(2)
    page.get_by_text("What can be in these images").click()
    check(page, found)

    page.get_by_label("Your answer").fill("three")
    page.context.set_offline(True)
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("No connection just now")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    page.get_by_label("Your answer").fill("half a thought")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("half a thought")
    page.get_by_role("button", name="I cannot tell").dblclick()
    expect(page.get_by_text("Question 3 of 3")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Question 3 of 3")).to_be_visible()
    laptop = people.open(1440, 900)
    laptop.goto(own_link)
    check(laptop, found)
    laptop.get_by_label("Your answer").fill("3")
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_label("Your answer").fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the first answer is kept")).to_be_visible()
    check(page, found)
    page.get_by_role("link", name="Withdraw").click()
    expect(page.get_by_role("button", name="Erase everything")).to_be_visible()
    check(page, found)
    assert found == {}
    with transaction(sessions) as session:
        kept = session.execute(text("select ending, answer, view from participant_question order by position")).all()
    assert [row[:2] for row in kept] == [("answered", "perhaps"), ("answered", "three"), ("passed", None),
                                         ("answered", "3")]  # fmt: skip
    assert kept[1][2] | {"low": 0, "high": 0} == {
        "width": 360, "height": 740, "zoom": 1.5, "zoomed_to": 1.5, "low": 0, "high": 0, "gamma": 1, "pointer": "fine"
    }  # fmt: skip
    assert page.evaluate("Object.keys(localStorage)") == []


def test_without_javascript_and_who_looks_behind_the_page_learns_nothing(
    people: People, site: str, sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path
) -> None:
    store = AssetStore(made_database.assets)
    quiz = open_quiz(
        sessions, store, tmp_path, questions=3, practice=0, answer_form="choices", seconds_per_question=60
    )  # fmt: skip
    link = site + invitation(sessions, quiz, uses=2)
    plain = people.open(java_script_enabled=False)
    plain.goto(link)
    plain.get_by_label("I have read this").check()
    plain.get_by_role("button", name="Begin").click()
    for which in ("first", "next", "next"):
        plain.get_by_role("button", name=f"Show the {which} question").click()
        plain.locator(".choice").first.click()
        plain.get_by_role("button", name="Answer", exact=True).click()
    expect(plain.get_by_role("heading", name="Thank you")).to_be_visible()

    page = people.open(1024, 768)
    sent: list[str] = []
    page.on("response", lambda response: sent.append(response.url))
    page.goto(link)
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Show the first question").click()
    first = page.locator("[data-picture] img").first.get_attribute("src")
    assert "trihedral_quiz" not in page.evaluate("document.cookie")
    page.locator(".choice").nth(1).click()
    other = page.context.new_page()
    other.goto(f"{site}/quiz")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_role("button", name="Show the next question").click()
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    status = "path => fetch(path).then(response => response.status)"
    assert page.evaluate(status, first) == 404, "only the open question has pictures"
    other.locator(".choice").first.click()
    other.get_by_role("button", name="Answer", exact=True).click()
    expect(other.get_by_text("the first answer is kept")).to_be_visible()
    with transaction(sessions) as session:
        keys = session.execute(text("select random_key from quiz_image")).scalars().all()
    open_now = page.locator("[data-picture] img").first.get_attribute("src") or ""
    statuses = {str(key): page.evaluate(status, f"/quiz/image/{key}") for key in keys}
    assert [key for key, found in statuses.items() if found == 200] == [open_now.rsplit("/", 1)[1]]
    # The clock sends what was chosen, and the next question waits; a slow machine may be late by the server's clock.
    let_pass(sessions, 56)
    page.reload()
    page.locator(".choice").first.click()
    expect(page.get_by_role("button", name="Show the next question")).to_be_visible()
    assert all(url.startswith((f"{site}/quiz", f"{site}/static/")) for url in sent)
