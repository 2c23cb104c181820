"""An admin uploads predictions, compares models and looks at what they said, in one session of a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.workflow import add_person
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.evaluation.workflow import scoring
from app.evaluation.workflow.targets import split_target
from pipeline.imaging.tiff import write_cog
from tests.app.evaluation.predicted import question_ids, truths
from tests.app.quiz.composed import make_release, scene
from tests.browser.conftest import MadeDatabase
from tests.browser.made_scenes import PASSWORD
from tests.browser.test_admin_pages import log_in
from tests.browser.test_quiz_admin import check


@pytest.fixture
def truth(sessions: SessionMaker, made_database: MadeDatabase, tmp_path: Path) -> dict[str, str]:
    """The answers of the test split of ``bench@1``: three questions of each of ten scenes."""
    write_cog(tmp_path / "a.tif", [np.tile(np.arange(48, dtype=np.uint8) * 5, (64, 1))])
    with transaction(sessions) as session:
        scenes = [scene(number, image=(tmp_path / "a.tif").read_bytes()) for number in range(10)]
        label = make_release(session, AssetStore(made_database.assets), scenes)
        add_person(session, "ada@example.org", "Ada", PASSWORD, ["admin"])
        known = truths(session)
        return {id_: known[id_] for id_ in question_ids(session, split_target(session, label))}


@pytest.fixture
def page(browser: Browser, site: str, truth: dict[str, str]) -> Iterator[Page]:
    """An admin's page; it fails the test if it complained about anything."""
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(10_000)
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and "422" not in said.text and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    log_in(page, site, "ada@example.org", PASSWORD)
    yield page
    context.close()
    assert faults == []


def upload(page: Page, model: str, told: dict[str, str], more: str = "") -> None:
    lines = "".join(json.dumps({"id": id_, "prediction": said}) + "\n" for id_, said in told.items())
    page.get_by_label("Model", exact=True).fill(model)
    file = {"name": "said.jsonl", "mimeType": "application/x-ndjson", "buffer": (lines + more).encode()}
    page.get_by_label("File", exact=True).set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Upload").click()


def test_predictions_are_uploaded_compared_and_looked_at(
    page: Page, site: str, sessions: SessionMaker, truth: dict[str, str]
) -> None:
    found: dict[str, object] = {}
    page.goto(f"{site}/evaluations")
    check(page, found)
    page.get_by_role("link", name="Upload predictions").click()
    half = {id_: said if at % 2 else "cannot tell" for at, (id_, said) in enumerate(truth.items())}
    upload(page, "gazer-7b", half, '{"id": "x"}\n')
    expect(page.get_by_role("alert")).to_contain_text("1 row cannot be taken")
    expect(page.get_by_role("cell", name="it has no prediction, or one that is no text")).to_be_visible()
    check(page, found)
    upload(page, "gazer-7b", half)
    page.wait_for_url("**/evaluations/1")
    page.goto(f"{site}/evaluations/new")
    upload(page, "\u202eoracle", truth)
    page.wait_for_url("**/evaluations/2")
    for number in (1, 2):
        scoring.score(sessions, number)
    page.reload()
    check(page, found)
    page.goto(f"{site}/leaderboard?release=bench@1")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Compare others with it").first.click()
    expect(page.locator("#answers tbody tr").nth(1)).to_contain_text("+50.0")
    check(page, found)
    page.goto(f"{site}/evaluations/1/answers")
    page.get_by_label("Beside").select_option("2")
    page.get_by_label("Outcome").select_option("differing")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".predictions__row")).to_have_count(15)
    expect(page.locator('.predictions__row canvas[data-drawn="true"]').first).to_be_visible()
    middle = "c => c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data[0]"
    assert 100 < page.locator(".predictions__row canvas").first.evaluate(middle) < 140
    check(page, found)
    page.goto(f"{site}/evaluations/1/answers")
    page.get_by_role("link", name="Next ones").click()
    expect(page.locator(".predictions__row")).to_have_count(5)
    assert found == {}
