"""Drafting captions: a model is shown the optical image of each scene that has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.intake.queries import datasets, drafts, runs, scenes
from app.intake.queries.copying import add_counts
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.drafts import SceneDraft, SceneOutcome
from app.intake.queries.scenes import StoredScene
from app.intake.workflow.options import OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.pictures import Picture, picture_of
from app.intake.workflow.running import require_dataset, run_row
from app.intake.workflow.storable import unstorable
from pipeline.drafting.captions import (
    CAPTION_KINDS,
    CaptionKind,
    CaptionOutcome,
    CaptionRequest,
    caption_drafter,
    caption_scenes,
)
from pipeline.drafting.client import Endpoint
from pipeline.drafting.failures import DraftFailure
from pipeline.records import Draft, Drafter, Refusal

CHUNK_SCENES: Final = 64
MENDED_BY_TIME: Final = frozenset({"rate_limited", "server_error", "connection", "timed_out", "stopped"})
"""Failures after which the next run asks again; the others are the scene's outcome."""


class EndpointRefusesError(DomainError):
    """The model's endpoint will refuse every request."""

    meaning = "unavailable"
    code = "endpoint_refuses"


@dataclass(frozen=True, slots=True)
class CaptionOptions:
    """Which captions are asked for, and where."""

    dataset: str
    endpoint: Endpoint
    kinds: tuple[CaptionKind, ...] = CAPTION_KINDS
    concurrency: int = 8

    def as_json(self) -> dict[str, Any]:
        """For the run's row; the key to the endpoint is in no row."""
        model = {"base_url": _address(self.endpoint.base_url), "model": self.endpoint.model, **self.endpoint.parameters}
        # A replay server takes another port each time; its address would make each run another one.
        shown = {**model, "base_url": "replay"} if self.endpoint.is_replay else model
        return {"drafter": "captions", "kinds": list(self.kinds), "endpoint": shown}


def draft_captions(
    sessions: SessionMaker, store: AssetStore, options: CaptionOptions, *, on_progress: OnProgress = ignore_progress
) -> RunReport:
    """Ask for the captions that the dataset's scenes with an optical image do not have yet.

    Each reply is stored as it comes, in a transaction of its own; none is open while a model is asked. What a model
    refuses, leaves empty or says in another form is reported with the run and becomes no draft; it is not asked again.
    What failed for want of time or connection is reported too, and asked again by the next run.

    Returns
    -------
    RunReport
        ``counts``: ``drafts`` that were stored, ``failed`` requests, ``prompt_tokens`` and ``completion_tokens``.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    EndpointRefusesError
        If key, address or model are wrong, so that every request would fail alike.
    """
    with transaction(sessions) as session:
        dataset = require_dataset(session, options.dataset)
        run_id = runs.begin_run(session, dataset.dataset_id, "draft", options.as_json())
        drafters = {kind: caption_drafter(kind, options.endpoint) for kind in options.kinds}
        ids = {kind: drafts.add_drafter(session, drafter) for kind, drafter in drafters.items()}
        total = sum(
            drafts.count_missing(session, dataset.dataset_id, ids[kind], kind, with_optical=True) for kind in drafters
        )
    captioning = _Captioning(sessions, store, dataset, run_id, drafters, ids, total)
    replies = cast(
        "Generator[CaptionOutcome]", caption_scenes(captioning.requests(), options.endpoint, options.concurrency)
    )
    # Closed by hand, so that requests under way end before the exception that ended this loop is told.
    with run_row(sessions, run_id), closing(replies):
        for outcome in replies:
            captioning.take(outcome)
            on_progress(Progress(run_id, captioning.done, total, dict(captioning.counts)))
    return RunReport(run_id, options.dataset, dict(captioning.counts))


def _address(url: str) -> str:
    """Without user, password and query, in any of which a key may be."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@dataclass
class _Captioning:
    sessions: SessionMaker
    store: AssetStore
    dataset: DatasetFacts
    run_id: int
    drafters: Mapping[CaptionKind, Drafter]
    drafter_ids: Mapping[CaptionKind, int]
    total: int
    counts: Counter[str] = field(
        default_factory=lambda: Counter(drafts=0, failed=0, prompt_tokens=0, completion_tokens=0)
    )
    done: int = 0
    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    """Scene ids of the requests under way, by scene name and kind."""

    def requests(self) -> Iterator[CaptionRequest]:
        """What is missing, drawn as the model works it off."""
        after = 0
        while chunk := self._chunk(after):
            for scene, kinds in chunk:
                picture = picture_of(self.store, scene.optical_sha256 or "")
                for kind in kinds:
                    self.asked[scene.name, kind] = scene.scene_id
                    yield CaptionRequest(scene.name, kind, picture.jpeg, _gsd_m(scene, picture))
            after = chunk[-1][0].scene_id

    def _chunk(self, after: int) -> list[tuple[StoredScene, list[CaptionKind]]]:
        """The next scenes that lack a caption, with the kinds that they lack."""
        with transaction(self.sessions) as session:
            missing = {
                kind: drafts.missing_scenes(
                    session, self.dataset.dataset_id, drafter_id, kind, with_optical=True, after=after,
                    limit=CHUNK_SCENES,
                )
                for kind, drafter_id in self.drafter_ids.items()
            }  # fmt: skip
            # The first so many over all kinds, so that none behind the last one is passed over.
            scene_ids = sorted({scene_id for listed in missing.values() for scene_id in listed})[:CHUNK_SCENES]
            listed = scenes.load_scenes(session, scene_ids)
        return [(scene, [kind for kind in missing if scene.scene_id in missing[kind]]) for scene in listed]

    def take(self, outcome: CaptionOutcome) -> None:
        """Store what came of one request; stop if all others would fail like it."""
        scene_id = self.asked.pop((outcome.scene, outcome.kind))
        result = _storable(outcome)
        self.done += 1
        self.counts.update(prompt_tokens=outcome.usage.prompt_tokens, completion_tokens=outcome.usage.completion_tokens)
        with transaction(self.sessions) as session:
            if isinstance(result, Draft):
                self._store(session, scene_id, outcome.kind, result)
            else:
                self._report(session, scene_id, outcome, result)
            runs.advance_run(session, self.run_id, self.done, self.total, self.counts)
        if isinstance(result, DraftFailure) and result.is_fatal:
            raise EndpointRefusesError(
                f"The model's endpoint refuses requests: {result.detail}. Check its address, the model's name and the"
                " key, then start again: captions that came before are kept."
            )

    def _store(self, session: Session, scene_id: int, kind: CaptionKind, draft: Draft) -> None:
        drafter_id = self.drafter_ids[kind]
        outcome = SceneOutcome(scene_id, kind, 1)
        if not drafts.claim_outcomes(session, self.run_id, drafter_id, [outcome]):
            return
        listed = [SceneDraft(scene_id, draft)]
        self.counts["drafts"] += drafts.add_drafts(session, self.run_id, self.drafters[kind], drafter_id, listed)
        add_counts(session, self.dataset.dataset_id, {datasets.DRAFTS: 1})

    def _report(self, session: Session, scene_id: int, outcome: CaptionOutcome, failure: DraftFailure) -> None:
        self.counts["failed"] += 1
        reason = f"no {outcome.kind.replace('_', ' ')}: {failure.reason.replace('_', ' ')}"
        runs.add_refusals(session, self.run_id, [Refusal(outcome.scene, reason)], detail=failure.detail)
        if failure.reason not in MENDED_BY_TIME and not failure.is_fatal:
            final = SceneOutcome(scene_id, outcome.kind, 0, failure.reason)
            drafts.claim_outcomes(session, self.run_id, self.drafter_ids[outcome.kind], [final])


def _storable(outcome: CaptionOutcome) -> Draft | DraftFailure:
    if isinstance(outcome.result, DraftFailure):
        return outcome.result
    reason = unstorable(outcome.result.text)
    return outcome.result if reason is None else DraftFailure("unusable_text", reason)


def _gsd_m(scene: StoredScene, picture: Picture) -> float | None:
    spacing = scene.metadata.pixel_spacing_m
    return None if spacing is None else sum(spacing) / 2 * picture.reduction
