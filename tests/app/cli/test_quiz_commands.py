"""A quiz from release to its end at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from pipeline.imaging.tiff import write_cog
from tests.app.quiz.composed import make_release, scene


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path)}


def test_a_quiz_is_composed_frozen_opened_and_closed(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    write_cog(tmp_path / "a.tif", [np.full((64, 48), 90, np.uint8)])
    pixels = (tmp_path / "a.tif").read_bytes()
    with transaction(sessions) as session:
        make_release(session, AssetStore(tmp_path / "assets"), [scene(number, image=pixels) for number in range(8)])

    def run(*words: str) -> Result:
        return CliRunner().invoke(command, ["quiz", *words], env=environment)

    refused = run("create", "pilot", "--release", "bench@1")
    assert isinstance(refused.exception, DomainError)
    assert "33 questions were asked for, practice among them, and 24 are eligible" in str(refused.exception)
    blind = tmp_path / "blind.csv"
    blind.write_text("text_sha256,prediction\nnot an id,Yes\n")
    small = ["create", "pilot", "--release", "bench", "--questions", "6", "--practice", "1", "--seed", "7"]
    assert "line 2: its id 'not an id'" in str(run(*small, "--blind", str(blind)).exception)
    made = json.loads(run(*small, "--arm", "sar", "--title", "Schiff? 🚢", "--ask", "Your name", "--json").stdout)
    assert (made["state"], made["seed"], len(made["questions"])) == ("composing", 7, 7)
    assert run("swap", "pilot", "1").stdout.startswith("1: ")
    assert run("open", "pilot").stdout == "pilot is open.\n"
    shown = run("show", "pilot").stdout.splitlines()
    assert shown[0] == "pilot: open, 6 questions and 1 for practice of bench@1, seed 7"
    assert shown[1].startswith("without looking: chance ")
    assert run("list").stdout == "pilot: open, 6 questions of bench@1, 0 of 0 participants finished\n"
    links = run("invite", "pilot", "--group", "expert", "--uses", "3", "--address", "https://sar.example/").stdout
    assert links.startswith("https://sar.example/quiz/join/")
    table = run("invite", "pilot", "--group", "layperson", "--links", "2", "--days", "9", "--csv").stdout.splitlines()
    assert table[0] == "invitation,group,people,days,link"
    assert [row.split(",")[:4] for row in table[1:]] == [["2", "layperson", "1", "9"], ["3", "layperson", "1", "9"]]
    assert "Nobody takes the quiz pilot" in str(run("participant", "pilot", "me").exception)
    assert run("close", "pilot").stdout == "pilot is closed.\n"
    assert "There is no quiz 'other'" in str(run("close", "other").exception)
