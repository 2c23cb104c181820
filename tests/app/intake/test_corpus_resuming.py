"""A drafting of the corpus that is killed: the next call writes the rest, as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.corpus import draft_scenes
from pipeline.drafting.policy import Fit
from tests.app.intake.made_scenes import BOXES, found, make_dataset
from tests.conftest import REPOSITORY

SCENES = 400
DRAFT = """
import sys
from app.db import make_engine, make_sessionmaker
from app.intake.workflow import corpus
corpus.CHUNK_SCENES = 10
corpus.draft_corpus(make_sessionmaker(make_engine(sys.argv[1])), corpus.CorpusOptions("harbour"))
"""


def killed_in_the_middle(sessions: SessionMaker, database_url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", DRAFT, database_url], cwd=REPOSITORY)
    try:
        for _ in range(3000):
            if process.poll() is not None or found(sessions, "select count(*) from drafting_outcome")[0] > SCENES / 4:
                break
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_corpus_that_is_killed_and_started_again_is_the_one_that_was_never_killed(
    sessions: SessionMaker, database_url: str, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, count=SCENES)
    killed_in_the_middle(sessions, database_url)
    assert 0 < found(sessions, "select count(*) from drafting_outcome")[0] < SCENES, "killed too early or too late"
    draft_corpus(sessions, CorpusOptions("harbour"))
    ((state, kept),) = found(sessions, "select state, parameters -> 'fit' from run")
    scenes = [BoxedScene(f"sar/scene {n}.tif", (96, 96), BOXES, ("ship", "tank")) for n in range(SCENES)]
    expected = draft_scenes(scenes, Fit.from_json(kept).policy, seed=0)
    stored = found(sessions, "select s.name, d.text, d.answer from draft d join scene s using (scene_id)")
    assert state == "done"
    assert sorted(stored) == sorted(
        (scene.name, draft.text, draft.answer)
        for scene, drafts in zip(scenes, expected, strict=True)
        for draft in drafts
    )
