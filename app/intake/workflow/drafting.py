"""Drafting by any drafter: each scene's missing texts are asked for, stored once, counted and paid for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final

from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.intake.queries import drafting, drafts, runs
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.drafting import OutcomeKey, TakenUp
from app.intake.workflow.gathering import Gathering
from app.intake.workflow.options import COST, OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.patience import Patient
from app.intake.workflow.recording import REASONS_ASKED_AGAIN, Recorder
from app.intake.workflow.running import require_dataset, run_row
from app.intake.workflow.wanted import Survey, Wanted, requests_of
from app.work import MAY_PASS
from pipeline.drafting.costs import Purse, in_money
from pipeline.drafting.drafting import DrafterError, Outcome, Request, SceneDrafter
from pipeline.drafting.failures import DraftFailure
from pipeline.records import Drafter, Kind

COUNTED: Final = ("drafts", "failed", "dropped", "repeated", "calls", "prompt_tokens", "completion_tokens")


class EndpointRefusesError(DomainError):
    """The model's endpoint will refuse every request, or is not there."""

    meaning = "unavailable"
    code = "endpoint_refuses"


class NothingToShowError(DomainError):
    """No scene has what the drafter is to be shown."""

    meaning = "invalid"
    code = "nothing_to_show"


class _LimitReachedError(DomainError):
    """No further call may be paid for."""


@dataclass(frozen=True, slots=True)
class DraftingOptions:
    """Who drafts what."""

    dataset: str
    name: str
    """Of the drafter, as it was asked for."""
    drafter: SceneDrafter
    purse: Purse = field(default_factory=Purse)
    address: str | None = None
    """Of the model's endpoint, without what may be a secret."""

    def as_json(self) -> dict[str, Any]:
        """For the run's row: what makes it the same run. Neither key nor limit is in it."""
        identities = {kind: self.drafter.identity(kind) for kind in self.drafter.kinds}
        shown = {} if self.address is None else {"endpoint": self.address}
        models = sorted({each.model for each in identities.values() if each.model is not None})
        return {
            "drafter": self.name,
            "kinds": list(self.drafter.kinds),
            "drafters": {kind: each.identity for kind, each in identities.items()},
            "prompts": {kind: each.prompt_version for kind, each in identities.items() if each.prompt_version},
            "models": models,
            **shown,
        }


@dataclass(frozen=True, slots=True)
class DraftReport(RunReport):
    """What a drafting did, and what is to be known beside its counts."""

    remark: str = ""


def draft_scenes(
    sessions: SessionMaker,
    store: AssetStore,
    options: DraftingOptions,
    *,
    on_progress: OnProgress = ignore_progress,
    revive: Callable[[], None] = lambda: None,
) -> DraftReport:
    """Let a drafter write what the dataset's scenes do not have of it yet.

    Outcomes are stored in batches, a transaction each; none is open while a drafter is at work. A text is made once for
    (scene, drafter, kind, input). A failure that another attempt would not mend is the scene's outcome; one that time
    or another key mends is reported, and asked about again by the next run. Broken off, or stopped at its limit, the
    same call goes on with the same run.

    Returns
    -------
    DraftReport
        ``counts`` of this call: see :data:`COUNTED`, and ``cost_micro_CURRENCY`` where there is a price.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    NothingToShowError
        If no scene has the images, or land cover, that the drafter needs.
    EndpointRefusesError
        If key, address or model are wrong, so that every request would fail alike.
    """
    patient = Patient(sessions, revive)
    begun = patient.do(lambda session: _begin(session, options))
    work, remark = _Work(begun, options, store, patient, on_progress), remark_on(begun.survey, options)
    try:
        with run_row(sessions, begun.run.run_id):
            work.do()
    except _LimitReachedError as reached:
        remark = str(reached)
        with transaction(sessions) as session:
            runs.finish_run(session, begun.run.run_id, "cancelled", remark)
    return DraftReport(begun.run.run_id, options.dataset, dict(work.counts), remark=remark)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run that is under way, and what it has before it."""

    dataset: DatasetFacts
    run: TakenUp
    is_taken_up: bool
    drafters: Mapping[Kind, Drafter]
    wanted: Wanted
    survey: Survey


def _begin(session: Session, options: DraftingOptions) -> _Begun:
    dataset = require_dataset(session, options.dataset)
    wanted = wanted_by(session, dataset, options.drafter)
    survey = wanted.survey(session)
    require_something_to_show(survey, options)
    parameters = options.as_json()
    taken_up = drafting.take_up_run(session, dataset.dataset_id, parameters, asked_again=REASONS_ASKED_AGAIN)
    run = taken_up or _new_run(session, dataset.dataset_id, parameters)
    drafters = {kind: options.drafter.identity(kind) for kind in options.drafter.kinds}
    return _Begun(dataset, run, taken_up is not None, drafters, wanted, survey)


def _new_run(session: Session, dataset_id: int, parameters: Mapping[str, Any]) -> TakenUp:
    run_id = runs.add_run(session, dataset_id, "draft", parameters)
    runs.start_run(session, run_id)
    return TakenUp(run_id, 0, {})


def wanted_by(session: Session, dataset: DatasetFacts, drafter: SceneDrafter) -> Wanted:
    """What a drafter may have to write of a dataset; its rows are made if there are none."""
    ids = {kind: drafts.add_drafter(session, drafter.identity(kind)) for kind in drafter.kinds}
    return Wanted(dataset.dataset_id, drafter, ids)


def require_something_to_show(survey: Survey, options: DraftingOptions) -> None:
    """Raise :class:`NothingToShowError` where the dataset has scenes, and none has what is needed."""
    kinds = options.drafter.kinds
    if not survey.scenes or any(survey.unfit[kind] < survey.scenes for kind in kinds):
        return
    needs = {need for kind in kinds for need in options.drafter.needs(kind)}
    if "optical" in needs:
        raise NothingToShowError(
            f"No scene of {options.dataset} has an optical image, so there is nothing to show. Give --show sar to draft"
            " from the processed SAR image, or import the dataset with its optical images."
        )
    raise NothingToShowError(f"No scene of {options.dataset} has land cover, from which this drafter writes.")


def remark_on(survey: Survey, options: DraftingOptions) -> str:
    """Why there was nothing to do, or which scenes were passed over."""
    if not survey.scenes:
        return f"Nothing to do: {options.dataset} has no scenes."
    unfit = max(survey.unfit.values(), default=0)
    left_out = f"{unfit:,} of {survey.scenes:,} scenes lack the image or land cover that is needed." if unfit else ""
    if not survey.total:
        return f"Nothing to do: no scene lacks a text of this drafter. {left_out}".strip()
    return left_out


def _stopped_at(purse: Purse) -> str:
    currency = purse.price.currency if purse.price else ""
    limit, spent = in_money(purse.limit_micro or 0, currency), in_money(purse.spent_micro, currency)
    return (
        f"The limit of {limit} is reached: {spent} is spent, and the next call could pass it. The same command with a"
        " higher --max-cost goes on."
    )


class _Work:
    """One run of one drafter."""

    def __init__(
        self, begun: _Begun, options: DraftingOptions, store: AssetStore, patient: Patient, on_progress: OnProgress
    ) -> None:
        self._begun, self._options, self._store = begun, options, store
        self._patient, self._on_progress = patient, on_progress
        self._stop = Event()
        self._total = begun.run.done + begun.survey.total
        self._keys: dict[tuple[str, Kind], OutcomeKey] = {}
        self._unsaved: list[tuple[OutcomeKey, Outcome]] = []
        self._fatal: DraftFailure | None = None
        price = options.purse.price
        self._cost = None if price is None else f"{COST}{price.currency.lower()}"
        self._recorder = Recorder(begun.run.run_id, begun.dataset.dataset_id, begun.drafters, self._total, self._cost)
        self.counts = Counter(dict.fromkeys(COUNTED if self._cost is None else (*COUNTED, self._cost), 0))
        options.purse.spent_micro = begun.run.counts.get(self._cost or "", 0)

    def do(self) -> None:
        """Until nothing is missing, or it is stopped: then what is under way is stored before the reason is told."""
        gathering = Gathering(self._options.drafter.draft(self._requests(), self._stop))
        try:
            for batch in gathering.batches():
                self._on_progress(self._record(batch))
        except BaseException:
            self._stop.set()
            with suppress(*MAY_PASS):
                self._record([])
                for batch in gathering.batches():
                    self._record(batch)
            raise
        if self._fatal is not None:
            raise EndpointRefusesError(
                f"The model's endpoint cannot be used: {self._fatal.detail}. Check its address, the model's name and"
                " the key, then give the same command again: it goes on, and what came before is kept."
            )
        if self._options.purse.is_closed:
            raise _LimitReachedError(_stopped_at(self._options.purse))

    def _requests(self) -> Iterator[Request]:
        for request, key in requests_of(self._scenes(), self._options.drafter, self._store):
            self._keys[request.scene.name, request.kind] = key
            yield request

    def _scenes(self) -> Iterator[Any]:
        wanted = self._begun.wanted
        after = 0
        if self._begun.is_taken_up:
            # Perhaps another process is at the same run. From somewhere else the two meet once, not at each scene.
            after = self._patient.do(lambda session: drafting.middle_scene(session, self._begun.dataset.dataset_id))
        yield from wanted.from_to(self._patient, after)
        if after:
            yield from wanted.from_to(self._patient, 0, until=after)

    def _record(self, batch: list[Outcome]) -> Progress:
        """Store a batch, behind what a Ctrl-C may have left of the one before."""
        self._unsaved += [(self._key_of(outcome), outcome) for outcome in batch]
        cost_micro = sum(self._options.purse.micro(outcome.usage) for _, outcome in self._unsaved)
        recorded = self._patient.do(lambda session: self._recorder.record(session, self._unsaved, cost_micro))
        for _, outcome in self._unsaved:
            self._look_for_end(outcome)
        self._unsaved = []
        self.counts.update(recorded.deltas)
        # Another process may be spending on the same run.
        self._options.purse.learn(recorded.counts.get(self._cost or "", 0))
        return Progress(self._begun.run.run_id, recorded.done, self._total, recorded.counts)

    def _key_of(self, outcome: Outcome) -> OutcomeKey:
        asked = (outcome.request.scene.name, outcome.request.kind)
        if asked not in self._keys:
            raise DrafterError(
                f"the drafter gave an outcome for {asked[0]!a} ({asked[1]}) that was not asked for, or twice"
            )
        return self._keys.pop(asked)

    def _look_for_end(self, outcome: Outcome) -> None:
        if isinstance(outcome.result, DraftFailure) and outcome.result.is_fatal:
            self._fatal = self._fatal or outcome.result
            self._stop.set()
