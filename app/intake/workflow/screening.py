"""Screening a dataset's drafts; at its end their packets are sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.db import SessionMaker, transaction
from app.intake.queries import runs, scenes
from app.intake.queries import screening as queries
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.scenes import StoredScene
from app.intake.queries.screening import StoredDraft
from app.intake.workflow.options import OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.running import require_dataset, run_row
from app.intake.workflow.sealing import seal_packets
from pipeline.drafting.corpus import is_fragile
from pipeline.records import Finding
from pipeline.screening import SCREENING_VERSION, SceneContext, screen

CHUNK_DRAFTS: Final = 1_000


def screen_dataset(
    sessions: SessionMaker, name: str, *, on_progress: OnProgress = ignore_progress, run_id: int | None = None
) -> RunReport:
    """Screen the drafts that this version of screening has not seen, then seal packets of those that are in none.

    Returns
    -------
    RunReport
        ``counts``: ``drafts`` that were screened, their ``findings``, and the ``packets`` and ``slots`` that were made.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    with transaction(sessions) as session:
        dataset = require_dataset(session, name)
        if run_id is None:
            run_id = runs.begin_run(session, dataset.dataset_id, "screen", {"version": SCREENING_VERSION})
        else:
            runs.start_run(session, run_id)
        total = queries.count_unscreened(session, dataset.dataset_id, SCREENING_VERSION)
    counts: Counter[str] = Counter(drafts=0, findings=0, packets=0, slots=0)
    screening = _Screening(sessions, dataset, run_id, total)
    with run_row(sessions, run_id):
        while screening.screen_chunk(counts):
            on_progress(Progress(run_id, counts["drafts"], total, dict(counts)))
        made = seal_packets(sessions, dataset.dataset_id)
        counts.update(packets=made["packets"], slots=made["slots"])
        with transaction(sessions) as session:
            runs.advance_run(session, run_id, counts["drafts"], total, counts)
    return RunReport(run_id, name, dict(counts))


@dataclass
class _Screening:
    sessions: SessionMaker
    dataset: DatasetFacts
    run_id: int
    total: int
    after: int = 0

    def screen_chunk(self, counts: Counter[str]) -> bool:
        """Screen and store the next chunk in one transaction; False once there is none."""
        with transaction(self.sessions) as session:
            drafts = queries.unscreened_drafts(
                session, self.dataset.dataset_id, SCREENING_VERSION, after=self.after, limit=CHUNK_DRAFTS
            )
            if not drafts:
                return False
            listed = scenes.load_scenes(session, sorted({draft.scene_id for draft in drafts}))
            by_id = {scene.scene_id: scene for scene in listed}
            mine = queries.claim_screened(session, self.run_id, SCREENING_VERSION, [draft.draft_id for draft in drafts])
            found = (
                (draft.draft_id, finding)
                for draft in drafts
                if draft.draft_id in mine
                for finding in findings_of(draft, by_id[draft.scene_id])
            )
            stored = queries.add_findings(session, SCREENING_VERSION, found)
            counts.update(drafts=len(drafts), findings=stored)
            runs.advance_run(session, self.run_id, counts["drafts"], self.total, counts)
        self.after = drafts[-1].draft_id
        return True


def findings_of(stored: StoredDraft, scene: StoredScene) -> Iterator[Finding]:
    """What screening says of a draft of this scene, each span once a rule; and whether its answer is fragile."""
    seen: set[tuple[str, str, int, int]] = set()
    for finding in screen(stored.draft, context_of(scene)):
        key = (finding.rule, finding.field, finding.start, finding.end)
        if key not in seen:
            seen.add(key)
            yield finding
    draft = stored.draft
    if draft.program and draft.answer and is_fragile(draft.program, scene.boxes, (scene.rows, scene.cols)):
        # Here and not among the rules, since it re-runs the drafter's program, which screening does not know.
        yield Finding(
            rule="fragile.answer",
            severity="info",
            field="answer",
            start=0,
            end=len(draft.answer),
            text=draft.answer,
            message="A box cut by the edge of the image, or moved by 3 px, would change this answer: check it closely.",
        )


def context_of(scene: StoredScene) -> SceneContext:
    """The scene as the rules know it."""
    spacing = scene.metadata.pixel_spacing_m
    return SceneContext(
        size=(scene.rows, scene.cols),
        gsd_m=None if spacing is None else sum(spacing) / 2,
        boxes=scene.boxes,
        labelled=scene.metadata.labelled,
    )
