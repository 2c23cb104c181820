"""Screening a dataset's drafts under the rules that hold for it; at its end their packets are sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import rule_settings, runs
from app.intake.queries import screening as queries
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.screening import StoredDraft
from app.intake.workflow.judged_contexts import Contexts, contexts_of_scenes
from app.intake.workflow.options import OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.running import require_dataset, run_row
from app.intake.workflow.sealing import seal_packets
from pipeline.records import Finding
from pipeline.screening import RuleSet, SceneContext, screen
from pipeline.screening.rule_set import stored_rule_set
from pipeline.screening.rules import Rule

CHUNK_DRAFTS: Final = 1_000


def screen_dataset(
    sessions: SessionMaker, name: str, *, on_progress: OnProgress = ignore_progress, run_id: int | None = None
) -> RunReport:
    """Screen the drafts that were not last screened under the dataset's rules, then seal packets of loose ones.

    Findings of other rules stay in the database; those of the newest screening are shown. Sealed packets keep their
    drafts. Broken off, it goes on; done by two at once, it is as if done once.

    Returns
    -------
    RunReport
        ``counts``: ``drafts`` that were screened, their ``findings``, these by severity (``error_findings`` …), and
        the ``packets`` and ``slots`` that were made.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    with transaction(sessions) as session:
        dataset = require_dataset(session, name)
        rules = stored_rule_set(rule_settings.settings_of(session, dataset.dataset_id))
        run_id = _begun(session, dataset.dataset_id, rules, run_id)
        counts = Counter(queries.counts_of_run(session, run_id, rules.version))
        total = counts["drafts"] + queries.count_unscreened(session, dataset.dataset_id, rules.version)
    screening = _Screening(sessions, dataset, run_id, rules, total)
    with run_row(sessions, run_id):
        while screening.screen_chunk(counts):
            on_progress(Progress(run_id, counts["drafts"], total, dict(counts)))
        made = seal_packets(sessions, dataset.dataset_id)
        with transaction(sessions) as session:
            # Counted anew, since another worker may have had a part in it.
            of_run = queries.counts_of_run(session, run_id, rules.version)
            told = {**of_run, "packets": made["packets"], "slots": made["slots"]}
            queries.fold_counts(session, dataset.dataset_id, rules.version)
            runs.advance_run(session, run_id, told["drafts"], told["drafts"], told)
    return RunReport(run_id, name, told)


def parameters_of(rules: RuleSet) -> dict[str, Any]:
    """What a run's row says of the rules under which it screens."""
    return {"version": rules.version, "rules": dict(rules.settings)}


def _begun(session: Session, dataset_id: int, rules: RuleSet, run_id: int | None) -> int:
    """The run, which was asked for (``run_id``), or was broken off and is still the newest, or is new."""
    parameters = parameters_of(rules)
    if run_id is None:
        newest = rule_settings.newest_run(session, dataset_id)
        goes_on = newest is not None and newest.state == "running" and newest.version == rules.version
        run_id = newest.run_id if newest and goes_on else runs.add_run(session, dataset_id, "screen", parameters)
    # The rules that hold now, which may be newer than those that the run was asked for with.
    queries.set_parameters(session, run_id, parameters)
    runs.start_run(session, run_id)
    return run_id


@dataclass
class _Screening:
    sessions: SessionMaker
    dataset: DatasetFacts
    run_id: int
    rules: RuleSet
    total: int
    after: int = 0

    def screen_chunk(self, counts: Counter[str]) -> bool:
        """Screen and store the next scenes in one transaction; False once there are none."""
        version, dataset_id = self.rules.version, self.dataset.dataset_id
        with transaction(self.sessions) as session:
            portion = queries.next_portion(session, dataset_id, version, after=self.after, drafts=CHUNK_DRAFTS)
            if portion is None:
                return False
            if portion.waiting:
                stored = self._screen(session, portion.waiting)
                counts.update(stored)
                runs.advance_run(session, self.run_id, counts["drafts"], self.total, counts)
        self.after = portion.last_scene_id
        return True

    def _screen(self, session: Session, waiting: Mapping[int, Sequence[int]]) -> Counter[str]:
        """Screen these drafts, ``{scene: drafts}``, beside the others of their scenes."""
        version = self.rules.version
        draft_ids = [draft_id for ids in waiting.values() for draft_id in ids]
        mine = queries.claim_screened(session, self.run_id, version, draft_ids)
        fresh = {draft_id for draft_id, is_new in mine.items() if is_new}
        told = Counter(drafts=len(mine))
        if fresh:
            drafts = queries.drafts_of_scenes(session, list(waiting))
            found = _findings(drafts, contexts_of_scenes(session, list(waiting), drafts), self.rules, fresh)
            told.update(_told(queries.add_findings(session, self.dataset.dataset_id, version, found)))
        return told


def _findings(
    drafts: Sequence[StoredDraft], contexts: Contexts, rules: RuleSet, fresh: set[int]
) -> Iterator[tuple[int, Finding]]:
    for stored in drafts:
        if stored.draft_id in fresh:
            for finding in findings_of(stored, contexts.of(stored), rules.rules):
                yield stored.draft_id, finding


def findings_of(stored: StoredDraft, context: SceneContext, rules: Sequence[Rule]) -> Iterator[Finding]:
    """What screening says of a draft of this scene, each span once a rule."""
    seen: set[tuple[str, str, int, int]] = set()
    for finding in screen(stored.draft, context, rules):
        key = (finding.rule, finding.field, finding.start, finding.end)
        # What is said of a text without a character has no span that the table takes.
        if key not in seen and finding.start < finding.end:
            seen.add(key)
            yield finding


def _told(stored: Counter[tuple[str, str]]) -> Counter[str]:
    """Findings, and findings by severity, as a run counts them."""
    told: Counter[str] = Counter(findings=stored.total())
    for (_, severity), number in stored.items():
        told[f"{severity}_findings"] += number
    return told


def screen_derived(session: Session, dataset_id: int, scene_id: int, run_id: int, draft_ids: Sequence[int]) -> None:
    """Screen texts of one scene that were just stored, in the caller's transaction, under the dataset's rules."""
    rules = stored_rule_set(rule_settings.settings_of(session, dataset_id))
    mine = queries.claim_screened(session, run_id, rules.version, draft_ids)
    drafts = queries.drafts_of_scenes(session, [scene_id])
    found = _findings(drafts, contexts_of_scenes(session, [scene_id], drafts), rules, set(mine))
    queries.add_findings(session, dataset_id, rules.version, found)
