"""The command's figures are those of ``python -m pipeline`` on the same table and vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.command import command
from app.db import SessionMaker, transaction
from pipeline.__main__ import main
from tests.app.release.reviewed import Text, View, make_dataset, make_store

VERDICTS = (("accept", ()), ("revise", ("count",)), ("reject", ("colour",)), ("unsure", ()), ("accept", ()))


@pytest.fixture
def runner(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TRIHEDRAL_DATA", str(tmp_path / "data"))
    return CliRunner()


def test_agreement_of_the_reviews_is_that_of_their_table(
    runner: CliRunner, sessions: SessionMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [
        Text(f"How many ships at {at}?", "2", verdict="differs" if verdict == "unsure" else verdict, flags=flags,
             revised_text="How many ships?" if verdict == "revise" else None)
        for at, (verdict, flags) in enumerate(VERDICTS)
    ]  # fmt: skip
    with transaction(sessions) as session:
        make_dataset(session, make_store(tmp_path), [View("a.png", texts)])
        # The second reviewer revises one verdict: the newest counts.
        session.execute(
            text("""
            with review_2 as (
                insert into review (packet_id, reviewer, revision, supersedes, is_extra, submission_id, body_sha256,
                    acknowledgement, scene_verdict)
                select packet_id, reviewer, 2, 1, true, gen_random_uuid(), body_sha256, '{}', 'usable'
                from review where is_extra returning review_id, packet_id)
            insert into draft_verdict (review_id, draft_id, packet_id, verdict, flags)
            select review_id, draft_id, packet_id, 'reject', '{vague}' from review_2 join packet_draft using (packet_id)
            where position <= 3""")
        )
    for more in ([], ["--flag", "vague"]):
        table = tmp_path / "table.csv"
        told = runner.invoke(command, ["evaluate", "agreement", "ports", "--table", str(table), *more])
        capsys.readouterr()
        assert main(["agreement", str(table)]) == 0
        figures = json.loads(told.stdout)
        assert figures == json.loads(capsys.readouterr().out)
        assert figures["units_used"] == 3
    for arguments, said in (
        (["nothing"], "There is no dataset"),
        (["ports", "--flag", "x"], "There is no flag"),
        (["ports", "--kind", "concise_caption"], "judged by nobody"),
    ):
        refused = runner.invoke(command, ["evaluate", "agreement", *arguments])
        assert said in str(refused.exception)


def test_similarity_is_the_pipelines(runner: CliRunner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "v.npy", np.random.default_rng(1).normal(size=(20, 5)))
    told = runner.invoke(command, ["evaluate", "similarity", str(tmp_path / "v.npy")])
    capsys.readouterr()
    assert main(["similarity", str(tmp_path / "v.npy")]) == 0
    assert json.loads(told.stdout) == json.loads(capsys.readouterr().out)
