"""Datasets and runs as an admin sees them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from app.accounts import workflow as accounts
from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.intake.pages.datasets import next_step
from app.intake.queries import planning, runs
from app.intake.queries.datasets import DatasetBreakdown, DatasetOverview, Share
from app.intake.workflow.importing import begin_import
from app.intake.workflow.naming import count_named
from app.intake.workflow.options import ImportOptions
from app.settings import Settings
from pipeline.extraction import EXTRACTOR_VERSION
from pipeline.records import Refusal
from tests.app.release.reviewed import Text, View, caption, make_dataset


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin"])
        token = accounts.log_in(session, added.email, added.password or "")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        yield opened


@pytest.fixture
def dataset(sessions: SessionMaker, settings: Settings) -> str:
    Path(settings.assets_url).mkdir(parents=True)
    counters = {"scenes": 2, "drafts": 3, "packets": 2, "reviews_wanted": 4, "reviewed": 1, "verified": 2,
                "disagreements": 1}  # fmt: skip
    with transaction(sessions) as session:
        views = [View("a.png", [Text("How many ships?"), caption("A port.")]), View("b.png", [Text("Is it?")])]
        make_dataset(session, AssetStore(settings.assets_url), views)
        for name, delta in counters.items():
            statement = (
                "insert into counter_delta (dataset_id, name, delta) select dataset_id, :name, :delta from dataset"
            )
            session.execute(text(statement), {"name": name, "delta": delta})
    return "ports"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_without_datasets_the_page_says_the_command(client: TestClient) -> None:
    page = client.get("/datasets").text
    assert "trihedral dataset import coco PATH --name NAME" in page
    assert "trihedral dataset import paired PATH --name NAME" in page


def test_the_list_shows_how_far_each_dataset_is(client: TestClient, dataset: str) -> None:
    page = words(client.get("/datasets").text)
    assert "ports coco 2 3 2 1 / 4 0 3 2 1" in page


def test_a_dataset_shows_its_parts_and_the_next_command(client: TestClient, dataset: str) -> None:
    page = words(client.get("/datasets/ports").text)
    for part in ("test 2", "Concise caption 1", "Instance counting 2", "ship 2", "corpus 1", "draft 1 done"):
        assert part in page
    assert "trihedral screen ports" in page
    assert client.get("/datasets/nothing").status_code == 404
    assert client.get("/datasets/%00").status_code == 404


def test_a_dataset_shows_what_its_drafts_name_once_it_was_counted(
    client: TestClient, sessions: SessionMaker, dataset: str
) -> None:
    assert "not counted yet: trihedral dataset categories ports" in words(client.get("/datasets/ports").text)
    count_named(sessions, "ports")
    page = words(client.get("/datasets/ports").text)
    for part in ("Object categories 2", "Open categories 0", "Question types 2", "Land covers 0"):
        assert part in page
    assert re.search(rf"3 drafts, counted .{{5,40}}, extractor {EXTRACTOR_VERSION}", page)


@pytest.mark.parametrize(
    ("boxes", "with_optical", "commands"),
    [(2, 3, ["--corpus", "--captions"]), (2, 0, ["--corpus"]), (0, 3, ["--captions"]), (0, 0, [])],
)
def test_only_drafts_that_can_be_made_are_offered(boxes: int, with_optical: int, commands: list[str]) -> None:
    made = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    overview = DatasetOverview(1, "ports", "paired", 1, "", made, 3, 0, 0, 0, 0)
    breakdown = DatasetBreakdown((), [Share("ship", boxes)] if boxes else [], (), (), with_optical, 0)
    offered = (next_step(overview, breakdown) or "").splitlines()
    assert [line.split()[3] for line in offered] == commands


def test_a_run_shows_its_refusals_page_by_page_as_text(
    client: TestClient, dataset: str, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        dataset_id = session.execute(text("select dataset_id from dataset")).scalar_one()
        run_id = runs.add_run(session, dataset_id, "import", {})
        runs.start_run(session, run_id)
        refusals = [Refusal(f"<b>{number}</b>\u202e.png", "not an image", str(number)) for number in range(130)]
        runs.add_refusals(session, run_id, refusals)
        runs.advance_run(session, run_id, 5, 10, {"scenes": 4})
    page = client.get(f"/runs/{run_id}").text
    assert "every 2s" in page
    assert "<b>0</b>" not in page
    assert "not an image 130" in words(page)
    onward = re.search(r'href="(/runs/\d+\?after=\d+)"', page)[1]  # type: ignore[index]
    second = client.get(onward).text
    assert (page.count("not an image<"), second.count("not an image<")) == (101, 30)
    assert "every 2s" not in second
    with transaction(sessions) as session:
        runs.finish_run(session, run_id, "failed", "the disk is full")
    failed = client.get(f"/runs/{run_id}").text
    assert "the disk is full" in failed
    assert "every 2s" not in failed
    assert client.get(f"/runs/{run_id + 1}").status_code == 404
    assert client.get(f"/runs/{2**63}").status_code == 422


IMPORT = ImportOptions(name="harbour", source="coco", path=Path("/nowhere"))
HEART = "insert into procrastinate_workers default values"


@pytest.fixture
def import_id(sessions: SessionMaker) -> int:
    """An import of three chunks, none of them done."""
    with transaction(sessions) as session:
        run_id = begin_import(session, IMPORT).run_id
        planning.begin_planning(session, run_id)
        for chunk in range(3):
            planning.add_chunk(session, run_id, chunk, 16 * chunk, ["{}"] * 16, "0")
    return run_id


def doing(sessions: SessionMaker, *statements: str) -> None:
    with transaction(sessions) as session:
        for statement in statements:
            session.execute(text(statement))


def test_a_reason_that_names_its_image_is_one_reason(client: TestClient, sessions: SessionMaker, dataset: str) -> None:
    with transaction(sessions) as session:
        dataset_id = session.execute(text("select dataset_id from dataset")).scalar_one()
        run_id = runs.add_run(session, dataset_id, "import", {})
        lost = [Refusal("a.json", f"the box has no area (image a ({n}).png)", str(n)) for n in range(30)]
        runs.add_refusals(session, run_id, lost)
    page = words(client.get(f"/runs/{run_id}").text)
    assert "the box has no area 30" in page
    assert "the box has no area (image a (7).png)" in page


def test_an_import_that_took_nothing_does_not_look_well_done(
    client: TestClient, sessions: SessionMaker, dataset: str
) -> None:
    with transaction(sessions) as session:
        dataset_id = session.execute(text("select dataset_id from dataset")).scalar_one()
        run_id = runs.add_run(session, dataset_id, "import", {})
        runs.add_refusals(session, run_id, [Refusal("a.tif", "is empty")])
        runs.finish_run(session, run_id, "done")
    page = client.get(f"/runs/{run_id}").text
    assert "Nothing was taken" in words(page)
    assert "badge--ok" not in page


def test_an_import_that_is_cancelled_while_nobody_works_says_so(
    client: TestClient, sessions: SessionMaker, import_id: int
) -> None:
    doing(sessions, "update run set cancel_asked_at = now()")
    page = words(client.get(f"/runs/{import_id}").text)
    assert "State being cancelled" in page
    assert "start `trihedral worker`" in page


def test_an_import_that_nobody_works_on_says_what_to_start(client: TestClient, import_id: int) -> None:
    page = words(client.get(f"/runs/{import_id}").text)
    assert "No worker is running. Start one with `trihedral serve` or `trihedral worker`" in page
    assert "State waiting" in page


@pytest.mark.parametrize(
    ("statements", "state", "sentence"),
    [
        ([], "planning", "still being read"),
        (["update run set planned_at = now()"], "running", ""),
        (["update run set held_up = 'The disk has gone.', held_up_at = now()"], "held up", "The disk has gone. Since"),
        (["delete from procrastinate_jobs"], "stalled", "Give the same `trihedral dataset import` again"),
        (["update run set cancel_asked_at = now()"], "being cancelled", "what was imported stays"),
        (["update run set planned_at = now()", "update run_chunk set done_at = now()"], "finishing", "same ground"),
    ],
)
def test_an_import_says_where_it_stands(
    client: TestClient, sessions: SessionMaker, import_id: int, statements: list[str], state: str, sentence: str
) -> None:
    doing(sessions, HEART, *statements)
    page = words(client.get(f"/runs/{import_id}").text)
    assert f"State {state} " in page
    assert sentence in page


def test_an_import_shows_its_speed_what_is_left_and_its_chunks(
    client: TestClient, sessions: SessionMaker, import_id: int
) -> None:
    doing(
        sessions,
        HEART,
        "update run set planned_at = now(), total = 48, started_at = now() - interval '10 minutes'",
        'update run_chunk set done_at = now(), counts = \'{"new": 15, "boxes": 1200}\' where chunk < 2',
    )
    page = words(client.get(f"/runs/{import_id}").text)
    assert "Done 32 of 48 (67%)" in page
    assert "Speed 0.5 scenes a second Left 30 s Chunks 2 of 3" in page
    assert "new scenes 30 object boxes 2,400" in page


def test_cancelling_an_import_is_confirmed_and_needs_a_form_of_ours(
    client: TestClient, sessions: SessionMaker, import_id: int
) -> None:
    assert f'href="/runs/{import_id}/cancel"' in client.get(f"/runs/{import_id}").text
    page = client.get(f"/runs/{import_id}/cancel").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page[page.index("<main") :])[1]  # type: ignore[index]
    assert client.post(f"/runs/{import_id}/cancel", data={"csrf": "no"}).status_code == 403
    answer = client.post(f"/runs/{import_id}/cancel", data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{import_id}")
    doing(sessions, HEART)
    assert "State being cancelled" in words(client.get(f"/runs/{import_id}").text)
    assert client.get("/runs/999/cancel").status_code == 404


@pytest.mark.parametrize("path", ["/datasets", "/datasets/ports", "/runs/1"])
def test_a_page_asks_as_often_for_many_datasets_as_for_one(
    client: TestClient, application: FastAPI, dataset: str, sessions: SessionMaker, path: str
) -> None:
    asked: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    client.get(path)
    once, asked[:] = len(asked), []
    with transaction(sessions) as session:
        session.execute(
            text("insert into dataset (name, source) select 'more' || n, 'coco' from generate_series(1, 9) n")
        )
        statement = (
            "insert into run (dataset_id, kind) select d.dataset_id, 'screen' from dataset d, generate_series(1, 5)"
        )
        session.execute(text(statement))
    client.get(path)
    assert len(asked) == once <= 21


def test_an_admin_tells_the_reviewers_of_a_dataset_what_holds_there(client: TestClient, dataset: str) -> None:
    page = client.get("/datasets/ports").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page[page.index("<main") :])[1]  # type: ignore[index]
    path = "/datasets/ports/guidelines"
    assert (
        client.post(path, data={"csrf": csrf, "text": "Ships.\r\n\r\n</textarea><b>Not</b> boats. "}).status_code == 303
    )
    assert "Ships.\n\n&lt;/textarea&gt;&lt;b&gt;Not&lt;/b&gt; boats.</textarea>" in client.get("/datasets/ports").text
    for words in ("x" * 20_001, "a\0b"):
        refused = client.post(path, data={"csrf": csrf, "text": words})
        assert refused.status_code == 422
        assert "Go back" in refused.text or "NUL" in refused.text
    assert client.post("/datasets/nothing/guidelines", data={"csrf": csrf, "text": "x"}).status_code == 404
    assert "Ships." in client.get("/datasets/ports").text
