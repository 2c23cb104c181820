"""The sampling policy: how many questions of which sort a scene gets, so that a corpus has the paper's proportions.

``paper`` is fitted to the scenes: a first pass counts what could be asked (:class:`Availability`), and :func:`fit`
spreads what the paper has of each type over the sorts of question that there are. ``complete`` asks everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from pipeline.drafting.box_arrays import BoxArrays, BoxedScene, Codes, Floats, parts_of
from pipeline.drafting.candidates import candidates_of
from pipeline.drafting.cells import CELLS, Cell
from pipeline.drafting.tiers import TIERS, spread

PolicyName = Literal["paper", "complete"]

PAPER_SCENES: Final = 104_985
PAPER_BOXES: Final = 221_450
PAPER_COUNTS: Final[Mapping[str, int]] = {
    "identification": 484_620,
    "classification": 132_525,
    "counting": 117_382,
    "positioning": 106_171,
    "referring": PAPER_BOXES,
}
"""SARLANG-1M's questions from boxes, by type (2025)."""

LAND_COVER_A_SCENE: Final = 2
"""Of each scene whose land cover is known: our own rate, as the paper's general questions are a model's."""

ALL: Final = 1e6
"""As a quota: every candidate."""

_DECIMALS: Final = 6


@dataclass(frozen=True)
class Policy:
    """What is chosen of a scene: by ``quotas``, at most ``per_scene``, or everything."""

    per_scene: int | None = None
    quotas: Floats | None = None
    """Shape (cells, 2): how many a scene gets on average; the second column is of fragile ones."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """In how many scenes a category is: of what is not there, frequent ones are asked about more often."""

    def __post_init__(self) -> None:
        if self.per_scene is not None and self.per_scene < 0:
            raise ValueError(f"per_scene is {self.per_scene}; it must not be negative")


class Availability:
    """How many scenes have how many candidates of each cell; filled scene by scene, of whatever size it stays."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.weights = dict(sorted(weights.items()))
        self.scenes = self.boxes = self.with_land_cover = 0
        self.counts: Codes = np.zeros((len(CELLS), 2, 1), dtype=np.int64)
        """Shape (cells, 2, most + 1): scenes by how many candidates they have, sturdy and fragile."""

    def add(self, scenes: Sequence[BoxedScene]) -> None:
        """Count what could be asked about these scenes."""
        for part in parts_of(scenes, self.weights):
            self._add(part)

    def _add(self, scenes: Sequence[BoxedScene]) -> None:
        found = candidates_of(BoxArrays(scenes, self.weights), further=True)
        places = (found.scene * len(CELLS) + found.cell) * 2 + found.is_fragile
        numbers = np.bincount(places, minlength=len(scenes) * len(CELLS) * 2).reshape(len(scenes), len(CELLS), 2)
        self._grow(int(numbers.max(initial=0)))
        cells, kinds = np.arange(len(CELLS))[:, None], np.arange(2)
        np.add.at(self.counts, (cells, kinds, numbers), 1)
        self.scenes += len(scenes)
        self.boxes += sum(len(scene.boxes) for scene in scenes)
        self.with_land_cover += sum(bool(scene.land_cover) for scene in scenes)

    def _grow(self, most: int) -> None:
        missing = most + 1 - self.counts.shape[2]
        if missing > 0:
            self.counts = np.pad(self.counts, ((0, 0), (0, 0), (0, missing)))

    def total(self) -> Codes:
        """Shape (cells, 2): candidates in all scenes."""
        return self.counts @ np.arange(self.counts.shape[2])

    def wanted(self) -> dict[str, int]:
        """So many questions of each type the paper would have of as many scenes and boxes."""
        rates = {kind: number / PAPER_SCENES * self.scenes for kind, number in PAPER_COUNTS.items()}
        rates |= {"referring": self.boxes, "general": LAND_COVER_A_SCENE * self.with_land_cover}
        return {kind: round(rate) for kind, rate in rates.items()}


@dataclass(frozen=True)
class Fit:
    """The numbers of the policy ``paper`` for one collection of scenes."""

    policy: Policy
    wanted: Mapping[str, int]
    available: Mapping[str, int]
    """Candidates of each type."""
    expected: Mapping[str, int]
    """Questions of each type that come out, but for the luck of the draw."""

    @property
    def short(self) -> dict[str, int]:
        """How many were wanted of each type of which the scenes give less than 95 %."""
        return {kind: wanted for kind, wanted in self.wanted.items() if self.expected.get(kind, 0) < 0.95 * wanted}

    def as_json(self) -> dict[str, Any]:
        """For the run's row; with the seed it fixes every draw."""
        quotas = {} if self.policy.quotas is None else _named(self.policy.quotas)
        told = {"wanted": self.wanted, "available": self.available, "expected": self.expected, "quotas": quotas}
        return {key: dict(value) for key, value in told.items()} | {"weights": dict(self.policy.weights)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Fit:
        """The inverse of :meth:`as_json`."""
        quotas = np.array([[stored["quotas"].get(_name(cell, kind), 0.0) for kind in (0, 1)] for cell in CELLS])
        policy = Policy(quotas=quotas, weights=stored["weights"])
        return cls(policy, stored["wanted"], stored["available"], stored["expected"])


def fit(availability: Availability) -> Fit:
    """Spread what the paper has of each type over the sorts of question that these scenes have.

    Sturdy answers before fragile ones, the paper's forms before further ones, and of Yes and No of a form as many; a
    sort that runs out is topped up by the next. What is short then stays short.
    """
    total, wanted = availability.total(), availability.wanted()
    taken = np.zeros(total.shape)
    for kind, tiers in TIERS.items():
        taken += spread(tiers, wanted[kind], total - taken)
    quotas = np.array(
        [[_quota(availability.counts[cell, kind], taken[cell, kind]) for kind in (0, 1)] for cell in range(len(CELLS))]
    )
    policy = Policy(quotas=quotas, weights=availability.weights)
    return Fit(policy, wanted, _by_type(total), _by_type(taken))


def _quota(counts: Codes, target: float) -> float:
    """The average a scene that gives ``target`` in all, where scenes with less give what they have.

    ``counts`` are the scenes by how many candidates they have. With a quota of m + f, a scene gives m, and one more
    with the chance f: in all a line between the whole numbers.
    """
    # at_least[m] scenes have more than m, so that each whole step of the quota adds so many.
    at_least = counts[::-1].cumsum()[::-1][1:]
    reached = np.concatenate([[0], at_least.cumsum()])
    if target >= reached[-1]:
        return ALL if reached[-1] else 0.0
    whole = int(np.searchsorted(reached, target, side="right")) - 1
    return round(whole + float((target - reached[whole]) / at_least[whole]), _DECIMALS)


def _by_type(numbers: Floats | Codes) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for cell, row in zip(CELLS, numbers, strict=True):
        sums[cell.question_type] += float(row.sum())  # type: ignore[assignment]  # rounded below
    return {kind: round(number) for kind, number in sums.items()}


def _name(cell: Cell, kind: int) -> str:
    return f"{cell} fragile" if kind else str(cell)


def _named(quotas: Floats) -> dict[str, float]:
    """Those above 0, by the names of their cells."""
    rows = ((_name(cell, kind), float(quotas[number, kind])) for number, cell in enumerate(CELLS) for kind in (0, 1))
    return {name: quota for name, quota in rows if quota}
