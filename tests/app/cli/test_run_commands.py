"""What `trihedral run` and `trihedral screen` say of work that waits for people or disks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.intake.queries import planning
from app.intake.workflow.importing import begin_import
from app.intake.workflow.options import ImportOptions
from tests.app.intake.made_scenes import make_dataset


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data")}


def test_a_run_that_is_held_up_names_no_time_left(environment: dict[str, str], sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        run_id = begin_import(session, ImportOptions(name="one", source="coco", path=Path("/in"))).run_id
        planning.begin_planning(session, run_id)
        for chunk in range(2):
            planning.add_chunk(session, run_id, chunk, 16 * chunk, ["{}"] * 16, "0")
        planning.end_chunk(session, run_id, 0, {"new": 16})
    assert " left" in CliRunner().invoke(command, ["run", "show", str(run_id)], env=environment).stdout
    with transaction(sessions) as session:
        planning.hold_up(session, run_id, "The source cannot be reached.")
    assert " left" not in CliRunner().invoke(command, ["run", "show", str(run_id)], env=environment).stdout


def test_screening_tells_how_many_scenes_wait_for_a_decision(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, count=3)
    assert "no packets" not in CliRunner().invoke(command, ["screen", "harbour"], env=environment).stderr
    with transaction(sessions) as session:
        session.execute(text("update scene set pair_state = 'misregistered' where scene_id < 3"))
    assert "2 scenes get no packets" in CliRunner().invoke(command, ["screen", "harbour"], env=environment).stderr
