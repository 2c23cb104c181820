"""A senior decides where reviews differ, by keyboard alone; and people who cannot see the pages can use them too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person, log_in
from app.db import SessionMaker, transaction
from app.review.workflow import GivenVerdict, ReviewConfig, Submission, claim, submit
from app.review.workflow.verdicts import FlaggedSpan
from app.web.guard import SESSION_COOKIE
from tests.browser.conftest import Sitting, watch
from tests.browser.made_scenes import DATASET, PASSWORD
from tests.browser.test_reviewing import rows
from tests.conftest import REPOSITORY

ASK_FOR_TWO = """
alter table packet disable trigger packet_append_only;
update packet set reviews_wanted = 2;
alter table packet enable trigger packet_append_only;
insert into slot (packet_id, slot, dataset_id, sort_key) select packet_id, 2, dataset_id, sort_key from slot;
insert into counter_delta (dataset_id, name, delta) select dataset_id, 'reviews_wanted', 2 from dataset
"""
RESOLVED = """
select o.outcome, o.text, o.answer, a.choice, a.flags, a.note
from resolution o join adjudication a using (adjudication_id)
order by o.resolution_id
"""


def review(session: Session, reviewer: uuid.UUID, packet: int, *, unusable: bool, **changed: GivenVerdict) -> None:
    """Submit a review of the packet of this number: all accepted but what is changed, by ``d1`` to ``d4``."""
    have: list[uuid.UUID] = []
    while True:
        assignment_id = claim(session, reviewer, DATASET, have, ReviewConfig()).assignment_id
        assert assignment_id is not None
        query = "select packet_id from assignment where assignment_id = :id"
        packet_id = session.execute(text(query), {"id": assignment_id}).scalar_one()
        if packet_id == packet:
            break
        have.append(assignment_id)
    members = "select draft_id from packet_draft where packet_id = :id order by position"
    ids = list(session.execute(text(members), {"id": packet_id}).scalars())
    given = {f"d{number}": GivenVerdict(draft_id, "accept") for number, draft_id in enumerate(ids, 1)}
    for name, verdict in changed.items():
        fields = {key: getattr(verdict, key) for key in verdict.__dataclass_fields__ if key != "draft_id"}
        given[name] = GivenVerdict(given[name].draft_id, **fields)
    verdicts = () if unusable else tuple(given.values())
    scene = ("unusable", "artefact") if unusable else ("usable", None)
    submit(session, reviewer, Submission(uuid.uuid4(), assignment_id, packet_id, *scene, verdicts))


def says(verdict: str, **more: object) -> GivenVerdict:
    return GivenVerdict(0, verdict, **more)  # type: ignore[arg-type]


@pytest.fixture
def senior(site: str, browser: Browser, sessions: SessionMaker) -> Iterator[Sitting]:
    """A senior before two packets: of the first three texts differ, of the second the scene."""
    with transaction(sessions) as session:
        for statement in ASK_FOR_TWO.split(";"):
            session.execute(text(statement))
        packets = list(session.execute(text("select packet_id from packet order by packet_id")).scalars())
        reviewers = list(
            session.execute(
                text("insert into pseudonym select gen_random_uuid() from generate_series(1, 2) returning pseudonym")
            ).scalars()
        )
        one, two = reviewers
        span = FlaggedSpan("colour", "text", 2, 7)
        anew = "A quay with several ships lies beside the river."
        review(
            session,
            one,
            packets[0],
            unusable=False,
            d3=says("revise", revised_answer="2", marks=((160.0, 120.0), (300.0, 200.0))),
        )
        review(session, one, packets[1], unusable=True)
        review(
            session,
            two,
            packets[0],
            unusable=False,
            d2=says("revise", revised_text=anew, spans=(span,)),
            d3=says("accept", marks=((161.0, 121.0),)),
            d4=says("unsure"),
        )
        review(session, two, packets[1], unusable=False)
        note = """insert into comment (draft_id, packet_id, written_by, text)
            select draft_id, packet_id, :who, :words from packet_draft where packet_id = :packet and position = 2"""
        session.execute(text(note), {"who": two, "words": "Is <b>green</b> ever right?", "packet": packets[0]})
        add_person(session, "vera@example.org", "Vera", PASSWORD, ["adjudicator", "admin"])
        token = log_in(session, "vera@example.org", PASSWORD)
    context = browser.new_context(viewport={"width": 1100, "height": 720})
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site}])
    sitting = Sitting(context, context.new_page(), site)
    watch(sitting)
    yield sitting
    context.close()


def axe_faults(page: Page) -> list[str]:
    page.evaluate((REPOSITORY / "node_modules/axe-core/axe.min.js").read_text())
    found: list[str] = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    return found


def until_drawn(page: Page, panel: str, *colours: tuple[int, int, int]) -> None:
    """Until each colour is somewhere in the panel's image."""
    image = page.locator(f'[data-panel="{panel}"] .panel__map')
    for _ in range(50):
        with rasterio.MemoryFile(image.screenshot()) as file, file.open() as opened:
            pixels = np.moveaxis(opened.read()[:3].astype(int), 0, -1)
        if all((np.abs(pixels - colour).max(axis=-1) < 30).any() for colour in colours):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the {panel} image never had marks in {colours}")


def side(page: Page, verdict: str) -> Locator:
    return page.locator(".side-box", has=page.locator(f'[data-verdict="{verdict}"]'))


def test_two_packets_are_decided_by_keyboard_alone(senior: Sitting, sessions: SessionMaker) -> None:
    page = senior.page
    page.goto(f"{senior.site}/adjudication")
    expect(page.locator("main")).to_contain_text("7 texts in 2 packets wait for you")
    assert axe_faults(page) == []
    page.get_by_role("link", name="Decide the first").focus()
    senior.press("Enter")
    focused = page.locator(".focused")
    expect(focused).to_contain_text("A green quay with several ships")
    expect(page.locator('[data-slot="hold"]')).to_contain_text("yours for")
    # What the sides say: the difference, the flagged words, the note as a text.
    expect(side(page, "revise").locator(".diff del")).to_have_text("green")
    expect(side(page, "revise")).to_contain_text("colour “green”")
    expect(side(page, "revise")).to_contain_text("Note: Is <b>green</b> ever right?")
    expect(focused.locator("mark.is-flagged")).to_have_text("green")
    # Enter without a choice says what is missing; a digit takes a side, with its flags.
    senior.press("Enter")
    expect(page.locator(".hint--warning")).to_contain_text("Nothing is chosen")
    digit = side(page, "revise").locator("kbd").inner_text()
    senior.press(digit)
    expect(side(page, "revise").locator("button")).to_have_attribute("aria-pressed", "true")
    expect(page.locator('.flag[data-flag="colour"]')).to_have_attribute("aria-pressed", "true")
    senior.press("w")
    expect(page.locator('.flag[data-flag="colour"]')).to_have_attribute("aria-pressed", "false")
    senior.press("z", "z")
    expect(page.locator(".side-box.is-taken")).to_have_count(0)
    # One's own words, from the side that has some, screened as they are typed; kept over a reload.
    senior.press(digit, "e", "End")
    page.keyboard.type(" It is red.")
    expect(page.locator('.own .finding[data-family="colour"]')).to_contain_text("red")
    page.reload()
    expect(page.locator(".own ins")).to_contain_text("It is red.")
    senior.press("e")
    for _ in " It is red.":
        senior.press("Backspace")
    page.keyboard.type(" Two are moored.")
    senior.press("Enter", "Alt+2", "m")
    page.keyboard.type("The quay has no colour here.")
    senior.press("Enter", "c")
    page.keyboard.type("Colour is not seen by radar.")
    assert axe_faults(page) == []
    senior.press("Enter", "Enter")
    # On to the next: marks in both images, told apart by side.
    expect(focused).to_contain_text("How many ships are visible")
    expect(side(page, "revise")).to_contain_text("counted 2 in the image")
    for panel in ("sar", "optical"):
        until_drawn(page, panel, (255, 122, 217), (141, 255, 122))
    senior.press(side(page, "revise").locator("kbd").inner_text(), "Enter")
    expect(focused).to_contain_text("is unsure")
    senior.press("w")
    expect(page.locator('[data-do="as_drafted"]')).to_have_attribute("aria-pressed", "true")
    senior.press("Enter")
    # The packet is done: the next one comes by itself, and its scene is decided first.
    expect(page.locator(".scene-sides")).to_contain_text("calls it unusable: artefact")
    assert [(row["outcome"], row["choice"], row["flags"]) for row in rows(sessions, RESOLVED)] == [
        ("verified", "written", ["colour", "wrong_statement"]),
        ("verified", "side", []),
        ("verified", "as_drafted", []),
    ]
    first, second, _ = rows(sessions, RESOLVED)
    assert first["text"] == "A quay with several ships lies beside the river. Two are moored."
    assert first["note"] == "The quay has no colour here."
    assert second["answer"] == "2"
    assert len(rows(sessions, "select 1 from comment where to_reviewer is not null")) == 2
    assert axe_faults(page) == []
    senior.press("Enter")
    expect(page.locator(".hint--warning")).to_contain_text("Decide on the scene first")
    senior.press("u")
    expect(focused).to_contain_text("A quay with a ship.")
    expect(focused).to_contain_text("only one judged it")
    senior.press("n")
    expect(page.locator("dialog[open]")).to_contain_text("Why is this scene unusable?")
    senior.press("2")
    page.wait_for_url(f"{senior.site}/adjudication")
    expect(page.locator(".empty h2")).to_have_text("Nothing waits to be adjudicated")
    scene = "select distinct choice, unusable_reason from adjudication where unusable_reason is not null"
    assert rows(sessions, scene) == [{"choice": "reject", "unusable_reason": "artefact"}]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('.adjudication.'))") == []
    # What was decided leads to who said what of it.
    packet_id = rows(sessions, "select min(packet_id) as packet_id from disagreement")[0]["packet_id"]
    page.goto(f"{senior.site}/adjudication/{packet_id}")
    expect(page.locator(".decided-before a")).to_have_count(3)
    assert axe_faults(page) == []
    page.locator(".decided-before a").first.click()
    expect(page.locator("main")).to_contain_text("The quay has no colour here.")
    assert senior.faults == []


def test_nothing_is_lost_without_a_network_or_where_another_senior_was_first(
    senior: Sitting, sessions: SessionMaker
) -> None:
    page = senior.page
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{senior.site}/adjudication/notes")
    expect(page.locator(".letter")).to_contain_text("Is <b>green</b> ever right?")
    assert axe_faults(page) == []
    page.locator(".letter textarea").fill("Never.")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".empty h2")).to_have_text("No new notes")
    page.goto(f"{senior.site}/adjudication/figures")
    expect(page.locator("tbody").first).to_contain_text("Complex caption")
    assert axe_faults(page) == []
    page.goto(f"{senior.site}/adjudication?flag=colour")
    page.locator("tbody a").first.click()
    expect(page.locator(".focused")).to_contain_text("A green quay")
    expect(page.locator('[data-slot="hold"]')).to_contain_text("yours for")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    # Nothing of the toolbar is cut, also of a scene with other polarisations.
    page.evaluate("""() => { document.querySelector(".tools [data-key=polarisation]").hidden = false;
        document.querySelector("[data-slot=polarisation]").textContent = "band 12"; }""")
    assert page.evaluate("(tools => tools.scrollWidth <= tools.clientWidth)(document.querySelector('.tools'))")
    assert axe_faults(page) == []
    # Without a network the decision is kept, and goes out by itself.
    senior.context.set_offline(True)
    senior.press("w", "Enter")
    expect(page.locator('[data-slot="save"]')).to_contain_text("kept in this browser")
    expect(page.locator(".focused")).to_contain_text("How many ships")
    senior.press("e")
    page.keyboard.type("00")
    senior.press("Enter")
    senior.context.set_offline(False)
    expect(page.locator('[data-slot="save"]')).to_have_text("● saved")
    # Another senior decides the rest: what was written stays to be copied.
    with transaction(sessions) as session:
        session.execute(text("update disagreement set closed_at = now() where closed_at is null"))
    senior.press("Enter")
    notice = page.locator('[data-topic="elsewhere"]')
    expect(notice).to_contain_text("Decided meanwhile.")
    expect(notice.locator(".kept-words").last).to_have_text("200")
    assert [row["choice"] for row in rows(sessions, RESOLVED)] == ["as_drafted"]
    assert [fault for fault in senior.faults if "Failed to load resource" not in fault] == []
