"""Choose a balanced few of a scene's questions, the same few for the same seed."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.programs.derivation import NO, is_unstable
from pipeline.programs.layout import Layout
from pipeline.programs.program import Program
from pipeline.records import Draft

_TURNS: Final = ("identification Yes", "counting", "identification No", "positioning", "referring", "classification")
"""Types take turns in this order; Yes and No are turns of their own, so that neither answer can be guessed."""

_NOTHING: Final = ("0", NO)


@dataclass(frozen=True)
class Candidate:
    """A draft that may be chosen, with what it was drawn from."""

    program: Program
    draft: Draft
    layout: Layout

    @cached_property
    def is_fragile(self) -> bool:
        return is_unstable(self.program, self.layout)

    @property
    def turn(self) -> str:
        kind = self.draft.question_type or ""
        return f"{kind} {self.draft.answer}" if kind == "identification" else kind

    @property
    def form(self) -> Hashable:
        """Within a turn forms alternate; counts of nothing are a form, else they would crowd out the others."""
        return self.program.form, self.program.side is not None, self.draft.answer in _NOTHING


def sample(candidates: Sequence[Candidate], number: int, *, seed: int, salt: str) -> list[Candidate]:
    """At most ``number`` candidates, in the order in which they came; fragile ones only where sturdy ones run out."""
    if number >= len(candidates):
        return list(candidates)
    # A string seeds by its SHA-512: the same in every process, unlike hash().
    order = random.Random(f"{seed} {salt}").sample(range(len(candidates)), len(candidates))  # noqa: S311 - no secret
    turns: dict[str, list[int]] = {turn: [] for turn in _TURNS}
    for index in order:
        turns[candidates[index].turn].append(index)
    queues = [_alternate(candidates, indices) for indices in turns.values()]
    sturdy = _take_turns([_only(candidates, queue, is_fragile=False) for queue in queues], number)
    fragile = _take_turns([_only(candidates, queue, is_fragile=True) for queue in queues], number - len(sturdy))
    return [candidates[index] for index in sorted((*sturdy, *fragile))]


def _alternate(candidates: Sequence[Candidate], indices: Iterable[int]) -> list[int]:
    """Interleave the forms of one turn; what says that something is there goes first."""
    forms: dict[Hashable, list[int]] = {}
    for index in sorted(indices, key=lambda index: candidates[index].draft.answer in _NOTHING):
        forms.setdefault(candidates[index].form, []).append(index)
    return _take_turns(list(forms.values()), len(candidates))


def _only(candidates: Sequence[Candidate], indices: Iterable[int], *, is_fragile: bool) -> list[int]:
    return [index for index in indices if candidates[index].is_fragile == is_fragile]


def _take_turns(queues: Sequence[Sequence[int]], number: int) -> list[int]:
    """The first of each queue, then the second of each, until there are ``number``."""
    taken: list[int] = []
    for depth in range(max(map(len, queues), default=0)):
        taken.extend(queue[depth] for queue in queues if depth < len(queue))
    return taken[:number]
