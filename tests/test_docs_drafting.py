"""The guide's page on drafting: its drafter, its prompt and its price list are run as they stand there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.intake.queries import scenes
from pipeline.drafting.costs import read_price
from pipeline.drafting.prompts import read_prompt
from tests.app.intake.made_scenes import found, make_dataset
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "guide" / "drafting.md").read_text()


def block(language: str, section: str) -> str:
    """The first fenced block in this language behind this heading."""
    match = re.search(rf"```{language}\n(.*?)```", PAGE[PAGE.index(f"## {section}\n") :], re.DOTALL)
    assert match is not None
    return match[1]


def file_named_before(language: str, section: str) -> str:
    """The file that the sentence before the block names."""
    before = PAGE[PAGE.index(f"## {section}\n") :].partition(f"```{language}\n")[0]
    return re.findall(r"`([\w.]+)`", before)[-1]


@pytest.fixture
def place(sessions: SessionMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and the dataset of the page's commands with a scene more that has land cover."""
    store = AssetStore(tmp_path / "data" / "assets")
    dataset_id = make_dataset(sessions, store, tmp_path, name="rivers")
    with transaction(sessions) as session:
        [sha256] = found(sessions, "select distinct sar_sha256 from scene")
        from tests.app.intake.made_scenes import scene_row

        row = scene_row(dataset_id, 3, sha256, (), False) | {"land_cover": {"water": 0.7, "tree": 0.3}}
        scenes.add_scenes(session, [row])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(section: str, place: Path, database_url: str) -> Result:
    """The command that the section ends with."""
    words = shlex.split(block("console", section))
    assert words[0] == "trihedral"
    environment = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(place / "data")}
    return CliRunner().invoke(command, words[1:], env=environment, catch_exceptions=False)


def test_the_drafter_of_the_page_is_one_file_that_drafts(
    sessions: SessionMaker, database_url: str, place: Path
) -> None:
    section = "A drafter in one file"
    (place / file_named_before("python", section)).write_text(block("python", section))
    told = run(section, place, database_url)
    assert "rivers: 1 draft" in told.stdout, told.output
    assert found(sessions, "select text, answer, general_type from draft") == [
        ("What covers most of the scene?", "water", "land_cover")
    ]
    assert found(sessions, "select name, version from drafter") == [("land_cover", "1")]
    assert "nothing to do" in run(section, place, database_url).stdout


def test_the_prompt_of_the_page_is_one_file_that_is_asked_with(
    sessions: SessionMaker, database_url: str, place: Path
) -> None:
    section = "A prompt in one file"
    file = place / file_named_before("prompt", section)
    file.write_text(block("prompt", section))
    (place / "replies").mkdir()
    line = json.loads(block("json", "Prepared replies"))
    lines = [line | {"scene": f"sar/scene {number}.tif"} for number in range(4)]
    (place / "replies" / "replies.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    told = run(section, place, database_url)
    assert "4 drafts" in told.stdout, told.output
    assert found(sessions, "select distinct text from draft") == [line["content"]["caption"]]
    assert found(sessions, "select prompt_version from drafter") == [read_prompt(file).title]


def test_the_price_list_of_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(block("json", "What it takes"))
    assert read_price(tmp_path / "prices.json", "NAME").currency == "USD"
