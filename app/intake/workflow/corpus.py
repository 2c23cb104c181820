"""Drafting the corpus: questions that follow from the boxes and the land cover of a dataset's scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from app.db import SessionMaker, transaction
from app.intake.queries import corpus as queries
from app.intake.queries import datasets, drafts, runs
from app.intake.queries.copying import add_counts
from app.intake.queries.drafts import SceneDraft
from app.intake.workflow.options import OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.running import require_dataset, run_row
from pipeline.drafting.corpus import corpus_drafter, count_types, draft_scenes
from pipeline.drafting.policy import Availability, Fit, Policy, PolicyName, fit
from pipeline.records import Draft, Drafter

CHUNK_SCENES: Final = 1_000
KIND: Final = "question"


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """Which questions are written."""

    dataset: str
    per_scene: int | None = None
    """At most so many a scene, balanced over types and answers, instead of a policy."""
    seed: int = 0
    policy: PolicyName = "paper"
    """``paper``: as many of each type as SARLANG-1M has of so many scenes and boxes; ``complete``: all."""

    def as_json(self) -> dict[str, Any]:
        """For the run's row."""
        return {"drafter": "corpus", "policy": self.policy, "per_scene": self.per_scene, "seed": self.seed}

    @classmethod
    def from_json(cls, dataset: str, stored: Mapping[str, Any]) -> CorpusOptions:
        """The inverse of :meth:`as_json`."""
        # Before there were policies, everything was written.
        return cls(dataset, stored["per_scene"], stored["seed"], stored.get("policy", "complete"))

    @property
    def is_fitted(self) -> bool:
        return self.per_scene is None and self.policy == "paper"

    def drafter(self) -> Drafter:
        """Corpus version, policy and seed."""
        return corpus_drafter(self.policy, self.per_scene, self.seed)


@dataclass(frozen=True, slots=True)
class CorpusReport(RunReport):
    """What was drafted, and what the scenes were too poor for."""

    remark: str = ""


def draft_corpus(
    sessions: SessionMaker,
    options: CorpusOptions,
    *,
    on_progress: OnProgress = ignore_progress,
    run_id: int | None = None,
) -> CorpusReport:
    """Write the corpus questions of all scenes that do not have them yet; a scene gets no question twice.

    The policy ``paper`` is fitted to all scenes of the dataset first; its numbers are kept in the run's parameters.
    Broken off, the same call goes on with the same numbers.

    Returns
    -------
    CorpusReport
        ``counts``: ``scenes`` that were gone through, ``drafts`` that were stored, and those of each question type.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    with transaction(sessions) as session:
        dataset = require_dataset(session, options.dataset)
        if run_id is None:
            run_id = runs.begin_run(session, dataset.dataset_id, "draft", options.as_json())
        else:
            runs.start_run(session, run_id)
        drafter_id = drafts.add_drafter(session, options.drafter())
        total = drafts.count_missing(session, dataset.dataset_id, drafter_id, KIND)
    work = _Corpus(sessions, options, dataset.dataset_id, run_id, drafter_id, total, on_progress)
    with run_row(sessions, run_id):
        found = work.fit() if options.is_fitted and total else None
        if total:
            work.draft(Policy(options.per_scene) if found is None else found.policy)
    return CorpusReport(run_id, options.dataset, dict(work.counts), remark="" if found is None else _remark(found))


def _remark(found: Fit) -> str:
    """What the boxes were too few for, as a sentence; empty if nothing."""
    short = [f"{found.expected.get(kind, 0):,} of {number:,} {kind}" for kind, number in found.short.items()]
    if not short:
        return ""
    if not any(found.expected.get(kind) for kind in found.short):
        return "The scenes have neither object boxes nor labelled categories, of which most questions are made."
    return f"The scenes give fewer questions than the policy wants: {', '.join(short)}. Label categories for more."


class _Corpus:
    """One run: its fit, then chunk after chunk, each stored in one transaction."""

    def __init__(
        self,
        sessions: SessionMaker,
        options: CorpusOptions,
        dataset_id: int,
        run_id: int,
        drafter_id: int,
        total: int,
        on_progress: OnProgress,
    ) -> None:
        self.sessions, self.options, self.on_progress = sessions, options, on_progress
        self.dataset_id, self.run_id, self.drafter_id, self.total = dataset_id, run_id, drafter_id, total
        self.drafter = options.drafter()
        self.counts: Counter[str] = Counter(scenes=0, drafts=0)

    def fit(self) -> Fit:
        """The policy's numbers: those of this run, if it had them before it was broken off."""
        with transaction(self.sessions) as session:
            kept = queries.kept_fit(session, self.run_id)
            weights = queries.count_categories(session, self.dataset_id)
        if kept is not None:
            return Fit.from_json(kept)
        availability, after = Availability(weights), 0
        while True:
            with transaction(self.sessions) as session:
                scene_ids = queries.scenes_behind(session, self.dataset_id, after, CHUNK_SCENES)
                listed = queries.load_boxed(session, scene_ids)
            if not scene_ids:
                break
            availability.add(list(listed.values()))
            after = scene_ids[-1]
            self._tell()
        found = fit(availability)
        with transaction(self.sessions) as session:
            queries.keep_fit(session, self.run_id, found.as_json())
        return found

    def draft(self, policy: Policy) -> None:
        """Write what is missing. A chunk is stored while the next one is written, by a thread that the server keeps
        waiting most of the time."""
        with ThreadPoolExecutor(1) as pool:
            storing: Future[None] | None = None
            for written in self._written(policy):
                self._wait_for(storing)
                storing = pool.submit(self._store, written)
            self._wait_for(storing)

    def _wait_for(self, storing: Future[None] | None) -> None:
        if storing is not None:
            storing.result()
            self._tell()

    def _written(self, policy: Policy) -> Iterator[dict[int, list[Draft]]]:
        """The drafts of the scenes that have none yet, by id, chunk after chunk; no transaction is left open."""
        after: int | None = 0
        while after is not None:
            with transaction(self.sessions) as session:
                scene_ids = queries.scenes_behind(session, self.dataset_id, after, CHUNK_SCENES)
                missing = drafts.not_drafted(session, scene_ids, self.drafter_id, KIND)
                listed = queries.load_boxed(session, missing)
            if listed:
                drafted = draft_scenes(list(listed.values()), policy, seed=self.options.seed)
                yield dict(zip(listed, drafted, strict=True))
            after = scene_ids[-1] if scene_ids else None

    def _store(self, written: dict[int, list[Draft]]) -> None:
        """Store a chunk, but for what another run has stored meanwhile or another drafter has asked."""
        scene_ids = list(written)
        with transaction(self.sessions) as session:
            drafts.lock_scenes(session, scene_ids)
            asked = drafts.asked_before(session, scene_ids)
            fresh = (
                {
                    scene_id: [draft for draft in drafted if not _is_asked(scene_id, draft, asked)]
                    for scene_id, drafted in written.items()
                }
                if asked
                else written
            )
            numbers = {scene_id: len(drafted) for scene_id, drafted in fresh.items()}
            mine = drafts.claim_scenes(session, self.run_id, self.drafter_id, KIND, numbers)
            new = (
                SceneDraft(scene_id, draft) for scene_id in scene_ids if scene_id in mine for draft in fresh[scene_id]
            )
            stored = drafts.add_drafts(session, self.run_id, self.drafter, self.drafter_id, new)
            add_counts(session, self.dataset_id, {datasets.DRAFTS: stored})
            self.counts.update(scenes=len(scene_ids), drafts=stored)
            self.counts.update(count_types([fresh[scene_id] for scene_id in mine]))
            runs.advance_run(session, self.run_id, self.counts["scenes"], self.total, self.counts)

    def _tell(self) -> None:
        self.on_progress(Progress(self.run_id, self.counts["scenes"], self.total, dict(self.counts)))


def _is_asked(scene_id: int, draft: Draft, asked: set[tuple[int, str]]) -> bool:
    return (scene_id, draft.text) in asked or (scene_id, draft.program) in asked
