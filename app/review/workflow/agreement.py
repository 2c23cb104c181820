"""What follows for a packet's drafts once all the reviews that it wants are in. No database in here.

A scene that all reviews call unusable releases nothing: each of its drafts is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.review.queries.submitting import PacketDraft, SaidOfDraft, SlotReview

Basis = Literal["reviews", "box_set"]
Reason = Literal["unsure", "verdicts_differ", "texts_differ", "scene_differs"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A draft's resolution."""

    draft_id: int
    outcome: Literal["verified", "rejected"]
    text: str | None = None
    answer: str | None = None
    support: str | None = None
    is_revised: bool = False
    basis: Basis = "reviews"
    """Whether anybody read the text, or all took it over from boxes that they judged."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A draft that waits to be adjudicated, and why."""

    draft_id: int
    reason: Reason


def conclude(drafts: Sequence[PacketDraft], reviews: Sequence[SlotReview]) -> list[Outcome | Difference]:
    """The outcome of each draft from all its counted reviews, oldest first.

    Reviews agree where they give the same verdict, and for a revision the same text and answer after white space and
    case are folded; the oldest one's wording is taken. Support is the weakest that any of them found.
    """
    scenes = {review.scene_verdict for review in reviews}
    if scenes == {"unusable"}:
        return [Outcome(draft.draft_id, "rejected") for draft in drafts]
    if len(scenes) > 1:
        return [Difference(draft.draft_id, "scene_differs") for draft in drafts]
    return [_conclude_one(draft, [review.verdicts[draft.draft_id] for review in reviews]) for draft in drafts]


def _conclude_one(draft: PacketDraft, said: Sequence[SaidOfDraft]) -> Outcome | Difference:
    verdicts = {one.verdict for one in said}
    if "unsure" in verdicts:
        return Difference(draft.draft_id, "unsure")
    if len(verdicts) > 1:
        return Difference(draft.draft_id, "verdicts_differ")
    basis: Basis = "box_set" if all(one.origin == "box_set" for one in said) else "reviews"
    if verdicts == {"reject"}:
        return Outcome(draft.draft_id, "rejected", basis=basis)
    support = "sar_with_optical" if any(one.support == "sar_with_optical" for one in said) else "sar"
    if verdicts == {"accept"}:
        return Outcome(draft.draft_id, "verified", draft.text, draft.answer, support, basis=basis)
    if len({(_folded(one.revised_text), _folded(one.revised_answer)) for one in said}) > 1:
        return Difference(draft.draft_id, "texts_differ")
    return Outcome(draft.draft_id, "verified", said[0].revised_text, said[0].revised_answer, support, is_revised=True)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
