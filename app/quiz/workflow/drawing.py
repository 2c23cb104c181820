"""Drawing questions: stratified over types and sources, balanced answers, each ground once where possible.

Chance is a hash of the seed and the text's id, so that the same release, rules and seed give the same quiz on every
machine, whatever the order in which the database tells its rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

YES_NO: Final = frozenset({"yes", "no"})
MOST_OF_AN_ANSWER: Final = 0.5

Key = TypeVar("Key", bound=Hashable)


class Candidate(NamedTuple):
    """A question that can be asked."""

    text_sha256: str
    question_type: str
    dataset: str
    ground_key: str
    answer: str
    """Folded, so that answers that are the same count as one."""
    form: str

    @property
    def stratum(self) -> tuple[str, str]:
        """(question type, dataset)"""
        return self.question_type, self.dataset


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A type of which the answers cannot be balanced with what there is."""

    question_type: str
    answer: str
    """What is there too often."""
    drawn: int
    of: int


def order_of(seed: int, text_sha256: str, round_: int = 0) -> bytes:
    """By which candidates are put in order; another round (a swap) has another order."""
    return hashlib.sha256(f"{seed} {round_} {text_sha256}".encode()).digest()


def apportion(total: int, weights: Mapping[Key, float], available: Mapping[Key, int]) -> dict[Key, int]:
    """Share ``total`` out by weight, in whole numbers (largest remainder), to none more than is available.

    What one cannot take goes to the others by their weight; all of it is shared out where enough is available.
    Of equal remainders the first in ``weights`` is served first.
    """
    given = dict.fromkeys(weights, 0)
    still = {key: weight for key, weight in weights.items() if weight > 0 and available[key] > 0}
    left = min(total, sum(available[key] for key in still))
    exact = _shares(left, still)
    while full := [key for key in still if exact[key] >= available[key]]:
        for key in full:
            given[key] = available[key]
            left -= available[key]
            del still[key]
        exact = _shares(left, still)
    for key in still:
        given[key] = int(exact[key])
    left -= sum(given[key] for key in still)
    for key in sorted(still, key=lambda key: given[key] - exact[key])[:left]:
        given[key] += 1
    return given


def _shares(total: int, weights: Mapping[Key, float]) -> dict[Key, float]:
    whole = sum(weights.values())
    return {key: total * weight / whole for key, weight in weights.items()}


class Pool:
    """Candidates, of which a bounded number is kept for each answer of a stratum: those that come first by chance.

    Parameters
    ----------
    keep : int
        For each stratum and answer. With four times as many as are drawn in all, a ground is hardly ever asked twice
        for want of candidates.
    """

    def __init__(self, seed: int, keep: int, round_: int = 0) -> None:
        self._seed, self._keep, self._round = seed, keep, round_
        self._cells: dict[tuple[str, str, str], list[tuple[bytes, Candidate]]] = defaultdict(list)
        self.counts: Counter[tuple[str, str]] = Counter()
        """All that were added, by stratum."""

    def add(self, candidate: Candidate) -> None:
        """Take a candidate in."""
        self.counts[candidate.stratum] += 1
        cell = self._cells[(*candidate.stratum, candidate.answer)]
        cell.append((order_of(self._seed, candidate.text_sha256, self._round), candidate))
        if len(cell) >= 2 * self._keep:
            cell.sort()
            del cell[self._keep :]

    def of_stratum(self, stratum: tuple[str, str]) -> list[Candidate]:
        """Those of one stratum in their order."""
        found: list[tuple[bytes, Candidate]] = []
        for (question_type, dataset, _), cell in self._cells.items():
            if (question_type, dataset) == stratum:
                found += sorted(cell)[: self._keep]
        return [candidate for _, candidate in sorted(found)]

    def answers_of(self, stratum: tuple[str, str]) -> int:
        """How many different answers a stratum has."""
        return sum((question_type, dataset) == stratum for question_type, dataset, _ in self._cells)


class Drawing:
    """Draws one candidate after the other, with all drawn before in view.

    Parameters
    ----------
    drawn
        What is drawn already; answers are balanced over it.
    beside
        What is asked too, but is no part of the balance: none of it is drawn again, and its ground is not either where
        there is other.
    """

    def __init__(self, *, is_balanced: bool, drawn: Iterable[Candidate] = (), beside: Iterable[Candidate] = ()) -> None:
        self._is_balanced = is_balanced
        self._grounds: Counter[str] = Counter()
        self._answers: dict[str, Counter[str]] = defaultdict(Counter)
        self._taken: set[str] = set()
        self.drawn: list[Candidate] = []
        for candidate in beside:
            self._show(candidate)
        for candidate in drawn:
            self._take(candidate)

    def draw(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The next of the candidates, which are in their order; None where all are taken."""
        free = [candidate for candidate in candidates if candidate.text_sha256 not in self._taken]
        if not free:
            return None
        # Of equals `min` takes the first.
        chosen = min(free, key=self._cost)
        self._take(chosen)
        return chosen

    def _cost(self, candidate: Candidate) -> tuple[bool, int, int]:
        uses = self._answers[candidate.question_type] if self._is_balanced else Counter[str]()
        other = {"yes": "no", "no": "yes"}.get(candidate.answer)
        tips = other is not None and uses[candidate.answer] > uses[other]
        return tips, self._grounds[candidate.ground_key], uses[candidate.answer]

    def _show(self, candidate: Candidate) -> None:
        self._grounds[candidate.ground_key] += 1
        self._taken.add(candidate.text_sha256)

    def _take(self, candidate: Candidate) -> None:
        self._show(candidate)
        self._answers[candidate.question_type][candidate.answer] += 1
        self.drawn.append(candidate)


def draw_all(pool: Pool, targets: Mapping[tuple[str, str], int], drawing: Drawing) -> None:
    """Draw so many of each stratum, those first that have the least choice of answers."""
    in_turn = sorted(targets, key=lambda stratum: (pool.answers_of(stratum), pool.counts[stratum], stratum))
    for stratum in in_turn:
        candidates = pool.of_stratum(stratum)
        for _ in range(targets[stratum]):
            drawing.draw(candidates)


def imbalances(drawn: Collection[Candidate]) -> list[Imbalance]:
    """Types whose yes and no differ by more than one, or of which one answer is given more than half of the time."""
    found = []
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for candidate in drawn:
        by_type[candidate.question_type][candidate.answer] += 1
    for question_type, answers in sorted(by_type.items()):
        yes, no = answers["yes"], answers["no"]
        if abs(yes - no) > 1:
            found.append(Imbalance(question_type, "yes" if yes > no else "no", max(yes, no), yes + no))
        others = {answer: times for answer, times in answers.items() if answer not in YES_NO and times}
        most = max(sorted(others), key=lambda answer: others[answer], default=None)
        of = sum(others.values())
        if most is not None and others[most] > max(1, -int(-of * MOST_OF_AN_ANSWER // 1)):
            found.append(Imbalance(question_type, most, others[most], of))
    return found
