"""Screening and sealing: findings with their spans, packets that are whole, and the same however often it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import drafts, packets, runs
from app.intake.queries.drafts import SceneDraft
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.screening import screen_dataset
from app.intake.workflow.sealing import seal_packets
from pipeline.records import Draft, Drafter, ObjectBox
from pipeline.vocabulary import KINDS, QUESTION_TYPES
from tests.app.intake.made_scenes import found, make_dataset

DRAFTER = Drafter("test", "1")


@pytest.fixture
def dataset_id(sessions: SessionMaker, tmp_path: Path) -> int:
    return make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, reviews=2)


def add_drafts(sessions: SessionMaker, dataset_id: int, *listed: Draft, scenes: tuple[int, ...] = (1,)) -> None:
    with transaction(sessions) as session:
        run_id = runs.add_run(session, dataset_id, "draft", {})
        drafter_id = drafts.add_drafter(session, DRAFTER)
        pairs = [SceneDraft(scene_id, draft) for scene_id in scenes for draft in listed]
        drafts.add_drafts(session, run_id, DRAFTER, drafter_id, pairs)


def captions(count: int, start: int = 0) -> list[Draft]:
    return [
        Draft("concise_caption", f"A port with a quay, version {number}.") for number in range(start, start + count)
    ]


def test_findings_are_stored_with_their_exact_spans(sessions: SessionMaker, dataset_id: int) -> None:
    add_drafts(sessions, dataset_id, Draft("concise_caption", "🚢 A red ship lies at the quay."))
    report = screen_dataset(sessions, "harbour")
    assert report.counts["drafts"] == 1
    cut = "substr(d.text, f.start_ + 1, f.end_ - f.start_)"
    spans = f"select {cut}, f.span_text from finding f join draft d using (draft_id)"
    assert ("red", "red") in found(sessions, spans)
    assert all(cut == text for cut, text in found(sessions, spans))


def test_a_draft_is_screened_once_a_version_also_by_two_at_once(sessions: SessionMaker, dataset_id: int) -> None:
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    add_drafts(sessions, dataset_id, Draft("concise_caption", "Several red ships."), scenes=(1, 2, 3))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: screen_dataset(sessions, "harbour"), range(2)))
    assert found(sessions, "select count(*) from draft") == found(sessions, "select count(*) from screened")
    before = found(sessions, "select count(*) from finding")
    assert screen_dataset(sessions, "harbour").counts["drafts"] == 0
    assert found(sessions, "select count(*) from finding") == before


def test_an_answer_that_a_small_shift_of_a_box_would_change_is_marked(sessions: SessionMaker, tmp_path: Path) -> None:
    on_the_line = (ObjectBox("1", "ship", 26, 40, 12, 8),)
    make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, count=1, boxes=on_the_line, labelled=("ship",))
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    screen_dataset(sessions, "harbour")
    marked = found(
        sessions,
        "select d.answer, f.span_text from finding f join draft d using (draft_id) where rule = 'fragile.shift'",
    )
    assert marked
    assert all(answer == text for answer, text in marked)


def test_packets_hold_all_drafts_of_a_scene_in_the_order_of_a_reviewers_work(
    sessions: SessionMaker, dataset_id: int
) -> None:
    draft_corpus(sessions, CorpusOptions("harbour", policy="complete"))
    add_drafts(
        sessions, dataset_id, Draft("complex_caption", "A long one."), Draft("concise_caption", "Short."), scenes=(1, 2)
    )
    report = screen_dataset(sessions, "harbour")
    members = found(
        sessions,
        "select p.number, m.position, d.kind, d.question_type from packet_draft m join packet p using (packet_id)"
        " join draft d using (draft_id) where p.scene_id = 1 order by 1, 2",
    )
    ranks = [(KINDS.index(kind), QUESTION_TYPES.index(asked) if asked else -1) for _, _, kind, asked in members]
    assert ranks == sorted(ranks)
    assert members[0][:3] == (1, 1, "concise_caption")
    assert found(sessions, "select count(*) from draft") == found(sessions, "select count(*) from packet_draft")
    sizes = found(
        sessions, "select draft_count, count(*) from packet join packet_draft using (packet_id) group by packet_id"
    )
    assert all(said == counted <= 12 for said, counted in sizes)
    assert report.counts["slots"] == 2 * report.counts["packets"] == found(sessions, "select count(*) from slot")[0]
    counted = dict(found(sessions, "select name, sum(delta)::int from counter_delta group by 1"))
    assert (counted["packets"], counted["reviews_wanted"]) == (report.counts["packets"], report.counts["slots"])


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (12, [12]), (13, [7, 6]), (25, [9, 8, 8])])
def test_more_drafts_than_fit_make_packets_of_about_the_same_size(
    sessions: SessionMaker, dataset_id: int, count: int, sizes: list[int]
) -> None:
    add_drafts(sessions, dataset_id, *captions(count))
    screen_dataset(sessions, "harbour")
    assert found(sessions, "select draft_count from packet order by number") == sizes


def test_later_drafts_make_further_packets_and_sealed_ones_stay(sessions: SessionMaker, dataset_id: int) -> None:
    add_drafts(sessions, dataset_id, *captions(5))
    screen_dataset(sessions, "harbour")
    before = found(sessions, "select * from packet_draft order by packet_id, position")
    assert screen_dataset(sessions, "harbour").counts["packets"] == 0
    add_drafts(sessions, dataset_id, *captions(3, start=5))
    assert screen_dataset(sessions, "harbour").counts["packets"] == 1
    assert found(sessions, "select number, draft_count from packet order by 1") == [(1, 5), (2, 3)]
    assert found(sessions, "select * from packet_draft order by packet_id, position")[: len(before)] == before


def test_a_scene_with_a_draft_that_waits_for_screening_is_not_sealed(sessions: SessionMaker, dataset_id: int) -> None:
    add_drafts(sessions, dataset_id, *captions(2))
    with transaction(sessions) as session:
        assert packets.loose_scenes(session, dataset_id) == []
    assert seal_packets(sessions, dataset_id) == {}


def test_sealing_by_several_at_once_is_as_sealing_once(sessions: SessionMaker, dataset_id: int) -> None:
    add_drafts(sessions, dataset_id, *captions(20), scenes=(1, 2, 3))
    screen_dataset(sessions, "harbour")
    add_drafts(sessions, dataset_id, *captions(20, start=20), scenes=(1, 2, 3))
    with transaction(sessions) as session:
        from sqlalchemy import text

        session.execute(text("insert into screened select draft_id, '1', 1 from draft on conflict do nothing"))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: seal_packets(sessions, dataset_id)["packets"], range(4)))
    assert sum(made) == 6
    assert found(sessions, "select scene_id, max(number), count(*) from packet group by 1 order by 1") == [
        (1, 4, 4),
        (2, 4, 4),
        (3, 4, 4),
    ]


def test_the_queues_order_is_random_but_the_same_for_the_same_data(sessions: SessionMaker, tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "assets")
    orders = []
    for name in ("one", "two"):
        dataset_id = make_dataset(sessions, store, tmp_path, name=name, count=12)
        ids = tuple(found(sessions, f"select scene_id from scene where dataset_id = {dataset_id} order by 1"))
        add_drafts(sessions, dataset_id, *captions(1), scenes=ids)
        screen_dataset(sessions, name)
        query = "select s.name from slot join packet p using (packet_id) join scene s using (scene_id)"
        orders.append(found(sessions, f"{query} where p.dataset_id = {dataset_id} order by sort_key"))
    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])
