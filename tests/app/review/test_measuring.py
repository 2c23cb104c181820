"""Precision and recall of rules: by hand, by simulation with known truth, and from nothing but unprompted verdicts."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.review.queries.measuring import gathered, sums_of
from app.review.workflow import measuring
from app.review.workflow.measuring import FamilyFigures, Figure, RuleFigures, measured_rules
from pipeline.scoring.intervals import wilson
from pipeline.screening.fitting_flags import FITTING_FLAGS
from pipeline.vocabulary import FLAGS
from tests.app.review.factories import add_packets, add_reviewer, rows, value

Said = tuple[str, tuple[str, ...]]
ACCEPT: Said = ("accept", ())


def drafts_of(session: Session, packets: Sequence[int]) -> list[tuple[int, int]]:
    """(packet, draft) of these packets, in their order."""
    members = "select packet_id, draft_id from packet_draft where packet_id = any(:ids) order by packet_id, position"
    return [(packet, draft) for packet, draft in rows(session, members, ids=list(packets))]


def add_found(session: Session, found: Sequence[tuple[int, str, str]], version: str = "1") -> None:
    """Findings ``(draft, rule, severity)`` of one screening of all drafts."""
    run = "insert into run (dataset_id, kind, state) select min(dataset_id), 'screen', 'done' from dataset"
    given = {"version": version, "run_id": value(session, f"{run} returning run_id")}
    session.execute(
        text(
            "insert into screened (draft_id, screening_version, run_id) select draft_id, :version, :run_id from draft"
        ),
        given,
    )
    finding = """
        insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message)
        select :draft, :version, :rule, :severity, 'text', 0, 1 + count(*), 'x', 'm' from finding
        where draft_id = :draft and screening_version = :version"""
    if found:
        listed = [{"draft": draft, "rule": rule, "severity": severity, **given} for draft, rule, severity in found]
        session.execute(text(finding), listed)


def add_said(
    session: Session, said: Sequence[tuple[tuple[int, int], Said]], reviewer: uuid.UUID, version: str | None = "1"
) -> None:
    """First verdicts of one reviewer."""
    given = """insert into first_verdict (packet_id, draft_id, reviewer, verdict, flags, screening_version)
        values (:packet, :draft, :reviewer, :verdict, :flags, :version)"""
    listed = [
        {
            "packet": packet,
            "draft": draft,
            "verdict": verdict,
            "flags": list(flags),
            "reviewer": reviewer,
            "version": version,
        }
        for (packet, draft), (verdict, flags) in said
    ]
    session.execute(text(given), listed)


def dataset_id(session: Session, name: str = "harbours") -> int:
    return int(value(session, "select dataset_id from dataset where name = :name", name=name))


def rule(session: Session, name: str, version: str | None = None) -> RuleFigures:
    return next(each for each in measured_rules(session, dataset_id(session), version).rules if each.rule == name)


def family(session: Session, name: str) -> FamilyFigures:
    return next(each for each in measured_rules(session, dataset_id(session)).families if each.family == name)


def shape(figure: Figure | None) -> tuple[int, int, int]:
    assert figure is not None
    return figure.hits, figure.verdicts, figure.scenes


def test_precision_and_recall_are_those_counted_by_hand(session: Session) -> None:
    drafts = drafts_of(session, add_packets(session, 2, drafts=6, hides=True))
    first, second = drafts[:6], drafts[6:]
    # Found in five texts, twice in one of them: colour.word in four, colour.question in two.
    colours = [
        (first[0], "colour.word"),
        (first[1], "colour.word"),
        (first[1], "colour.word"),
        (first[2], "colour.word"),
    ]
    colours += [(second[0], "colour.word"), (second[0], "colour.question"), (second[1], "colour.question")]
    others = [(first[3], "count.number"), (second[2], "fragile.edge")]
    add_found(session, [(draft, name, "error") for (_, draft), name in colours + others])
    said: list[Said] = [
        ("revise", ("colour",)),  # word: right
        ("reject", ("vague", "colour")),  # word: right, once
        ("revise", ("language",)),  # word: not accepted, for another reason
        ("revise", ("colour", "count")),  # count right; colour missed
        ("accept", ()),
        ("unsure", ("colour",)),  # colour missed
    ]
    of_second: list[Said] = [
        ("accept", ()),  # word and question: wrong
        ("reject", ("colour",)),  # question: right
        ("revise", ()),  # fragile: acted upon
        *[ACCEPT] * 3,
    ]
    add_said(session, list(zip(drafts, said + of_second, strict=True)), add_reviewer(session))
    word, question = rule(session, "colour.word"), rule(session, "colour.question")
    assert (shape(word.precision), shape(word.accepted)) == ((2, 4, 2), (1, 4, 2))
    assert (shape(question.precision), shape(question.accepted)) == ((1, 2, 1), (1, 2, 1))
    colour = family(session, "colour")
    assert (shape(colour.precision), shape(colour.accepted), shape(colour.recall)) == ((3, 5, 2), (1, 5, 2), (3, 5, 2))
    count = family(session, "count")
    assert (shape(count.precision), shape(count.recall)) == ((1, 1, 1), (1, 1, 1))
    fragile = rule(session, "fragile.edge")
    assert (fragile.precision, shape(fragile.accepted)) == (None, (0, 1, 1))
    assert (shape(family(session, "vague").precision), shape(family(session, "vague").recall)) == ((0, 0, 0), (0, 1, 1))
    # A dozen verdicts tell nothing yet, and say so.
    assert (word.precision and word.precision.share, word.accepted.interval) == (None, None)
    assert word.accepted.missing == "not enough yet: 4 of 30 verdicts"


def test_a_figure_needs_thirty_verdicts_from_ten_scenes(session: Session) -> None:
    drafts = drafts_of(session, add_packets(session, 9, drafts=10, hides=True))
    add_found(session, [(draft, "colour.word", "error") for _, draft in drafts])
    reviewer = add_reviewer(session)
    add_said(session, [(each, ("revise", ("colour",))) for each in drafts], reviewer)
    precision = rule(session, "colour.word").precision
    assert precision is not None
    assert (precision.share, precision.missing) == (None, "not enough yet: 9 of 10 scenes")


def test_a_verdict_is_measured_by_the_findings_of_its_own_time(session: Session) -> None:
    drafts = drafts_of(session, add_packets(session, 40, drafts=1, hides=True))
    add_found(session, [(draft, "colour.word", "error") for _, draft in drafts], "1")
    add_said(session, [(each, ACCEPT) for each in drafts[:35]], add_reviewer(session), "1")
    # Mended by what those verdicts said: the same texts say nothing of the new rules.
    add_found(session, [(draft, "colour.mended", "error") for _, draft in drafts], "2")
    add_said(session, [(each, ("revise", ("colour",))) for each in drafts[35:]], add_reviewer(session), "2")
    measured = measured_rules(session, dataset_id(session))
    assert [(each.rule, each.accepted.hits, each.accepted.verdicts) for each in measured.rules] == [
        ("colour.word", 35, 35),
        ("colour.mended", 0, 5),
    ]
    assert [(one.version, one.verdicts, one.reviewers, one.scenes) for one in measured.gathered] == [
        (None, 40, 2, 40),
        ("1", 35, 1, 35),
        ("2", 5, 1, 5),
    ]
    assert [each.rule for each in measured_rules(session, dataset_id(session), "2").rules] == ["colour.mended"]
    assert measured_rules(session, dataset_id(session), "none of these").rules == []


def test_nothing_but_first_verdicts_of_packets_that_hide_measures(session: Session) -> None:
    """Verdicts that were given beside the findings are not looked at, nor those of another dataset."""
    shown = drafts_of(session, add_packets(session, 12, drafts=4))
    other = drafts_of(session, add_packets(session, 12, drafts=4, dataset="airfields", hides=True))
    add_found(session, [(draft, "colour.word", "error") for _, draft in shown + other])
    reviewer = add_reviewer(session)
    add_said(session, [(each, ACCEPT) for each in other], reviewer)
    add_said(session, [(each, ACCEPT) for each in shown], reviewer)
    assert sums_of(session, dataset_id(session), FITTING_FLAGS) == []
    assert gathered(session, dataset_id(session)) == []
    measured = measured_rules(session, dataset_id(session))
    assert (measured.rules, [each.recall for each in measured.families if each.flags]) == (
        [],
        [measuring.NOTHING] * sum(bool(flags) for flags in FITTING_FLAGS.values()),
    )


def test_errors_that_are_surely_accepted_come_first_and_are_doubtful(session: Session) -> None:
    drafts = drafts_of(session, add_packets(session, 60, drafts=6, hides=True))
    names = ("colour.good", "colour.bad", "colour.rare", "vague.bad", "fragile.bad", "colour.worse")
    severities = ("error", "error", "error", "warning", "info", "error")
    found = [(draft, names[at % 6], severities[at % 6]) for at, (_, draft) in enumerate(drafts)]
    # Few verdicts, all of them accepted: nothing is known of it yet.
    add_found(
        session, [each for each in found if each[1] != "colour.rare"] + [e for e in found if e[1] == "colour.rare"][:5]
    )
    flagged: Said = ("revise", ("colour", "vague"))
    of_rule = {"colour.good": [flagged], "colour.bad": [flagged] * 3 + [ACCEPT], "colour.worse": [flagged, ACCEPT]}
    said = [
        of_rule.get(names[at % 6], [ACCEPT])[at // 6 % len(of_rule.get(names[at % 6], [ACCEPT]))] for at in range(360)
    ]
    add_said(session, list(zip(drafts, said, strict=True)), add_reviewer(session))
    measured = measured_rules(session, dataset_id(session))
    assert [each.rule for each in measured.rules] == [
        "colour.worse", "colour.bad", "colour.good", "colour.rare", "vague.bad", "fragile.bad",
    ]  # fmt: skip
    assert [each.rule for each in measured.doubtful] == ["colour.worse", "colour.bad"]


def test_the_true_precision_and_recall_of_a_simulation_lie_inside_the_intervals(session: Session) -> None:
    """1,600 texts, two reviewers each; a rule of precision 0.8 and, of all texts with a colour, recall 0.6."""
    chance = random.Random(11)
    drafts = drafts_of(session, add_packets(session, 200, drafts=8, hides=True, wanted=2))
    truth = {draft: chance.random() < 0.3 for _, draft in drafts}
    # P(fires | colour) = 0.6; P(fires | none) such that 8 of 10 that fire are right: 0.3 · 0.6 / 0.8 · 0.2 / 0.7.
    fires = {draft: chance.random() < (0.6 if has else 0.3 * 0.6 / 0.8 * 0.2 / 0.7) for draft, has in truth.items()}
    add_found(session, [(draft, "colour.word", "error") for draft, does in fires.items() if does])
    for _ in range(2):
        said = [(each, ("revise", ("colour",)) if truth[each[1]] else ACCEPT) for each in drafts]
        add_said(session, said, add_reviewer(session))
    found = family(session, "colour")
    assert found.precision is not None
    assert found.recall is not None
    for known, figure in ((0.8, found.precision), (0.6, found.recall), (0.2, found.accepted)):
        assert figure.interval is not None
        assert figure.interval.low < known < figure.interval.high
        # Two reviewers of one text say the same: the texts are counted, not the verdicts.
        assert figure.interval.high - figure.interval.low > 1.25 * _width(figure)
    true_share = sum(truth[draft] for draft, does in fires.items() if does) / sum(fires.values())
    assert found.precision.share == pytest.approx(true_share)


def _width(figure: Figure) -> float:
    low, high = wilson(figure.hits, figure.verdicts)
    return high - low


def test_the_figures_take_two_statements_whatever_there_is(sessions: SessionMaker) -> None:
    statements: list[str] = []
    with transaction(sessions) as session:
        drafts = drafts_of(session, add_packets(session, 30, drafts=4, hides=True))
        add_found(session, [(draft, f"colour.rule{draft % 7}", "error") for _, draft in drafts])
        add_said(session, [(each, ACCEPT) for each in drafts], add_reviewer(session))
        name = dataset_id(session)
        event.listen(session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2]))
        measured_rules(session, name)
    assert len(statements) == 2


def test_the_flags_that_fit_are_flags() -> None:
    assert {flag for flags in FITTING_FLAGS.values() for flag in flags} <= set(FLAGS)
