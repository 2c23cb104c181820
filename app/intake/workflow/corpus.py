"""Drafting the corpus: questions that follow from the boxes of a dataset's scenes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

from app.db import SessionMaker, transaction
from app.intake.queries import datasets, drafts, runs, scenes
from app.intake.queries.copying import add_counts
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.drafts import SceneDraft, SceneOutcome
from app.intake.workflow.options import OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.running import require_dataset, run_row
from pipeline.drafting.corpus import CORPUS_DRAFTER, draft_questions
from pipeline.records import Drafter

CHUNK_SCENES: Final = 200
KIND: Final = "question"


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """Which questions are written."""

    dataset: str
    per_scene: int | None = None
    """At most so many a scene, balanced over types and answers; None for all that the boxes give."""
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the run's row."""
        return {"drafter": "corpus", "per_scene": self.per_scene, "seed": self.seed}

    def drafter(self) -> Drafter:
        """Corpus version, and the sample if it is one."""
        sample = {} if self.per_scene is None else {"per_scene": self.per_scene, "seed": self.seed}
        return replace(CORPUS_DRAFTER, parameters={**CORPUS_DRAFTER.parameters, **sample})


def draft_corpus(
    sessions: SessionMaker,
    options: CorpusOptions,
    *,
    on_progress: OnProgress = ignore_progress,
    run_id: int | None = None,
) -> RunReport:
    """Write the corpus questions of all scenes that do not have them yet; a scene gets no question twice.

    Returns
    -------
    RunReport
        ``counts``: ``scenes`` that were gone through, and ``drafts`` that were stored.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    drafter = options.drafter()
    with transaction(sessions) as session:
        dataset = require_dataset(session, options.dataset)
        if run_id is None:
            run_id = runs.begin_run(session, dataset.dataset_id, "draft", options.as_json())
        else:
            runs.start_run(session, run_id)
        drafter_id = drafts.add_drafter(session, drafter)
        total = drafts.count_missing(session, dataset.dataset_id, drafter_id, KIND)
    counts: Counter[str] = Counter(scenes=0, drafts=0)
    corpus = _Corpus(sessions, options, dataset, run_id, drafter, drafter_id, total)
    with run_row(sessions, run_id):
        while corpus.draft_chunk(counts):
            on_progress(Progress(run_id, counts["scenes"], total, dict(counts)))
    return RunReport(run_id, options.dataset, dict(counts))


@dataclass
class _Corpus:
    sessions: SessionMaker
    options: CorpusOptions
    dataset: DatasetFacts
    run_id: int
    drafter: Drafter
    drafter_id: int
    total: int
    after: int = 0

    def draft_chunk(self, counts: Counter[str]) -> bool:
        """Draft and store the next chunk in one transaction; False once there is none."""
        with transaction(self.sessions) as session:
            scene_ids = drafts.missing_scenes(
                session, self.dataset.dataset_id, self.drafter_id, KIND, after=self.after, limit=CHUNK_SCENES
            )
            if not scene_ids:
                return False
            written = self._written(scenes.load_scenes(session, scene_ids), drafts.asked_questions(session, scene_ids))
            outcomes = (SceneOutcome(scene_id, KIND, len(drafted)) for scene_id, drafted in written.items())
            mine = drafts.claim_outcomes(session, self.run_id, self.drafter_id, outcomes)
            new = [draft for scene_id, drafted in written.items() if (scene_id, KIND) in mine for draft in drafted]
            stored = drafts.add_drafts(session, self.run_id, self.drafter, self.drafter_id, new)
            add_counts(session, self.dataset.dataset_id, {datasets.DRAFTS: stored})
            counts.update(scenes=len(scene_ids), drafts=stored)
            runs.advance_run(session, self.run_id, counts["scenes"], self.total, counts)
        self.after = scene_ids[-1]
        return True

    def _written(self, listed: list[scenes.StoredScene], asked: set[tuple[int, str]]) -> dict[int, list[SceneDraft]]:
        """Questions by scene, without those that a scene has already: a sample may have been drafted before."""
        return {
            scene.scene_id: [
                SceneDraft(scene.scene_id, draft)
                for draft in draft_questions(
                    scene.boxes,
                    (scene.rows, scene.cols),
                    scene.metadata.labelled,
                    seed=self.options.seed,
                    per_scene=self.options.per_scene,
                )
                if (scene.scene_id, draft.text) not in asked
            ]
            for scene in listed
        }
