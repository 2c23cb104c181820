"""What follows for drafts from their reviews: agreement, difference, and the weakest support."""

from __future__ import annotations

import pytest

from app.review.queries.submitting import PacketDraft, SaidOfDraft, SlotReview
from app.review.workflow.agreement import Difference, Outcome, conclude

CAPTION = PacketDraft(1, "concise_caption", "A grey ship.", None)
QUESTION = PacketDraft(1, "question", "How many ships?", "3")


def said(verdict: str, text: str | None = None, answer: str | None = None, support: str = "sar") -> SlotReview:
    return SlotReview("usable", {1: SaidOfDraft(verdict, text, answer, support)})


UNUSABLE = SlotReview("unusable", {})


def test_an_accepted_draft_is_verified_as_drafted() -> None:
    assert conclude([QUESTION], [said("accept")]) == [Outcome(1, "verified", "How many ships?", "3", "sar")]


def test_a_revision_is_verified_as_revised() -> None:
    outcome = Outcome(1, "verified", "A ship.", None, "sar", is_revised=True)
    assert conclude([CAPTION], [said("revise", "A ship.")]) == [outcome]


def test_a_rejected_draft_is_rejected() -> None:
    assert conclude([CAPTION], [said("reject"), said("reject")]) == [Outcome(1, "rejected")]


def test_revisions_agree_after_white_space_and_case_and_the_oldest_wording_is_taken() -> None:
    reviews = [said("revise", "A Ship  at sea.", "3"), said("revise", " a ship at\tsea.", " 3")]
    assert conclude([QUESTION], reviews) == [Outcome(1, "verified", "A Ship  at sea.", "3", "sar", is_revised=True)]


@pytest.mark.parametrize("other", [said("revise", "A ship!"), said("revise", "A ship.", "4")])
def test_revisions_that_differ_in_text_or_answer_wait(other: SlotReview) -> None:
    assert conclude([CAPTION], [said("revise", "A ship."), other]) == [Difference(1, "texts_differ")]


@pytest.mark.parametrize("other", ["reject", "revise"])
def test_verdicts_that_differ_wait(other: str) -> None:
    text = "A ship." if other == "revise" else None
    assert conclude([CAPTION], [said("accept"), said(other, text)]) == [Difference(1, "verdicts_differ")]


@pytest.mark.parametrize("others", [[], [said("accept")], [said("unsure")]])
def test_one_who_is_unsure_makes_a_draft_wait(others: list[SlotReview]) -> None:
    assert conclude([CAPTION], [said("unsure"), *others]) == [Difference(1, "unsure")]


def test_the_weakest_support_counts() -> None:
    reviews = [said("accept"), said("accept", support="sar_with_optical"), said("accept")]
    assert conclude([CAPTION], reviews) == [Outcome(1, "verified", "A grey ship.", None, "sar_with_optical")]


def test_a_scene_that_all_call_unusable_releases_nothing() -> None:
    assert conclude([CAPTION], [UNUSABLE, UNUSABLE]) == [Outcome(1, "rejected")]


def test_a_scene_that_only_some_call_unusable_waits_with_all_its_drafts() -> None:
    assert conclude([CAPTION], [UNUSABLE, said("accept")]) == [Difference(1, "scene_differs")]
