"""Runs in the background and over JSON, and the demo from nothing to packets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.accounts import workflow as accounts
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake import demo
from app.intake.jobs import jobs
from app.intake.queries import datasets, runs
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import start_import
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.storable import as_jsonb, unstorable
from app.work import worker
from pipeline.records import Refusal
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.made_sources import make_paired

pytestmark = pytest.mark.filterwarnings(
    "ignore::rasterio.errors.NotGeoreferencedWarning", "ignore::PendingDeprecationWarning"
)


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


def test_an_import_that_was_deferred_is_carried_out_by_a_worker(
    sessions: SessionMaker, database_url: str, store: AssetStore, tmp_path: Path
) -> None:
    options = ImportOptions(name="harbour", source="paired", path=make_paired(tmp_path / "in", 2), labelled=("ship",))
    with transaction(sessions) as session:
        run_id = start_import(session, options)
    assert found(sessions, "select state from run") == ["waiting"]
    with Decoders(1) as decoders:
        worker.run(database_url, blueprints={"intake": jobs}, resources=[store, decoders], until_idle=True)
    with sessions() as session:
        run = runs.find_run(session, run_id)
    assert run is not None
    assert (run.state, run.done, run.total, run.counts["new"]) == ("done", 2, 2, 2)


def test_an_import_that_fails_in_the_background_says_why(
    sessions: SessionMaker, database_url: str, store: AssetStore, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        run_id = start_import(session, ImportOptions(name="harbour", source="paired", path=tmp_path / "nowhere"))
    with Decoders(1) as decoders:
        worker.run(database_url, blueprints={"intake": jobs}, resources=[store, decoders], until_idle=True)
    with sessions() as session:
        run = runs.find_run(session, run_id)
    assert run is not None
    assert run.state == "failed"
    assert "no such folder" in (run.error or "")


def test_options_survive_the_row_of_their_run(tmp_path: Path) -> None:
    options = ImportOptions("n", "coco", tmp_path, labelled=("ship",), band="HH", looks=4.0, split_file=tmp_path / "s")
    assert ImportOptions.from_json(options.as_json()) == options


def test_the_report_of_a_run_is_paged_by_key(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    dataset_id = make_dataset(sessions, store, tmp_path, count=1)
    with transaction(sessions) as session:
        run_id = runs.begin_run(session, dataset_id, "import", {})
        runs.add_refusals(session, run_id, [Refusal(f"{number}.tif", "is empty") for number in range(25)])
    seen: list[str] = []
    after = 0
    with sessions() as session:
        while page := runs.list_refusals(session, run_id, after=after, limit=10):
            assert len(page) <= 10
            seen += [refusal.file for refusal in page]
            after = page[-1].refusal_id
    assert seen == [f"{number}.tif" for number in range(25)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a\0b", "NUL"), ("\ud800", "lone surrogate"), ("x" * 20_001, "20,001 characters"), ("é🚢 مرفأ\n", None)],
)
def test_what_cannot_be_stored_is_told_with_its_limit(text: str, reason: str | None) -> None:
    said = unstorable(text)
    assert said is None if reason is None else reason in (said or "")


def test_json_for_the_database_has_no_nan_and_no_nul() -> None:
    assert as_jsonb({"a": [float("nan"), 1.5, "x\0y"], "b": (True, None)}) == {
        "a": [None, 1.5, "xy"],
        "b": [True, None],
    }


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        accounts.add_person(session, "admin@example.org", "Ada", "a good long password", ["admin"])
        token = accounts.make_token(session, "admin@example.org")
    with TestClient(application, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def test_a_script_reads_how_far_a_run_is(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    dataset_id = make_dataset(sessions, store, tmp_path, count=1)
    with transaction(sessions) as session:
        run_id = runs.begin_run(session, dataset_id, "import", {"path": "/secret"})
        runs.advance_run(session, run_id, 3, 10, {"new": 3})
        runs.add_refusals(session, run_id, [Refusal("x.tif", "is empty")])
    answer = client.get(f"/api/v1/runs/{run_id}")
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("dataset", "state", "done", "total", "counts")} == {
        "dataset": "harbour",
        "state": "running",
        "done": 3,
        "total": 10,
        "counts": {"new": 3, "refused": 1, "notes": 0},
    }
    assert "secret" not in answer.text


def test_a_script_cancels_an_import_and_only_once(client: TestClient, sessions: SessionMaker, tmp_path: Path) -> None:
    with transaction(sessions) as session:
        run_id = start_import(session, ImportOptions(name="harbour", source="paired", path=tmp_path))
    before = client.get(f"/api/v1/runs/{run_id}").json()
    assert (before["state"], before["phase"]) == ("waiting", "waiting")
    assert "trihedral worker" in before["told"]
    assert {key: before[key] for key in ("chunks", "chunks_done", "rate_s", "eta_s")} == {
        "chunks": 0,
        "chunks_done": 0,
        "rate_s": None,
        "eta_s": None,
    }
    answer = client.post(f"/api/v1/runs/{run_id}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    again = client.post(f"/api/v1/runs/{run_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "run_over")
    assert client.post("/api/v1/runs/999/cancel").status_code == 404


@pytest.mark.parametrize("run_id", ["0", "99", "99999999999999999999"])
def test_a_run_that_is_not_there_is_a_sentence(client: TestClient, run_id: str) -> None:
    answer = client.get(f"/api/v1/runs/{run_id}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"There is no run {run_id}."


def test_datasets_are_listed_a_page_at_a_time(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    for name in ("b", "a", "C"):
        make_dataset(sessions, store, tmp_path, name=name, count=1)
    first = client.get("/api/v1/datasets", params={"limit": 2}).json()
    assert ([dataset["name"] for dataset in first["datasets"]], first["next"]) == (["C", "a"], "a")
    rest = client.get("/api/v1/datasets", params={"limit": 2, "after": first["next"]}).json()
    assert ([dataset["name"] for dataset in rest["datasets"]], rest["next"]) == (["b"], None)


def test_the_demo_is_made_from_nothing_and_ready_to_be_reviewed(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    demo.make_demo(sessions, store, tmp_path / "demo")
    with sessions() as session:
        overview = datasets.dataset_overview(session, demo.DATASET)
        assert overview is not None
        breakdown = datasets.dataset_breakdown(session, overview.dataset_id)
    assert (overview.scenes, overview.packets, overview.reviews_total, overview.reviewed) == (24, 24, 24, 0)
    assert (breakdown.with_optical, breakdown.unscreened) == (24, 0)
    assert {share.name for share in breakdown.findings} >= {"colour", "count", "vague"}
    assert {share.name for share in breakdown.drafts} >= {"concise_caption", "complex_caption", "counting"}
    before = found(sessions, "select count(*), max(run_id) from run")
    demo.make_demo(sessions, store, tmp_path / "demo")
    assert found(sessions, "select count(*), max(run_id) from run") == before
