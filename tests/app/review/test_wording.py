"""What is typed is judged as what is stored: the same text, the same findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.rule_setting import BY_COMMAND, set_rules
from app.intake.workflow.screening import screen_dataset
from app.review.workflow import ReviewConfig, claim, screen_wording
from pipeline.records import Draft
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts
from tests.app.review.factories import add_reviewer

Said = tuple[str, str, int, int, str]

TEXTS = (
    Draft("concise_caption", "Several green ships lie at the quay."),
    Draft("complex_caption", "Five ships and one tank, a red car and a dark river in the photo."),
    Draft("question", "How many ships are visible in the image?", "counting", "7"),
    Draft("concise_caption", "Two ships and one tank are visible."),
)


@pytest.fixture(params=["labelled", "annotated by nobody"])
def dataset_id(request: pytest.FixtureRequest, sessions: SessionMaker, tmp_path: Path) -> int:
    known = {} if request.param == "labelled" else {"boxes": (), "labelled": ()}
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, count=1, **known)  # type: ignore[arg-type]
    turned = '{"lonlat_corners": [[0.0, 0.0], [0.0, 0.01], [0.01, 0.01], [0.01, 0.0]]}'
    with transaction(sessions) as session:
        session.execute(text("update scene set ground = cast(:ground as jsonb)"), {"ground": turned})
    add_drafts(sessions, dataset_id, *TEXTS)
    if request.param == "labelled":
        draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    return dataset_id


def typed_again(sessions: SessionMaker) -> dict[int, set[Said]]:
    """What is said of each draft of the packets when it is typed as it is."""
    said: dict[int, set[Said]] = {}
    with transaction(sessions) as session:
        reviewer, held = add_reviewer(session), []
        while (handed := claim(session, reviewer, None, held, ReviewConfig(max_held=99)).assignment_id) is not None:
            held.append(handed)
        drafts = "select m.packet_id, d.draft_id, d.text, d.answer from draft d join packet_draft m using (draft_id)"
        for row in session.execute(text(drafts)).all():
            told = screen_wording(session, reviewer, row.packet_id, row.draft_id, row.text, row.answer)
            assert told is not None
            said[row.draft_id] = {(one.rule, one.field, one.start, one.end, one.severity) for one in told}
    return said


def stored(sessions: SessionMaker) -> dict[int, set[Said]]:
    """What the newest screening said of each draft."""
    said: dict[int, set[Said]] = {draft_id: set() for draft_id in found(sessions, "select draft_id from draft")}
    newest = "select max(run_id) from screened"
    query = (
        "select f.draft_id, f.rule, f.field, f.start_, f.end_, f.severity from finding f"
        f" join screened x using (draft_id, screening_version) where x.run_id = ({newest})"
    )
    for draft_id, *finding in found(sessions, query):
        said[draft_id].add(tuple(finding))
    return said


def test_a_text_typed_as_it_is_stored_is_told_the_same(sessions: SessionMaker, dataset_id: int) -> None:
    screen_dataset(sessions, "harbour")
    assert typed_again(sessions) == stored(sessions)
    assert any(stored(sessions).values())


def test_the_datasets_rules_hold_while_typing(sessions: SessionMaker, dataset_id: int) -> None:
    with transaction(sessions) as session:
        set_rules(session, "harbour", {"colour": "off", "vague": "info"}, BY_COMMAND)
    screen_dataset(sessions, "harbour")
    said = typed_again(sessions)
    assert said == stored(sessions)
    told = {(rule, severity) for findings in said.values() for rule, _, _, _, severity in findings}
    assert ("vague.quantity", "info") in told
    assert not any(rule.startswith("colour.") for rule, _ in told)


LIKE = (
    Draft("question", "What is the shape of the island?", "general", "Long."),
    Draft("question", "Which shape does the island have?", "general", "Long."),
)
REWORDED = "What is the shape of this island in the image?"


def test_of_two_like_questions_the_later_is_told_whichever_is_typed_anew(
    sessions: SessionMaker, dataset_id: int
) -> None:
    add_drafts(sessions, dataset_id, *LIKE)
    screen_dataset(sessions, "harbour")
    with transaction(sessions) as session:
        reviewer, held = add_reviewer(session), []
        while (handed := claim(session, reviewer, None, held, ReviewConfig(max_held=99)).assignment_id) is not None:
            held.append(handed)
        asked = "select packet_id, draft_id from packet_draft join draft using (draft_id) where text = :text"
        told = []
        for draft in LIKE:
            packet_id, draft_id = session.execute(text(asked), {"text": draft.text}).one()
            findings = screen_wording(session, reviewer, packet_id, draft_id, REWORDED, draft.answer)
            told.append([one.rule for one in findings or () if one.family == "duplicate"])
    assert told == [[], ["duplicate.words"]]


def test_typing_asks_the_same_few_queries_however_many_texts_the_scene_has(
    sessions: SessionMaker, dataset_id: int
) -> None:
    screen_dataset(sessions, "harbour")
    asked: list[str] = []
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
        claim(session, reviewer, None, [], ReviewConfig())
        held = "select packet_id, draft_id from packet_draft join assignment using (packet_id) limit 1"
        packet_id, draft_id = session.execute(text(held)).one()
        event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        screen_wording(session, reviewer, packet_id, draft_id, "Several green ships.", None)
    assert len(asked) == 3
