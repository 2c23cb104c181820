"""What a dataset's drafts name, counted on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.intake.queries import drafts, runs
from app.intake.queries.drafts import SceneDraft
from pipeline.extraction import EXTRACTOR_VERSION
from pipeline.records import Draft, Drafter
from tests.app.intake.made_scenes import make_dataset

DRAFTER = Drafter("test", "1")
TEXTS = (
    Draft("concise_caption", "Two vessels and a boat beside a bollard."),
    Draft("question", "What shape are the pools?", "general", "Round.", general_type="shape"),
    Draft("question", "How many ships are visible?", "counting", "2"),
    Draft("concise_caption", "A zeppelin over a castle.", origin="gold"),
)


def stored(database_url: str, folder: Path, *texts: Draft) -> None:
    engine = make_engine(database_url, pool_size=1, application_name="test")
    sessions: SessionMaker = make_sessionmaker(engine)
    dataset_id = make_dataset(sessions, AssetStore(folder / "assets"), folder)
    with transaction(sessions) as session:
        run_id = runs.add_run(session, dataset_id, "draft", {})
        drafter_id = drafts.add_drafter(session, DRAFTER)
        drafts.add_drafts(session, run_id, DRAFTER, drafter_id, [SceneDraft(1, draft) for draft in texts])
    engine.dispose()


def run_it(database_url: str, folder: Path, *words: str) -> Result:
    environment = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(folder / "data")}
    return CliRunner().invoke(command, ["dataset", "categories", *words], env=environment)


def test_drafted_texts_are_counted_and_gold_is_not(database_url: str, tmp_path: Path) -> None:
    stored(database_url, tmp_path, *TEXTS)
    assert run_it(database_url, tmp_path, "harbour").stdout.splitlines() == [
        f"extractor version {EXTRACTOR_VERSION}: 3 drafts, 2 questions",
        "object categories: 2: ship 2, swimming pool 1",
        "open categories: 1, 1 of them named once: bollard 1",
        "question types: 2: how many 1, what shape 1",
        "types of general questions: 1: shape 1",
        "land covers: 0",
    ]
    told = json.loads(run_it(database_url, tmp_path, "harbour", "--json").stdout)
    assert (told["dataset"], told["texts"], told["categories"]["distinct"]) == ("harbour", 3, 2)


def test_a_dataset_without_drafts_says_what_to_do(database_url: str, tmp_path: Path) -> None:
    stored(database_url, tmp_path)
    assert "trihedral draft harbour" in run_it(database_url, tmp_path, "harbour").stdout
    assert json.loads(run_it(database_url, tmp_path, "harbour", "--json").stdout)["texts"] == 0


def test_a_dataset_that_is_not_there_is_named(database_url: str, tmp_path: Path) -> None:
    refused = run_it(database_url, tmp_path, "nowhere")
    assert refused.exit_code != 0
    assert "nowhere" in str(refused.exception)
