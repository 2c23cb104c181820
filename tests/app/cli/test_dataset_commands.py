"""What an import tells on the terminal and to scripts."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import importing, progress
from app.cli.command import command
from app.cli.import_options import Source
from app.intake.imports import HeldUpError
from app.intake.workflow.importing import ImportUnderwayError
from app.intake.workflow.options import Progress
from pipeline.sources.readers import READERS
from tests.app.intake.made_sources import SIZE, make_picture, write_coco


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One image with a box inside and one that sticks out, and one image that is not there."""
    folder = tmp_path / "source"
    make_picture(folder / "there.png", 1)
    names = ("there.png", "missing.png")
    images = [{"id": n, "file_name": name, "height": SIZE, "width": SIZE} for n, name in enumerate(names)]
    boxes = [
        {"id": 1, "image_id": 0, "category_id": 1, "bbox": [5, 6, 20, 10]},
        {"id": 2, "image_id": 0, "category_id": 1, "bbox": [SIZE - 10, 6, 20, 10]},
    ]
    write_coco(folder / "boxes.json", images, boxes)
    return folder


def import_it(environment: dict[str, str], source: Path, *more: str) -> Result:
    words = ["dataset", "import", "coco", str(source), "--boxes", str(source / "boxes.json"), "--name", "one", *more]
    return CliRunner().invoke(command, words, env=environment)


def run_it(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(command, words, env=environment)


def test_a_clipped_box_is_noted_and_a_missing_file_is_refused(environment: dict[str, str], source: Path) -> None:
    lines = import_it(environment, source).stdout.splitlines()
    assert any(line.startswith('note "boxes.json" "') and "clipped" in line for line in lines)
    assert any(line.startswith('refused "missing.png"') for line in lines)
    assert lines[-3].startswith("one: ")
    assert "1 new scene" in lines[-3]
    assert lines[-2] == "pairs: 0"
    assert lines[-1].startswith("splits: ")


def test_scripts_get_refusals_notes_and_splits_apart(environment: dict[str, str], source: Path) -> None:
    told = json.loads(import_it(environment, source, "--json").stdout)
    assert [each["file"] for each in told["refusals"]] == ["missing.png"]
    assert len(told["notes"]) == 1
    assert sum(told["splits"].values()) == 1


def test_the_command_names_the_readers_there_are() -> None:
    assert [source.value for source in Source] == list(READERS)


def test_a_dry_run_tells_boxes_and_splits_and_keeps_nothing(environment: dict[str, str], source: Path) -> None:
    told = json.loads(import_it(environment, source, "--dry-run", "--json").stdout)
    assert (told["counts"]["new"], told["boxes"], told["run_id"]) == (1, {"ship": 2}, None)
    assert [each["file"] for each in told["refusals"]] == ["missing.png"]
    assert run_it(environment, "run", "list", "one").exit_code == 1


def test_a_dry_run_refuses_what_the_import_would_refuse(environment: dict[str, str], source: Path) -> None:
    import_it(environment, source)
    (source / "sar").mkdir()
    (source / "sar" / "a.png").touch()
    words = ["dataset", "import", "paired", str(source), "--dry-run", "--name"]
    told = {name: str(run_it(environment, *words, name).exception) for name in ("one", "no name")}
    assert "imported with the reader coco, not paired" in told["one"]
    assert "cannot be called 'no name'" in told["no name"]


def test_an_import_that_is_only_begun_is_shown_and_cancelled(environment: dict[str, str], source: Path) -> None:
    begun = import_it(environment, source, "--no-wait")
    assert "Run 1 is begun." in begun.stdout
    assert "No worker is running" in begun.stderr
    assert "Run 1 is under way already." in import_it(environment, source, "--no-wait").stdout
    assert "import 1 of one: waiting, 0" in run_it(environment, "run", "show", "1").stdout
    assert "Run 1 is being cancelled" in run_it(environment, "run", "cancel", "1").stdout
    assert run_it(environment, "run", "list", "one").stdout.startswith("1: import cancelled, 0")
    shown = json.loads(run_it(environment, "run", "show", "1", "--json").stdout)
    assert (shown["state"], shown["phase"], shown["chunks"]) == ("cancelled", "cancelled", 0)


def test_an_import_with_other_options_is_told_what_to_do_first(environment: dict[str, str], source: Path) -> None:
    import_it(environment, source, "--no-wait")
    refused = import_it(environment, source, "--looks", "4")
    assert isinstance(refused.exception, ImportUnderwayError)
    assert "trihedral run cancel 1" in str(refused.exception)


def test_an_import_that_is_under_way_is_joined(environment: dict[str, str], source: Path) -> None:
    import_it(environment, source, "--no-wait")
    joined = import_it(environment, source, "--json")
    assert "Run 1 does this already: working along" in joined.stderr
    assert json.loads(joined.stdout)["counts"]["new"] == 1


def test_a_source_may_be_fetched_first(environment: dict[str, str], source: Path) -> None:
    words = ["dataset", "import", "coco", source.as_uri(), "--boxes", str(source / "boxes.json"), "--name", "one"]
    assert "1 new scene" in CliRunner().invoke(command, words, env=environment).stdout


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Progress(1, 3, 9, {"new": 3, "refused": 1}, 1.26, 200.0), "1.3 a second, 3 min left, 3 new scenes, 1 refused"),
        (Progress(1, 0, None, {}, None, None, "The disk has gone."), "waiting: The disk has gone."),
        (Progress(1, 1, 9000, {}, 0.5, 17_000.0), "0.5 a second, 4 h 43 min left"),
        (Progress(1, 0, 9, {"new": 0}), ""),
    ],
)
def test_progress_is_told_in_words(step: Progress, line: str) -> None:
    assert progress.told(step) == line


def test_the_command_gives_up_where_the_source_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Progress] = []
    monkeypatch.setattr(importing, "PATIENCE_S", 0.02)
    show = importing.patient(seen.append)
    away = Progress(7, 0, 9, {}, trouble="The disk has gone.")
    show(away)
    show(Progress(7, 1, 9, {}))
    show(away)
    time.sleep(0.03)
    with pytest.raises(HeldUpError, match="Run 7 stays open"):
        show(away)
    assert len(seen) == 4
