"""What happens in the middle of the work: a session ends, a role goes, the network and the tab break, clocks jump."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from playwright.sync_api import Error, expect
from sqlalchemy import text

from app.accounts.workflow import add_person
from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.browser.made_scenes import EMAIL, PASSWORD
from tests.browser.test_reviewing import accept_all, rows

JUMPING_CLOCK = """(() => { const now = Date.now; let jump = 0; Date.now = () => now() + jump;
    window.jumpTo = ms => { jump = ms; }; })()"""


def log_in_here(sitting: Sitting, email: str, password: str) -> None:
    dialog = sitting.page.locator("dialog[open]")
    dialog.get_by_label("E-mail").fill(email)
    dialog.get_by_label("Password").fill(password)
    sitting.press("Enter")


def said(sitting: Sitting) -> list[str]:
    return sitting.page.locator('[data-topic="session"]').all_inner_texts()


def test_an_ended_session_is_renewed_on_the_page_and_all_is_sent(sitting: Sitting, sessions: SessionMaker) -> None:
    with sessions() as session, session.begin():
        add_person(session, "sato@example.org", "Sato", PASSWORD, ["reviewer"])
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    with sessions() as session, session.begin():
        session.execute(text("update session set expires_at = now() - interval '1 second'"))
    accept_all(sitting)
    sitting.press("Enter")
    notice = sitting.page.locator('[data-topic="session"]')
    expect(notice).to_contain_text("Nothing is lost")
    # The next packet is worked on meanwhile.
    sitting.press("x")
    notice.get_by_role("button", name="Log in").click()
    email = sitting.page.locator("dialog[open]").get_by_label("E-mail")
    expect(email).to_have_value(EMAIL)
    expect(sitting.page.locator("dialog[open]").get_by_label("Password")).to_be_focused()
    log_in_here(sitting, EMAIL, "wrong horse battery")
    expect(sitting.page.locator('[data-slot="login-said"]')).to_contain_text("password")
    assert rows(sessions, "select 1 from review") == []
    # Never in another's name.
    log_in_here(sitting, "sato@example.org", PASSWORD)
    expect(notice).to_contain_text("Somebody else is logged in here now.")
    sitting.press("1")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "other_person")
    assert rows(sessions, "select 1 from review") == []
    notice.get_by_role("button", name="Log in").click()
    # Whoever sits here now is not told whose page it was.
    expect(email).to_have_value("")
    assert EMAIL not in sitting.page.content()
    log_in_here(sitting, EMAIL, PASSWORD)
    sitting.wait_until_saved()
    expect(notice).to_have_count(0)
    assert len(rows(sessions, "select 1 from review")) == 1
    [progress] = rows(sessions, "select body from progress")
    assert [one["verdict"] for one in progress["body"]["verdicts"].values() if one["verdict"]] == ["reject"]
    assert sitting.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('trihedral.'))") == []


def test_a_role_that_is_taken_away_loses_nothing(sitting: Sitting, sessions: SessionMaker, tmp_path: Path) -> None:
    sitting.open()
    with sessions() as session, session.begin():
        session.execute(text("update person set roles = array['admin']"))
    sitting.press("x")
    notice = sitting.page.locator('[data-topic="session"]')
    expect(notice).to_contain_text("You may not review any more.")
    expect(notice).to_contain_text("reviewer")
    with sitting.page.expect_download() as download:
        notice.get_by_role("button", name="Save it as a file").click()
    download.value.save_as(tmp_path / "kept.json")
    assert '"reject"' in (tmp_path / "kept.json").read_text()
    assert rows(sessions, "select 1 from progress") == []
    with sessions() as session, session.begin():
        session.execute(text("update person set roles = array['reviewer']"))
    notice.get_by_role("button", name="Try again").click()
    sitting.wait_until_saved()
    [progress] = rows(sessions, "select body from progress")
    assert "reject" in json.dumps(progress["body"])


def test_no_verdict_is_lost_where_network_tab_and_session_all_break(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    sitting.context.set_offline(True)
    sitting.press("x", "u", "x", "u", "Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.press("u", "x", "e", "End")
    sitting.page.keyboard.type(" Half a")
    # Killed, not closed: nothing is run any more in the page.
    with contextlib.suppress(Error):
        sitting.page.goto("chrome://crash", timeout=2_000)
    sitting.page.close()
    sitting.context.clear_cookies()
    sitting.context.set_offline(False)
    after = Sitting(sitting.context, sitting.context.new_page(), sitting.site)
    after.log_in()
    after.open()
    after.wait_until_saved()
    given = rows(
        sessions, "select verdict from draft_verdict join packet_draft using (packet_id, draft_id) order by position"
    )
    assert [row["verdict"] for row in given] == ["reject", "unsure", "reject", "unsure"]
    assert after.glyphs()[:2] == ["?", "✕"]
    after.press("e")
    expect(after.page.locator("textarea[data-edit=text]")).to_have_value(
        "How many ships are visible in the image? Half a"
    )


def test_clocks_that_jump_end_no_hold(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.page.add_init_script(JUMPING_CLOCK)
    sitting.open()
    left = sitting.page.locator('[data-slot="hold-left"]')
    for jump_ms in (2 * 86_400_000, -2 * 86_400_000):
        # Whatever the clock says, the server is asked, and what it says is shown.
        with sitting.page.expect_response("**/renew"):
            sitting.page.evaluate("ms => jumpTo(ms)", jump_ms)
        expect(left).to_contain_text("29:")
        sitting.press("x")
        sitting.wait_until_saved()
    assert said(sitting) == []
    sitting.press("a", "a", "Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    assert rows(sessions, "select is_extra from review") == [{"is_extra": False}]
