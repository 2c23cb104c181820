"""The strata of a dataset as a page and the command list them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.policies import Decision, DrafterName, Policy, Stratum, drafters, policies_in_force
from app.intake.workflow.policies import holding_for, policy_in_words, stratum_title
from app.review.queries.sampling import NOTHING, SampleCount
from app.review.workflow.projecting import Projection, Speed, Takes, hours_in_words, project
from app.review.workflow.sampling import interval_of, why_not
from app.review.workflow.strata import Counted
from pipeline.scoring.intervals import Interval


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A stratum with its policy; the last one, without a decision, is of all that no policy takes, if there is any."""

    title: str
    words: str
    decision: Decision | None
    projection: Projection | None
    """None while the dataset is being counted."""
    hours: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sampled stratum, and what its sample says."""

    title: str
    decision: Decision
    count: SampleCount
    error_rate: float | None
    interval: Interval | None
    why_not: str
    """Why the rest cannot be taken over; empty where it can."""


@dataclass(frozen=True, slots=True)
class Strata:
    """All that is in force in a dataset."""

    held: Sequence[Policy]
    names: Sequence[DrafterName]
    """All drafters there are."""
    drafters: Sequence[DrafterName]
    """Of these, those whose drafts the dataset holds; all as long as it is not counted."""
    rows: Sequence[StratumRow]
    samples: Sequence[SampleRow]
    speed: Speed | None
    counted_at: dt.datetime | None
    """Where it was counted before; None: just now, or not yet."""


def strata_of(session: Session, dataset: DatasetFacts, counted: Counted | None) -> Strata:
    """The strata of the dataset, the narrowest first."""
    held = policies_in_force(session, dataset.dataset_id)
    names = drafters(session)
    ids = {cell.drafter_id for cell in counted.cells} if counted else {each.drafter_id for each in names}
    return Strata(
        held=[decision.policy for decision in held],
        names=names,
        drafters=[each for each in names if each.drafter_id in ids],
        rows=_rows(dataset, held, names, counted),
        samples=_samples(held, names, counted),
        speed=Speed.of(counted.pace) if counted else None,
        counted_at=counted.counted_at if counted else None,
    )


def _rows(
    dataset: DatasetFacts, held: Sequence[Decision], names: Sequence[DrafterName], counted: Counted | None
) -> list[StratumRow]:
    policies = [decision.policy for decision in held]
    own = Policy(Stratum(), "reviews", dataset.reviews_wanted)
    rows = []
    for decision in (*held, None):
        projection = (
            project(counted, policies, dataset.reviews_wanted, _ruled_by(policies, decision)) if counted else None
        )
        if held and decision is None and projection is not None and not projection.texts:
            continue
        hours = hours_in_words(Speed.of(counted.pace).hours(projection.readings)) if counted and projection else ""
        title = stratum_title(decision.policy.stratum, names) if decision else "all others" if held else "all texts"
        words = policy_in_words(decision.policy if decision else own)
        rows.append(StratumRow(title, words, decision, projection, hours))
    return rows


def _ruled_by(policies: Sequence[Policy], decision: Decision | None) -> Takes:
    """Whether texts follow this decision, or (None) none."""
    policy = decision.policy if decision else None
    return lambda split, kind, drafter_id: holding_for(policies, split, kind, drafter_id) == policy


def _samples(held: Sequence[Decision], names: Sequence[DrafterName], counted: Counted | None) -> list[SampleRow]:
    rows = []
    for decision in held:
        found = counted.samples.get(decision.review_policy_id) if counted else None
        if counted is not None and counted.counted_at is None:
            found = found or NOTHING
        if decision.policy.is_sampled and found is not None:
            title = stratum_title(decision.policy.stratum, names)
            rate = found.wrong / found.read if found.read else None
            rows.append(SampleRow(title, decision, found, rate, interval_of(found), why_not(found)))
    return rows
