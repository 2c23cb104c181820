"""Each gate keeps out what fails it and nothing else, in the preview as in the release; and what blocks all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import workflow as accounts
from app.assets.store import AssetStore
from app.release import workflow
from app.release.queries.rules import Rules
from app.release.workflow import BlockedReleaseError, EmptyReleaseError, NameTakenError, ReleaseError
from tests.app.release.reviewed import REVIEWER, Text, View, caption, make_dataset, make_store

PORTS = Rules(("ports",))


@pytest.fixture
def ports(session: Session, tmp_path: Path) -> AssetStore:
    """Four scenes, each with a question that is called after it."""
    store = make_store(tmp_path)
    views = [View(f"{name}.png", [Text(f"{name}?")], image=name.encode()) for name in "abcd"]
    make_dataset(session, store, views)
    return store


def taken(session: Session, rules: Rules = PORTS) -> tuple[set[str], dict[str, int]]:
    """What is in a release, and how much is left out and why; the preview before it says the same."""
    seen = workflow.preview_release(session, rules)
    release = workflow.freeze_release(session, "bench", rules)
    query = text("select entry ->> 'question' from release_text where release_id = :id")
    found = {word.rstrip("?") for word in session.execute(query, {"id": release.release_id}).scalars()}
    out = release.counts["left_out"].get("ports", {})
    assert (len(found), out) == (seen.texts, dict(seen.left_out))
    return found, out


def change(session: Session, statement: str, name: str, **values: object) -> None:
    session.execute(text(statement), {"scene": f"{name}.png", **values})


def find_error(session: Session, name: str, *, again: bool = False, severity: str = "error") -> None:
    """An error that screening finds in the question of a scene: before it was reviewed, or in a screening since."""
    at = "now() + interval '1 hour'" if again else "now() - interval '1 day'"
    run = f"""insert into run (dataset_id, kind, state, created_at, finished_at)
        select dataset_id, 'screen', 'done', {at}, {at} from dataset returning run_id"""
    values = {"run_id": session.execute(text(run)).scalar_one(), "version": "v2" if again else "v1"}
    found = f"""with d as (select draft_id from draft join scene using (scene_id) where name = :scene),
        s as (insert into screened (draft_id, screening_version, run_id) select draft_id, :version, :run_id from d)
        insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message)
        select draft_id, :version, 'x.y', '{severity}', 'text', 0, 1, 'a', 'no' from d"""
    change(session, found, name, **values)


def test_a_text_needs_as_many_counted_reviews_as_are_asked_for_unless_a_senior_decided(
    session: Session, ports: AssetStore
) -> None:
    again = """insert into resolution (draft_id, revision, supersedes, outcome, text, answer, support, review_ids
            {column}) select draft_id, 2, 1, 'verified', text, answer, support, {ids} {value}
        from resolution join draft using (draft_id, text, answer) join scene using (scene_id) where name = :scene"""
    change(session, again.format(ids="review_ids || 999::bigint", column="", value=""), "b")
    decide = """insert into adjudication (draft_id, packet_id, adjudicator, submission_id, body_sha256, choice)
        select draft_id, packet_id, :senior, gen_random_uuid(), repeat('0', 64), 'as_drafted' from packet_draft
        join scene using (scene_id) where name = :scene"""
    senior = session.execute(text("insert into pseudonym default values returning pseudonym")).scalar_one()
    change(session, decide, "c", senior=senior)
    value = ", (select adjudication_id from adjudication)"
    change(session, again.format(ids="review_ids", column=", adjudication_id", value=value), "c")
    assert taken(session, replace(PORTS, least_reviews=2)) == ({"b", "c"}, {"few_reviews": 2})
    assert taken(session) == (set("abcd"), {})


def test_an_error_that_nobody_answered_keeps_a_text_out(session: Session, ports: AssetStore) -> None:
    find_error(session, "a")
    find_error(session, "b")
    find_error(session, "b", again=True)
    find_error(session, "c", again=True, severity="warning")
    find_error(session, "d")
    find_error(session, "d", again=True)
    change(
        session,
        """insert into resolution
            (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, review_ids)
        select draft_id, 2, 1, 'verified', 'd?', '1', 'sar', true, review_ids
        from resolution join draft using (draft_id)
        join scene using (scene_id) where name = :scene""",
        "d",
    )
    found, out = taken(session)
    assert (found, out) == (set("acd"), {"open_finding": 1}), "a was reviewed with its finding, d was revised since"
    assert taken(session, replace(PORTS, open_errors=True)) == (set("abcd"), {})


def test_pairs_are_trusted_as_far_as_is_asked_for(session: Session, ports: AssetStore) -> None:
    for name, state in {"a": "misregistered", "b": "misregistered", "c": "unknown", "d": "registered"}.items():
        change(session, "update scene set pair_state = :state where name = :scene", name, state=state)
    decide = """insert into pair_decision (scene_id, decision, decided_by)
        select scene_id, :said, 'x' from scene where name = :scene"""
    change(session, decide, "b", said="use_shifted")
    change(session, decide, "d", said="use")
    change(session, decide, "d", said="hold")
    assert taken(session) == (set("bc"), {"pair_not_trusted": 2})
    assert taken(session, replace(PORTS, pairs="trusted")) == (set("b"), {"pair_not_trusted": 3})
    assert taken(session, replace(PORTS, pairs="any")) == (set("abcd"), {})


def test_licences_are_a_scenes_own_before_its_datasets_and_unknown_is_a_line_of_its_own(
    session: Session, ports: AssetStore
) -> None:
    for name, licence in {"a": "CC BY 4.0", "b": "ESA", "c": " "}.items():
        metadata = (
            "update scene set metadata = jsonb_build_object('licence', cast(:licence as text)) where name = :scene"
        )
        change(session, metadata, name, licence=licence)
    assert workflow.preview_release(session, PORTS).licences == [("", 2, 2), ("CC BY 4.0", 1, 1), ("ESA", 1, 1)]
    assert taken(session, replace(PORTS, licences=("CC BY 4.0", ""))) == (set("acd"), {"licence": 1})
    assert taken(session, replace(PORTS, licences=("ESA",))) == (set("b"), {"licence": 3})
    session.execute(text("update dataset set licence = 'ESA', citation = 'A et al. 2020'"))
    assert taken(session, replace(PORTS, licences=("ESA",)))[0] == set("bcd")
    [source] = workflow.get_release(session, "bench").counts["sources"]
    expected = {"dataset": "ports", "licence": "ESA", "citation": "A et al. 2020", "images": 3, "licences": {"ESA": 3}}
    assert source == expected


def test_texts_that_need_the_optical_image_and_unusable_scenes_are_in_only_where_that_is_wanted(
    session: Session, tmp_path: Path
) -> None:
    store = make_store(tmp_path)
    views = [
        View("a.png", [Text("a?"), Text("b?", support="sar_with_optical"), caption("A port.")], split="train"),
        View("c.png", [Text("c?", question_type="referring")], is_usable=False, image=b"c"),
        View("d.png", [Text("d?", verdict="reject")], is_usable=False, image=b"d"),
    ]
    make_dataset(session, store, views)
    questions = replace(PORTS, kinds=("question",))
    assert taken(session, questions) == ({"a", "b"}, {"scene_unusable": 2})
    assert taken(session, replace(questions, supports=("sar",), with_unusable=True)) == (
        {"a", "c"},
        {"needs_optical": 1, "rejected": 1},
    )
    only = replace(questions, question_types=("referring",), splits=("test",), with_unusable=True)
    assert taken(session, only) == ({"c"}, {})


def test_what_waits_to_be_adjudicated_blocks_only_where_that_is_wanted(session: Session, tmp_path: Path) -> None:
    make_dataset(session, make_store(tmp_path), [View("a.png", [Text("a?"), Text("b?", verdict="differs")])])
    with pytest.raises(BlockedReleaseError, match="1 text waits to be adjudicated"):
        workflow.freeze_release(session, "bench", replace(PORTS, open_disagreements="block"))
    assert workflow.list_releases(session) == []
    assert taken(session) == ({"a"}, {"disagreement": 1})


def test_ground_on_two_sides_of_the_split_is_counted_and_blocks_a_strict_release(
    session: Session, ports: AssetStore
) -> None:
    for name, split in {"a": "train", "b": "test", "c": "held_out"}.items():
        place = "update scene set duplicate_group = 'g', split = :split where name = :scene"
        change(session, place, name, split=split)
    seen = workflow.preview_release(session, PORTS)
    assert (seen.places, seen.leaking_scenes, seen.blocks(PORTS)) == (1, 2, "")
    strict = replace(PORTS, strict=True)
    assert "1 place lies on more than one side" in seen.blocks(strict)
    with pytest.raises(BlockedReleaseError, match="1 place lies on more than one side of the split"):
        workflow.freeze_release(session, "bench", strict)
    assert workflow.freeze_release(session, "bench", PORTS).counts["leakage"] == {"places": 1, "scenes": 2}
    one_side = replace(strict, splits=("test", "held_out"))
    assert taken(session, one_side)[0] == set("bcd")


def test_gates_that_exclude_all_say_how_many_fail_which(session: Session, ports: AssetStore) -> None:
    change(session, "update scene set pair_state = 'misregistered' where name = :scene", "a")
    with pytest.raises(EmptyReleaseError, match=r"empty: 1 pair not trusted, 3 licence not allowed\. Ask less"):
        workflow.freeze_release(session, "bench", replace(PORTS, licences=("none",)))
    with pytest.raises(EmptyReleaseError, match="it has no such drafts"):
        workflow.freeze_release(session, "bench", replace(PORTS, kinds=("complex_caption",)))


def test_a_name_in_another_case_is_taken(session: Session, ports: AssetStore) -> None:
    workflow.create_release(session, "Bench", ["ports"])
    with pytest.raises(NameTakenError, match="There is a release Bench"):
        workflow.create_release(session, "bench", ["ports"])
    assert workflow.create_release(session, "Bench", ["ports"]).label == "Bench@2"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"least_reviews": 0}, "1 to 9 reviews"),
        ({"pairs": "good"}, "no gate for pairs 'good'"),
        ({"licences": ()}, "No licence is allowed"),
        ({"licences": ("a\0",)}, "without NUL"),
        ({"question_types": ("poem",)}, "no question type 'poem'"),
        ({"splits": ("here",)}, "no split 'here'"),
        ({"supports": ("x",)}, "no support 'x'"),
        ({"open_disagreements": "maybe"}, "either block"),
        ({"datasets": ("\ud800",)}, r"no dataset '\\ud800'"),
    ],
)
def test_a_gate_that_is_none_is_refused(
    session: Session, ports: AssetStore, wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(ReleaseError, match=says):
        workflow.freeze_release(session, "bench", replace(PORTS, **wrong))  # type: ignore[arg-type]


def test_rules_are_frozen_as_they_held(session: Session, ports: AssetStore) -> None:
    rules = replace(PORTS, pairs="trusted", licences=("", "CC0"), strict=True, least_reviews=1, splits=("test",))
    stored = workflow.freeze_release(session, "bench", rules).rules
    assert Rules.of_json(stored) == rules
    assert "the licence is one of: unknown, CC0" in stored["gates"]
    before = Rules.of_json({"datasets": ["ports"], "kinds": ["question"], "gates": ["outcome is verified"]})
    assert (before.pairs, before.open_errors, before.kinds) == ("any", True, ("question",)), "of older releases"


def test_who_wants_to_be_named_is_named_once_and_verdicts_keep_the_pseudonym(
    session: Session, ports: AssetStore
) -> None:
    person = accounts.add_person(session, "ann@example.org", "Ann", None, ["reviewer"])
    other = accounts.add_person(session, "bob@example.org", "Bob", None, ["reviewer"])
    link = text("update person set pseudonym = :who, credited_as = 'Dr. Ann Other' where person_id = :id")
    session.execute(link, {"who": REVIEWER, "id": person.person_id})
    session.execute(text("update person set credited_as = 'Bob' where person_id = :id"), {"id": other.person_id})
    release = workflow.create_release(session, "bench", ["ports"])
    assert release.contributors == ["Dr. Ann Other"], "Bob reviewed nothing of it"
    entries = "select count(*) from release_text where entry::text ~ 'Ann Other'"
    assert session.execute(text(entries)).scalar_one() == 0
    session.execute(text("update person set credited_as = null"))
    assert workflow.create_release(session, "bench", ["ports"]).contributors == []
    assert workflow.get_release(session, "bench@1") == release, "what is frozen stays"
