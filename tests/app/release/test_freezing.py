"""What gets into a release, what does not, and that it never changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from app.release.workflow import EmptyReleaseError, NoSuchReleaseError, ReleaseError
from pipeline.formats.entries import text_id
from tests.app.release.reviewed import REVIEWER, Text, View, caption, make_dataset, make_store


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return make_store(tmp_path)


def views() -> list[View]:
    return [
        View(
            "a.png",
            [
                Text("How many ships are visible in the image?", "3", verdict="revise", revised_text="How many ships?",
                     revised_answer="2", flags=["count", "colour"], support="sar_with_optical"),
                Text("Is there a bridge?", "No", question_type="identification", verdict="reject"),
                Text("Is there a tank?", "No", question_type="identification", verdict="differs"),
                caption("A port."),
                caption("A port with two ships.", kind="complex_caption", verdict=None),
            ],
        ),
        View("b.png", [Text("How many tanks?", "1")], split="train", image=b"others"),
        View("c.png", [Text("How many cars?", "1")], is_usable=False),
    ]  # fmt: skip


def entries(session: Session, release_id: int) -> list[dict]:
    rows = session.execute(text("select entry from release_text where release_id = :id order by 1"), {"id": release_id})
    return list(rows.scalars())


def test_a_release_takes_what_is_verified_in_usable_scenes_and_nothing_else(
    session: Session, store: AssetStore
) -> None:
    make_dataset(session, store, views())
    release = workflow.create_release(session, "bench", ["ports"], notes="first")
    found = {entry.get("question") or entry["caption"] for entry in entries(session, release.release_id)}
    assert found == {"How many ships?", "A port.", "How many tanks?"}
    assert (release.label, release.text_count, release.notes) == ("bench@1", 3, "first")
    assert release.counts["left_out"] == {
        "ports": {"rejected": 1, "disagreement": 1, "not_reviewed": 1, "scene_unusable": 1}
    }
    assert release.counts["images"] == 2
    assert sum(part["texts"] for part in release.counts["parts"]) == 3
    [standing] = workflow.preview(session, ["ports"])
    assert (standing.verified, standing.left_out) == (3, release.counts["left_out"]["ports"])


def test_a_scene_whose_import_is_not_finished_stays_out(session: Session, store: AssetStore) -> None:
    unsettled = View("d.png", [Text("How many cranes?", "1"), caption("A crane.")], image=b"late", is_settled=False)
    make_dataset(session, store, [*views(), unsettled])
    [standing] = workflow.preview(session, ["ports"])
    assert (standing.verified, standing.left_out["not_settled"], standing.unsettled) == (3, 2, 1)
    release = workflow.create_release(session, "bench", ["ports"])
    found = {entry.get("question") or entry["caption"] for entry in entries(session, release.release_id)}
    assert not found & {"How many cranes?", "A crane."}
    assert release.counts["left_out"]["ports"]["not_settled"] == 2


def test_an_entry_says_what_was_drafted_what_was_decided_and_by_whom(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, views()[:1])
    release = workflow.create_release(session, "bench", ["ports"], kinds=["question"])
    [entry] = entries(session, release.release_id)
    assert (entry["question"], entry["answer"], entry["is_revised"]) == ("How many ships?", "2", True)
    assert entry["draft"]["text"] == "How many ships are visible in the image?"
    assert entry["draft"]["answer"] == "3"
    assert entry["draft"]["box_ids"] == ["17"]
    assert entry["support"] == "sar_with_optical"
    assert entry["drafter"]["parameters"] == {"temperature": 0.1, "top_p": 1.0, "small": 1e-7}
    counted, extra = entry["verdicts"]
    assert (counted["reviewer"], counted["counted"], extra["counted"]) == (str(REVIEWER), True, False)
    assert (counted["verdict"], counted["flags"]) == ("revise", ["count", "colour"])


def vouched() -> list[View]:
    sampled = [Text(f"How many ships in row {number}?", "1", verdict="sampled") for number in range(2)]
    return [View("a.png", [Text("How many ships?", verdict="boxes"), caption("A port."), *sampled])]


def test_what_a_sample_vouches_for_is_in_only_where_it_is_wanted_and_says_so(
    session: Session, store: AssetStore
) -> None:
    make_dataset(session, store, vouched())
    [standing] = workflow.preview(session, ["ports"])
    assert (standing.verified, standing.left_out) == (2, {"sample_verified": 2})
    plain = workflow.create_release(session, "bench", ["ports"])
    assert plain.counts["verification"] == {"reviewed": 1, "boxes_reviewed": 1}
    assert plain.counts["left_out"] == {"ports": {"sample_verified": 2}}
    told = {entry["verification"] for entry in entries(session, plain.release_id)}
    assert told == {"reviewed", "boxes_reviewed"}
    whole = workflow.create_release(session, "bench", ["ports"], with_sampled=True)
    assert whole.counts["verification"] == {"reviewed": 1, "boxes_reviewed": 1, "sample_verified": 2}
    assert whole.counts["left_out"] == {}
    assert sum(part["sample_verified"] for part in whole.counts["parts"]) == 2
    found = entries(session, whole.release_id)
    samples = [entry.get("sample") for entry in found if entry["verification"] == "sample_verified"]
    expected = {"read": 40, "wrong": 2, "error_rate": 0.05, "low": 0.0125, "high": 0.168}
    assert samples == [{**expected, "split": None, "kind": "question", "drafter": None}] * 2
    assert all("sample" not in entry for entry in found if entry["verification"] != "sample_verified")
    assert len(plain.rules["gates"]) == len(whole.rules["gates"]) + 1


def test_a_release_of_nothing_but_sampled_texts_says_that_they_were_left_out(
    session: Session, store: AssetStore
) -> None:
    make_dataset(session, store, [View("a.png", [Text("How many ships?", verdict="sampled")])])
    with pytest.raises(EmptyReleaseError, match="1 sample-verified text was left out: take them in"):
        workflow.create_release(session, "bench", ["ports"])
    assert workflow.create_release(session, "bench", ["ports"], with_sampled=True).text_count == 1


def test_the_current_resolution_counts(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, [View("b.png", [Text("How many tanks?", "1")])])
    session.execute(
        text("""
        insert into resolution (draft_id, revision, supersedes, outcome, text, answer, support, review_ids)
        select draft_id, 2, 1, 'verified', 'How many oil tanks?', '4', 'sar', review_ids from resolution""")
    )
    release = workflow.create_release(session, "bench", ["ports"])
    [entry] = entries(session, release.release_id)
    assert (entry["question"], entry["answer"]) == ("How many oil tanks?", "4")
    session.execute(
        text("""
        insert into resolution (draft_id, revision, supersedes, outcome, review_ids)
        select draft_id, 3, 2, 'rejected', review_ids from resolution where revision = 2""")
    )
    with pytest.raises(EmptyReleaseError, match="ports"):
        workflow.create_release(session, "bench", ["ports"])
    assert entries(session, release.release_id) == [entry]


def test_releases_of_a_name_are_numbered_and_found(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, views())
    first, second = (workflow.create_release(session, "bench", ["ports"]) for _ in range(2))
    assert (first.label, second.label) == ("bench@1", "bench@2")
    assert first.content_sha256 == second.content_sha256
    assert workflow.get_release(session, "bench@1") == first
    assert workflow.get_release(session, "bench") == second
    assert workflow.list_releases(session, before=second.release_id) == [first]
    for wrong in ("bench@3", "bench@", "bench@x", "bench@1@1", "", "nothing", "bench@" + "9" * 30, "b\x00", "bench@²"):
        with pytest.raises(NoSuchReleaseError):
            workflow.get_release(session, wrong)


REFUSED = [
    ("../x", ["ports"], None, "", "cannot be named"),
    ("bench@2", ["ports"], None, "", "cannot be named"),
    ("bench\n", ["ports"], None, "", "cannot be named"),
    ("bench", [], None, "", "at least one dataset"),
    ("bench", ["ports", "nowhere"], None, "", "no dataset 'nowhere'"),
    ("bench", ["ports"], ["poem"], "", "no kind of text 'poem'"),
    ("bench", ["ports"], [], "", "at least one kind"),
    ("bench", ["ports"], None, "\x00", "NUL"),
]


def test_what_cannot_be_released_is_said(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, views()[:1])
    for name, datasets, kinds, notes, says in REFUSED:
        with pytest.raises(ReleaseError, match=says):
            workflow.create_release(session, name, datasets, kinds, notes)


def test_an_empty_release_is_refused_and_leaves_nothing(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, [View("a.png", [Text("How many ships?", verdict="reject")])])
    with pytest.raises(EmptyReleaseError, match="would be empty: 1 rejected"):
        workflow.create_release(session, "bench", ["ports"])
    assert workflow.list_releases(session) == []


@pytest.mark.parametrize("origin", ["gold", "probe"])
def test_only_drafted_texts_get_in_and_the_database_itself_says_so(
    session: Session, store: AssetStore, origin: str
) -> None:
    make_dataset(session, store, [View("a.png", [Text("How many ships?"), Text("How many tanks?", origin=origin)])])
    release = workflow.create_release(session, "bench", ["ports"])
    assert [entry["question"] for entry in entries(session, release.release_id)] == ["How many ships?"]
    smuggle = """insert into release_text (release_id, text_sha256, draft_id, resolution_id, origin, entry)
        select :id, repeat('0', 64), draft_id, resolution_id, :claimed, '{}'
        from draft join resolution using (draft_id) where origin = :origin"""
    for claimed in ("drafted", origin):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(smuggle), {"id": release.release_id, "origin": origin, "claimed": claimed})


def test_a_text_rests_on_a_resolution_of_its_own_draft_and_a_number_is_given_once(
    session: Session, store: AssetStore
) -> None:
    make_dataset(session, store, [View("a.png", [Text("How many ships?"), Text("How many tanks?")])])
    release = workflow.create_release(session, "bench", ["ports"])
    swap = """insert into release_text (release_id, text_sha256, draft_id, resolution_id, entry)
        select :id, repeat('0', 64), min(draft_id), max(resolution_id), '{}' from resolution"""
    session.execute(text("alter table release_text drop constraint pk_release_text cascade"))
    session.execute(text("drop index uq_release_text_draft"))
    twice = """insert into release (name, number, rules, counts, text_count, content_sha256)
        select name, number, rules, counts, text_count, content_sha256 from release"""
    for statement, constraint in ((swap, "resolution_id_draft_id"), (twice, "uq_release_name_number")):
        with pytest.raises(IntegrityError, match=constraint), session.begin_nested():
            session.execute(text(statement), {"id": release.release_id})


def test_a_release_takes_no_text_after_it_was_made(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, views())
    first = workflow.create_release(session, "bench", ["ports"], kinds=["question"])
    further = """insert into release_text (release_id, text_sha256, draft_id, resolution_id, entry)
        select :id, repeat('0', 64), draft_id, resolution_id, '{}' from resolution join draft using (draft_id)
        where outcome = 'verified' and kind <> 'question' limit 1"""
    with pytest.raises(DBAPIError, match="takes no release_text after it was made"), session.begin_nested():
        session.execute(text(further), {"id": first.release_id})


def test_a_release_never_changes(session: Session, store: AssetStore) -> None:
    make_dataset(session, store, views())
    workflow.create_release(session, "bench", ["ports"])
    for table, column in [("release", "notes"), ("release_text", "entry"), ("release_scene", "entry")]:
        for change in (f"update {table} set {column} = '{{}}'", f"delete from {table}", f"truncate {table} cascade"):
            with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
                session.execute(text(change))


def test_texts_and_scenes_are_in_the_order_of_code_points_whatever_the_database_sorts_by(session: Session) -> None:
    collations = """select table_name || '.' || column_name, collation_name from information_schema.columns
        where (table_name, column_name) in
            (('release_text', 'text_sha256'), ('release_scene', 'dataset'), ('release_scene', 'name'))"""
    assert dict(map(tuple, session.execute(text(collations)))) == {
        "release_text.text_sha256": "C",
        "release_scene.dataset": "C",
        "release_scene.name": "C",
    }


def test_two_at_once_under_one_name_get_two_numbers(sessions: SessionMaker, store: AssetStore) -> None:
    with transaction(sessions) as session:
        make_dataset(session, store, views())
    with sessions() as first, sessions() as second:
        one = workflow.create_release(first, "bench", ["ports"])
        second.execute(text("set local lock_timeout = '200ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            workflow.create_release(second, "bench", ["ports"])
        first.commit()
        second.rollback()
        two = workflow.create_release(second, "bench", ["ports"])
    assert (one.number, two.number) == (1, 2)


printable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=printable, answer=printable | st.none())
def test_python_and_postgres_give_a_text_the_same_id(session: Session, question: str, answer: str | None) -> None:
    entry = {
        "dataset": "ports", "scene": question, "image_sha256": "ab", "split": "test", "kind": "question",
        "question_type": None, "question": question, "answer": answer, "support": "sar", "draft": {"sha256": "cd"},
    }  # fmt: skip
    statement = text("""select encode(sha256(convert_to(jsonb_build_array(cast('ports' as text), cast(:q as text),
        cast('ab' as text), cast('test' as text), cast('question' as text), null, cast(:q as text), cast(:a as text),
        cast('sar' as text), cast('cd' as text))::text, 'UTF8')), 'hex')""")
    assert session.execute(statement, {"q": question, "a": answer}).scalar_one() == text_id(entry)
