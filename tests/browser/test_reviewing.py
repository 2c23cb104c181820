"""The review page, by keyboard: what was pressed is what the database has."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, Route, expect
from sqlalchemy import text

from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.browser.made_scenes import HOSTILE

VERDICTS = """
select d.kind, v.verdict, v.revised_text, v.revised_answer, v.flags, v.spans, v.support, v.view
from draft_verdict v join draft d using (draft_id) join packet_draft p using (packet_id, draft_id)
order by v.review_id, p.position
"""


def rows(sessions: SessionMaker, query: str) -> list[dict]:
    with sessions() as session:
        return [dict(row._mapping) for row in session.execute(text(query))]


def accept_all(sitting: Sitting) -> None:
    sitting.page.locator(".focused").wait_for()
    drafts = sitting.page.locator(".drafts > li").count()
    for _ in range(drafts):
        sitting.press("a")
    expect(sitting.page.locator('[data-slot="submit"]')).to_have_text("Submit and next")


def test_a_whole_packet_by_mouse_alone(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    page = sitting.page
    submit = page.locator('[data-slot="submit"]')
    page.locator('.verdicts [data-key="accept"]').click()
    expect(page.locator(".focused")).to_contain_text("A green quay")
    page.locator('.flag[data-flag="colour"]').click()
    page.locator('.flag[data-key="support"]').click()
    page.locator(".fix").first.click()
    expect(submit).to_have_text("Confirm wording")
    submit.click()
    page.locator(".draft-row").last.click()
    page.locator('.verdicts [data-key="unsure"]').click()
    expect(page.locator(".focused")).to_contain_text("3 / 4")
    page.locator('.verdicts [data-key="reject"]').click()
    expect(submit).to_have_text("Submit and next")
    submit.click()
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    given = rows(sessions, VERDICTS)
    assert [row["verdict"] for row in given] == ["accept", "revise", "reject", "unsure"]
    assert given[1]["flags"] == ["colour"]
    assert given[1]["support"] == "sar_with_optical"
    assert "green" not in given[1]["revised_text"]
    assert sitting.faults == []


def test_a_digit_that_answers_a_question_flags_nothing(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("n")
    sitting.page.locator("dialog[open]").wait_for()
    sitting.press("2")
    expect(sitting.page.locator('[data-slot="scene-verdict"]')).to_have_text("Unusable: artefact")
    expect(sitting.page.locator('.flag[aria-pressed="true"]')).to_have_count(0)


def test_pointing_at_box_numbers_and_texts_raises_no_fault(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("j", "j")
    if not sitting.page.locator(".chip").count():
        sitting.press("j")
    sitting.page.locator(".chip").first.hover()
    sitting.page.locator(".draft-row").first.hover()
    assert sitting.faults == []


def test_a_review_is_counted_when_it_has_arrived(sitting: Sitting) -> None:
    sitting.open()
    done = sitting.page.locator('[data-slot="done"]')
    expect(done).to_have_text("0 / 2")
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    accept_all(sitting)
    sitting.press("Enter")
    # The packet that was fetched ahead still knows of none.
    expect(done).to_have_text("1 / 2")


def test_a_whole_packet_by_keyboard_alone(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    page = sitting.page
    sitting.press("a")
    # The complex caption: take the fix of the first finding, flag two words, write on, confirm.
    sitting.press("1", "4", "f")
    expect(page.locator(".edit .diff del")).to_have_text("green")
    sitting.press("s", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "5")
    sitting.press("e", "End")
    page.keyboard.type(" One ship is moored.")
    sitting.press("Enter")
    # The rest, in whatever order the packet has them: reject with a flag, then unsure.
    sitting.press("2", "x", "u", "Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    sitting.wait_until_saved()
    concise, complex_, third, fourth = rows(sessions, VERDICTS)
    assert (concise["verdict"], complex_["verdict"], third["verdict"], fourth["verdict"]) == (
        "accept", "revise", "reject", "unsure",
    )  # fmt: skip
    assert complex_["revised_text"].endswith("river. One ship is moored.")
    assert "green" not in complex_["revised_text"]
    assert complex_["flags"] == ["colour", "vague", "not_visible_in_sar"]
    assert complex_["spans"] == [{"flag": "not_visible_in_sar", "field": "text", "start": 8, "end": 17}]
    assert third["flags"] == ["wrong_statement"]
    assert concise["view"]["panel"] in {"pair", "sar"}
    assert concise["view"]["ms"] > 0
    assert sitting.faults == []


def test_enter_leads_to_the_first_open_text_and_says_so(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    sitting.press("j", "a", "k", "j", "Enter")
    expect(sitting.page.locator(".focused")).to_contain_text("A quay with a ship.")
    expect(sitting.page.locator(".hint--warning")).to_have_text("3 of 4 texts are still open: this is the first.")
    assert rows(sessions, "select 1 from review") == []


def test_an_unusable_scene_needs_a_reason_and_no_verdicts(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    sitting.press("n")
    expect(sitting.page.locator("dialog[open] h2")).to_have_text("Why is this scene unusable?")
    sitting.press("2")
    expect(sitting.page.locator('[data-slot="scene-verdict"]')).to_have_text("Unusable: artefact")
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="scene-verdict"]')).to_have_text("Scene usable")
    sitting.wait_until_saved()
    assert rows(sessions, "select scene_verdict, unusable_reason from review") == [
        {"scene_verdict": "unusable", "unusable_reason": "artefact"}
    ]
    assert rows(sessions, VERDICTS) == []


def test_undo_takes_back_the_last_verdict(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("a", "x")
    assert sitting.glyphs()[:2] == ["✓", "✕"]
    sitting.press("z")
    assert sitting.glyphs()[0] == "✓"
    assert "✕" not in sitting.glyphs()


def test_a_revision_that_changes_nothing_is_not_taken(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("e", "Enter")
    expect(sitting.page.locator(".hint--warning")).to_contain_text("still the draft's own")
    sitting.press("Escape")
    expect(sitting.page.locator(".verdicts [aria-pressed=true]")).to_have_count(0)


def test_own_wording_is_screened_as_it_is_typed(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("e", "End")
    sitting.page.keyboard.type(" Its deck is red.")
    finding = sitting.page.locator('.finding[data-family="colour"]')
    expect(finding).to_contain_text("red")
    # It stays until the next wording is screened, or the texts would jump at each letter.
    sitting.page.route("**/screen", lambda route: None)
    sitting.page.keyboard.type(" So")
    expect(sitting.page.locator(".findings")).to_have_attribute("aria-busy", "true")
    expect(finding).to_contain_text("red")
    expect(finding.locator(".fix")).to_have_count(0)


def test_hostile_texts_stay_texts(sitting: Sitting) -> None:
    sitting.open()
    expect(sitting.page.locator(".draft-row bdi", has_text=HOSTILE)).to_have_count(1)
    assert sitting.page.locator("main img").count() == 0
    assert sitting.faults == []


def test_a_reload_restores_what_was_done(sitting: Sitting) -> None:
    sitting.open()
    sitting.press("a", "1")
    sitting.wait_until_saved()
    sitting.page.reload()
    sitting.page.locator(".focused").wait_for()
    assert sitting.glyphs()[0] == "✓"
    expect(sitting.page.locator('[data-flag="colour"]')).to_have_attribute("aria-pressed", "true")


def test_a_tab_killed_before_anything_was_sent_loses_nothing(sitting: Sitting) -> None:
    sitting.open()
    sitting.page.route("**/progress", lambda route: route.abort())
    sitting.press("x")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    assert sitting.page.evaluate("Object.keys(localStorage).some(key => key.includes('.progress.'))")
    # Nothing gets through while the page is left either: what is there afterwards was kept in this browser.
    sitting.page.reload()
    sitting.page.locator(".focused").wait_for()
    assert sitting.glyphs()[0] == "✕"
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


def test_a_submit_whose_answer_was_lost_is_stored_once(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    answers = iter([True])

    def lose_the_first(route) -> None:
        if next(answers, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    sitting.page.route("**/api/v1/reviews", lose_the_first)
    accept_all(sitting)
    sitting.press("Enter", "Enter")
    expect(sitting.page.locator('[data-slot="save"]')).to_have_attribute("data-state", "offline")
    sitting.wait_until_saved()
    assert len(rows(sessions, "select 1 from review")) == 1


def test_a_submit_is_sent_again_after_an_error_of_the_server(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    answers = iter([503, 500, 429])
    problem = {"title": "Not now", "detail": "Try again in a moment.", "code": "unavailable"}

    def refuse_at_first(route) -> None:
        status = next(answers, None)
        route.fulfill(status=status, json={**problem, "status": status}) if status else route.continue_()

    sitting.page.route("**/api/v1/reviews", refuse_at_first)
    accept_all(sitting)
    sitting.press("Enter")
    sitting.wait_until_saved()
    sitting.page.wait_for_function("!Object.keys(localStorage).some(key => /submission|refused/.test(key))")
    assert len(rows(sessions, "select 1 from review")) == 1


def test_a_submit_that_the_server_will_never_take_is_kept_in_this_browser(sitting: Sitting) -> None:
    sitting.open()
    problem = {"title": "Refused", "status": 422, "detail": "These words do not exist.", "code": "invalid_verdict"}
    sitting.page.route("**/api/v1/reviews", lambda route: route.fulfill(status=422, json=problem))
    accept_all(sitting)
    sitting.press("Enter")
    expect(sitting.page.get_by_text("These words do not exist.")).to_be_visible()
    kept = "Object.keys(localStorage).filter(key => /\\.refused\\./.test(key)).length"
    assert sitting.page.evaluate(kept) == 1


def test_the_last_packet_leaves_an_empty_desk_that_says_what_to_do(sitting: Sitting) -> None:
    sitting.open()
    for _ in range(2):
        accept_all(sitting)
        sitting.press("Enter")
    expect(sitting.page.locator(".empty h2")).to_have_text("Nothing is left to review here")
    expect(sitting.page.locator(".empty")).to_contain_text("You reviewed 2 packets just now.")


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


def test_a_packet_can_be_handed_back_but_not_its_verdicts_by_a_slip(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    before = sitting.page.locator('[data-slot="scene"]').inner_text()
    sitting.press("x")
    sitting.press("h")
    expect(sitting.page.locator('[data-slot="ask"]')).to_contain_text("1 verdict on it")
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_contain_text("1 of ")
    sitting.press("h")
    sitting.press("1")
    expect(sitting.page.locator('[data-slot="scene"]')).not_to_have_text(before)
    assert rows(sessions, "select state from assignment order by claimed_at limit 1") == [{"state": "returned"}]


def test_words_selected_with_the_mouse_are_flagged_in_code_points(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    while "🚢" not in sitting.page.locator(".focused").inner_text():
        sitting.press("j")
    sitting.page.evaluate("""() => {
        const bdi = document.querySelector('.focused [data-field=question] bdi');
        const texts = document.createTreeWalker(bdi, NodeFilter.SHOW_TEXT);
        while (!texts.nextNode().data.includes('شكل'));
        const at = texts.currentNode.data.indexOf('شكل');
        const range = document.createRange();
        range.setStart(texts.currentNode, at + 1);
        range.setEnd(texts.currentNode, at + 2);
        getSelection().addRange(range);
        bdi.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
    }""")
    expect(sitting.page.locator("mark.is-selected")).to_have_text("شكل")
    sitting.press("6")
    sitting.wait_until_saved()
    [progress] = rows(sessions, "select body from progress")
    [span] = next(opinion["spans"] for opinion in progress["body"]["verdicts"].values())
    assert HOSTILE[span["start"] : span["end"]] == "شكل"
    assert span["flag"] == "position"
