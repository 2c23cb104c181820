"""Which key does what: on other keyboards, with an input method, and as a reviewer has chosen it."""

from __future__ import annotations

from playwright.sync_api import CDPSession, expect

from app.db import SessionMaker
from tests.browser.conftest import Sitting
from tests.browser.test_reviewing import rows

AZERTY_DIGITS = {"&": "Digit1", "é": "Digit2", '"': "Digit3", "'": "Digit4", "(": "Digit5"}
PROCESSED = 229
"""What Chromium gives as the key's code while an input method has it."""


def strike(keyboard: CDPSession, key: str, code: str, *, number: int = 0, text: str = "") -> None:
    """A key of whatever layout, as Chromium hears of it from the system."""
    told = {"key": key, "code": code, "windowsVirtualKeyCode": number, "text": text}
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", **told})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


def flagged(sitting: Sitting) -> list[str]:
    return sitting.page.locator('.flag[aria-pressed="true"]').evaluate_all("all => all.map(one => one.dataset.flag)")


def test_french_and_japanese_keyboards_do_what_the_caps_say(sitting: Sitting) -> None:
    sitting.open()
    keyboard = sitting.context.new_cdp_session(sitting.page)
    for key, code in AZERTY_DIGITS.items():
        strike(keyboard, key, code, text=key)
    assert flagged(sitting) == ["colour", "wrong_statement", "count", "vague", "not_visible_in_sar"]
    # A French A lies where others have Q, and it is the letter that counts.
    strike(keyboard, "a", "KeyQ", text="a")
    assert sitting.glyphs()[0] == "✓"
    # An input method that is on holds the letter back: then it is the place.
    strike(keyboard, "Process", "KeyX", number=PROCESSED)
    assert sitting.glyphs()[:2] == ["✓", "✕"]
    strike(keyboard, "Process", "Digit6", number=PROCESSED)
    # Of the text that was rejected just now.
    expect(sitting.page.locator(".unexplained")).to_contain_text("say why: ⊹")
    assert flagged(sitting) == []
    strike(keyboard, "Process", "Enter", number=PROCESSED)
    expect(sitting.page.locator(".focused .hint--warning")).to_have_count(0)
    assert sitting.faults == []


def test_what_an_input_method_composes_is_text_and_its_enter_confirms_nothing(sitting: Sitting) -> None:
    sitting.open()
    keyboard = sitting.context.new_cdp_session(sitting.page)
    sitting.press("e", "End")
    keyboard.send("Input.imeSetComposition", {"text": "みなと", "selectionStart": 3, "selectionEnd": 3})
    for code in ("KeyA", "KeyX", "KeyJ"):
        strike(keyboard, "Process", code, number=PROCESSED)
    strike(keyboard, "Process", "Enter", number=PROCESSED)
    strike(keyboard, "Enter", "Enter", number=PROCESSED)
    keyboard.send("Input.insertText", {"text": "港"})
    field = sitting.page.locator("textarea[data-edit=text]")
    expect(field).to_have_value("A quay with a ship.港")
    expect(field).to_be_focused()
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("0 of 4 judged")
    # Letters in a field are letters.
    sitting.page.keyboard.type("axu1?g")
    expect(field).to_have_value("A quay with a ship.港axu1?g")
    expect(sitting.page.locator("dialog[open]")).to_have_count(0)
    sitting.press("Enter")
    expect(sitting.page.locator('[data-slot="judged"]')).to_have_text("1 of 4 judged")


def test_keys_are_chosen_anew_refused_where_taken_and_kept(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.open()
    page = sitting.page
    said = page.locator('[data-slot="sheet-said"]')
    sitting.press("?")
    page.locator('[data-action="accept"]').focus()
    sitting.press("Enter", "x")
    expect(said).to_have_text(
        "X is taken: “Reject; of a box: spurious”. Press another key, or give that action a new one first."
    )
    sitting.press("F5")
    expect(said).to_contain_text("belongs to the browser")
    sitting.press("q")
    expect(said).to_contain_text("Q is now: Accept")
    expect(page.locator('[data-action="accept"]')).to_be_focused()
    # Escape leaves the key as it was, and only then the sheet.
    page.locator('[data-action="undo"]').focus()
    sitting.press("Enter", "Escape", "Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator('.verdicts [data-key="accept"] kbd')).to_have_text("Q")
    sitting.press("a")
    assert "✓" not in sitting.glyphs()
    sitting.press("q")
    assert sitting.glyphs()[0] == "✓"
    assert rows(sessions, "select settings from reviewer_setting") == [{"settings": {"keys": {"accept": ["Q"]}}}]
    # On another computer too; and back.
    sitting.wait_until_saved()
    page.evaluate("localStorage.clear()")
    sitting.open()
    expect(page.locator('.verdicts [data-key="accept"] kbd')).to_have_text("Q")
    sitting.press("?")
    page.locator('[data-slot="sheet-reset"]').click()
    expect(said).to_have_text("All keys are as at first.")
    sitting.press("Escape", "a")
    assert sitting.glyphs()[:2] == ["✓", "✓"]
    # What the server cannot take now goes with the next page.
    page.route("**/review-settings", lambda route: route.abort())
    sitting.press("?")
    page.locator('[data-action="hand_back"]').focus()
    sitting.press("Enter", "9")
    expect(said).to_contain_text("On this page only, for now")
    page.unroute("**/review-settings")
    with page.expect_response("**/review-settings"):
        sitting.open()
    expect(page.locator('[data-key="hand_back"] kbd')).to_have_text("9")
    assert rows(sessions, "select settings from reviewer_setting") == [{"settings": {"keys": {"hand_back": ["9"]}}}]
