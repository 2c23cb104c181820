"""Each rule's and family's precision and recall, from verdicts that were given before any finding was shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.review.queries import measuring
from app.review.queries.measuring import Gathered, Sums
from pipeline.scoring.intervals import ClusteredCount, Interval, clustered
from pipeline.screening.fitting_flags import FITTING_FLAGS
from pipeline.vocabulary import SEVERITIES

LEAST_VERDICTS: Final = 30
LEAST_SCENES: Final = 10
"""With fewer first verdicts, or from fewer scenes, no figure is told: its interval would say next to nothing."""
ERRORS_ACCEPTED: Final = 0.05
"""Error means certain: a rule that says it and is accepted more often than this, surely, is told first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its 95 % interval, or how much is there as long as that is not enough."""

    hits: int
    verdicts: int
    scenes: int
    share: float | None = None
    interval: Interval | None = None

    @property
    def missing(self) -> str:
        """What is still to be gathered, in words; empty where there is enough."""
        if self.share is not None:
            return ""
        if self.verdicts < LEAST_VERDICTS:
            return f"not enough yet: {self.verdicts} of {LEAST_VERDICTS} verdicts"
        return f"not enough yet: {self.scenes} of {LEAST_SCENES} scenes"


NOTHING: Final = Figure(0, 0, 0)


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule under one severity."""

    rule: str
    severity: str
    flags: tuple[str, ...]
    """That fit its family; without any there is no precision."""
    precision: Figure | None
    """Of texts in which it found something, those that a reviewer did not accept, with a fitting flag."""
    accepted: Figure
    """Of the same texts, those that a reviewer accepted as they are."""

    @property
    def is_doubtful(self) -> bool:
        """Whether it says error, and reviewers surely accept more of it than an error may be."""
        low = self.accepted.interval.low if self.accepted.interval else 0.0
        return self.severity == "error" and low > ERRORS_ACCEPTED


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """One family, all of its rules together."""

    family: str
    flags: tuple[str, ...]
    precision: Figure | None
    recall: Figure | None
    """Of texts that a reviewer did not accept, with a fitting flag, those in which it had found something."""
    accepted: Figure

    @property
    def shares_flags(self) -> bool:
        """Whether a flag of its own fits another family too: the recall is then a lower bound."""
        others = [set(flags) for family, flags in FITTING_FLAGS.items() if family != self.family]
        return any(flags.intersection(self.flags) for flags in others)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a dataset's rules."""

    version: str | None
    """The screening whose findings are measured; None: of all, each verdict by the findings of its own time."""
    gathered: Sequence[Gathered]
    """All together first, then by screening; empty where there is no first verdict."""
    rules: Sequence[RuleFigures]
    families: Sequence[FamilyFigures]

    @property
    def doubtful(self) -> list[RuleFigures]:
        return [rule for rule in self.rules if rule.is_doubtful]


def measured_rules(session: Session, dataset_id: int, version: str | None = None) -> Measured:
    """The figures of a dataset's rules: errors that are accepted most first, then warnings, then infos."""
    sums = measuring.sums_of(session, dataset_id, FITTING_FLAGS, version)
    found = [_rule(each) for each in sums if each.level == "rule"]
    return Measured(
        version=version,
        gathered=measuring.gathered(session, dataset_id),
        rules=sorted(found, key=_order),
        families=_families(sums),
    )


def _rule(sums: Sums) -> RuleFigures:
    flags = FITTING_FLAGS.get(sums.name.partition(".")[0], ())
    return RuleFigures(
        rule=sums.name,
        severity=sums.severity,
        flags=flags,
        precision=figure(sums.named) if flags else None,
        accepted=figure(_others(sums.acted)),
    )


def _order(rule: RuleFigures) -> tuple[int, float, int, str]:
    low = rule.accepted.interval.low if rule.accepted.interval else -1.0
    return SEVERITIES.index(rule.severity), -low, -rule.accepted.verdicts, rule.rule


def _families(sums: Iterable[Sums]) -> list[FamilyFigures]:
    by_level: dict[str, dict[str, Sums]] = {"family": {}, "recall": {}}
    for each in sums:
        by_level.setdefault(each.level, {})[each.name] = each
    names = [*FITTING_FLAGS, *sorted(set(by_level["family"]) - set(FITTING_FLAGS))]
    return [_family(name, by_level["family"], by_level["recall"]) for name in names]


def _family(name: str, fired: Mapping[str, Sums], flagged: Mapping[str, Sums]) -> FamilyFigures:
    flags = FITTING_FLAGS.get(name, ())
    own = fired.get(name)
    recall = flagged.get(name)
    return FamilyFigures(
        family=name,
        flags=flags,
        precision=(figure(own.named) if own else NOTHING) if flags else None,
        recall=(figure(recall.acted) if recall else NOTHING) if flags else None,
        accepted=figure(_others(own.acted)) if own else NOTHING,
    )


def _others(count: ClusteredCount) -> ClusteredCount:
    """The count of the trials that are no hits."""
    return ClusteredCount(
        clusters=count.clusters,
        trials=count.trials,
        hits=count.trials - count.hits,
        trials_squared=count.trials_squared,
        trials_hits=count.trials_squared - count.trials_hits,
        hits_squared=count.trials_squared - 2 * count.trials_hits + count.hits_squared,
    )


def figure(count: ClusteredCount) -> Figure:
    """The share of a count, where there is enough of it."""
    if count.trials < LEAST_VERDICTS or count.clusters < LEAST_SCENES:
        return Figure(count.hits, count.trials, count.clusters)
    return Figure(count.hits, count.trials, count.clusters, count.share, clustered(count))
