"""The sides of a disagreement, without who took them. No database in here.

A side is what one or more reviews say alike of a draft. Sides are lettered in an order that is drawn for each packet
and adjudicator by a keyed hash: always the same for them, and nobody without the deployment's secret can tell from it
which review came first.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.review.workflow.verdicts import FlaggedSpan
from app.web.signing import keyed
from pipeline.vocabulary import FLAGS

LETTERS: Final = "ABCDEFGHI"
"""One for each of at most nine reviews."""
SAR_WITH_OPTICAL: Final = "sar_with_optical"


@dataclass(frozen=True, slots=True)
class Blind:
    """For whom, and of which packet, sides are put into an order that tells nothing."""

    secret: bytes = field(repr=False)
    adjudicator: uuid.UUID
    packet_id: int

    def place_of(self, review_id: int) -> str:
        """What a review is ordered by."""
        return keyed(self.secret, "sides", str(self.adjudicator), str(self.packet_id), str(review_id))

    def digest(self, told: Any) -> str:
        """Of what was shown: says whether it is still so, and nothing else."""
        return keyed(self.secret, "seen", str(self.adjudicator), json.dumps(told, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Said:
    """What one counted review says of one draft."""

    review_id: int
    reviewer: uuid.UUID
    verdict: str
    text: str | None = None
    answer: str | None = None
    flags: tuple[str, ...] = ()
    spans: tuple[FlaggedSpan, ...] = ()
    support: str = "sar"
    marks: tuple[tuple[float, float], ...] = ()

    @property
    def meant(self) -> tuple[str, str, str]:
        """By which reviews are alike: white space and case aside."""
        return (self.verdict, _folded(self.text), _folded(self.answer))


@dataclass(frozen=True, slots=True)
class Side:
    """Reviews that say the same of a draft. What is shown of them is here; ``said`` never leaves the server."""

    letter: str
    said: tuple[Said, ...] = field(repr=False)
    """Oldest first: the oldest one's wording is taken, as where all agree."""

    @property
    def verdict(self) -> str:
        return self.said[0].verdict

    @property
    def text(self) -> str | None:
        return self.said[0].text

    @property
    def answer(self) -> str | None:
        return self.said[0].answer

    @property
    def flags(self) -> tuple[str, ...]:
        given = {flag for one in self.said for flag in one.flags}
        return tuple(flag for flag in FLAGS if flag in given)

    @property
    def spans(self) -> list[FlaggedSpan]:
        """Of all of them, each once, by place."""
        given = {span for one in self.said for span in one.spans}
        return sorted(given, key=lambda span: (span.field, span.start, -span.end, span.flag))

    @property
    def support(self) -> str:
        return weakest(one.support for one in self.said)

    @property
    def tallies(self) -> list[list[tuple[float, float]]]:
        """What each of them tapped to count; those that counted least first, which tells no order of reviews."""
        return sorted((sorted(one.marks) for one in self.said if one.marks), key=lambda marks: (len(marks), marks))

    @property
    def may_be_taken(self) -> bool:
        return self.verdict != "unsure"


def sides_of(said: Sequence[Said], blind: Blind) -> list[Side]:
    """The sides by letter."""
    ordered = sorted(said, key=lambda one: blind.place_of(one.review_id))
    groups: dict[tuple[str, str, str], list[Said]] = {}
    for one in ordered:
        groups.setdefault(one.meant, []).append(one)
    return [
        Side(letter, tuple(sorted(alike, key=lambda one: one.review_id)))
        for letter, alike in zip(LETTERS, groups.values(), strict=False)
    ]


def seen_of(sides: Sequence[Side], blind: Blind) -> str:
    """A digest of the sides as they are shown."""
    return blind.digest([[side.letter, [[one.review_id, *one.meant] for one in side.said]] for side in sides])


def weakest(supports: Iterable[str]) -> str:
    """Of several supports, that which claims least of the SAR image."""
    return SAR_WITH_OPTICAL if SAR_WITH_OPTICAL in set(supports) else "sar"


@dataclass(frozen=True, slots=True)
class SaidOfScene:
    """What one counted review says of the scene."""

    review_id: int
    reviewer: uuid.UUID
    verdict: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class SceneSide:
    """Reviews that say the same of a scene. ``said`` never leaves the server."""

    letter: str
    said: tuple[SaidOfScene, ...] = field(repr=False)

    @property
    def verdict(self) -> str:
        return self.said[0].verdict

    @property
    def reason(self) -> str | None:
        return self.said[0].reason


def scene_sides_of(said: Sequence[SaidOfScene], blind: Blind) -> list[SceneSide]:
    """What is said of the scene, by letter; in the same order of reviews as their verdicts on drafts."""
    groups: dict[tuple[str, str | None], list[SaidOfScene]] = {}
    for one in sorted(said, key=lambda one: blind.place_of(one.review_id)):
        groups.setdefault((one.verdict, one.reason), []).append(one)
    return [SceneSide(letter, tuple(alike)) for letter, alike in zip(LETTERS, groups.values(), strict=False)]


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
