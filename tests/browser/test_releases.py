"""A release from the form to the link, in one session of a real browser, with what is not frozen seen beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from app.accounts.workflow import add_person
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from app.release.workflow import planning
from tests.app.release.reviewed import Text, View, caption, make_dataset
from tests.browser.conftest import MadeDatabase
from tests.browser.made_scenes import DATASET, PASSWORD
from tests.browser.test_admin_pages import log_in
from tests.conftest import REPOSITORY

AXE = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"


@pytest.fixture
def store(made_database: MadeDatabase) -> AssetStore:
    return AssetStore(made_database.assets)


@pytest.fixture
def page(browser: Browser, site: str, sessions: SessionMaker, store: AssetStore) -> Iterator[Page]:
    """An admin's page; it fails the test if it complained about anything."""
    with transaction(sessions) as session:
        texts = [Text("How many ships?"), caption("A quay."), Text("How many <i>cars</i>?", verdict="reject")]
        texts += [Text("How many cranes?", verdict="sampled"), caption("A pier.", verdict="differs")]
        make_dataset(session, store, [View("a.png", texts), View("b.png", [caption("A jetty.")], "train", b"b")])
        session.execute(text("update dataset set licence = 'CC BY 4.0' where name = 'ports'"))
        add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"])
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(15_000)
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    log_in(page, site, "ada@example.org", PASSWORD)
    yield page
    context.close()
    assert faults == []


def check(page: Page) -> None:
    """Nothing that axe finds, in both themes, and nothing wider than the window."""
    page.evaluate((REPOSITORY / "node_modules/axe-core/axe.min.js").read_text())
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert page.evaluate(AXE) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url


def test_a_release_is_asked_for_seen_frozen_compared_and_handed_out(
    page: Page, site: str, browser: Browser, sessions: SessionMaker, store: AssetStore
) -> None:
    page.goto(f"{site}/releases/new")
    page.get_by_role("checkbox", name=DATASET).uncheck()
    page.get_by_role("checkbox", name="Take sample-verified texts in").check()
    page.get_by_label("Only these:").check()
    page.get_by_label("Notes").fill("All of the port.")
    page.get_by_label("Name", exact=True).fill("pilot")
    check(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("pilot: preview")
    expect(page.locator(".page__lead")).to_contain_text("4 texts about 2 images are in, 2 are out")
    check(page)

    page.get_by_role("link", name="1 of ports test: rejected").click()
    expect(page.locator("table")).to_contain_text("How many <i>cars</i>?")
    check(page)
    page.go_back()
    page.get_by_role("link", name="Change").click()
    expect(page.get_by_label("Notes")).to_have_value("All of the port.")
    expect(page.get_by_role("checkbox", name="Take sample-verified texts in")).to_be_checked()
    page.get_by_label("One of its texts waits to be adjudicated").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("note")).to_contain_text("1 text waits to be adjudicated, and you chose that this blocks")
    expect(page.get_by_role("button", name="Freeze")).to_have_count(0)
    page.get_by_role("link", name="Change what is asked for").click()
    page.get_by_label("One of its texts waits to be adjudicated").uncheck()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_url("**/releases/pilot@1")
    expect(page.locator("main")).to_contain_text("1.2 to 16.8%")
    check(page)

    _freeze_by_a_worker(page, sessions)
    page.get_by_role("link", name="Text by text").click()
    expect(page.locator(".page__lead")).to_contain_text("0 texts are new, 1 is gone, 0 changed")
    expect(page.locator("table")).to_contain_text("not asked for any more")
    check(page)
    _hand_out(page, browser, site, sessions, store)


def _freeze_by_a_worker(page: Page, sessions: SessionMaker) -> None:
    """The next number without captions of the training scenes; by its counter the dataset has become large."""
    with transaction(sessions) as session:
        session.execute(text("""insert into counter_delta (dataset_id, name, delta)
            select dataset_id, 'drafts', 90000 from dataset where name = 'ports'"""))  # fmt: skip
    page.get_by_role("link", name="Next number").click()
    page.get_by_role("checkbox", name="train").uncheck()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#plan")).to_contain_text("It waits for a worker")
    check(page)
    plan_id = int(page.url.rsplit("/", 1)[1])
    planning.count_plan(sessions, plan_id)
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator("#plan")).to_contain_text("It waits for a worker")
    planning.run_freezing(sessions, plan_id)
    page.get_by_role("link", name="Open pilot@2").click()
    page.wait_for_url("**/releases/pilot@2")


def _hand_out(page: Page, browser: Browser, site: str, sessions: SessionMaker, store: AssetStore) -> None:
    """An export, and a link to it for who has no account."""
    with transaction(sessions) as session:
        export_id = workflow.request_export(session, "pilot@2").export_id
    workflow.run_export(sessions, store, export_id)
    page.goto(f"{site}/releases/pilot@2")
    page.get_by_label("For whom").fill("Bo")
    page.get_by_role("button", name="Make a link").click()
    address = page.locator("#made-link").inner_text()
    expect(page.get_by_role("row", name="Bo")).to_contain_text("open")
    check(page)
    context = browser.new_context(viewport={"width": 390, "height": 800})
    stranger = context.new_page()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("pilot@2")
    check(stranger)
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "pilot-2-sarlang.tar"
    page.get_by_role("button", name="Take back the link for Bo").click()
    expect(page.get_by_role("row", name="Bo")).to_contain_text("taken back")
    stranger.reload()
    expect(stranger.get_by_text("There is no download at this address")).to_be_visible()
    context.close()
