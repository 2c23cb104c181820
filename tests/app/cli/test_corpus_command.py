"""What `trihedral draft --corpus` writes and tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker
from tests.app.intake.made_scenes import BOXES, found, make_dataset


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data")}


def draft(environment: dict[str, str], *more: str) -> Result:
    return CliRunner().invoke(command, ["draft", "harbour", "--corpus", *more], env=environment)


def test_the_paper_s_policy_is_the_default_and_each_type_is_counted(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    told = draft(environment, "--json")
    assert told.exit_code == 0
    [report] = json.loads(told.stdout)
    counted = dict(found(sessions, "select question_type, count(*)::int from draft group by 1"))
    assert report["counts"] == {"scenes": 3, "drafts": sum(counted.values()), **counted}
    assert counted["referring"] == 9
    assert found(sessions, "select parameters ->> 'policy' from run") == ["paper"]
    assert "nothing to do" in draft(environment).stdout


def test_the_complete_corpus_and_a_number_a_scene_are_to_be_had(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    assert "12 drafts" in draft(environment, "--per-scene", "4").stdout
    assert draft(environment, "--policy", "complete").exit_code == 0
    assert found(sessions, "select count(*) from draft")[0] > 40
    refused = draft(environment, "--policy", "other")
    assert refused.exit_code == 2


def test_what_the_scenes_are_too_poor_for_is_said(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, boxes=BOXES[:1], labelled=())
    told = draft(environment)
    assert "The scenes give fewer questions than the policy wants" in told.stderr
    assert "of 14 identification" in told.stderr


def test_that_scenes_have_no_boxes_is_said_instead_of_what_labels_would_bring(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, boxes=(), labelled=())
    assert "The scenes have neither object boxes nor labelled categories" in draft(environment).stderr
