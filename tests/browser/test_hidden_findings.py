"""Packets that hide their findings until a first verdict, by keyboard: what is said first stays, then all is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect
from sqlalchemy import text

from app.db import SessionMaker, transaction
from tests.browser.conftest import Sitting
from tests.browser.test_reviewing import VERDICTS, rows

FIRSTS = """
select d.kind, v.verdict, v.flags, v.screening_version from first_verdict v join draft d using (draft_id)
order by v.created_at
"""
PROMISE = "In this packet findings are shown after your verdict."


@pytest.fixture
def sitting(sitting: Sitting, sessions: SessionMaker) -> Iterator[Sitting]:
    """A reviewer before packets that hide their findings, as if they had been sealed so."""
    with transaction(sessions) as session:
        session.execute(text("alter table packet disable trigger packet_append_only"))
        session.execute(text("update packet set hides_findings = true"))
        session.execute(text("alter table packet enable trigger packet_append_only"))
    yield sitting
    assert sitting.faults == []


def findings(sitting: Sitting) -> Locator:
    return sitting.page.locator(".focused .finding[data-family]")


def complex_caption(sitting: Sitting) -> None:
    """To the text that has findings: a green quay with several ships."""
    sitting.press("j")
    expect(sitting.page.locator(".focused")).to_contain_text("A green quay")


def test_findings_appear_after_the_verdict_and_a_fix_is_taken_by_keyboard_alone(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    sitting.open()
    page = sitting.page
    expect(page.locator('[data-slot="counts"]')).to_contain_text("4 texts, findings after your verdict")
    expect(page.locator(".focused .finding")).to_contain_text(PROMISE)
    complex_caption(sitting)
    expect(findings(sitting)).to_have_count(0)
    expect(page.locator("mark")).to_have_count(0)
    sitting.press("f")
    expect(page.locator(".hint--warning")).to_have_text(PROMISE)
    sitting.press("k", "a", "a", "2", "x", "u")
    row = page.locator(".draft-row", has_text="A green quay")
    expect(row.locator(".draft-row__marks")).to_contain_text("◆")
    expect(page.locator('[data-slot="judged"]')).to_have_text("4 of 4 judged · 1 with findings now")
    # Before it goes, what was found is shown once; the verdict that was given first is kept as it was.
    sitting.press("Enter")
    expect(page.locator(".focused")).to_contain_text("A green quay")
    expect(page.locator(".hint--warning")).to_contain_text("Found after your verdict")
    expect(page.locator('.focused mark[data-family="colour"]')).to_have_text("green")
    assert findings(sitting).count() >= 2
    sitting.press("f")
    expect(page.locator(".edit .diff del")).to_have_text("green")
    sitting.press("Enter", "Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    assert [(row["verdict"], row["flags"]) for row in rows(sessions, FIRSTS)] == [
        ("accept", []),
        ("accept", []),
        ("reject", ["wrong_statement"]),
        ("unsure", []),
    ]
    assert [row["verdict"] for row in rows(sessions, VERDICTS)] == ["accept", "revise", "reject", "unsure"]
    assert sitting.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('trihedral.'))") == []


def test_ones_own_wording_shows_findings_once_it_is_confirmed(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    asked = []
    sitting.page.on("request", lambda request: request.url.endswith("/screen") and asked.append(request.url))
    sitting.press("e", "End")
    sitting.page.keyboard.type(" Its deck is red.")
    sitting.page.wait_for_timeout(600)
    expect(findings(sitting)).to_have_count(0)
    assert asked == []
    sitting.press("Enter", "k")
    expect(sitting.page.locator('.finding[data-family="colour"]')).to_contain_text("red")
    sitting.wait_until_saved()
    assert [row["verdict"] for row in rows(sessions, FIRSTS)] == ["revise"]


def test_a_reload_shows_what_was_judged_and_keeps_the_rest_hidden(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    complex_caption(sitting)
    sitting.press("1", "x")
    sitting.wait_until_saved()
    sitting.page.reload()
    sitting.page.locator(".focused").wait_for()
    expect(sitting.page.locator(".focused .finding")).to_contain_text(PROMISE)
    sitting.page.locator(".draft-row", has_text="A green quay").click()
    expect(sitting.page.locator('.focused mark[data-family="colour"]')).to_have_text("green")
    # A second verdict is the reviewer's; the first one stays the first.
    sitting.press("a")
    sitting.wait_until_saved()
    assert [(row["verdict"], row["flags"]) for row in rows(sessions, FIRSTS)] == [("reject", ["colour"])]


def test_undo_takes_the_verdict_back_and_not_what_was_said_first(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    complex_caption(sitting)
    sitting.press("a")
    expect(sitting.page.locator(".draft-row", has_text="A green quay")).to_contain_text("◆")
    sitting.press("z")
    expect(sitting.page.locator(".focused .verdicts [aria-pressed=true]")).to_have_count(0)
    expect(findings(sitting).first).to_be_visible()
    sitting.press("x")
    sitting.wait_until_saved()
    assert [row["verdict"] for row in rows(sessions, FIRSTS)] == ["accept"]


def test_without_a_network_the_first_verdict_is_kept_and_the_findings_come_later(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    sitting.open()
    complex_caption(sitting)
    sitting.context.set_offline(True)
    sitting.press("a")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    sitting.press("k", "j")
    sitting.page.locator(".draft-row", has_text="A green quay").click()
    expect(sitting.page.locator(".focused .finding")).to_contain_text("Your verdict is kept.")
    # Another verdict before anything was shown: the first is what was said first.
    sitting.press("2", "x")
    sitting.faults.clear()
    sitting.context.set_offline(False)
    sitting.wait_until_saved()
    sitting.page.locator(".draft-row", has_text="A green quay").click()
    expect(findings(sitting).first).to_be_visible()
    assert [(row["verdict"], row["flags"]) for row in rows(sessions, FIRSTS)] == [("accept", [])]
    sitting.faults.clear()


def test_a_packet_submitted_without_a_network_brings_its_first_verdicts_before_its_review(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    sitting.context.set_offline(True)
    sitting.press("a", "a", "x", "u")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    # The tab is closed and opened again: the browser's journal has both.
    sitting.page.close()
    sitting.context.set_offline(False)
    sitting.faults.clear()
    sitting.page = sitting.context.new_page()
    sitting.open()
    sitting.wait_until_saved()
    assert [row["verdict"] for row in rows(sessions, FIRSTS)] == ["accept", "accept", "reject", "unsure"]
    assert [row["verdict"] for row in rows(sessions, VERDICTS)] == ["accept", "accept", "reject", "unsure"]


def test_a_verdict_and_a_submit_in_one_breath_wait_for_what_was_found(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    held: list[Route] = []
    sitting.press("x", "j", "x", "x")
    sitting.wait_until_saved()
    expect(sitting.page.locator(".focused")).to_contain_text("A green quay")

    def hold(route: Route) -> None:
        held.append(route)

    sitting.page.route("**/first-verdicts", hold)
    sitting.press("a", "Enter", "Enter")
    while not held:
        sitting.page.wait_for_timeout(10)
    held[0].continue_()
    expect(sitting.page.locator(".hint--warning")).to_contain_text("Found after your verdict")
    assert rows(sessions, "select 1 from review") == []
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")


def test_a_second_browser_shows_what_was_judged_in_the_first(
    sitting: Sitting, browser: Browser, sessions: SessionMaker
) -> None:
    sitting.open()
    # Of the same person: tabs of one browser are given packets of their own.
    elsewhere = browser.new_context()
    elsewhere.add_cookies(sitting.context.cookies())
    other = Sitting(elsewhere, elsewhere.new_page(), sitting.site)
    other.open()
    complex_caption(sitting)
    sitting.press("1", "x")
    sitting.wait_until_saved()
    other.page.locator(".draft-row", has_text="A green quay").click()
    expect(other.page.locator(".focused .finding")).to_contain_text(PROMISE)
    other.press("a")
    # The verdicts of both are never merged silently; what is shown follows what was said first in either.
    other.page.locator("dialog[open]").wait_for()
    other.press("1")
    other.page.locator(".draft-row", has_text="A green quay").click()
    expect(findings(other).first).to_be_visible()
    assert [(row["verdict"], row["flags"]) for row in rows(sessions, FIRSTS)] == [("reject", ["colour"])]
    sitting.faults.clear()
    elsewhere.close()


def test_no_request_of_the_page_brings_a_finding_before_its_verdict(sitting: Sitting) -> None:
    answers: list[dict[str, Any]] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        if "json" in answer.headers.get("content-type", ""):
            answers.append(json.loads(answer.text()))
        route.fulfill(response=answer)

    sitting.page.route("**/api/v1/**", keep)
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    sitting.press("j", "j", "k", "e", "Escape")
    sitting.wait_until_saved()
    packets = [answer["packet"] for answer in answers if answer.get("packet")]
    assert len(packets) == 2
    assert "green" in json.dumps(packets)
    assert [draft["findings"] for packet in packets for draft in packet["drafts"]] == [[]] * 8
    assert not any("suggestion" in json.dumps(answer) for answer in answers)
