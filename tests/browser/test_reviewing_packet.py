"""What goes beyond one text: all accepted at once, guidelines beside them, a note to the lead, what comes next."""

from __future__ import annotations

from playwright.sync_api import Route, expect
from sqlalchemy import text

from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.browser.test_reviewing import VERDICTS, accept_all, rows

ORIGINS = """select v.origin, v.verdict, v.view from draft_verdict v join packet_draft p using (packet_id, draft_id)
order by v.review_id, p.position"""
OTHERS_COMMENT = """
with lead as (insert into pseudonym default values returning pseudonym)
insert into comment (packet_id, written_by, to_reviewer, text)
select (select min(packet_id) from packet), lead.pseudonym, (select pseudonym from person), 'See the guidelines.'
from lead
"""

COVERED = """() => {
    const sheet = document.querySelector('.guidelines').getBoundingClientRect();
    return [...document.querySelectorAll('.panels, .focused')].some(one => {
        const its = one.getBoundingClientRect();
        return its.left < sheet.right && sheet.left < its.right && its.top < sheet.bottom && sheet.top < its.bottom;
    });
}"""


def told(sitting: Sitting) -> str:
    return sitting.page.locator(".focused .hint--warning").inner_text()


def see_all(sitting: Sitting, texts: int) -> None:
    """Until so many texts were on screen for long enough, beside images that are drawn."""
    for _ in range(40):
        sitting.press("Shift+A")
        if sitting.page.locator('.glyph[data-verdict="accept"]').count() >= texts:
            return
        sitting.page.wait_for_timeout(150)
    raise AssertionError(told(sitting))


def test_all_that_were_seen_and_have_no_error_are_accepted_with_one_key(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    sitting.page.route("**/assets/**", hold)
    sitting.page.set_viewport_size({"width": 1100, "height": 900})
    sitting.open()
    # Without its images nothing was seen of a text.
    sitting.press("Shift+A")
    assert told(sitting) == ("None accepted; 4 stay open: 2 with an error, 2 not seen yet beside its images.")
    for route in held:
        route.continue_()
    sitting.page.unroute("**/assets/**")
    see_all(sitting, 2)
    assert told(sitting) == "2 accepted; 2 stay open: 2 with an error."
    assert sorted(sitting.glyphs()) == ["○", "✓", "✓"]
    # Undone as one; a flag speaks against it; a fix that is confirmed as it was suggested says so.
    sitting.press("z")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.press("k", "k", "k", "4", "Shift+A")
    assert told(sitting) == "1 accepted; 3 stay open: 2 with an error, 1 that you flagged."
    sitting.press("k", "k", "k", "x", "f", "Enter", "e", "End")
    sitting.page.keyboard.type(" مرفأ")
    sitting.press("Enter", "Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    given = rows(sessions, ORIGINS)
    assert [(row["origin"], row["verdict"]) for row in given] == [
        ("single", "reject"), ("fix", "revise"), ("accept_all", "accept"), ("single", "revise"),
    ]  # fmt: skip
    assert all(row["view"]["both_loaded"] and len(row["view"]["window"]) == 4 for row in given)
    assert len(rows(sessions, VERDICTS)) == 4
    assert sitting.faults == []


def test_a_text_out_of_sight_is_not_accepted_unseen(sitting: Sitting) -> None:
    sitting.page.set_viewport_size({"width": 1100, "height": 400})
    sitting.open()
    see_all(sitting, 1)
    assert "not seen yet" in told(sitting)


def test_guidelines_lie_beside_the_texts_and_a_note_reaches_the_leads(sitting: Sitting, sessions: SessionMaker) -> None:
    page = sitting.page
    with sessions() as session, session.begin():
        session.execute(
            text("update dataset set guidelines = :words"), {"words": "Ships in port.\n\n<b>Not</b> at sea."}
        )
        session.execute(text(OTHERS_COMMENT))
    sitting.open()
    expect(page.get_by_role("link", name="1 new comment")).to_have_attribute("href", "/queue")
    sitting.press("4", "g")
    sheet = page.get_by_role("complementary", name="Guidelines")
    expect(sheet.locator('[data-slot="guidelines-own"] p')).to_have_text(["Ships in port.", "<b>Not</b> at sea."])
    expect(sheet.locator(".is-flagged h3")).to_contain_text("Vague")
    assert not page.evaluate(COVERED)
    # The keys go on working beside it.
    sitting.press("4", "a")
    assert sitting.glyphs()[0] == "✓"
    sitting.press("Escape")
    expect(sheet).to_be_hidden()
    # A note, kept until the server has it.
    page.route("**/notes", lambda route: route.abort())
    sitting.press("w")
    page.keyboard.type("Is this a quay? 🚢")
    page.reload()
    page.locator(".focused").wait_for()
    sitting.press("w")
    expect(page.get_by_label("The note")).to_have_value("Is this a quay? 🚢")
    sitting.press("Control+Enter")
    expect(page.locator('[data-topic="note"]')).to_contain_text("goes to the leads")
    expect(page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    page.reload()
    page.locator(".focused").wait_for()
    page.unroute("**/notes")
    page.evaluate("dispatchEvent(new Event('online'))")
    sitting.wait_until_saved()
    [note] = rows(sessions, "select draft_id is not null as of_text, text from comment where to_reviewer is null")
    assert note == {"of_text": True, "text": "Is this a quay? 🚢"}
    kept = "Object.keys(localStorage).filter(key => /note|writing/.test(key)).length"
    assert page.evaluate(kept) == 0
    assert not [fault for fault in sitting.faults if "ERR_FAILED" not in fault]


def test_what_comes_next_is_there_with_its_images_and_given_back_when_the_page_is_left(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    held = "select count(*) as held from assignment where state = 'held'"
    sitting.open()
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    assert rows(sessions, held) == [{"held": 2}]
    sitting.page.wait_for_load_state("networkidle")
    sitting.context.set_offline(True)
    accept_all(sitting)
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_for_images()
    expect(sitting.page.locator('[data-slot="image-notice"]')).to_be_hidden()
    sitting.context.set_offline(False)
    sitting.page.evaluate("dispatchEvent(new Event('online'))")
    sitting.wait_until_saved()
    sitting.page.goto(f"{sitting.site}/queue")
    # The open one is kept for this reviewer, as before; nothing else was in hand.
    assert rows(sessions, held) == [{"held": 1}]


def flags_of(sitting: Sitting) -> list[str]:
    """Of the texts but the open one, as their rows show them."""
    return [marks for marks in sitting.page.locator(".draft-row__marks[title=Flags]").all_inner_texts() if marks]


def test_digits_after_a_verdict_say_why_until_the_reviewer_turns_to_the_open_text(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = sitting.page
    sitting.open()
    hint, pressed = page.locator(".unexplained"), page.locator(".focused .flag[aria-pressed=true]")
    sitting.press("x")
    expect(hint).to_contain_text("say why")
    sitting.press("1", "4", "2", "4")
    expect(hint).to_contain_text("say why: ◆ ✕")
    assert flags_of(sitting) == ["◆ ✕"]
    expect(pressed).to_have_count(0)
    # Undone, one flag after the other; then the verdict itself.
    sitting.press("z", "z", "z")
    expect(hint).to_contain_text("say why: ◆")
    # Whoever turns to the open text flags that one; and flagged first, a verdict waits for no reason.
    sitting.press("Escape")
    expect(hint).to_have_count(0)
    sitting.press("3")
    expect(pressed).to_have_count(1)
    sitting.press("x")
    expect(hint).to_have_count(0)
    sitting.press("u")
    expect(hint).to_contain_text("say why")
    sitting.press("k")
    expect(hint).to_have_count(0)
    sitting.press("7")
    expect(pressed).to_have_text("¶ language 7")
    sitting.press("j", "s", "2")
    expect(pressed).to_have_text("✕ wrong 2")
    sitting.wait_until_saved()
    [progress] = rows(sessions, "select body from progress")
    given = progress["body"]["verdicts"].values()
    assert sorted((one["verdict"] or "", *one["flags"]) for one in given) == [
        ("", "wrong_statement"), ("reject", "colour"), ("reject", "count"), ("unsure", "language"),
    ]  # fmt: skip


def test_verdicts_and_flags_stay_in_sight_however_much_is_found_while_writing(sitting: Sitting) -> None:
    page = sitting.page
    page.set_viewport_size({"width": 1024, "height": 768})
    sitting.open()
    sitting.press("e", "End")
    page.keyboard.insert_text(
        ", a red, blue, yellow and white boat, several cars of many kinds and some lovely people" * 3
    )
    findings = page.locator(".focused .findings")
    expect(findings.locator(".finding")).not_to_have_count(0)
    places = """() => {
        const of = selector => document.querySelector(selector).getBoundingClientRect();
        const [flags, list, field, judge] = ['.focused .flags', '.side__list', '.edit textarea', '.judge'].map(of);
        return [flags.bottom <= list.bottom && flags.top > list.top, field.bottom <= judge.top + 1];
    }"""
    assert page.evaluate(places) == [True, True], "flags in sight, and not over what is written"
    assert findings.evaluate("list => list.scrollHeight > list.clientHeight && list.tabIndex === 0")
