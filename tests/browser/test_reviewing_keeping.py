"""What was done is kept and sent once: without a network, after errors, in several tabs, when a hold is lost."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, Route, expect
from sqlalchemy import text

from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.browser.test_reviewing import accept_all, rows


def test_a_reload_restores_what_was_done_also_what_never_was_sent(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("a", "1")
    sitting.wait_until_saved()
    sitting.page.reload()
    sitting.page.locator(".focused").wait_for()
    assert sitting.glyphs()[0] == "✓"
    expect(sitting.page.locator('[data-flag="colour"]')).to_have_attribute("aria-pressed", "true")
    sitting.page.route("**/progress", lambda route: route.abort())
    sitting.press("x")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    assert sitting.page.evaluate("Object.keys(localStorage).some(key => key.includes('.progress.'))")
    # Nothing gets through while the page is left either: what is there afterwards was kept in this browser.
    before = sitting.glyphs()
    assert "✕" in before
    sitting.page.reload()
    sitting.page.locator(".focused").wait_for()
    assert sitting.glyphs() == before
    sitting.page.unroute("**/progress")
    sitting.wait_until_saved()


def test_off_line_work_is_kept_shown_and_sent_later(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    sitting.context.set_offline(True)
    accept_all(sitting)
    sitting.press("Enter")
    state = sitting.page.locator('[data-slot="save"]')
    expect(state).to_have_text("◐ offline – kept in this browser")
    # The next packet is there at once, and can be worked on.
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.press("x")
    assert rows(sessions, "select 1 from review") == []
    sitting.context.set_offline(False)
    sitting.wait_until_saved()
    assert len(rows(sessions, "select 1 from review")) == 1
    [progress] = rows(sessions, "select body from progress")
    assert [opinion["verdict"] for opinion in progress["body"]["verdicts"].values()] == ["reject"]
    assert sitting.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('trihedral.'))") == []


def test_a_submit_whose_answer_was_lost_or_an_error_is_sent_again_and_stored_once(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    sitting.open()
    page = sitting.page
    answers = iter([True])

    def lose_the_first(route: Route) -> None:
        if next(answers, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/reviews", lose_the_first)
    accept_all(sitting)
    sitting.press("Enter", "Enter")
    expect(page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    sitting.wait_until_saved()
    assert len(rows(sessions, "select 1 from review")) == 1

    errors = iter([503, 500, 429])
    problem = {"title": "Not now", "detail": "Try again in a moment.", "code": "unavailable"}

    def refuse_at_first(route: Route) -> None:
        status = next(errors, None)
        route.fulfill(status=status, json={**problem, "status": status}) if status else route.continue_()

    page.unroute("**/api/v1/reviews")
    page.route("**/api/v1/reviews", refuse_at_first)
    accept_all(sitting)
    sitting.press("Enter")
    sitting.wait_until_saved()
    page.wait_for_function("!Object.keys(localStorage).some(key => /submission|refused/.test(key))")
    assert list(errors) == []
    assert len(rows(sessions, "select 1 from review")) == 2


def test_a_submit_that_the_server_will_never_take_is_kept_in_this_browser(sitting: Sitting) -> None:
    sitting.open()
    problem = {"title": "Refused", "status": 422, "detail": "These words do not exist.", "code": "invalid_verdict"}
    sitting.page.route("**/api/v1/reviews", lambda route: route.fulfill(status=422, json=problem))
    accept_all(sitting)
    sitting.press("Enter")
    expect(sitting.page.get_by_text("These words do not exist.")).to_be_visible()
    kept = "Object.keys(localStorage).filter(key => /\\.refused\\./.test(key)).length"
    assert sitting.page.evaluate(kept) == 1


def test_a_submit_before_the_next_packet_has_come_loses_neither(sitting: Sitting, sessions: SessionMaker) -> None:
    held: list[Route] = []

    def hold_the_second(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["have"]:
            held.append(route)
        else:
            route.continue_()

    sitting.page.route("**/queue/claim", hold_the_second)
    sitting.open()
    with sitting.page.expect_response("**/api/v1/reviews"):
        accept_all(sitting)
        sitting.press("Enter")
    for route in held:
        route.continue_()
    sitting.page.unroute("**/queue/claim")
    accept_all(sitting)
    sitting.press("Enter")
    expect(sitting.page.locator(".empty")).to_contain_text("You reviewed 2 packets just now.")
    assert len(rows(sessions, "select 1 from review")) == 2


def test_two_browsers_on_one_packet_are_never_merged_silently(
    sitting: Sitting, browser: Browser, sessions: SessionMaker
) -> None:
    sitting.open()
    elsewhere = browser.new_context()
    elsewhere.add_cookies(sitting.context.cookies())
    other = elsewhere.new_page()
    other.goto(sitting.page.url)
    other.locator(".focused").wait_for()
    sitting.press("a")
    sitting.wait_until_saved()
    other.keyboard.press("x")
    dialog = other.locator("dialog[open]")
    expect(dialog).to_contain_text("worked on in two places")
    dialog.get_by_text("Take theirs").click()
    expect(other.locator(".draft-row .glyph").first).to_have_text("✓")
    elsewhere.close()


def test_a_second_tab_is_given_a_packet_of_its_own(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    second = Sitting(sitting.context, sitting.context.new_page(), sitting.site)
    second.open()
    names = [page.locator('[data-slot="scene"]').inner_text() for page in (sitting.page, second.page)]
    assert len(set(names)) == 2
    second.press("x")
    second.wait_until_saved()
    sitting.page.bring_to_front()
    accept_all(sitting)
    sitting.press("Enter")
    sitting.wait_until_saved()
    assert len(rows(sessions, "select 1 from review")) == 1
    # Nobody else has anything left: the first tab says so, or shares with a question. The second goes on undisturbed.
    second.page.bring_to_front()
    accept_all(second)
    second.press("Enter")
    second.wait_until_saved()
    assert len(rows(sessions, "select 1 from review where not is_extra")) == 2


def give_on(sessions: SessionMaker) -> None:
    """The hold on the open packet ends, and another reviewer gets its slot."""
    with sessions() as session, session.begin():
        session.execute(
            text("""
            with other as (insert into pseudonym default values returning pseudonym), ended as (
                update assignment set state = 'expired', ended_at = now(), expires_at = now()
                where assignment_id = (select assignment_id from assignment order by claimed_at limit 1)
                returning packet_id, slot
            )
            select pseudonym, packet_id, slot from other, ended
            """)
        )
        session.execute(
            text("""
            insert into assignment (packet_id, slot, reviewer, expires_at)
            select a.packet_id, a.slot, p.pseudonym, now() + interval '1 hour'
            from assignment a, pseudonym p where a.state = 'expired'
            and not exists (select from person where person.pseudonym = p.pseudonym)
            """)
        )


def test_a_lost_hold_is_told_and_what_was_done_is_kept_as_an_extra_opinion(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    give_on(sessions)
    sitting.press("a")
    notice = sitting.page.locator('[data-topic="hold"]')
    expect(notice).to_contain_text("The hold on this packet has ended.")
    for _ in range(3):
        sitting.press("a")
    sitting.press("Enter")
    expect(sitting.page.locator('[data-topic="extra"]')).to_contain_text("extra opinion")
    assert rows(sessions, "select is_extra from review") == [{"is_extra": True}]
