"""The review page, by keyboard: what was pressed is what the database has."""

from __future__ import annotations

from playwright.sync_api import expect
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


def test_what_is_left_open_taken_back_or_written_as_it_was_stays_open(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    page = sitting.page
    expect(page.locator(".draft-row bdi", has_text=HOSTILE)).to_have_count(1)
    assert page.locator("main img").count() == 0
    # Enter leads to the first open text and says so.
    sitting.press("j", "a", "k", "j", "Enter")
    expect(page.locator(".focused")).to_contain_text("A quay with a ship.")
    expect(page.locator(".hint--warning")).to_have_text("3 of 4 texts are still open: this is the first.")
    assert rows(sessions, "select 1 from review") == []
    # Undo takes back the last verdict alone, and leads to its text.
    sitting.press("z", "k")
    assert "✓" not in sitting.glyphs()
    sitting.press("a", "x")
    assert sitting.glyphs()[:2] == ["✓", "✕"]
    sitting.press("z")
    assert sitting.glyphs()[0] == "✓"
    assert "✕" not in sitting.glyphs()
    # A revision that changes nothing is not taken.
    sitting.press("e", "Enter")
    expect(page.locator(".hint--warning")).to_contain_text("still the draft's own")
    sitting.press("Escape")
    expect(page.locator(".verdicts [aria-pressed=true]")).to_have_count(0)
    # Pointing at box numbers and texts raises no fault.
    sitting.press("j")
    if not page.locator(".chip").count():
        sitting.press("j")
    page.locator(".chip").first.hover()
    page.locator(".draft-row").first.hover()
    assert sitting.faults == []


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


def test_reviews_are_counted_when_they_have_arrived_and_the_last_leaves_an_empty_desk(sitting: Sitting) -> None:
    sitting.open()
    done = sitting.page.locator('[data-slot="done"]')
    expect(done).to_have_text("0 / 2")
    expect(sitting.page.locator('[data-slot="ahead"]')).to_have_text("next packet ready")
    accept_all(sitting)
    sitting.press("Enter")
    # The packet that was fetched ahead still knows of none.
    expect(done).to_have_text("1 / 2")
    accept_all(sitting)
    sitting.press("Enter")
    expect(sitting.page.locator(".empty h2")).to_have_text("Nothing is left to review here")
    expect(sitting.page.locator(".empty")).to_contain_text("You reviewed 2 packets just now.")


def test_an_unusable_scene_needs_a_reason_and_no_verdicts(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    sitting.press("n")
    expect(sitting.page.locator("dialog[open] h2")).to_have_text("Why is this scene unusable?")
    sitting.press("2")
    expect(sitting.page.locator('[data-slot="scene-verdict"]')).to_have_text("Unusable: artefact")
    # The digit answered the question, and flagged nothing.
    expect(sitting.page.locator('.flag[aria-pressed="true"]')).to_have_count(0)
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="scene-verdict"]')).to_have_text("Scene usable")
    sitting.wait_until_saved()
    assert rows(sessions, "select scene_verdict, unusable_reason from review") == [
        {"scene_verdict": "unusable", "unusable_reason": "artefact"}
    ]
    assert rows(sessions, VERDICTS) == []


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
