"""A policy before it is set: what is still to be done as it is, and as it would be. No database in here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.policies import Policy
from app.intake.workflow.policies import holding_for
from app.review.workflow.projecting import Projection, Speed, project, with_policy
from app.review.workflow.strata import Counted

MAIN: Final = "main"
"""The pool of all that no policy puts into another."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is still to be done under some policies."""

    stratum: Projection
    dataset: Projection
    hours: float
    dataset_hours: float
    finished_on: dt.date | None
    """The whole dataset, at the rate of the last seven days."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A policy before it is set: as it is now, and as it would be."""

    policy: Policy
    is_new: bool
    """Whether it is other than what holds already."""
    now: Outlook
    then: Outlook
    speed: Speed
    narrower: int
    """Texts of the stratum that follow a narrower one, and so stay as they are."""
    mixed: int
    """Packets that nobody was handed, with texts of the stratum and such as are for another pool: they stay where they
    are."""


def preview_policy(dataset: DatasetFacts, held: Sequence[Policy], policy: Policy, counted: Counted) -> Preview:
    """What a checked policy would mean for the drafts that there are."""
    then, stratum = with_policy(held, policy), policy.stratum
    ruling = held if policy.mode == "none" else then

    def is_ruled(split: str, kind: str, drafter_id: int) -> bool:
        found = holding_for(ruling, split, kind, drafter_id)
        return found is not None and found.stratum == stratum

    speed = Speed.of(counted.pace)
    taken = sum(cell.drafts for cell in counted.cells if stratum.takes(cell.split, cell.kind, cell.drafter_id))
    after = _outlook(counted, then, dataset, is_ruled, speed)
    return Preview(
        policy=policy,
        is_new=policy not in held and (policy.mode != "none" or len(then) < len(held)),
        now=_outlook(counted, held, dataset, is_ruled, speed),
        then=after,
        speed=speed,
        narrower=taken - after.stratum.texts,
        mixed=0 if policy.mode == "none" else _mixed(counted, then, is_ruled),
    )


def _mixed(counted: Counted, held: Sequence[Policy], is_ruled: Callable[[str, str, int], bool]) -> int:
    def pool(split: str, kind: str, drafter_id: int) -> str:
        found = holding_for(held, split, kind, drafter_id)
        return MAIN if found is None else found.pool

    packets = 0
    for each in counted.sealed:
        ruled = [part for part in each.parts if is_ruled(each.split, *part)]
        # Counted once: a packet comes up with each of its parts.
        is_first = ruled[:1] == [(each.kind, each.drafter_id)]
        if is_first and not each.is_begun and len({pool(each.split, *part) for part in each.parts}) > 1:
            packets += each.packets
    return packets


def _outlook(
    counted: Counted,
    held: Sequence[Policy],
    dataset: DatasetFacts,
    is_ruled: Callable[[str, str, int], bool],
    speed: Speed,
) -> Outlook:
    stratum = project(counted, held, dataset.reviews_wanted, is_ruled)
    of_all = project(counted, held, dataset.reviews_wanted, lambda *_: True)
    return Outlook(
        stratum=stratum,
        dataset=of_all,
        hours=speed.hours(stratum.readings),
        dataset_hours=speed.hours(of_all.readings),
        finished_on=speed.finished_on(of_all.readings),
    )
