"""A model asked over a real socket: what came is stored, what failed is asked again, and costs are shown and kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image as Pixels
from sqlalchemy import text
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.evaluation.errors import EndpointFailedError
from app.evaluation.queries.items import Image, Target
from app.evaluation.workflow.images import picture_for
from app.evaluation.workflow.predicting import Predicting, predict
from app.evaluation.workflow.prompts import prompt_of
from app.evaluation.workflow.targets import split_target
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer
from pipeline.imaging.tiff import write_cog
from tests.app.evaluation.predicted import question_ids, truths
from tests.app.quiz.composed import make_release, scene
from tests.app.release.reviewed import make_store


@pytest.fixture
def target(sessions: SessionMaker, tmp_path: Path) -> Target:
    """Four scenes with three questions each, and real images."""
    write_cog(tmp_path / "a.tif", [np.tile(np.arange(48, dtype=np.uint8) * 5, (64, 1))])
    with transaction(sessions) as session:
        scenes = [scene(number, image=(tmp_path / "a.tif").read_bytes()) for number in range(4)]
        return split_target(session, make_release(session, make_store(tmp_path), scenes))


@pytest.fixture
def asked(sessions: SessionMaker, target: Target) -> dict[str, str]:
    with transaction(sessions) as session:
        known = truths(session)
        return {id_: known[id_] for id_ in question_ids(session, target)}


def replies(folder: Path, lines: Sequence[dict[str, object]]) -> Path:
    folder.mkdir(parents=True)
    (folder / "replies.jsonl").write_text("".join(json.dumps({"kind": "prediction", **line}) + "\n" for line in lines))
    return folder


def test_the_prompts_are_the_papers() -> None:
    assert prompt_of("captions", None) == "Describe the content of this image in one sentence."
    assert prompt_of("questions", "How {many}?") == "Question: How {many}?. Answer the question concisely."


def test_an_endpoint_that_fails_in_the_middle_loses_nothing_and_the_same_call_goes_on(
    sessions: SessionMaker, target: Target, asked: dict[str, str], tmp_path: Path
) -> None:
    store, ids = AssetStore(tmp_path / "assets"), list(asked)
    good: list[dict[str, object]] = [{"scene": id_, "content": asked[id_]} for id_ in ids]
    # What no row keeps, a refusal, a prompt that alone is refused, and a reply that is none.
    odd = [
        {"scene": ids[0], "content": "a\0\ud800"},
        {"scene": ids[1], "content": "", "refusal": "I cannot."},
        {"scene": ids[2], "status": 400, "content": "too odd"},
        {"scene": ids[3], "body": "<html>"},
    ]
    broken = [*odd, *good[4:8], *({"scene": id_, "status": 401, "content": "no such key"} for id_ in ids[8:])]
    count = "select state, items, predictions, (select count(*) from prediction), prompt_tokens > 0 from evaluation"

    def ask(folder: Path) -> str:
        with ReplayServer(folder) as server:
            endpoint = Endpoint(server.base_url, "gazer", None, 0.0, 256, "none", max_attempts=1, is_replay=True)
            return predict(sessions, store, target, Predicting("questions", ("question",), "raw", endpoint, 1)).state

    with pytest.raises(EndpointFailedError, match=r"HTTP 401: no such key.*the same command goes on"):
        ask(replies(tmp_path / "broken", broken))
    with transaction(sessions) as session:
        state, items, predictions, stored, has_tokens = session.execute(text(count)).one()
    assert (state, items, has_tokens) == ("predicting", 12, True)
    assert 0 < predictions == stored < 12
    assert ask(replies(tmp_path / "mended", [*odd, *good[4:]])) == "stored"
    with transaction(sessions) as session:
        assert tuple(session.execute(text(count)).one())[:4] == ("stored", 12, 12, 12)
        rows = session.execute(text("select item_id, prediction, finish_reason from prediction"))
        told = {row[0]: (row[1], row[2]) for row in rows}
    assert [told[id_] for id_ in ids[:4]] == [
        ("a\\0\\ud800", "stop"), ("", "refused"), ("", "rejected"), ("", "malformed")
    ]  # fmt: skip
    assert told[ids[5]] == (asked[ids[5]], "stop")
    assert ask(tmp_path / "broken") == "stored", "nobody is asked about what is there"


def test_one_command_asks_about_raw_and_processed_images_and_costs_are_shown_and_held(
    database_url: str, target: Target, asked: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATABASE_URL", database_url),
        ("TRIHEDRAL_DATA", str(tmp_path / "data")),
        ("TRIHEDRAL_ASSETS_URL", str(tmp_path / "assets")),
    ):
        monkeypatch.setenv(name, value)
    prices = tmp_path / "prices.json"
    price = {"input_per_million": 1000, "output_per_million": 1000}
    prices.write_text(json.dumps({"currency": "USD", "replay": price}))
    folder = replies(tmp_path / "said", [{"scene": id_, "content": said} for id_, said in asked.items()])
    base = ["evaluate", "predict", "bench@1", "--image", "both", "--replay", str(folder), "--prices", str(prices)]
    runner = CliRunner()
    estimated = runner.invoke(command, [*base, "--estimate"])
    assert "processed image: 12 calls, " in estimated.stdout
    assert ", about USD " in estimated.stdout
    limited = runner.invoke(command, [*base, "--max-cost", "2", "--concurrency", "1"])
    assert "The limit of --max-cost is reached" in limited.stderr
    whole = runner.invoke(command, [*base, "--json"])
    told = json.loads(whole.stdout)
    assert [(each["recipe"]["image"], each["state"], each["predictions"]) for each in told] == [
        ("processed", "scored", 12), ("raw", "scored", 12)
    ]  # fmt: skip
    assert all(score["figures"]["right"] == 12 for each in told for score in each["scores"])
    assert all(each["cost_micro"] == 1000 * (each["prompt_tokens"] + each["completion_tokens"]) for each in told)
    assert told[0]["recipe"]["prompt"] == "question.1"
    refused = runner.invoke(command, ["evaluate", "predict", "bench@1", "--model", "x"])
    assert refused.exit_code == 2


def test_measured_values_are_shown_raw_as_amplitude_and_eight_bits_as_they_are(tmp_path: Path) -> None:
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "int16", "nodata": -32768}
    with rasterio.open(tmp_path / "a.tif", "w", **profile) as image:
        image.write(np.array([[0, -2000], [2000, -32768]], np.int16), 1)
    store = make_store(tmp_path)
    asset = store.put(tmp_path / "a.tif", "image/tiff")
    picture = picture_for(store, Image(asset.sha256, asset.sha256, 2, 2, "sigma0_db"), "raw")
    pixels = np.asarray(Pixels.open(BytesIO(picture.image))).astype(int)
    # 0, -20 and 20 dB are amplitudes of 1, 0.1 and 10; JPEG may be a few grey levels off.
    assert np.abs(pixels - [[23, 0], [255, 0]]).max() <= 6
