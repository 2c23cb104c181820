"""What a policy costs before it is set: texts to read, reviews of them, hours. No database in here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.intake.queries.policies import Policy
from app.intake.workflow.policies import holding_for
from app.review.queries.strata import Cell, Pace, SealedTexts
from app.review.workflow.strata import Counted

LEAST_VERDICTS: Final = 30
ASSUMED_S: Final = 15.0
"""Seconds a text, as long as fewer verdicts of the dataset tell how long they took."""

Takes = Callable[[str, str, int], bool]
"""Whether texts of a split, kind and drafter are asked about."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What hours are worked out from."""

    seconds_a_text: float
    is_measured: bool
    verdicts: int
    readings_a_day: float | None
    today: dt.date
    """Of the server, when it was counted."""

    @classmethod
    def of(cls, pace: Pace) -> Speed:
        """The measured speed, or the assumed one where there are too few verdicts."""
        is_measured = pace.verdicts >= LEAST_VERDICTS and pace.seconds_a_text is not None
        seconds = pace.seconds_a_text if is_measured and pace.seconds_a_text else ASSUMED_S
        return cls(seconds, is_measured, pace.verdicts, pace.readings_a_day, pace.today)

    def hours(self, readings: int) -> float:
        """Of all reviewers together."""
        return readings * self.seconds_a_text / 3600

    def finished_on(self, readings: int) -> dt.date | None:
        """The day at the rate of the last seven days; None where nothing was read in them, or it is centuries off."""
        if not self.readings_a_day or readings / self.readings_a_day > 36_500:
            return None
        return self.today + dt.timedelta(days=readings / self.readings_a_day)


@dataclass(frozen=True, slots=True)
class Projection:
    """What is still to be done under some policies. Texts and their reviews; ``begun`` are packets."""

    texts: int
    reviewed: int
    taken_over: int
    to_read: int
    """Of which at least one review is still wanted."""
    readings: int
    """Reviews of single texts that are still wanted."""
    left_out: int
    """That a sample leaves unread, and that have no outcome."""
    begun: int
    """Packets that somebody was handed and that therefore keep another number of reviews than is wanted now."""


def project(counted: Counted, held: Sequence[Policy], reviews_wanted: int, takes: Takes) -> Projection:
    """Add up what ``takes`` chooses, as if these policies held; ``reviews_wanted`` is the dataset's own number."""

    def wanted(split: str, kind: str, drafter_id: int) -> tuple[int, float]:
        found = holding_for(held, split, kind, drafter_id)
        if found is None:
            return reviews_wanted, 1.0
        return found.reviews_wanted, found.sample_share or 1.0

    cells = [cell for cell in counted.cells if takes(cell.split, cell.kind, cell.drafter_id)]
    loose = [(cell, *wanted(cell.split, cell.kind, cell.drafter_id)) for cell in cells]
    drawn = [(_drawn(cell, share), reviews) for cell, reviews, share in loose]
    sealed = list(_sealed(counted.sealed, wanted, takes))
    return Projection(
        texts=sum(cell.drafts for cell in cells),
        reviewed=sum(cell.reviewed for cell in cells),
        taken_over=sum(cell.taken_over for cell in cells),
        to_read=sum(texts for texts, _ in drawn) + sum(each.texts for each in sealed),
        readings=sum(texts * reviews for texts, reviews in drawn) + sum(each.readings for each in sealed),
        left_out=max(0, sum(sum(cell.loose) - cell.taken_over - _drawn(cell, share) for cell, _, share in loose)),
        begun=sum(each.kept for each in sealed),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """Of texts in packets."""

    texts: int
    readings: int
    kept: int
    """Packets that keep another number of reviews than is wanted now."""


def _sealed(
    listed: Iterable[SealedTexts], wanted: Callable[[str, str, int], tuple[int, float]], takes: Takes
) -> Iterator[_Left]:
    for each in listed:
        if not takes(each.split, each.kind, each.drafter_id):
            continue
        # As many as the one of its texts wants that wants most: as the job gives them.
        most = max(wanted(each.split, kind, drafter_id)[0] for kind, drafter_id in each.parts)
        if not each.is_begun:
            yield _Left(each.texts, each.texts * most, 0)
            continue
        # Counted once: a packet comes up with each of its parts that is asked about.
        first = next(part for part in each.parts if takes(each.split, *part))
        is_first = first == (each.kind, each.drafter_id)
        yield _Left(each.texts_left, each.readings_left, each.packets if is_first and most != each.slots else 0)


def _drawn(cell: Cell, share: float) -> int:
    """Of the loose texts of a cell, those below the share: exact for whole percents."""
    whole = int(100 * share + 1e-9)
    part = 100 * share - whole
    beyond = cell.loose[whole] * part if whole < 100 and part > 1e-9 else 0.0
    return sum(cell.loose[:whole]) + round(beyond)


def hours_in_words(hours: float) -> str:
    """``40 min``, ``12.5 h``, ``1,240 h``."""
    if hours < 1:
        return f"{round(60 * hours)} min"
    return f"{hours:,.1f} h" if hours < 100 else f"{hours:,.0f} h"


def with_policy(held: Sequence[Policy], policy: Policy) -> list[Policy]:
    """What would hold if this was decided."""
    others = [each for each in held if each.stratum != policy.stratum]
    return others if policy.mode == "none" else [*others, policy]
