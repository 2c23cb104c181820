"""What a submission must meet before it is stored."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.errors import InvalidVerdictError, UnstorableTextError, WrongDraftsError
from app.review.queries.submitting import PacketContents, PacketDraft
from app.review.workflow.verdicts import FlaggedSpan, GivenVerdict, Submission, check, check_progress

TEXT = "Ein Schiff 🚢 am Kai"
DRAFTS = [PacketDraft(1, "concise_caption", TEXT, None), PacketDraft(2, "question", "How many ships?", "3")]
PACKET = PacketContents(DRAFTS, wanted=1, rows=100, cols=200)


def pass_over(*verdicts: GivenVerdict, scene: str = "usable") -> Submission:
    reason = None if scene == "usable" else "artefact"
    return Submission(uuid.UUID(int=1), uuid.UUID(int=2), 3, scene, reason, verdicts)


def of_both(first: GivenVerdict) -> Submission:
    return pass_over(first, GivenVerdict(3 - first.draft_id, "accept"))


def test_verdicts_come_out_in_the_packets_order() -> None:
    checked = check(pass_over(GivenVerdict(2, "reject"), GivenVerdict(1, "accept")), PACKET)
    assert [(one.draft_id, one.verdict) for one in checked] == [(1, "accept"), (2, "reject")]


def test_a_missing_a_foreign_and_a_doubled_draft_are_named() -> None:
    twice = GivenVerdict(1, "accept")
    with pytest.raises(WrongDraftsError) as raised:
        check(pass_over(twice, twice, GivenVerdict(9, "accept")), PACKET)
    assert raised.value.facts == {"missing": [2], "foreign": [9], "twice": [1]}


def test_of_an_unusable_scene_verdicts_may_be_missing_but_not_foreign() -> None:
    assert check(pass_over(scene="unusable"), PACKET) == ()
    with pytest.raises(WrongDraftsError):
        check(pass_over(GivenVerdict(9, "accept"), scene="unusable"), PACKET)


@pytest.mark.parametrize(
    "span",
    [
        FlaggedSpan("colour", "text", 0, len(TEXT) + 1),
        FlaggedSpan("colour", "text", -1, 2),
        FlaggedSpan("colour", "text", 4, 4),
        FlaggedSpan("colour", "answer", 0, 1),
    ],
)
def test_a_span_lies_within_the_text(span: FlaggedSpan) -> None:
    with pytest.raises(InvalidVerdictError, match="Draft 1"):
        check(of_both(GivenVerdict(1, "reject", spans=(span,))), PACKET)


def test_spans_are_counted_in_code_points() -> None:
    last = FlaggedSpan("vague", "text", len(TEXT) - 1, len(TEXT))
    assert check(of_both(GivenVerdict(1, "reject", spans=(last,))), PACKET)[0].spans == (last,)
    beyond = replace(last, end=len(TEXT.encode("utf-16-le")) // 2)
    with pytest.raises(InvalidVerdictError):
        check(of_both(GivenVerdict(1, "reject", spans=(beyond,))), PACKET)


def test_a_questions_fields_are_question_and_answer() -> None:
    span = FlaggedSpan("count", "answer", 0, 1)
    assert check(of_both(GivenVerdict(2, "reject", spans=(span,))), PACKET)[1].spans == (span,)
    with pytest.raises(InvalidVerdictError, match="question and answer"):
        check(of_both(GivenVerdict(2, "reject", spans=(replace(span, field="text"),))), PACKET)


def test_the_flag_of_a_span_is_a_flag_of_the_draft() -> None:
    spans = (FlaggedSpan("vague", "text", 0, 3), FlaggedSpan("colour", "text", 0, 3))
    checked = check(of_both(GivenVerdict(1, "reject", flags=("other", "vague"), spans=spans)), PACKET)
    assert checked[0].flags == ("colour", "vague", "other")


def test_a_revision_of_the_answer_alone_keeps_the_question() -> None:
    checked = check(of_both(GivenVerdict(2, "revise", revised_answer="4")), PACKET)[1]
    assert (checked.revised_text, checked.revised_answer) == ("How many ships?", "4")


@pytest.mark.parametrize("text", [None, TEXT, f"  {TEXT.replace(' ', '  ')}\n"])
def test_a_revision_that_changes_nothing_is_refused(text: str | None) -> None:
    with pytest.raises(InvalidVerdictError, match="draft's own; accept it, or change it"):
        check(of_both(GivenVerdict(1, "revise", revised_text=text)), PACKET)


def test_a_change_of_case_is_a_revision() -> None:
    assert check(of_both(GivenVerdict(1, "revise", revised_text=TEXT.upper())), PACKET)[0].revised_text == TEXT.upper()


@pytest.mark.parametrize(
    "verdict",
    [
        GivenVerdict(1, "revise", revised_text=" \n"),
        GivenVerdict(2, "revise", revised_text="How many?", revised_answer=""),
        GivenVerdict(1, "revise", revised_text="A ship.", revised_answer="3"),
        GivenVerdict(1, "accept", revised_text="A ship."),
        GivenVerdict(2, "unsure", revised_answer="4"),
    ],
)
def test_a_text_that_does_not_go_with_the_verdict_is_refused(verdict: GivenVerdict) -> None:
    with pytest.raises(InvalidVerdictError):
        check(of_both(verdict), PACKET)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "x" * 20_001])
def test_what_is_no_text_is_refused(text: str) -> None:
    for verdict in (GivenVerdict(1, "revise", revised_text=text), GivenVerdict(1, "accept", view={"panel": text})):
        with pytest.raises(UnstorableTextError):
            check(of_both(verdict), PACKET)
    with pytest.raises(UnstorableTextError):
        check_progress({"verdicts": {"1": {"revised_text": text}}})


@pytest.mark.parametrize("body", [{"zoom": float("nan")}, {"x": ["y" * 20_000] * 51}])
def test_a_progress_is_finite_and_not_endless(body: dict[str, object]) -> None:
    with pytest.raises(UnstorableTextError):
        check_progress(body)


def test_a_progress_is_not_nested_without_end() -> None:
    nested: object = 1
    for _ in range(31):
        nested = [nested]
    check_progress({"x": nested})
    with pytest.raises(UnstorableTextError, match="nested"):
        check_progress({"x": [nested]})


def test_hostile_and_foreign_texts_are_kept_as_they_are() -> None:
    for text in ("<script>alert(1)</script>", "船が三隻", "سفينة", "e\u0301 is not é", "=1+1"):
        assert check(of_both(GivenVerdict(1, "revise", revised_text=text)), PACKET)[0].revised_text == text


@given(st.permutations([GivenVerdict(1, "accept"), GivenVerdict(2, "reject"), GivenVerdict(3, "unsure")]))
def test_the_hash_of_a_body_knows_no_order_of_verdicts(verdicts: list[GivenVerdict]) -> None:
    assert pass_over(*verdicts).body_sha256 == pass_over(*sorted(verdicts, key=lambda one: one.draft_id)).body_sha256


def test_the_hash_of_a_body_tells_bodies_apart() -> None:
    body = of_both(GivenVerdict(1, "accept"))
    others = [
        of_both(GivenVerdict(1, "reject")),
        of_both(GivenVerdict(1, "accept", flags=("other",))),
        of_both(GivenVerdict(1, "accept", support="sar_with_optical")),
        replace(body, packet_id=4),
        replace(body, assignment_id=uuid.UUID(int=9)),
        replace(body, scene_verdict="unusable", unusable_reason="artefact"),
    ]
    assert len({one.body_sha256 for one in (body, *others)}) == 7
