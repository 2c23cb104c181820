"""What an import tells on the terminal and to scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli.command import command
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


def test_a_clipped_box_is_told_as_taken_and_a_missing_file_as_refused(
    environment: dict[str, str], source: Path
) -> None:
    lines = import_it(environment, source).stdout.splitlines()
    assert any(line.startswith("taken") and "clipped" in line for line in lines)
    assert any(line.startswith('refused "missing.png"') for line in lines)
    assert lines[-2].startswith("one: ")
    assert "1 new scene" in lines[-2]
    assert lines[-1].startswith("splits: ")


def test_scripts_get_refusals_notes_and_splits_apart(environment: dict[str, str], source: Path) -> None:
    told = json.loads(import_it(environment, source, "--json").stdout)
    assert [each["file"] for each in told["refusals"]] == ["missing.png"]
    assert len(told["notes"]) == 1
    assert sum(told["splits"].values()) == 1
