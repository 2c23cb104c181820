"""A reviewer's own month: what they said, how long it took by the interface's clock, and how often others agreed."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.review.queries.own_figures import Agreement, Month, OwnDay, own_agreement, own_days, own_verdicts
from pipeline.formats import cells
from pipeline.vocabulary import FLAGS, VERDICTS

IDLE_S: Final = 180.0
"""Of one text, what is longer counts as a break."""


_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class NoSuchMonthError(DomainError):
    """A month is written as 2026-05."""

    code: ClassVar[str] = "no_such_month"


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """One reviewer's month."""

    days: Sequence[OwnDay]
    verdicts: Mapping[str, int]
    flags: Mapping[str, int]
    """Those that were given, in their order."""
    untimed: int
    unusable: int
    extra: int
    agreement: Agreement

    @property
    def texts(self) -> int:
        return sum(day.texts for day in self.days)

    @property
    def packets(self) -> int:
        return sum(day.packets for day in self.days)

    @property
    def hours(self) -> float:
        return sum(day.hours for day in self.days)


def first_of(given: str, today: dt.date) -> dt.date:
    """The first day of the month ``YYYY-MM``; of this one where nothing is given.

    Raises
    ------
    NoSuchMonthError
    """
    if not given:
        return today.replace(day=1)
    found = _MONTH.fullmatch(given)
    if found is None:
        raise NoSuchMonthError(f"{given[:20]!a} is no month: write it as 2026-05.")
    return dt.date(int(found[1]), int(found[2]), 1)


def month_of(reviewer: uuid.UUID, first: dt.date) -> Month:
    """The month that begins with this day, by UTC."""
    since = dt.datetime(first.year, first.month, 1, tzinfo=dt.UTC)
    return Month(reviewer, since, dt.datetime.combine(following(first), dt.time(), dt.UTC))


def following(first: dt.date) -> dt.date:
    """The first day of the next month."""
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def preceding(first: dt.date) -> dt.date:
    """The first day of the month before."""
    return (first - dt.timedelta(days=1)).replace(day=1)


def own_figures(session: Session, reviewer: uuid.UUID, first: dt.date) -> OwnFigures:
    """All of a reviewer's month; three statements."""
    month = month_of(reviewer, first)
    said = own_verdicts(session, month)
    return OwnFigures(
        days=own_days(session, month, IDLE_S),
        verdicts={verdict: said.get(("verdict", verdict), 0) for verdict in VERDICTS},
        flags={flag: said["flag", flag] for flag in FLAGS if ("flag", flag) in said},
        untimed=said.get(("untimed", ""), 0),
        unusable=said.get(("unusable", ""), 0),
        extra=said.get(("extra", ""), 0),
        agreement=own_agreement(session, month),
    )


def hours_csv(session: Session, reviewer: uuid.UUID, first: dt.date) -> bytes:
    """The month's days with texts and hours, as a time sheet takes them."""
    days = own_days(session, month_of(reviewer, first), IDLE_S)
    lines = [[day.day.isoformat(), str(day.texts), f"{day.hours:.2f}"] for day in days]
    return b"".join(cells.row(line) for line in (["day", "texts", "hours"], *lines))
