"""`trihedral screen`: rules set at the command line, told beforehand, and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker
from app.intake.workflow.rule_setting import RulesError
from pipeline.records import Draft
from pipeline.screening import SCREENING_VERSION, rule_set
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts


class Command:
    """The command on a dataset with one text in three scenes."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(folder / "data")}

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(command, ["screen", "harbour", *arguments], env=self.environment)

    def json(self, *arguments: str) -> dict:
        answer = json.loads(self(*arguments, "--json").stdout)
        return answer[0] if isinstance(answer, list) else answer


@pytest.fixture
def screen(database_url: str, sessions: SessionMaker, tmp_path: Path) -> Command:
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    add_drafts(sessions, dataset_id, Draft("concise_caption", "Several green ships."), scenes=(1, 2, 3))
    return Command(database_url, tmp_path)


def test_a_dry_run_tells_version_and_drafts_and_changes_nothing(screen: Command, sessions: SessionMaker) -> None:
    told = screen.json("--dry-run", "--set", "vague=off")
    assert (told["drafts"], told["version"]) == (3, rule_set({"vague": "off"}).version)
    assert "3 drafts would be screened" in screen("--dry-run", "--set", "vague=off").stdout
    assert found(sessions, "select count(*) from run where kind = 'screen'") == [0]
    assert found(sessions, "select count(*) from screening_policy") == [0]


def test_what_is_set_holds_for_the_runs_that_follow_until_it_is_reset(screen: Command) -> None:
    assert screen.json("--set", "vague=off", "--set", "colour.hue=info")["counts"]["info_findings"] >= 3
    again = screen.json()
    assert again["counts"]["drafts"] == 0
    assert again["version"] == rule_set({"vague": "off", "colour.hue": "info"}).version
    assert screen.json("--set", "colour=off")["version"] == rule_set({"vague": "off", "colour": "off"}).version
    assert screen.json("--reset")["version"] == SCREENING_VERSION


def test_a_file_of_rules_holds_instead_and_options_go_before_it(screen: Command) -> None:
    screen("--set", "colour=off")
    rules = screen.folder / "rules.json"
    rules.write_text('{"vague": "off", "colour.hue": "info"}')
    told = screen.json("--rules", str(rules), "--set", "colour.hue=off")
    assert told["version"] == rule_set({"vague": "off", "colour.hue": "off"}).version


@pytest.mark.parametrize("content", ["", "[]", '{"vague": 1}', "\0", "[" * 100_000])
def test_a_file_that_is_none_of_rules_is_named(screen: Command, content: str) -> None:
    (screen.folder / "rules.json").write_text(content)
    answer = screen("--rules", str(screen.folder / "rules.json"))
    assert answer.exit_code == 2
    assert "--rules" in answer.stderr


@pytest.mark.parametrize("given", ["vague", "=off", "vague=", ""])
def test_an_option_that_is_no_setting_is_shown_how_to_be(screen: Command, given: str) -> None:
    answer = screen("--set", given)
    assert answer.exit_code == 2
    assert "colour.tone=off" in answer.stderr


def test_a_rule_that_is_none_is_refused_with_those_near_it(screen: Command, sessions: SessionMaker) -> None:
    answer = screen("--set", "color.hue=off")
    assert isinstance(answer.exception, RulesError)
    assert "colour.hue" in str(answer.exception)
    assert found(sessions, "select count(*) from run where kind = 'screen'") == [0]
