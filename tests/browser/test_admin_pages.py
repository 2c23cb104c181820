"""An admin's pages in a real browser: with JavaScript, without it, and for people who cannot see them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from app.accounts.workflow import add_person
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from pipeline.formats.verifying import verify_folder
from tests.app.release.reviewed import Text, View, caption, make_dataset
from tests.browser.conftest import MadeDatabase
from tests.browser.made_scenes import DATASET, PASSWORD
from tests.conftest import REPOSITORY

PAGES = ("/datasets", f"/datasets/{DATASET}", f"/datasets/{DATASET}/pairs", f"/datasets/{DATASET}/scenes/1", "/runs/1",
         f"/datasets/{DATASET}/rules-measured", f"/datasets/{DATASET}/boxes-judged", f"/datasets/{DATASET}/policy",
         f"/datasets/{DATASET}/queue", f"/datasets/{DATASET}/holds", "/people/pools", "/people/pools/main",
         "/releases", "/releases/new", "/releases/bench@1", "/people", "/account")  # fmt: skip


@pytest.fixture
def admin(sessions: SessionMaker, made_database: MadeDatabase) -> str:
    """The e-mail of an admin; there is a dataset with verified texts, and a release of it."""
    store = AssetStore(made_database.assets)
    with transaction(sessions) as session:
        texts = [Text("How many ships?"), caption("A quay.", verdict="revise", revised_text="A quay with a crane.")]
        make_dataset(session, store, [View("a.png", texts)])
        workflow.create_release(session, "bench", ["ports"])
        return add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"]).email


def log_in(page: Page, site: str, email: str, password: str) -> None:
    page.goto(f"{site}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


@pytest.fixture
def page(browser: Browser, site: str, admin: str) -> Iterator[Page]:
    """The admin's page; it fails the test if it complained about anything."""
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(10_000)
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    log_in(page, site, admin, PASSWORD)
    yield page
    context.close()
    assert faults == []


def test_a_release_is_made_and_its_export_appears_without_a_reload(
    page: Page, site: str, sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path
) -> None:
    page.goto(f"{site}/releases")
    page.get_by_role("link", name="New release").click()
    page.get_by_label("Name", exact=True).fill("pilot")
    page.get_by_role("checkbox", name=DATASET).uncheck()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_url("**/releases/pilot@1")
    page.get_by_role("button", name="Export").click()
    page.get_by_text("waiting", exact=True).wait_for()
    page.evaluate("window.isTheSamePage = true")
    with transaction(sessions) as session:
        export_id = session.execute(text("select export_id from export")).scalar_one()
    workflow.run_export(sessions, AssetStore(made_database.assets), export_id)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert page.evaluate("window.isTheSamePage")
    download.value.save_as(tmp_path / "release.tar")
    with tarfile.open(tmp_path / "release.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    report = verify_folder(tmp_path / "pilot-1")
    assert (report.is_intact, report.texts) == (True, 2)


def test_people_log_in_and_are_added_without_javascript(browser: Browser, site: str, admin: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{site}/people")
    assert page.url == f"{site}/login?next=/people"
    log_in(page, site, admin, "not the password")
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    log_in(page, site, admin, PASSWORD)
    page.goto(f"{site}/people")
    page.get_by_label("E-mail").fill("new@example.org")
    page.get_by_label("Name").fill("New")
    page.get_by_role("button", name="Add person").click()
    password = page.locator("#generated-password").inner_text()
    page.get_by_role("button", name="Log out").click()
    log_in(page, site, "new@example.org", password)
    assert page.url == f"{site}/queue"
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_have_no_fault_that_axe_finds(page: Page, site: str, theme: str) -> None:
    axe = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text()
    page.emulate_media(color_scheme=theme)
    found = {}
    for path in PAGES:
        page.goto(site + path)
        page.evaluate(axe)
        faults = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
        if faults or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path] = faults or "is wider than the window"
    assert found == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_interfaces_page_has_nothing_serious(page: Page, site: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(f"{site}/docs")
    page.locator(".swagger-ui .opblock").first.wait_for()
    page.evaluate((REPOSITORY / "node_modules/axe-core/axe.min.js").read_text())
    # Swagger UI brings a second main element; its look is ours to mend, its markup is not.
    faults = page.evaluate("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
    assert [fault for fault in faults if fault[0] in {"serious", "critical"}] == []
