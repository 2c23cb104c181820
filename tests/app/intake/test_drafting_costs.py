"""What drafting by a model costs: estimated before, counted as it goes, and held to a limit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.workflow.drafting import EndpointRefusesError, draft_scenes
from app.intake.workflow.estimating import estimate
from pipeline.drafting.costs import Price, Purse
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_model_drafting import (
    CONCISE,
    SCENES,
    draft,
    options_at,
    options_for,
    reply,
    write_replies,
)

QUESTION = ("question",)


PRICE = Price(input_per_million=1.0, output_per_million=2.0, currency="USD")


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def dataset_id(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> int:
    return make_dataset(sessions, store, tmp_path)


def test_an_estimate_counts_calls_and_tokens_asks_nobody_and_writes_nothing(
    sessions: SessionMaker, store: AssetStore, dataset_id: int
) -> None:
    nowhere = Endpoint("http://127.0.0.1:9/v1", "m")
    options = options_at(nowhere, (*CONCISE, *QUESTION), purse=Purse(PRICE, image_tokens=100))
    told = estimate(sessions, options)
    assert [(each.kind, each.calls) for each in told.kinds] == [("concise_caption", 2), ("question", 2)]
    assert told.basis == "rules of thumb"
    caption = told.kinds[0]
    assert caption.usage.prompt_tokens > 2 * 100
    assert caption.cost_micro == PRICE.micro(caption.usage)
    assert told.cost_micro == sum(each.cost_micro or 0 for each in told.kinds)
    assert found(sessions, "select (select count(*) from run), (select count(*) from drafter)") == [(0, 0)]
    assert estimate(sessions, options_at(nowhere)).cost_micro is None


def test_an_estimate_goes_by_what_the_same_drafter_took_before(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    taken = draft(sessions, store, replies, kinds=CONCISE).counts
    make_dataset(sessions, store, tmp_path, name="other", count=5)
    with ReplayServer(replies) as server:
        told = estimate(sessions, replace(options_for(server, CONCISE), dataset="other"))
    assert told.basis == "earlier runs"
    assert told.calls == 4
    assert told.usage.prompt_tokens == 2 * taken["prompt_tokens"]


def test_a_run_counts_calls_tokens_and_cost_as_it_goes(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], content="no JSON"))
    seen: list[dict[str, int]] = []
    report = draft(
        sessions,
        store,
        replies,
        kinds=CONCISE,
        purse=Purse(PRICE),
        on_progress=lambda step: seen.append(dict(step.counts)),
    )
    counts = report.counts
    assert (counts["calls"], counts["drafts"], counts["failed"]) == (4, 1, 1)
    assert counts["cost_micro_usd"] == counts["prompt_tokens"] + 2 * counts["completion_tokens"]
    assert seen[-1]["cost_micro_usd"] == counts["cost_micro_usd"]
    [stored] = found(sessions, "select counts from run")
    assert stored == dict(counts)


def test_a_limit_stops_in_good_order_and_the_same_command_with_a_higher_one_goes_on(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_dataset(sessions, store, tmp_path, count=31)
    names = [f"sar/scene {number}.tif" for number in range(30)]
    replies = write_replies(tmp_path / "r", *(reply(name, delay_s=0.01) for name in names))
    with ReplayServer(replies) as server:
        [one] = [each.usage for each in estimate(sessions, options_for(server, CONCISE)).kinds]
        most = one.prompt_tokens // 30 + 2 * 800
        purse = Purse(PRICE, limit_micro=10 * most)
        report = draft_scenes(sessions, store, options_for(server, CONCISE, concurrency=4, purse=purse))
    assert 1 <= report.counts["drafts"] < 30
    assert report.counts["cost_micro_usd"] == purse.spent_micro <= 10 * most
    assert "The limit of USD" in report.remark
    [(state, error, done)] = found(sessions, "select state, error, done from run")
    assert (state, error, done) == ("cancelled", report.remark, report.counts["drafts"])

    rest = draft(sessions, store, replies, kinds=CONCISE, purse=Purse(PRICE, limit_micro=10**9))
    assert report.counts["drafts"] + rest.counts["drafts"] == 30
    total = report.counts["cost_micro_usd"] + rest.counts["cost_micro_usd"]
    assert found(sessions, "select state, done, total, (counts ->> 'cost_micro_usd')::int from run") == [
        ("done", 30, 30, total)
    ]


def test_what_the_run_has_spent_before_counts_toward_the_limit(
    sessions: SessionMaker, store: AssetStore, dataset_id: int, tmp_path: Path
) -> None:
    replies = write_replies(tmp_path / "r", reply(SCENES[0]), reply(SCENES[1], status=401))
    with pytest.raises(EndpointRefusesError):
        draft(sessions, store, replies, kinds=CONCISE, concurrency=1, purse=Purse(PRICE))
    [spent] = found(sessions, "select (counts ->> 'cost_micro_usd')::int from run")
    good = write_replies(tmp_path / "r", *(reply(scene) for scene in SCENES))
    report = draft(sessions, store, good, kinds=CONCISE, purse=Purse(PRICE, limit_micro=spent + 100))
    assert (report.counts["calls"], found(sessions, "select state from run")) == (0, ["cancelled"])
