"""A release is exported, stopped, gone on with and verified at the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.assets.store import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.release import workflow
from pipeline.formats.writers import FORMATS
from tests.app.release.reviewed import Text, View, caption, make_dataset


@pytest.fixture
def environment(database_url: str, tmp_path: Path, sessions: SessionMaker) -> dict[str, str]:
    """With a release of two scenes."""
    (tmp_path / "assets").mkdir()
    views = [View("a.png", [caption("A port.")], image=b"one"), View("b.png", [Text("How many?")], image=b"two")]
    with transaction(sessions) as session:
        make_dataset(session, AssetStore(tmp_path / "assets"), views)
        workflow.create_release(session, "bench", ["ports"])
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path)}


def test_a_release_is_written_in_the_formats_there_are_and_verified(
    environment: dict[str, str], tmp_path: Path
) -> None:
    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(command, ["release", *map(str, words)], env=environment)

    told = run("formats").stdout.splitlines()
    assert [line.split()[0] for line in told] == list(FORMATS)
    assert {each["name"] for each in json.loads(run("formats", "--json").stdout)} == set(FORMATS)
    made = run("export", "bench", "--format", "coco-captions", "--out", tmp_path / "coco").stdout
    assert made.startswith(f"bench@1 is in {tmp_path / 'coco'}: 1 texts, 1 images\nidentity ")
    omit = ["--images", "omit", "--with", "original"]
    assert run("export", "bench", "--format", "llava", *omit, "--out", tmp_path / "llava").exit_code == 0
    seen = run("verify", tmp_path / "llava").stdout
    assert "bench@1: intact; 2 texts, 2 images\n2 images are not files of this folder; 0 of them are there" in seen
    (tmp_path / "llava" / "llava_test.json").write_text("[]")
    changed = run("verify", tmp_path / "llava", "--json")
    assert (changed.exit_code, json.loads(changed.stdout)["faults"][0]["file"]) == (1, "llava_test.json")
    refused = run("export", "bench", "--format", "zip", "--out", tmp_path / "zip").exception
    assert isinstance(refused, DomainError)
    assert "there is coco-captions, croissant, jsonl" in str(refused)
    assert run("export", "bench", "--out", tmp_path / "linked", "--images", "link").exit_code == 0
    assert run("verify", tmp_path / "linked").exit_code == 0


def test_a_killed_export_is_gone_on_with_by_the_same_command(environment: dict[str, str], tmp_path: Path) -> None:
    words = ["release", "export", "bench", "--format", "jsonl", "--out", str(tmp_path / "out")]
    code = f"""
import os, signal
from app.assets.store import AssetStore
from app.cli.command import command
opened = AssetStore.open
count = []
def dies(self, sha256):
    count.append(sha256)
    if len(count) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return opened(self, sha256)
AssetStore.open = dies
command({words!r})
"""
    killed = subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment}, stderr=-3, check=False)
    assert killed.returncode == -signal.SIGKILL
    first = tmp_path / ".out.unfinished" / "images" / "a.tif"
    written_at = first.stat().st_mtime_ns
    time.sleep(0.01)
    assert CliRunner().invoke(command, words, env=environment).exit_code == 0
    assert (tmp_path / "out" / "images" / "a.tif").stat().st_mtime_ns == written_at
    assert workflow.verify_folder(tmp_path / "out").is_intact
    assert not list(tmp_path.glob(".out*"))
