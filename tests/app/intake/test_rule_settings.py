"""Rules set for a dataset: kept, screened under, gone back from, and never changing what is sealed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import findings, rule_settings, runs
from app.intake.queries.screening import count_unscreened, next_portion
from app.intake.workflow import screening
from app.intake.workflow.options import Progress
from app.intake.workflow.rule_setting import BY_COMMAND, RulesError, begin_screening, rules_of, set_rules
from app.intake.workflow.running import DatasetMissingError
from app.intake.workflow.screening import screen_dataset
from pipeline.records import Draft
from pipeline.screening import SCREENING_VERSION
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts

SHOWN = (
    "select f.rule from draft d join finding f using (draft_id) where f.screening_version ="
    " (select x.screening_version from screened x where x.draft_id = d.draft_id"
    " order by x.run_id desc, x.screening_version desc limit 1) order by f.draft_id, f.start_, f.rule"
)
TEXT = Draft("concise_caption", "Several green ships lie at the quay.")


@pytest.fixture
def dataset_id(sessions: SessionMaker, tmp_path: Path) -> int:
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    add_drafts(sessions, dataset_id, TEXT, scenes=(1, 2, 3))
    return dataset_id


def setting(sessions: SessionMaker, **settings: str) -> None:
    with transaction(sessions) as session:
        set_rules(session, "harbour", {name.replace("__", "."): value for name, value in settings.items()}, BY_COMMAND)


def shown(sessions: SessionMaker) -> set[str]:
    return set(found(sessions, SHOWN))


def test_a_rescreen_shows_what_is_found_now_and_keeps_what_was_found(sessions: SessionMaker, dataset_id: int) -> None:
    screen_dataset(sessions, "harbour")
    packets = found(sessions, "select * from packet_draft order by packet_id, position")
    before = found(sessions, "select finding_id, rule, severity from finding order by 1")
    assert {"colour.hue", "vague.quantity"} <= shown(sessions)
    setting(sessions, colour="off", vague__quantity="info")
    report = screen_dataset(sessions, "harbour")
    assert report.counts["drafts"] == 3
    assert "colour.hue" not in shown(sessions)
    assert found(sessions, "select finding_id, rule, severity from finding order by 1")[: len(before)] == before
    assert ("vague.quantity", "info") in found(sessions, "select rule, severity from finding")
    assert found(sessions, "select * from packet_draft order by packet_id, position") == packets


def test_going_back_shows_the_earlier_findings_without_finding_them_again(
    sessions: SessionMaker, dataset_id: int
) -> None:
    screen_dataset(sessions, "harbour")
    first, stored = shown(sessions), None
    setting(sessions, colour="off")
    screen_dataset(sessions, "harbour")
    stored = found(sessions, "select count(*) from finding")
    setting(sessions)
    report = screen_dataset(sessions, "harbour")
    assert shown(sessions) == first
    assert report.counts["drafts"] == 3
    assert found(sessions, "select count(*) from finding") == stored
    with transaction(sessions) as session:
        assert findings.count_findings(session, dataset_id, SCREENING_VERSION)["colour.hue"] == 3


def test_settings_are_kept_with_who_decided_and_never_changed(sessions: SessionMaker, dataset_id: int) -> None:
    setting(sessions, colour__hue="info")
    setting(sessions, colour__hue="info")
    setting(sessions)
    rows = found(sessions, "select rules::text, decided_by from screening_policy order by screening_policy_id")
    assert rows == [('{"colour.hue": "info"}', "command"), ("{}", "command")]
    for change in ("update screening_policy set rules = '{}'", "delete from screening_policy"):
        with pytest.raises(DBAPIError, match="append-only"), transaction(sessions) as session:
            session.execute(text(change))


def test_unknown_rules_and_datasets_are_refused_and_nothing_is_kept(sessions: SessionMaker, dataset_id: int) -> None:
    with pytest.raises(RulesError, match=r"near it are colour\.hue"):
        setting(sessions, color__hue="off")
    with pytest.raises(DatasetMissingError), transaction(sessions) as session:
        set_rules(session, "nowhere", {}, BY_COMMAND)
    assert found(sessions, "select count(*) from screening_policy") == [0]


def test_counts_of_a_run_add_up_and_are_of_all_its_attempts(sessions: SessionMaker, dataset_id: int) -> None:
    def break_off(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening, "CHUNK_DRAFTS", 1)
        with pytest.raises(KeyboardInterrupt):
            screen_dataset(sessions, "harbour", on_progress=break_off)
        assert found(sessions, "select count(*) from screened") == [1]
        report = screen_dataset(sessions, "harbour")
    counts = report.counts
    assert found(sessions, "select state, done, total from run where kind = 'screen'") == [("done", 3, 3)]
    assert counts["drafts"] == 3
    assert counts["findings"] == found(sessions, "select count(*) from finding")[0]
    assert counts["findings"] == sum(counts[f"{severity}_findings"] for severity in ("error", "warning", "info"))
    with transaction(sessions) as session:
        assert sum(findings.count_findings(session, dataset_id, SCREENING_VERSION).values()) == counts["findings"]


def test_two_rescreens_at_once_store_each_finding_once_and_count_it_once(
    sessions: SessionMaker, dataset_id: int
) -> None:
    add_drafts(sessions, dataset_id, *(Draft("concise_caption", f"A red ship, {n}.") for n in range(40)), scenes=(1, 2))
    screen_dataset(sessions, "harbour")
    setting(sessions, vague="off")
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(screening, "CHUNK_DRAFTS", 10)
        list(pool.map(lambda _: screen_dataset(sessions, "harbour"), range(2)))
    twice = "select draft_id, rule, start_ from finding group by draft_id, screening_version, rule, field, start_, end_"
    assert found(sessions, twice + " having count(*) > 1") == []
    with transaction(sessions) as session:
        version = rules_of(session, dataset_id).version
        counted = findings.count_findings(session, dataset_id, version)
    stored = "select rule, count(*) from finding where screening_version = '{}' group by 1"
    assert counted == dict(found(sessions, stored.format(version)))


def test_texts_of_a_scene_are_screened_side_by_side_in_whatever_chunks(sessions: SessionMaker, dataset_id: int) -> None:
    texts = [Draft("concise_caption", f"A port with {n} quays.") for n in range(30)]
    add_drafts(sessions, dataset_id, *texts, scenes=(2,))
    with transaction(sessions) as session:
        first = next_portion(session, dataset_id, SCREENING_VERSION, drafts=5)
        assert first is not None
        second = next_portion(session, dataset_id, SCREENING_VERSION, after=first.last_scene_id, drafts=5)
        assert second is not None
    assert (list(first.waiting), list(second.waiting)) == ([1], [2]), "a scene is taken whole, whatever its size"
    assert len(second.waiting[2]) == 31


def test_a_screening_that_waits_is_joined_and_then_carried_out(sessions: SessionMaker, dataset_id: int) -> None:
    with transaction(sessions) as session:
        set_rules(session, "harbour", {"colour": "off"}, BY_COMMAND)
        run_id = begin_screening(session, "harbour")
        assert begin_screening(session, "harbour") == run_id
    assert found(sessions, "select task_name, args->>'run_id' from procrastinate_jobs") == [
        ("intake.carry_out_run", str(run_id))
    ]
    with transaction(sessions) as session:
        version = rules_of(session, dataset_id).version
        run = runs.find_run(session, run_id)
        assert run is not None
        assert (run.state, run.parameters["version"], run.parameters["rules"]["colour.hue"]) == (
            "waiting", version, "off",
        )  # fmt: skip
    screen_dataset(sessions, "harbour", run_id=run_id)
    with transaction(sessions) as session:
        assert count_unscreened(session, dataset_id, version) == 0
        newest = rule_settings.newest_run(session, dataset_id)
        assert newest is not None
        assert (newest.run_id, newest.state) == (run_id, "done")


def test_a_run_that_waited_screens_under_the_rules_that_hold_when_it_begins(
    sessions: SessionMaker, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        run_id = begin_screening(session, "harbour")
        set_rules(session, "harbour", {"vague": "off"}, BY_COMMAND)
    screen_dataset(sessions, "harbour", run_id=run_id)
    with transaction(sessions) as session:
        run = runs.find_run(session, run_id)
        assert run is not None
        assert run.parameters["version"] == rules_of(session, dataset_id).version
    assert not any(rule.startswith("vague.") for rule in shown(sessions))
