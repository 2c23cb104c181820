"""Looking at a release before it is frozen, and freezing large ones in the background."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from app.release.queries.rules import Rules
from app.release.workflow import EmptyReleaseError, left_out, planning
from app.release.workflow.planning import NoSuchPlanError, PlanStateError
from tests.app.release.reviewed import Text, View, caption, make_dataset, make_store

RULES = Rules(("ports",))
ADMIN = uuid.UUID(int=7)


@pytest.fixture
def store(sessions: SessionMaker, tmp_path: Path) -> AssetStore:
    made = make_store(tmp_path)
    with transaction(sessions) as session:
        texts = [Text("How many ships?"), Text("How many cars?", verdict="reject"), caption("A port.", verdict=None)]
        make_dataset(session, made, [View("a.png", texts), View("b.png", [Text("Is it?")], "train", b"b")])
    return made


@pytest.fixture
def large(sessions: SessionMaker, store: AssetStore) -> None:
    """By its counter the dataset has more drafts than a page waits for."""
    with transaction(sessions) as session:
        session.execute(
            text("insert into counter_delta (dataset_id, name, delta) select dataset_id, 'drafts', 90000 from dataset")
        )


def plan(sessions: SessionMaker, rules: Rules = RULES, name: str = "bench") -> int:
    with transaction(sessions) as session:
        return planning.make_plan(session, name, "first", rules, ADMIN)


def state(sessions: SessionMaker, plan_id: int) -> tuple[str, str | None, str | None]:
    with sessions() as session:
        row = planning.get_plan(session, plan_id).row
        return row.state, row.label, row.error


def jobs(session: Session) -> list[str]:
    return list(session.execute(text("select task_name from procrastinate_jobs order by id")).scalars())


def test_a_small_plan_is_counted_and_frozen_at_once(sessions: SessionMaker, store: AssetStore) -> None:
    plan_id = plan(sessions)
    with transaction(sessions) as session:
        seen = planning.get_plan(session, plan_id)
        assert seen.preview
        rows = [(row.split, row.verified, dict(row.left_out)) for row in seen.preview.rows]
        assert rows == [("train", 1, {}), ("test", 1, {"rejected": 1, "not_reviewed": 1})]
        for reason, said in (("rejected", "How many cars?"), ("not_reviewed", "A port.")):
            [draft] = left_out.list_left_out(session, left_out.asked_of(seen, reason, "ports", "test"))
            assert (draft.text, draft.scene) == (said, "a.png")
            assert left_out.list_left_out(session, left_out.asked_of(seen, reason), after=draft.draft_id) == []
        assert left_out.list_left_out(session, left_out.asked_of(seen, "rejected", split="train")) == []
        assert planning.freeze_plan(session, plan_id).label == "bench@1"
        assert planning.freeze_plan(session, plan_id).label == "bench@1", "asked twice, it is once"
        assert jobs(session) == []
        with pytest.raises(PlanStateError, match="is a release already"):
            planning.recount_plan(session, plan_id)


def test_a_large_plan_is_counted_and_frozen_by_a_worker(sessions: SessionMaker, large: None) -> None:
    plan_id = plan(sessions)
    assert state(sessions, plan_id) == ("counting", None, None)
    with transaction(sessions) as session:
        with pytest.raises(PlanStateError, match="not counted yet"):
            planning.freeze_plan(session, plan_id)
        assert not planning.is_lost(session, planning.get_plan(session, plan_id).row)
        assert [row.name for row in planning.list_open_plans(session)] == ["bench"]
    planning.count_plan(sessions, plan_id)
    assert state(sessions, plan_id) == ("counted", None, None)
    with transaction(sessions) as session:
        planning.freeze_plan(session, plan_id)
        planning.freeze_plan(session, plan_id)
        assert workflow.list_releases(session) == [], "nobody sees it before it is frozen"
        assert jobs(session) == ["release.count_plan", "release.freeze_plan"], "asked twice, it is once"
    for _ in range(2):
        planning.run_freezing(sessions, plan_id)
    assert state(sessions, plan_id) == ("frozen", "bench@1", None)
    with sessions() as session:
        [release] = workflow.list_releases(session)
        assert (release.text_count, release.notes) == (2, "first")


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_one_does_it_anew(
    sessions: SessionMaker, large: None
) -> None:
    plan_id = plan(sessions)
    planning.count_plan(sessions, plan_id)
    with transaction(sessions) as session:
        planning.freeze_plan(session, plan_id)
        session.execute(text("delete from procrastinate_jobs"))

    def kill(sessions: SessionMaker) -> None:
        with sessions() as session:
            workflow.freeze_release(session, "bench", RULES)
            session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Exception, match=r"terminat|closed"):
        kill(sessions)
    assert state(sessions, plan_id) == ("freezing", None, None)
    with transaction(sessions) as session:
        counts = [session.execute(text(f"select count(*) from {table}")).scalar_one()
                  for table in ("release", "release_text", "release_scene", "release_change")]  # fmt: skip
        assert counts == [0, 0, 0, 0]
        assert planning.is_lost(session, planning.get_plan(session, plan_id).row)
        planning.freeze_plan(session, plan_id)
        assert jobs(session) == ["release.freeze_plan"], "begun anew"
    planning.run_freezing(sessions, plan_id)
    assert state(sessions, plan_id) == ("frozen", "bench@1", None)


def test_two_workers_at_the_same_plan_freeze_it_once(sessions: SessionMaker, large: None) -> None:
    plan_id = plan(sessions)
    planning.count_plan(sessions, plan_id)
    with transaction(sessions) as session:
        planning.freeze_plan(session, plan_id)
    workers = [threading.Thread(target=planning.run_freezing, args=(sessions, plan_id)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert state(sessions, plan_id) == ("frozen", "bench@1", None)
    with sessions() as session:
        assert len(workflow.list_releases(session)) == 1


def test_a_plan_that_comes_to_nothing_says_why_and_can_be_tried_again(sessions: SessionMaker, large: None) -> None:
    plan_id = plan(sessions)
    planning.count_plan(sessions, plan_id)
    with transaction(sessions) as session:
        planning.freeze_plan(session, plan_id)
        session.execute(text("update scene set is_grouped = false"))
    planning.run_freezing(sessions, plan_id)
    told, _, error = state(sessions, plan_id)
    assert told == "failed"
    assert error
    assert "4 import not finished" in error
    with transaction(sessions) as session:
        session.execute(text("update scene set is_grouped = true"))
        assert planning.freeze_plan(session, plan_id).state == "freezing"
    planning.run_freezing(sessions, plan_id)
    assert state(sessions, plan_id) == ("frozen", "bench@1", None)


def test_a_small_plan_that_holds_nothing_is_not_frozen_and_can_be_counted_anew(
    sessions: SessionMaker, store: AssetStore
) -> None:
    plan_id = plan(sessions, replace(RULES, kinds=("concise_caption",)))
    with transaction(sessions) as session:
        seen = planning.get_plan(session, plan_id)
        assert seen.preview
        assert seen.preview.blocks(seen.rules) == "No text passes all gates, so there is nothing to freeze."
        with pytest.raises(EmptyReleaseError, match=r"1 not yet reviewed\. Review some"), session.begin_nested():
            planning.freeze_plan(session, plan_id)
        session.execute(
            text("""insert into resolution (draft_id, outcome, text, support, review_ids)
            select draft_id, 'verified', text, 'sar', array[1] from draft where kind = 'concise_caption'""")
        )
        planning.recount_plan(session, plan_id)
        preview = planning.get_plan(session, plan_id).preview
        assert preview
        assert (preview.texts, preview.left_out) == (1, {})
        assert planning.freeze_plan(session, plan_id).label == "bench@1"


def test_two_plans_of_one_name_get_two_numbers_and_a_small_one_does_not_wait_for_a_large_one(
    sessions: SessionMaker, store: AssetStore
) -> None:
    first, second = plan(sessions), plan(sessions)
    with transaction(sessions) as session:
        session.execute(text("update release_plan set state = 'freezing' where release_plan_id = :id"), {"id": first})
    with transaction(sessions) as session:
        assert planning.freeze_plan(session, second).state == "freezing", "behind the first, not in the page"
    for plan_id in (first, second):
        planning.run_freezing(sessions, plan_id)
    assert [state(sessions, plan_id)[1] for plan_id in (first, second)] == ["bench@1", "bench@2"]


def test_what_is_left_out_is_kept_for_the_newest_plans_alone(sessions: SessionMaker, store: AssetStore) -> None:
    with transaction(sessions) as session:
        first = planning.make_plan(session, "bench", "", RULES, ADMIN)
        for _ in range(20):
            last = planning.make_plan(session, "bench", "", RULES, ADMIN)
        kept = session.execute(text("select distinct release_plan_id from release_plan_draft")).scalars().all()
    assert first not in kept
    assert last in kept
    assert len(kept) == 20


def test_a_plan_that_is_not_there_is_said_to_be_missing(session: Session) -> None:
    for do in (planning.get_plan, planning.freeze_plan, planning.recount_plan):
        with pytest.raises(NoSuchPlanError, match="There is no plan 7"):
            do(session, 7)
