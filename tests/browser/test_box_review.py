"""Boxes judged before the texts, by keyboard alone and by mouse; what follows from them is confirmed at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.screening import screen_dataset
from tests.browser.conftest import Sitting
from tests.browser.made_scenes import COLS, DATASET, ROWS
from tests.browser.test_reviewing import rows
from tests.conftest import REPOSITORY

BOXES = [("tank", 20, 20, 10, 10), ("ship", 300, 200, 30, 30), ("ship", 60, 200, 20, 20)]
SAID = """
select v.number, v.verdict, v.category, v.width from box_verdict v join box_review r using (box_review_id)
where r.revision = (select max(revision) from box_review) and v.verdict <> 'right' order by v.number
"""
GIVEN = """
select d.program, v.verdict, v.origin, v.flags from draft_verdict v join draft d using (draft_id)
where d.box_review_id is null order by d.draft_id
"""

WITHOUT_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest);
};
"""


def assert_accessible(page: Page) -> None:
    page.evaluate((REPOSITORY / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))") == []


@pytest.fixture
def sitting(sitting: Sitting, sessions: SessionMaker) -> Iterator[Sitting]:
    """A reviewer before one packet of box questions, of which some are to be read."""
    with transaction(sessions) as session:
        session.execute(text("update slot set is_free = false"))
        session.execute(text("delete from object_box where scene_id <> (select min(scene_id) from scene)"))
        for number, box in enumerate(BOXES, 2):
            given = dict(zip(("category", "x", "y", "w", "h"), box, strict=True)) | {"number": number}
            session.execute(
                text("""insert into object_box (scene_id, number, source_box_id, category, x_min, y_min, width, height)
                    select min(scene_id), :number, 'id-' || :number, :category, :x, :y, :w, :h from scene"""),
                given,
            )
        session.execute(text("update dataset set boxes_first = true, box_sample_share = 0.25"))
        session.execute(
            text("""update scene set metadata = metadata || '{"labelled": ["ship", "tank"]}'
            where scene_id = (select min(scene_id) from scene)""")
        )
    draft_corpus(sessions, CorpusOptions(DATASET, per_scene=10, seed=6, policy="complete"))
    screen_dataset(sessions, DATASET)
    yield sitting
    assert sitting.faults == []


def test_boxes_are_judged_by_keyboard_and_the_texts_follow(sitting: Sitting, sessions: SessionMaker) -> None:
    page = sitting.page
    sitting.open()
    box = page.locator(".box-focused")
    expect(page.locator(".box-head")).to_contain_text("All stand at right")
    expect(box).to_contain_text("Box 1")
    expect(page.locator('[data-slot="submit"]')).to_have_text("Confirm boxes")
    assert_accessible(page)
    # On a box that is too small to judge the view goes nearer.
    sitting.wait_for_images()
    sitting.press("j")
    expect(box).to_contain_text("Box 2 · 10 × 10 px")
    sitting.press("u")
    expect(page.locator(".box-focused .hint--warning")).to_contain_text("The boxes come first")
    # Spurious, undone; wrong class by its digit; a new one typed.
    sitting.press("x")
    expect(page.locator('[data-slot="judged"]')).to_have_text("3 right, 1 spurious")
    sitting.press("z")
    expect(page.locator('[data-slot="judged"]')).to_have_text("4 right")
    sitting.press("c")
    expect(page.locator("dialog[open]")).to_contain_text("Which class has box 2?")
    assert_accessible(page)
    sitting.press("1")
    expect(page.locator('.box-row[data-box="2"]')).to_contain_text("tank ship")
    sitting.press("x")
    expect(box).to_contain_text("Box 4")
    sitting.press("c")
    page.keyboard.type("buoy 🛟")
    sitting.press("Enter")
    expect(page.locator('[data-slot="judged"]')).to_have_text("1 right, 2 wrong class, 1 spurious")
    # A missing one, moved and sized by arrows.
    sitting.press("m")
    expect(page.locator('[data-slot="tool-hint"]')).to_contain_text("Drag a box")
    sitting.press("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Enter", "1")
    expect(box).to_contain_text("Box 5")
    sitting.press("Backspace")
    expect(page.locator('[data-slot="judged"]')).to_have_text("1 right, 2 wrong class, 1 spurious")
    sitting.press("z")
    expect(page.locator('[data-slot="judged"]')).to_contain_text("1 missing")
    # Saved as it happens: a reload loses nothing.
    sitting.wait_until_saved()
    page.reload()
    expect(page.locator('[data-slot="judged"]')).to_contain_text("1 right, 2 wrong class, 1 spurious, 1 missing")
    sitting.press("Enter")
    folded = page.locator(".box-set")
    expect(folded).to_contain_text("follow from your boxes")
    said = rows(sessions, SAID)
    assert [(row["number"], row["verdict"], row["category"]) for row in said] == [
        (2, "wrong_class", "ship"), (3, "spurious", None), (4, "wrong_class", "buoy 🛟"), (5, "missing", "ship"),
    ]  # fmt: skip
    shown = page.locator(".focused, .draft-row").count()
    sampled = rows(sessions, "select count(*) filter (where is_sampled) as n, count(*) as of from box_outcome o"
                   " join draft d using (draft_id) where d.box_review_id is null")[0]  # fmt: skip
    number = sampled["of"]
    assert (number, shown) == (9, sampled["n"])  # how many ships there are is asked by another drafter already
    assert 0 < shown < number
    assert_accessible(page)
    sitting.press("Shift+S")
    expect(page.locator(".focused, .draft-row")).to_have_count(number)
    sitting.press("Shift+S")
    expect(page.locator(".focused, .draft-row")).to_have_count(shown)
    for _ in range(shown):
        sitting.press("x")
    expect(page.locator('[data-slot="judged"]')).to_have_text(f"{number} of {number} judged")
    sitting.press("Enter")
    # The changed answers come in a packet of their own, whose boxes are judged already.
    expect(page.locator('[data-slot="counts"]')).not_to_contain_text(f"{number} texts")
    expect(folded).to_contain_text("accepted")
    given = rows(sessions, GIVEN)
    assert sum(row["origin"] == "single" for row in given) == shown
    followed = [row for row in given if row["origin"] == "box_set"]
    assert {row["verdict"] for row in followed} == {"accept", "reject"}
    assert all(bool(row["flags"]) == (row["verdict"] == "reject") for row in followed)
    for _ in range(page.locator(".focused, .draft-row").count()):
        sitting.press("a")
    expect(page.locator('[data-slot="submit"]')).to_have_text("Submit and next")
    sitting.press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    bases = rows(sessions, "select distinct basis from resolution order by 1")
    assert [row["basis"] for row in bases] == ["box_set", "reviews"]


def test_a_box_is_dragged_in_the_image_and_an_answer_that_does_not_come_is_waited_for(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    page = sitting.page
    sitting.open()
    sitting.wait_for_images()
    sitting.press("m")
    place = page.locator('[data-panel="optical"] .panel__map').bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    expect(page.locator("dialog[open]")).to_contain_text("Which class has the missing box?")
    sitting.press("1")
    expect(page.locator(".box-focused")).to_contain_text("missing, drawn")
    # The rows and the image point at each other; a click on a row brings the box.
    page.locator('.box-row[data-box="3"]').click()
    expect(page.locator(".box-focused")).to_contain_text("Box 3")

    def lost(route: Route) -> None:
        route.abort()

    page.route("**/box-reviews", lost)
    sitting.press("Enter")
    expect(page.locator(".box-head")).to_contain_text("The boxes are kept")
    sitting.press("x")
    page.reload()
    expect(page.locator(".box-head")).to_contain_text("The boxes are kept")
    page.unroute("**/box-reviews", lost)
    expect(page.locator(".box-set")).to_contain_text("follow")
    assert [row["verdict"] for row in rows(sessions, SAID)] == ["missing"]
    sitting.press("Shift+B")
    expect(page.locator(".box-head")).to_contain_text("You have judged these boxes before")
    # Of an unusable scene no boxes are asked for.
    sitting.press("n", "1")
    expect(page.locator('[data-slot="submit"]')).to_have_text("Submit and next")
    sitting.faults[:] = [fault for fault in sitting.faults if "ERR_FAILED" not in fault]


def test_without_webgl_boxes_are_drawn_over_the_still_picture(sitting: Sitting, sessions: SessionMaker) -> None:
    page = sitting.page
    page.add_init_script(WITHOUT_WEBGL)
    sitting.open()
    still = page.locator('[data-panel="optical"] .still')
    expect(still.locator("canvas")).to_be_visible()
    # By keyboard, and read out where it is.
    sitting.press("m", "ArrowRight", "Shift+ArrowDown")
    expect(page.locator(".still rect.is-judged")).to_have_count(2)
    expect(page.locator('[data-slot="live"]')).to_contain_text("×")
    place = still.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 4, place["y"] + place["height"] / 4)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=3)
    page.mouse.up()
    expect(page.locator("dialog[open]")).to_contain_text("Which class has the missing box?")
    sitting.press("1")
    expect(page.locator(".box-focused")).to_contain_text("missing, drawn")
    page.locator('.box-row[data-box="1"]').click()
    sitting.press("x")
    expect(still.locator("rect.is-judged")).to_have_count(2)
    expect(still).to_contain_text("✕ 1")
    sitting.press("Enter")
    expect(page.locator(".box-set")).to_contain_text("follow")
    drawn = "select x_min, y_min, width, height from box_verdict where verdict = 'missing'"
    [box] = rows(sessions, drawn)
    assert [box[name] for name in ("x_min", "y_min", "width", "height")] == pytest.approx(
        [COLS / 4, ROWS / 4, COLS / 4, ROWS / 4], abs=3
    )
