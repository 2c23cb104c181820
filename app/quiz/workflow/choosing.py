"""From what is chosen to what is asked: the frozen copy of a question, with its choices, region and metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.quiz.queries.candidates import DetailRow
from app.quiz.queries.questions import NewQuestion
from app.quiz.workflow.drawing import YES_NO, Candidate, order_of
from app.quiz.workflow.forms import Form, FormTally

MOST_CHOICES: Final = 4
SHOWN_METADATA: Final = (
    *("sensor", "band", "polarisations", "pixel_spacing_m", "resolution_m", "geometry", "look_azimuth_deg"),
    *("look_side", "incidence_deg"),
)
"""What the arm with metadata tells; no name, place, time or licence, which would tell the source."""
REGION_WORDS: Final = "that is drawn in the picture"
_REGION: Final = re.compile(r"\[\s*-?\d+(?:\.\d+)?(?:\s*,\s*-?\d+(?:\.\d+)?){3}\s*\]")


def new_question(
    candidate: Candidate,
    detail: DetailRow,
    tallies: Mapping[Form, FormTally],
    release_id: int,
    *,
    position: int,
    is_practice: bool,
    with_choices: bool,
    seed: int,
) -> NewQuestion:
    """The candidate as it is copied into a quiz."""
    tally = tallies[candidate.question_type, candidate.form]
    choices = choices_of(tally, detail.answer, candidate.answer, candidate.text_sha256, seed) if with_choices else None
    is_region = candidate.question_type == "referring"
    return NewQuestion(
        position=position,
        is_practice=is_practice,
        release_id=release_id,
        text_sha256=candidate.text_sha256,
        draft_id=detail.draft_id,
        scene_id=detail.scene_id,
        ground_key=candidate.ground_key,
        dataset=candidate.dataset,
        question=_REGION.sub(REGION_WORDS, detail.question) if is_region else detail.question,
        truth=detail.answer,
        question_type=candidate.question_type,
        form=candidate.form,
        majority_answer=tally.spelled[tally.majority],
        chance=1 / len(choices) if choices else tally.chance,
        choices=choices,
        region_box=detail.box if is_region else None,
        shown_metadata=shown_metadata(detail.metadata or {}),
        feedback="" if is_practice else None,
    )


def choices_of(tally: FormTally, truth: str, folded: str, text_sha256: str, seed: int) -> list[str]:
    """The truth among others: yes and no; else up to three other answers that its form has, the most frequent first.

    In an order of chance, which the seed and the text give.
    """
    if folded in YES_NO:
        others = ["No" if folded == "yes" else "Yes"]
    else:
        ranked = sorted(tally.answers, key=lambda answer: (-tally.answers[answer], answer))
        plausible = [answer for answer in ranked if answer != folded and answer not in YES_NO]
        others = [tally.spelled[answer] for answer in plausible[: MOST_CHOICES - 1]]
    return sorted([truth, *others], key=lambda choice: order_of(seed, f"{text_sha256} {choice}"))


def shown_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What may be shown of a scene's metadata, as far as it is known."""
    known: dict[str, Any] = {}
    for name in SHOWN_METADATA:
        value = metadata.get(name)
        if value not in (None, [], "", "unknown"):
            known[name] = value
    return known
