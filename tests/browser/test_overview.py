"""What admins and reviewers see of the work: live, as charts and tables, searched, without JavaScript, and by ear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person, log_in
from app.db import SessionMaker, transaction
from app.review.workflow import GivenVerdict, submit
from app.review.workflow.overview import count_pace, count_verdicts
from app.web.guard import SESSION_COOKIE
from tests.app.review.factories import add_hand, rows, submission
from tests.browser.conftest import MadeDatabase, Sitting, watch
from tests.browser.made_scenes import DATASET, EMAIL, PASSWORD
from tests.conftest import REPOSITORY

LOOKED = {"ms": 9000, "zoom": 1.5, "limits": [-18, -2], "panel": "pair", "both_loaded": True}


def review(session: Session) -> None:
    """The reviewer judges the next packet: the first text accepted, the second without its colour."""
    reviewer = rows(session, f"select pseudonym from person where email = '{EMAIL}'")[0][0]
    hand = add_hand(session, reviewer)
    revised = GivenVerdict(
        hand.drafts[1], "revise", revised_text="A quay with several ships.", flags=("colour", "vague"), view=LOOKED
    )
    submit(session, reviewer, submission(hand, revised))


def count(sessions: SessionMaker) -> None:
    count_pace(sessions)
    with transaction(sessions) as session:
        dataset_id = rows(session, "select dataset_id from dataset")[0][0]
    count_verdicts(sessions, dataset_id)


@pytest.fixture
def admin(browser: Browser, site: str, sessions: SessionMaker) -> Iterator[Sitting]:
    """An admin who does not review, logged in; the page complained about nothing."""
    with transaction(sessions) as session:
        add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"])
    with transaction(sessions) as session:
        token = log_in(session, "ada@example.org", PASSWORD)
    context = browser.new_context(viewport={"width": 1024, "height": 768}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site}])
    sitting = Sitting(context, context.new_page(), site)
    watch(sitting)
    yield sitting
    context.close()
    assert sitting.faults == []


def drawn(page: Page, key: str) -> str:
    """The chart as it is drawn, once it is."""
    canvas = page.locator(f"#canvas-{key} canvas")
    canvas.wait_for()
    picture: str = canvas.evaluate("canvas => canvas.toDataURL()")
    blank = canvas.evaluate("c => Object.assign(document.createElement('canvas'), c).toDataURL().length")
    assert len(picture) > 1000 > blank - 10_000
    return picture


def test_an_admin_watches_the_work_without_a_reload(admin: Sitting, sessions: SessionMaker) -> None:
    page = admin.page
    page.clock.install()
    page.goto(f"{admin.site}/")
    assert page.url == f"{admin.site}/overview"
    page.evaluate("window.isTheSamePage = true")
    sums = page.locator(".sums")
    expect(sums).to_contain_text("0 of 2")
    expect(page.locator("#figures")).to_contain_text("Being counted")

    with transaction(sessions) as session:
        review(session)
    count(sessions)
    page.clock.fast_forward(6000)
    expect(sums).to_contain_text("1 of 2")
    by_type = drawn(page, "types")
    drawn(page, "days")
    page.locator("#figure-types summary").click()
    cell = page.locator("#figure-types tbody tr", has_text="Complex caption").locator("td").nth(1)
    expect(cell).to_have_text("1 100.0%")

    with transaction(sessions) as session:
        review(session)
        session.execute(text("update dataset_figures set counted_at = now() - interval '1 hour'"))
    count(sessions)
    page.clock.fast_forward(6000)
    expect(sums).to_contain_text("2 of 2")
    expect(cell).to_have_text("2 100.0%")
    assert page.locator("#figure-types details").evaluate("details => details.open"), "what was opened stays open"
    assert page.evaluate("window.isTheSamePage")
    page.get_by_role("button", name="Change to the").click()
    assert drawn(page, "types") != by_type, "drawn in the colours of the theme"

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    page.clock.fast_forward(60_000)
    page.evaluate("delete document.hidden")
    assert asked == [], "nobody looks, so nothing is asked"
    page.route("**/overview", lambda route: route.fulfill(status=503, body="down"))
    page.clock.fast_forward(6000)
    expect(page.locator('[data-slot="live"]')).to_contain_text("does not answer")
    expect(sums).to_contain_text("2 of 2")
    page.unroute("**/overview")
    admin.faults.clear()
    page.clock.fast_forward(6000)
    expect(page.locator('[data-slot="live"]')).to_contain_text("Looks again")
    admin.context.clear_cookies()
    page.clock.fast_forward(6000)
    page.wait_for_url("**/login?next=/overview")


def test_texts_are_searched_as_one_types_and_their_history_read(admin: Sitting, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        review(session)
        counted = "insert into counter_delta (dataset_id, name, delta) select dataset_id, 'drafts', 8 from dataset"
        session.execute(text(counted))
    page = admin.page
    page.goto(f"{admin.site}/datasets/{DATASET}")
    page.locator(".facts").get_by_role("link", name="8", exact=True).click()
    page.get_by_label("Words in text or answer").press_sequentially("several sh")
    expect(page.get_by_role("status")).to_have_text("2 of 8 drafts")
    page.locator("select[name=state]").select_option("revised")
    expect(page.get_by_role("status")).to_have_text("1 of 8 drafts")
    page.wait_for_url("**/drafts?*state=revised*")
    page.reload()
    expect(page.get_by_role("status")).to_have_text("1 of 8 drafts")
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/drafts/*")
    for told in ("by Mori", "9.0 s", "both images on screen yes", "Outcome"):
        expect(page.locator(".history")).to_contain_text(told)
    assert page.locator(".history del").first.inner_text().strip() == "green"
    page.get_by_role("link", name="a.tif").click()
    page.get_by_role("link", name="4 drafts").click()
    expect(page.get_by_role("status")).to_have_text("4 of 8 drafts")


def test_lists_and_figures_work_without_javascript(admin: Sitting, browser: Browser, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        review(session)
    count(sessions)
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(10_000)
    context.add_cookies(admin.context.cookies())
    page = context.new_page()
    page.goto(f"{admin.site}/overview")
    assert page.locator("#figure-types table").is_visible()
    page.goto(f"{admin.site}/datasets/{DATASET}/scenes")
    page.get_by_label("Part of the name").fill("b.t")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_have_text("1 of 2 scenes")
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_have_no_fault_that_axe_finds(
    admin: Sitting, made_database: MadeDatabase, sessions: SessionMaker, theme: str
) -> None:
    axe = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text()
    with transaction(sessions) as session:
        review(session)
        draft_id = rows(session, "select min(draft_id) from draft_verdict where verdict = 'revise'")[0][0]
    count(sessions)
    admin.page.emulate_media(color_scheme=theme)
    found = {}
    listed = f"/datasets/{DATASET}"
    for path in ("/overview", f"{listed}/drafts", f"{listed}/scenes?search=none", f"/drafts/{draft_id}", "/me"):
        if path == "/me":
            reviewer = {"name": SESSION_COOKIE, "value": made_database.session_token, "url": admin.site}
            admin.context.add_cookies([reviewer])
        admin.page.goto(admin.site + path)
        for summary in admin.page.locator("summary").all():
            summary.click()
        admin.page.evaluate(axe)
        faults = admin.page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
        if faults or admin.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path] = faults or "is wider than the window"
    assert found == {}
