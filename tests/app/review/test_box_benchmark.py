"""The scripted run of box review, on a few made scenes: what it derives is what an independent count says."""

from __future__ import annotations

import random
from pathlib import Path

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.workflow.box_policy import set_box_policy
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.screening import screen_dataset
from benchmarks.box_review import Script, Seconds, wrong_texts
from benchmarks.planted_boxes import add_cases, made_scenes, planted


def test_nothing_false_is_verified_and_each_derived_answer_is_counted_alike(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    rng = random.Random(5)
    cases = [planted(*scene, rng) for scene in made_scenes(6, rng)]
    add_cases(sessions, AssetStore(tmp_path / "assets"), tmp_path, "boxes", cases)
    with transaction(sessions) as session:
        set_box_policy(session, "boxes", boxes_first=True, sample_percent="20")
    draft_corpus(sessions, CorpusOptions("boxes", per_scene=None, policy="complete"))
    screen_dataset(sessions, "boxes")
    with transaction(sessions) as session:
        script = Script(session, "boxes", cases, Seconds(0.3, 5, 2, 6))
        cost = script.by_boxes()
        assert min(script.outcomes[name] for name in ("same", "changed", "gone")) > 5
        assert cost.faults == []
        verified, wrong = wrong_texts(session, "boxes", cases)
        assert verified == script.outcomes["same"]
        assert wrong == []
