"""What the database itself says of a draft: its scene, its drafter and its run are there, and stay there."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from tests.app.intake.made_scenes import make_dataset

INSERT = """insert into draft (scene_id, drafter_id, run_id, kind, text, draft_sha256)
    values (1, 1, 1, 'concise_caption', 'A quay.', 'a'), (%s, %s, %s, 'concise_caption', 'A pier.', 'b')"""


@pytest.fixture
def connection(sessions: SessionMaker, database_url: str, tmp_path: Path) -> psycopg.Connection:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    draft_corpus(sessions, CorpusOptions("harbour", per_scene=1))
    return psycopg.connect(database_url, autocommit=True)


@pytest.mark.parametrize(
    ("scene_id", "drafter_id", "run_id", "constraint"),
    [
        (99, 1, 1, "fk_draft_scene_id_scene"),
        (1, 99, 1, "draft_written"),
        (1, 1, 99, "draft_written"),
    ],
)
def test_a_draft_has_a_scene_a_drafter_and_a_run(
    connection: psycopg.Connection, scene_id: int, drafter_id: int, run_id: int, constraint: str
) -> None:
    with connection, pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        connection.execute(INSERT, [scene_id, drafter_id, run_id])
    assert refused.value.diag.constraint_name == constraint


def test_what_wrote_a_draft_is_never_deleted(connection: psycopg.Connection) -> None:
    with connection:
        connection.execute("delete from drafting_outcome")
        for table in ("drafter", "run"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(f"delete from {table}")
